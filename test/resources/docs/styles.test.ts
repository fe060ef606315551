/** The pages for callers, followed to the letter: every command of theirs runs and is answered as the page says. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { at, listAt, textAt } from '../../contract/support/at.ts';
import { openHost, TOKEN } from '../../contract/support/contract-host.ts';
import { runShell } from '../../contract/support/shell.ts';
import { makeHook, makeWorkflow, type Made } from '../../contract/support/workflows.ts';
import { until } from '../../support/until.ts';

const pages = resolve(import.meta.dirname, '../../../resources/docs/styles');
const host = openHost({ options: ['--no-admin'] });

/** What a caller copies from the app, by the names of the page. */
type Copied = Record<string, string>;

const SECRET = 'a secret of the test';
const hmac = { scheme: 'hmac', secret: SECRET };

/** Makes what each page speaks of. */
const styles: Readonly<Record<string, () => Promise<Copied>>> = {
  native: async () => {
    const made = await makeHook(host, { style: 'native', auth: { scheme: 'apiKey', key: SECRET } });
    return { URL: made.url(), KEY: SECRET };
  },
  validmind: async () => {
    const auth = { scheme: 'keyPair', key: 'key', secret: SECRET };
    const made = await makeWorkflow(host, [
      { id: 'hook', type: 'webhook', config: { style: 'validmind', auth } },
      { id: 'step', type: 'webhook', config: { style: 'validmind', auth, waitWhenReached: true } },
    ]);
    const record = await host.v1('POST', '/v1/entities/InventoryModel/records', { name: 'Of the page' });
    const TARGET = textAt(record.json, 'cuid');
    return { URL: made.url(), STEP_URL: made.url('step'), KEY: 'key', SECRET, TARGET };
  },
  metal: async () => {
    const hook = { id: 'hook', type: 'webhook', config: { style: 'metal', auth: hmac } };
    const made = await makeWorkflow(host, [hook], { slug: 'your-workflow-slug' });
    return { URL: made.url(), SECRET, TOKEN };
  },
  flowx: async () => {
    const { json } = await host.v1('POST', '/v1/endpoints', { name: 'Of the page', style: 'flowx' });
    const endpointId = textAt(json, 'id');
    await makeHook(host, { endpointId });
    await host.v1('POST', `/v1/endpoints/${endpointId}/activate`);
    return { URL: textAt((await host.v1('GET', `/v1/endpoints/${endpointId}/url`)).json, 'url') };
  },
  hap: async () => {
    const parameters = [{ name: 'order', in: 'query', type: 'number', required: true }];
    const open = await makeHook(host, { style: 'hap', parameters });
    const auth = { scheme: 'appSign', appKey: 'app', secretKey: SECRET };
    const signed: Made = await makeHook(host, { style: 'hap', auth });
    return { URL: open.url(), SIGNED_URL: signed.url(), APP_KEY: 'app', SECRET_KEY: SECRET };
  },
  flowtrux: async () => {
    const made = await makeHook(host, { style: 'flowtrux', auth: hmac });
    return { URL: made.url(), SECRET };
  },
};

interface Fence {
  readonly language: string;
  readonly text: string;
}

const fencesOf = (page: string): Fence[] =>
  [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));

/** Nothing is on its way any more: a call that follows meets what the page means. */
async function rest(): Promise<void> {
  await until('every run to rest', async () => {
    for (const status of ['queued', 'running']) {
      const { json } = await host.v1('GET', `/v1/workflow-runs?status=${status}`);
      if (listAt(json, 'items').length > 0) return false;
    }
    return true;
  });
}

/** Status and body of what `curl -i` printed. */
function answerIn(text: string): { status: number; json: unknown } {
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);
  const body = text.slice(text.search(/\r?\n\r?\n/)).trim();
  return { status, json: body === '' ? undefined : JSON.parse(body) };
}

/** Whether a value is as the page states it, where `…` stands for anything. */
function expectStated(actual: unknown, stated: unknown): void {
  const fields: Record<string, unknown> = typeof stated === 'object' && stated !== null ? { ...stated } : {};
  for (const [key, value] of Object.entries(fields)) {
    const found = at(actual, key);
    if (typeof value === 'string' && value.includes('…')) {
      expect(String(found), key).toMatch(new RegExp(`^${value.replace('…', '.+')}$`));
    } else if (Array.isArray(value) && String(value).includes('…'))
      expect(found, key).toHaveLength(value.length);
    else expect(found, key).toEqual(value);
  }
}

describe.each(Object.keys(styles))('the page of %s', (style) => {
  const page = readFileSync(join(pages, `${style}.md`), 'utf8');

  it('has at most 80 lines and the parts all of them have', () => {
    expect(page.trimEnd().split('\n').length).toBeLessThanOrEqual(80);
    const parts = [...page.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
    for (const part of [
      'The URL',
      'What to copy from the app',
      'The first call',
      'When it is refused',
      'Waits',
    ]) {
      expect(parts).toContain(part);
    }
    expect(parts.at(-1)).toMatch(/^Coming from /);
  });

  it('holds commands that are answered as it says', async () => {
    const copied = await styles[style]?.();
    const [given, ...following] = fencesOf(page);
    const names = [...(given?.text ?? '').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
    expect(names).toEqual(Object.keys(copied ?? {}));
    const commands = following.filter(({ language }) => language === 'sh');
    const answers = following.filter(({ language }) => language === 'http');
    expect(answers.length).toBe(commands.length);
    expect(commands.length).toBeGreaterThanOrEqual(2);
    for (const [index, { text }] of commands.entries()) {
      await rest();
      const { stdout, stderr, code } = await runShell(`set -euo pipefail\n${text}`, copied);
      expect({ code, stderr: code === 0 ? '' : stderr }, text).toEqual({ code: 0, stderr: '' });
      const stated = answerIn(answers[index]?.text ?? '');
      const found = answerIn(stdout);
      expect({ text, status: found.status, said: found.json }).toMatchObject({ text, status: stated.status });
      expectStated(found.json, stated.json);
    }
  });
});

describe('the pages for callers', () => {
  it('are all in the index', () => {
    const index = readFileSync(join(pages, 'README.md'), 'utf8');
    for (const style of Object.keys(styles)) expect(index).toContain(`](${style}.md)`);
  });
});
