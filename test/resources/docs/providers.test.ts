/** The page of each sender in the docs: there, of one outline, and true of the code it describes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findProvider } from '../../../src/main/auth/provider-scheme.ts';
import { providerRegistry } from '../../../src/main/auth/providers/registry.ts';
import { resolveAuth } from '../../../src/main/auth/registry.ts';
import { noon } from '../../main/auth/check.ts';

const folder = join(import.meta.dirname, '../../../resources/docs/providers');
const outline = [
  'What is signed',
  'At the sender',
  'In the workflow document',
  'Try it',
  'Handshake',
  'Deadline and response mode',
  'Delivered twice',
  'Refused',
];
const block = z.strictObject({
  auth: z.looseObject({ scheme: z.literal('provider'), provider: z.string() }),
});
const names = providerRegistry.map(({ definition }) => definition.provider);

/** Headers a sender's signature stands in: those this code signs with, else those its formula names. */
function headersOf(
  name: string,
  secrets: Record<string, string>,
  settings: Record<string, unknown>,
): readonly string[] {
  const found = findProvider(name);
  const made = found?.scheme.sign?.({
    method: 'POST',
    url: 'https://hooks.example.com/hooks/orders',
    body: Buffer.from('{}'),
    secrets,
    settings,
    now: noon,
  });
  const inFormula = found?.provider.definition.formula.match(/\b(?:X|PAYPAL)(?:-[A-Za-z0-9]+)+/g) ?? [];
  return made === undefined ? inFormula : Object.keys(made.headers);
}

describe.each(names)('the page of %s', (name) => {
  const text = readFileSync(join(folder, `${name}.md`), 'utf8');

  it('has the outline of all pages and fits on one', () => {
    const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(outline);
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(60);
  });

  it('shows an auth block that is valid, and names every field and header', () => {
    const json: unknown = JSON.parse(/```json\n(.*?)\n```/s.exec(text)?.[1] ?? '');
    const { auth } = block.parse(json);
    expect(auth.provider).toBe(name);
    const { settings, provider } = resolveAuth(auth);
    const fields = provider?.definition.fields.map((field) => field.name) ?? [];
    for (const field of fields) expect(text).toContain(`- \`${field}\``);
    const secrets = Object.fromEntries(
      (provider?.definition.fields ?? [])
        .filter(({ kind }) => kind === 'secret')
        .map((field) => [field.name, `whsec_${Buffer.alloc(32, 7).toString('base64')}`]),
    );
    const headers = headersOf(name, secrets, settings).map((header) => header.toLowerCase());
    expect(headers.filter((header) => !text.toLowerCase().includes(header))).toEqual([]);
  });

  it('tells the deadline and the handshake the code knows', () => {
    const { deadlineMs, handshake } = findProvider(name)?.provider.definition ?? {};
    const [, deadline = ''] = text.split('## Deadline and response mode');
    const seconds = typeof deadlineMs === 'number' ? `${deadlineMs / 1_000}` : '';
    expect(deadline.split('##')[0]).toContain(seconds);
    const [, answer = ''] = text.split('## Handshake');
    expect(answer.trimStart().startsWith('None.')).toBe(handshake === null);
  });
});

it('has a page for no other sender, and all of them in its index', () => {
  const pages = readdirSync(folder).filter((file) => file !== 'README.md');
  expect(pages.toSorted((left, right) => left.localeCompare(right))).toEqual(
    names.map((name) => `${name}.md`).toSorted((left, right) => left.localeCompare(right)),
  );
  const index = readFileSync(join(folder, 'README.md'), 'utf8');
  for (const name of names) expect(index).toMatch(new RegExp(`\\]\\(${name}\\.md\\) \\| \`${name}\` \\|`));
});
