/** Whatever arrives, the doctor tells no secret in any spelling, names nothing of the caller's as fact, and ends in time. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { providerRegistry } from '../../../../src/main/auth/providers/registry.ts';
import { resolveAuth } from '../../../../src/main/auth/registry.ts';
import { secretFieldsOf } from '../../../../src/shared/fields.ts';
import { examine, mac, noon } from './case.ts';

/** A secret in every spelling people use. */
function spellings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const all = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    [...secret].toReversed().join(''),
  ];
  return [...new Set(all)].filter((text) => text.length >= 8);
}

const text = (seed: string) => fc.string({ minLength: 12, maxLength: 40 }).map((tail) => seed + tail.trim());
const secretText = text('Zq7-');
const strangerText = text('Xk9-');

/** What a caller may do with a secret it has, right or wrong. */
const spoilt = fc.constantFrom<(secret: string, body: string) => string>(
  (secret) => secret,
  (secret) => `"${secret}"`,
  (secret) => secret.slice(0, -2),
  (secret) => secret.toUpperCase(),
  (secret) => encodeURIComponent(secret),
  (secret) => Buffer.from(secret).toString('base64'),
  (secret) => Buffer.from(secret).toString('hex'),
  (secret) => `Bearer ${secret}`,
  (secret) => `Basic ${Buffer.from(`u:${secret}`).toString('base64')}`,
  (secret) => `v1=${secret},${secret}=1`,
  (secret) => `${secret}=${'ab'.repeat(32)}`,
  (secret, body) => mac(secret, body),
  (secret, body) => `sha256=${mac(secret, `${body}\n`)}`,
  (secret, body) => mac(Buffer.from(secret, 'base64'), body, 'base64'),
);

const auths = fc.constantFrom(
  { scheme: 'apiKey' },
  { scheme: 'apiKey', in: 'query', name: 'k' },
  { scheme: 'keyPair' },
  { scheme: 'basic' },
  { scheme: 'bearer' },
  { scheme: 'jwt' },
  { scheme: 'appSign' },
  { scheme: 'hmac' },
  { scheme: 'hmac', encoding: 'base64', prefix: 'v1=' },
  { scheme: 'hmac', signed: '{timestamp}.{body}', timestampHeader: 'X-Time' },
  ...providerRegistry
    .filter(({ sign }) => sign !== undefined)
    .map(({ definition: { provider } }) => ({ scheme: 'provider', provider })),
);

const headerNames = [
  'X-Webhook-Signature',
  'x-api-key',
  'x-api-secret',
  'Authorization',
  'Stripe-Signature',
  'X-Odd',
] as const;

/** A value as a header can carry it. */
function sendable(value: string): string {
  return value.replace(/[^\u0020-\u00ff]/g, '').trim();
}

describe('what the doctor says', () => {
  it('holds no secret of this endpoint or another, in no spelling', async () => {
    const property = fc.asyncProperty(
      auths,
      secretText,
      strangerText,
      spoilt,
      fc.constantFrom(...headerNames),
      fc.oneof(fc.json(), fc.string(), fc.constant('a=1&b=2')),
      fc.boolean(),
      async (auth, secret, strange, spoil, name, body, isStrange) => {
        const { fields } = resolveAuth(auth).scheme.definition;
        const secrets = Object.fromEntries(
          secretFieldsOf(fields).map((field, at) => [field, at === 0 ? secret : `${secret}-${at}`]),
        );
        const sent = sendable(spoil(isStrange ? strange : secret, body));
        const said = await examine({
          auth,
          secrets,
          body,
          url: `/hooks/x?k=${encodeURIComponent(sent)}&AppKey=${encodeURIComponent(sent)}&Sign=x&Timestamp=${noon}`,
          headers: { [name]: sent, 'X-Time': String(noon / 1_000), 'Content-Type': 'application/json' },
          others: [{ kind: 'stranger', name: 'Another', values: { secret: strange } }],
        });
        const out = JSON.stringify(said);
        for (const spelled of [...spellings(secret), ...spellings(strange)])
          expect(out).not.toContain(spelled);
        expect(said.sentence).toMatch(/^[^\n]+\.$/);
      },
    );
    await fc.assert(property, { numRuns: 250 });
  }, 120_000);

  it('ends within seconds for a body of 32 MiB, and lets others work meanwhile', async () => {
    const body = Buffer.alloc(33_554_432, 'x');
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 5);
    const startedAt = performance.now();
    const said = await examine({
      auth: { scheme: 'hmac' },
      secrets: { secret: 'whatever it may be' },
      body,
      headers: { 'X-Webhook-Signature': mac('something else', 'x') },
    });
    clearInterval(timer);
    expect(said.passes).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(turns).toBeGreaterThan(3);
  }, 30_000);

  it('is calm about headers that are many, long, or look like a thousand signatures', async () => {
    const digest = 'ab'.repeat(32);
    for (const value of [
      Array.from({ length: 200 }, () => digest).join(','),
      `t=${'9'.repeat(5_000)}`,
      '='.repeat(8_000),
      `${digest}${'='.repeat(5_000)}`,
      'sha256='.repeat(1_000),
      '\u00ff'.repeat(8_000),
    ]) {
      const startedAt = performance.now();
      const headers = Object.fromEntries(
        Array.from({ length: 90 }, (_, at) => [`X-${at}`, value.slice(0, 160)]),
      );
      const said = await examine({
        auth: { scheme: 'hmac', signed: '{timestamp}.{body}' },
        secrets: { secret: 'a secret that is long enough' },
        body: '{"a":1}',
        headers: { ...headers, 'X-Webhook-Signature': value, 'X-Webhook-Timestamp': String(noon / 1_000) },
      });
      expect(said.passes).toBe(false);
      expect(performance.now() - startedAt).toBeLessThan(5_000);
    }
  }, 30_000);
});
