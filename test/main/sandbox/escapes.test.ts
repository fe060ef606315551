/** Code and expressions that want out: nothing of the host is reached (RELIABILITY E8). */
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AppError } from '../../../src/shared/errors.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { escapeExpressions, escapePayloads } from './escape-corpus.ts';
import { openSandbox } from './open-sandbox.ts';

const canary = 'canary-9c41f0';
const variable = 'HOOKYARD_TEST_CANARY';

/** What a promise came to, as a text to search in. */
async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify((await work) ?? null);
  } catch (thrown) {
    if (thrown instanceof AppError) return JSON.stringify([thrown.code, thrown.message, thrown.details]);
    return `not an AppError: ${String(thrown)}`;
  }
}

describe('E8 escapes', () => {
  it('E8 more than 200 payloads of a code step touch no file, socket, program or environment', async () => {
    const temp = makeTempDir();
    let connections = 0;
    const listener = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    process.env[variable] = canary;
    onTestFinished(async () => {
      Reflect.deleteProperty(process.env, variable);
      await new Promise((resolve) => listener.close(resolve));
      temp.remove();
    });
    const address = listener.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const file = join(temp.path, 'escaped');
    const payloads = escapePayloads({ file, port, variable });
    expect(new Set(payloads).size).toBeGreaterThanOrEqual(200);

    const sandbox = openSandbox({ codeTimeoutMs: 500 });
    const input = { trigger: { data: { items: [1], text: 'a' } } };
    const outcomes = await Promise.all(payloads.map((code) => outcomeOf(sandbox.runCode(code, input))));
    const leaks = outcomes.filter(
      (outcome) => outcome.includes(canary) || outcome.startsWith('not an AppError'),
    );
    expect(leaks).toEqual([]);
    expect([existsSync(file), connections]).toEqual([false, 0]);
    expect('polluted' in {}).toBe(false);
    // Nothing was broken on the way either: the next one gets a fresh world.
    const after = await sandbox.runCode(
      'return [typeof process, "polluted" in {}, input.trigger.data.text]',
      input,
    );
    expect(after).toEqual({ value: ['undefined', false, 'a'], console: [] });
  });

  it('E8 expressions reach no prototype, no function of the language and no engine', async () => {
    process.env[variable] = canary;
    onTestFinished(() => void Reflect.deleteProperty(process.env, variable));
    const sandbox = openSandbox({ expressionTimeoutMs: 1_000 });
    const scope = { trigger: { data: { items: [1, 2], text: 'abc' } } };
    for (const expression of escapeExpressions) {
      const outcome = await outcomeOf(sandbox.evaluate(expression, scope));
      expect(outcome, expression).not.toMatch(/canary-|not an AppError|native code|"pid"|"versions"/);
    }
    expect('polluted' in {}).toBe(false);
    expect(await sandbox.evaluate('"polluted" in $keys({}) ? 1 : 2', scope)).toBe(2);
    expect(scope).toEqual({ trigger: { data: { items: [1, 2], text: 'abc' } } });
  });
});
