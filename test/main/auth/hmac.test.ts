import { createHmac } from 'node:crypto';
import { sign as signLikeGitHub, verify as verifyLikeGitHub } from '@octokit/webhooks-methods';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveAuth } from '../../../src/main/auth/registry.ts';
import { judgeWith, noon } from './check.ts';

const order = '{"event":"order_created","order_id":"12345"}';
const test = [{ secret: 'test_secret' }];
const seconds = String(noon / 1_000);
const plain = judgeWith({ scheme: 'hmac' });

/** A signature over some text, made without the code under test. */
const sign = (
  secret: string,
  text: string | Uint8Array,
  algorithm = 'sha256',
  encoding: 'hex' | 'base64' = 'hex',
) => createHmac(algorithm, secret).update(text).digest(encoding);

describe('published vectors', () => {
  it.each([
    [
      'FlowTrux',
      {},
      'your-secret',
      '{"event":"test"}',
      'X-Webhook-Signature',
      'ae73985dbf44593b8ab8007279f05bcbb47c811fa80741ccbd230e28e67d89eb',
      {},
    ],
    [
      'GitHub',
      { header: 'X-Hub-Signature-256', prefix: 'sha256=' },
      "It's a Secret to Everybody",
      'Hello, World!',
      'X-Hub-Signature-256',
      'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
      {},
    ],
    [
      'hex of the body',
      {},
      'test_secret',
      order,
      'X-Webhook-Signature',
      'bb1d4151b5ce0503fbab339991b790e2a82aca6c304c780c5f9061693609b3af',
      {},
    ],
    [
      'Shopify',
      { encoding: 'base64' },
      'test_secret',
      order,
      'X-Webhook-Signature',
      'ux1BUbXOBQP7qzOZkbeQ4qgqymwwTHgMX5BhaTYJs68=',
      {},
    ],
    [
      'Slack',
      { signed: 'v0:{timestamp}:{body}', prefix: 'v0=', timestampHeader: 'T' },
      'test_secret',
      order,
      'X-Webhook-Signature',
      'v0=398452a8858ce932e5a1d2da3eb80e17fb908ff86b4ddf6121ec6847f27fe811',
      { T: seconds },
    ],
    [
      'Stripe',
      { signed: '{timestamp}.{body}', timestampHeader: 'T' },
      'test_secret',
      order,
      'X-Webhook-Signature',
      'f4c4b4f1ffc020f61f6e087fdd839b7a8df4a308d4dd6578c32995caa79f40f0',
      { T: seconds },
    ],
  ])('%s', (_title, settings, secret, body, header, signature, more) => {
    const judge = judgeWith({ scheme: 'hmac', ...settings });
    const headers = { [header]: signature, ...more };
    expect(judge.verify({ headers, body, secrets: [{ secret }] })).toEqual({ ok: true, secretIndex: 0 });
    expect(judge.verify({ headers, body: `${body} `, secrets: [{ secret }] }).ok).toBe(false);
  });
});

describe('an independent signer', () => {
  it('is understood, and understands what is signed here', async () => {
    const judge = judgeWith({ scheme: 'hmac', header: 'X-Hub-Signature-256', prefix: 'sha256=' });
    const signature = await signLikeGitHub('a secret', order);
    expect(
      judge.verify({
        headers: { 'X-Hub-Signature-256': signature },
        body: order,
        secrets: [{ secret: 'a secret' }],
      }).ok,
    ).toBe(true);
    const input = {
      method: 'POST',
      url: 'http://localhost/x',
      body: Buffer.from(order),
      secrets: { secret: 'a secret' },
      now: noon,
    };
    const own = judge.sign(input).headers['X-Hub-Signature-256'] ?? '';
    expect(await verifyLikeGitHub('a secret', order, own)).toBe(true);
  });
});

