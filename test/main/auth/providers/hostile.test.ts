/** Every known sender before callers who send anything at all: no judge and no handshake throws, and none believes it. */
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { providerRegistry } from '../../../../src/main/auth/providers/registry.ts';
import type { Provider } from '../../../../src/main/auth/providers/provider.ts';
import { secretFieldsOf } from '../../../../src/shared/fields.ts';
import { AppError } from '../../../../src/shared/errors.ts';
import { judgeWith, type Sent } from '../check.ts';

const ecKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
/** Settings without which a sender can not be judged. */
const settings: Readonly<Record<string, Record<string, unknown>>> = {
  discord: { publicKey: '0'.repeat(63).padStart(64, '1') },
  sendgrid: { publicKey: ecKey.export({ type: 'spki', format: 'der' }).toString('base64') },
  paypal: { webhookId: '1JE4291016473214C' },
  awssns: { topicArn: 'arn:aws:sns:us-east-1:123456789012:topic' },
};

const words = fc.constantFrom(
  ...'type event url_verification endpoint.url_validation challenge payload plainToken value clientState id'.split(
    ' ',
  ),
  ...'Type SubscriptionConfirmation SubscribeURL SigningCertURL signature timestamp token webhookTimestamp'.split(
    ' ',
  ),
  ...'verification_token event_id __proto__ constructor https://sns.us-east-1.amazonaws.com/x'.split(' '),
);
const anyText = fc.oneof(
  words,
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom('1', '0', '', '-1'),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    anyText,
    fc.integer(),
    fc.constantFrom(null, true, Number.MAX_VALUE, -0),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(words, tie('tree'), { maxKeys: 5 }),
  ),
}));
const anyBody = fc.oneof(
  fc.dictionary(words, tree, { maxKeys: 6 }).map((value) => JSON.stringify(value)),
  fc.string({ unit: 'binary', maxLength: 100 }),
);
const queryNames = fc.constantFrom(
  ...'hub.mode hub.challenge hub.verify_token validationToken challenge crc_token bodySHA256 x'.split(' '),
);

function headerNamesOf({ definition, presents }: Provider): readonly string[] {
  const told =
    `${definition.formula} ${definition.handshake ?? ''}`.match(/\b[A-Za-z]+(?:-[A-Za-z0-9]+)+\b/g) ?? [];
  return [
    ...told,
    ...(presents?.headers ?? []),
    'webhook-id',
    'webhook-timestamp',
    'X-Signature-Timestamp',
    'Content-Type',
  ];
}

describe.each(providerRegistry.map((provider) => [provider.definition.provider, provider] as const))(
  '%s',
  { timeout: 60_000 },
  (name, provider) => {
    const judge = judgeWith({ scheme: 'provider', provider: name, ...settings[name] });
    const fields = secretFieldsOf(provider.definition.fields).filter((field) => field !== 'signingToken');
    const secrets = [
      Object.fromEntries(fields.map((field) => [field, 'whsec_dGVzdF9zZWNyZXRfMjRfYnl0ZXNfa2V5'])),
    ];
    const anySent = fc
      .record({
        method: fc.constantFrom('GET', 'POST', 'PUT'),
        headers: fc.array(fc.tuple(fc.constantFrom(...headerNamesOf(provider)), anyText), { maxLength: 8 }),
        query: fc.array(fc.tuple(queryNames, anyText), { maxLength: 4 }),
        body: anyBody,
      })
      .map(({ query, ...sent }): Sent => {
        const search = new URLSearchParams(query).toString();
        const fetchCertificate = () =>
          Promise.resolve('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----');
        return { ...sent, url: `/hooks/x?${search}`, secrets, fetchCertificate };
      });

    it('believes nothing of what a stranger sends, and never throws', async () => {
      await fc.assert(
        fc.asyncProperty(anySent, async (sent) => {
          expect(await judge.judge(sent)).toMatchObject({ ok: false, reason: expect.any(String) });
        }),
        { numRuns: 150 },
      );
    });

    it('answers a stranger in plain text or JSON at most, and names no delivery it can not', async () => {
      await fc.assert(
        fc.asyncProperty(anySent, async (sent) => {
          const check = judge.check(sent);
          expect(['string', 'undefined']).toContain(typeof provider.deliveryId?.(check));
          const body = provider.deliveryBody?.(check) ?? '';
          expect(typeof body === 'string' || body instanceof Uint8Array).toBe(true);
          const found = await provider.handshake?.(check);
          if (found?.kind !== 'answer') return;
          const types = Object.entries(found.reply.headers).flatMap(([key, value]) =>
            key.toLowerCase() === 'content-type' ? [value] : [],
          );
          for (const type of types) expect(type).toMatch(/^(?:text\/plain|application\/json)/);
        }),
        { numRuns: 150 },
      );
    });

    it('is misconfigured, never open, without its secrets', async () => {
      const sent = { headers: {}, body: '{}', secrets: [{}] };
      const verdict = await judge.judge(sent).catch((error: unknown) => error);
      if (fields.length === 0) expect(verdict).toMatchObject({ ok: false });
      else expect(verdict instanceof AppError && verdict.code).toBe('endpoint_misconfigured');
    });
  },
);
