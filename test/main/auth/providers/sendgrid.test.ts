/** SendGrid's event webhook: its own published vector, its own library, and keys made here. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { EventWebhook } from '@sendgrid/eventwebhook';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeWith, noon, type Sent } from '../check.ts';

const signatureHeader = 'X-Twilio-Email-Event-Webhook-Signature';
const timestampHeader = 'X-Twilio-Email-Event-Webhook-Timestamp';

/** Of packages/eventwebhook/src/eventwebhook.spec.js in sendgrid-nodejs; the line break at the end is signed. */
const published = {
  key: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==',
  signature:
    'MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=',
  timestamp: '1600112502',
  body: `${JSON.stringify([
    {
      email: 'hello@world.com',
      event: 'dropped',
      reason: 'Bounced Address',
      sg_event_id: 'ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA',
      sg_message_id: 'LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0',
      'smtp-id': '<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>',
      timestamp: 1_600_112_492,
    },
  ])}\r\n`,
};

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const bare = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const judgeBy = (key: string) => judgeWith({ scheme: 'provider', provider: 'sendgrid', publicKey: key });

function headersOf(body: string | Uint8Array, timestamp = String(noon / 1_000)): Record<string, string> {
  const text = Buffer.concat([Buffer.from(timestamp), Buffer.from(body)]);
  return {
    [signatureHeader]: sign('sha256', text, privateKey).toString('base64'),
    [timestampHeader]: timestamp,
  };
}

describe('SendGrid', () => {
  it('accepts the published vector, and none of its twins', () => {
    const judge = judgeBy(published.key);
    const sent: Sent = {
      headers: { [signatureHeader]: published.signature, [timestampHeader]: published.timestamp },
      body: published.body,
      secrets: [],
      now: 1_600_112_502_000,
    };
    expect(judge.verify(sent)).toEqual({ ok: true, secretIndex: 0 });
    expect(judge.verify({ ...sent, body: published.body.trimEnd() })).toMatchObject({ code: 'mismatch' });
    const later = { ...sent.headers, [timestampHeader]: '1600112503' };
    expect(judge.verify({ ...sent, headers: later })).toMatchObject({ code: 'mismatch' });
    expect(judge.verify({ ...sent, now: 1_600_112_502_000 + 301_000 })).toMatchObject({ code: 'stale' });
    expect(judge.verify({ ...sent, now: 1_600_112_502_000 - 301_000 })).toMatchObject({ code: 'stale' });
  });

  it('agrees with its own library on genuine and changed bodies', () => {
    const judge = judgeBy(bare);
    const library = new EventWebhook();
    const libraryKey = library.convertPublicKeyToECDSA(bare);
    fc.assert(
      fc.property(fc.json(), fc.nat(), (body, at) => {
        const headers = headersOf(body);
        const bent = Buffer.from(body);
        const place = at % bent.length;
        bent[place] = (bent[place] ?? 0) ^ 1;
        const { [signatureHeader]: signature = '', [timestampHeader]: timestamp = '' } = headers;
        for (const bytes of [Buffer.from(body), bent]) {
          const isGenuine = bytes !== bent;
          expect(judge.verify({ headers, body: bytes, secrets: [] }).ok).toBe(isGenuine);
          expect(library.verifySignature(libraryKey, bytes, signature, timestamp)).toBe(isGenuine);
        }
      }),
      { numRuns: 8 },
    );
  });

  it('takes the key bare or as PEM, and refuses to be saved with another', () => {
    const pem = publicKey.export({ type: 'spki', format: 'pem' });
    const body = '[]';
    expect(judgeBy(String(pem)).verify({ headers: headersOf(body), body, secrets: [] }).ok).toBe(true);
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    const wrong = String(rsa.export({ type: 'spki', format: 'pem' }));
    for (const key of [wrong, 'nonsense', bare.slice(4)]) {
      expect(() => judgeBy(key)).toThrow(expect.objectContaining({ code: 'invalid' }));
    }
    expect(() => judgeWith({ scheme: 'provider', provider: 'sendgrid' })).toThrow();
  });

  it('refuses signatures and times that are missing or none, without an exception', () => {
    const judge = judgeBy(bare);
    const body = '[]';
    const codeOf = (headers: Record<string, string>) => {
      const verdict = judge.verify({ headers, body, secrets: [] });
      return verdict.ok ? 'genuine' : verdict.code;
    };
    const { [signatureHeader]: signature = '', [timestampHeader]: timestamp = '' } = headersOf(body);
    expect(codeOf({ [timestampHeader]: timestamp })).toBe('missing');
    expect(codeOf({ [signatureHeader]: signature })).toBe('missing');
    expect(codeOf({ [signatureHeader]: `${signature} `, [timestampHeader]: timestamp })).toBe('malformed');
    expect(codeOf({ [signatureHeader]: signature, [timestampHeader]: 'yesterday' })).toBe('malformed');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = Buffer.from(bytes).toString('latin1');
        expect(codeOf({ [signatureHeader]: text, [timestampHeader]: timestamp })).not.toBe('genuine');
      }),
    );
  });
});