describe('the form of a signature', () => {
  const good = sign('test_secret', order);
  const verify = (signature: string, settings = {}) =>
    judgeWith({ scheme: 'hmac', ...settings }).verify({
      headers: { 'x-webhook-signature': signature },
      body: order,
      secrets: test,
    }).ok;

  it('may carry the name of the algorithm or not while no prefix is set', () => {
    expect(verify(good)).toBe(true);
    expect(verify(`sha256=${good}`)).toBe(true);
    expect(verify(`sha1=${good}`)).toBe(false);
  });

  it('must carry the prefix that is set', () => {
    expect(verify(`v1=${good}`, { prefix: 'v1=' })).toBe(true);
    expect(verify(good, { prefix: 'v1=' })).toBe(false);
    expect(verify(`sha256=${good}`, { prefix: 'v1=' })).toBe(false);
  });

  it('may be written in capital hex', () => {
    expect(verify(good.toUpperCase())).toBe(true);
  });

  it.each([
    ['empty', ''],
    ['one digit', 'a'],
    ['63 digits', good.slice(1)],
    ['65 digits', `${good}0`],
    ['no hex', 'z'.repeat(64)],
    ['a good one with a bad tail', `${good}zz`],
    ['a good one whose tail is no hex', `${good.slice(0, -2)}zz`],
    ['a good one with a space', `${good} `],
    ['a list with a bad tail', `${good}, zz`],
    ['a list of eleven', Array(11).fill(good).join(',')],
    ['10 KB', 'a'.repeat(10_240)],
  ])('is refused when it is %s', (_title, signature) => {
    expect(verify(signature)).toBe(false);
  });

  it('may be one of several, as senders send while they rotate their secret', () => {
    const other = sign('old', order);
    for (const list of [`${other},${good}`, `${good}, ${other}`, `sha256=${other} sha256=${good}`]) {
      expect(verify(list)).toBe(true);
    }
    expect(verify(`${other},${other}`)).toBe(false);
    expect(verify(`v1=${other},v1=${good}`, { prefix: 'v1=' })).toBe(true);
    const base64 = sign('test_secret', order, 'sha256', 'base64');
    expect(verify(`v1,${base64} v1,${base64}`, { encoding: 'base64', prefix: 'v1,' })).toBe(true);
  });

  it('is refused in base64 with other padding, other alphabet or trailing text', () => {
    const base64 = sign('test_secret', order, 'sha256', 'base64');
    const settings = { encoding: 'base64' };
    expect(verify(base64, settings)).toBe(true);
    for (const bad of [
      base64.slice(0, -1),
      `${base64}=`,
      `${base64}AAAA`,
      ` ${base64}`,
      base64.replace('+', '-'),
    ]) {
      expect(bad === base64 || !verify(bad, settings)).toBe(true);
    }
  });

  it('is refused when it stands in two headers, even twice the same', () => {
    const headers = [
      ['X-Webhook-Signature', good],
      ['x-webhook-signature', good],
    ] as const;
    expect(plain.verify({ headers, body: order, secrets: test })).toMatchObject({
      ok: false,
      code: 'repeated',
    });
  });
});

describe('freshness', () => {
  const timed = judgeWith({
    scheme: 'hmac',
    signed: '{timestamp}.{body}',
    timestampHeader: 'X-Time',
    toleranceSeconds: 300,
  });
  const verify = (timestamp: string) =>
    timed.verify({
      headers: { 'X-Time': timestamp, 'X-Webhook-Signature': sign('test_secret', `${timestamp}.${order}`) },
      body: order,
      secrets: test,
    });

  it('is judged on both sides', () => {
    const now = noon / 1_000;
    expect(verify(String(now - 299)).ok).toBe(true);
    expect(verify(String(now + 299)).ok).toBe(true);
    expect(verify(String(now - 301))).toMatchObject({ ok: false, code: 'stale' });
    expect(verify(String(now + 301))).toMatchObject({ ok: false, code: 'stale' });
  });

  it('refuses what is no plain number of seconds', () => {
    for (const timestamp of [
      'NaN',
      '',
      'now',
      '1e9',
      '0x6553f100',
      '-1700000000',
      ' 1700000000',
      '1700000000.5',
      String(noon),
    ]) {
      expect(verify(timestamp).ok).toBe(false);
    }
  });

  it('refuses a missing timestamp', () => {
    const headers = { 'X-Webhook-Signature': sign('test_secret', `.${order}`) };
    expect(timed.verify({ headers, body: order, secrets: test })).toMatchObject({
      ok: false,
      code: 'missing',
    });
  });
});

