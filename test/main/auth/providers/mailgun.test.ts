/** Mailgun signs time and token inside the body. */
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeWith, noon, type Sent } from '../check.ts';

const secret = 'key-signing';
const timestamp = String(noon / 1_000);
const token = 'e0b5477167110d68991efc6b9f89f0a11066af27834600e123';
const digestOf = (key: string, time = timestamp): string =>
  createHmac('sha256', key).update(`${time}${token}`).digest('hex');
const signature = { timestamp, token, signature: digestOf(secret) };

const judge = judgeWith({ scheme: 'provider', provider: 'mailgun' });
const sentBy = (value: unknown, changed: Partial<Sent> = {}): Sent => ({
  headers: { 'Content-Type': 'application/json' },
  body:
    typeof value === 'string'
      ? value
      : JSON.stringify({ signature: value, 'event-data': { event: 'opened' } }),
  secrets: [{ secret }],
  ...changed,
});
const codeOf = (value: unknown, changed: Partial<Sent> = {}) => {
  const verdict = judge.verify(sentBy(value, changed));
  return verdict.ok ? 'genuine' : verdict.code;
};

describe('Mailgun', () => {
  it('accepts a genuine event and knows it again by its token', () => {
    expect(codeOf(signature)).toBe('genuine');
    expect(judge.provider?.deliveryId?.(judge.check(sentBy(signature)))).toBe(token);
    expect(judge.verify(sentBy(signature, { secrets: [{ secret: 'new' }, { secret }] }))).toMatchObject({
      secretIndex: 1,
    });
  });

  it('accepts an event of a subaccount by the key of its parent', () => {
    const own = {
      ...signature,
      signature: digestOf('key of the subaccount'),
      'parent-signature': digestOf(secret),
    };
    expect(codeOf(own)).toBe('genuine');
    expect(codeOf({ ...own, 'parent-signature': digestOf('x') })).toBe('mismatch');
  });

  it('accepts a routed message, whose fields are those of its form', () => {
    const body = new URLSearchParams({ ...signature, recipient: 'a@b.example' }).toString();
    expect(codeOf(body, { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })).toBe(
      'genuine',
    );
    const twice = `${body}&token=other`;
    expect(codeOf(twice, { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })).toBe(
      'missing',
    );
  });

  it('refuses twins: another token, time, digest, key, and digits moved between time and token', () => {
    expect(codeOf({ ...signature, token: `${token}0` })).toBe('mismatch');
    expect(codeOf({ ...signature, timestamp: '1700000001' })).toBe('mismatch');
    expect(codeOf({ ...signature, signature: `${signature.signature}00` })).toBe('malformed');
    expect(codeOf({ ...signature, signature: digestOf('x') })).toBe('mismatch');
    expect(codeOf(signature, { secrets: [{ secret: 'other' }] })).toBe('mismatch');
    const moved = { ...signature, timestamp: timestamp.slice(0, -1), token: `0${token}` };
    expect(codeOf(moved)).toBe('stale');
  });

  it('believes late tries for twelve hours on both sides, and no longer', () => {
    for (const side of [1, -1]) {
      expect(codeOf(signature, { now: noon + side * 43_200_000 })).toBe('genuine');
      expect(codeOf(signature, { now: noon + side * 43_202_000 })).toBe('stale');
    }
  });

  it('refuses bodies without a signature, whatever they are, and everything while the key is empty', () => {
    for (const body of ['', '{', '[]', 'null', '{"signature":"x"}', '{"signature":{"timestamp":1}}']) {
      expect(codeOf(body)).toBe('missing');
    }
    fc.assert(
      fc.property(fc.json(), (body) => {
        expect(codeOf(body)).not.toBe('genuine');
      }),
    );
    expect(() => judge.verify(sentBy(signature, { secrets: [{ secret: '' }] }))).toThrow();
  });
});