describe('what is signed', () => {
  it.each(['fixed', '{nope}', '{body}{timestmp}'])('is refused when saved as %j', (signed) => {
    expect(() => resolveAuth({ scheme: 'hmac', signed })).toThrow(
      expect.objectContaining({ code: 'invalid' }),
    );
  });

  it('may include id, url and method', () => {
    const judge = judgeWith({
      scheme: 'hmac',
      signed: '{method} {url} {id} {body}',
      algorithm: 'sha512',
      encoding: 'base64',
    });
    const headers = (url: string, id = 'msg_1') => ({
      host: 'example.test',
      'webhook-id': id,
      'X-Webhook-Signature': sign('test_secret', `PUT ${url} msg_1 ${order}`, 'sha512', 'base64'),
    });
    const call = { method: 'PUT', url: '/hooks/x?a=1', body: order, secrets: test };
    const publicUrl = 'https://public.example/';
    const publicly = headers('https://public.example/hooks/x?a=1');
    expect(judge.verify({ ...call, headers: publicly, publicUrl }).ok).toBe(true);
    expect(judge.verify({ ...call, headers: publicly }).ok).toBe(false);
    expect(judge.verify({ ...call, headers: headers('http://example.test/hooks/x?a=1') }).ok).toBe(true);
    expect(judge.verify({ ...call, headers: headers('http://example.test/hooks/x?a=1', 'msg_2') }).ok).toBe(
      false,
    );
    expect(
      judge.verify({ ...call, method: 'POST', headers: headers('http://example.test/hooks/x?a=1') }).ok,
    ).toBe(false);
  });

  it('is the bytes as received, even when they are no text', () => {
    const body = Buffer.from([0xff, 0xfe, 0x00, 0x80]);
    const headers = { 'X-Webhook-Signature': sign('test_secret', body) };
    expect(plain.verify({ headers, body, secrets: test }).ok).toBe(true);
  });

  it('is refused when the body was written anew', () => {
    const headers = { 'X-Webhook-Signature': sign('test_secret', order) };
    expect(
      plain.verify({ headers, body: JSON.stringify(JSON.parse(order), null, 1), secrets: test }).ok,
    ).toBe(false);
  });
});

describe('secrets', () => {
  it('accept the previous one while it overlaps', () => {
    const headers = { 'X-Webhook-Signature': sign('old', order) };
    const verdict = plain.verify({ headers, body: order, secrets: [{ secret: 'new' }, { secret: 'old' }] });
    expect(verdict).toEqual({ ok: true, secretIndex: 1 });
  });

  it('refuse everything while empty, a signature made with the empty secret too', () => {
    const headers = { 'X-Webhook-Signature': sign('', order) };
    expect(() => plain.verify({ headers, body: order, secrets: [{ secret: '' }] })).toThrow(
      expect.objectContaining({ code: 'endpoint_misconfigured' }),
    );
    const before = plain.verify({ headers, body: order, secrets: [{ secret: 'new' }, { secret: '' }] });
    expect(before).toMatchObject({ ok: false, code: 'mismatch' });
  });

  it('are a fault of the endpoint when they are not there', () => {
    const headers = { 'X-Webhook-Signature': sign('undefined', order) };
    expect(() => plain.verify({ headers, body: order, secrets: [] })).toThrow(
      expect.objectContaining({ code: 'endpoint_misconfigured' }),
    );
  });
});

describe('every setting', () => {
  const settings = fc.record({
    scheme: fc.constant('hmac'),
    algorithm: fc.constantFrom('sha256', 'sha1', 'sha512'),
    encoding: fc.constantFrom('hex', 'base64'),
    signed: fc.constantFrom(
      '{body}',
      '{timestamp}.{body}',
      '{id}.{timestamp}.{body}',
      'v0:{method}:{url}:{body}',
    ),
  });
  const secret = fc.string({ minLength: 1, maxLength: 40 });

  it('accepts the genuine and refuses any one-byte mutant of body, signature or secret', () => {
    fc.assert(
      fc.property(
        settings,
        secret,
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (auth, key, body, at, change) => {
          const judge = judgeWith(auth);
          const url = 'http://localhost:4665/hooks/x';
          const signature = judge.sign({ method: 'POST', url, body, secrets: { secret: key }, now: noon });
          const headers = { host: 'localhost:4665', ...signature.headers };
          const call = { headers, body, secrets: [{ secret: key }] };
          expect(judge.verify(call).ok).toBe(true);

          const mutant = Uint8Array.from(body);
          const index = at % mutant.length;
          mutant[index] = (mutant[index] ?? 0) ^ change;
          expect(judge.verify({ ...call, body: mutant }).ok).toBe(false);
          expect(judge.verify({ ...call, secrets: [{ secret: `${key}\u0001` }] }).ok).toBe(false);

          const text = signature.headers['X-Webhook-Signature'] ?? '';
          const place = at % text.length;
          const other = String.fromCharCode(33 + ((text.charCodeAt(place) - 33 + (change % 93) + 1) % 94));
          const bent = text.slice(0, place) + other + text.slice(place + 1);
          const isSameDigest = auth.encoding === 'hex' && bent.toLowerCase() === text.toLowerCase();
          expect(judge.verify({ ...call, headers: { ...headers, 'X-Webhook-Signature': bent } }).ok).toBe(
            isSameDigest,
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('answers any header text with a verdict, never with an exception', () => {
    fc.assert(
      fc.property(settings, fc.string({ maxLength: 300, unit: 'binary' }), (auth, text) => {
        const headers = { 'X-Webhook-Signature': text, 'X-Webhook-Timestamp': text, 'webhook-id': text };
        expect(judgeWith(auth).verify({ headers, body: order, secrets: test }).ok).toBe(false);
      }),
    );
  });
});
