/** The signature doctor on signed requests: every usual mistake is named, alone and with another (SPEC 5). */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { examine, mac, noon } from './case.ts';

const secret = 'a secret of 32 characters or so!';
const header = 'X-Webhook-Signature';
const hmac = { scheme: 'hmac' };
const value = { b: 'z\u00fc/<', a: [1, { d: 2, c: null }] };
const body = JSON.stringify(value);

/** Ids of the mistakes that fit a plain `hmac` request with this signature. */
async function found(signature: string, more: Partial<Parameters<typeof examine>[0]> = {}) {
  const headers = { 'Content-Type': 'application/json', [header]: signature, ...more.headers };
  const { tried, ...said } = await examine({ auth: hmac, secrets: { secret }, body, ...more, headers });
  return { ids: tried.filter(({ fits }) => fits).map(({ id }) => id), tried, ...said };
}

describe('the doctor', () => {
  it('says of a genuine request that it fits, and shows no more of a digest than its end', async () => {
    const right = mac(secret, body);
    const said = await found(right);
    expect(said).toMatchObject({
      passes: true,
      mend: null,
      signedOver: `the body as received: ${Buffer.byteLength(body)} bytes`,
      presented: `***${right.slice(-4)}`,
      expected: `***${right.slice(-4)}`,
    });
    expect(said.sentence).toContain('fits the present secret');
  });

  it.each([
    ['the digest in base64', mac(secret, body, 'base64'), 'encoding'],
    ['the digest in base64url', mac(secret, body, 'base64url'), 'encoding'],
    ['SHA-1', mac(secret, body, 'hex', 'sha1'), 'algorithm'],
    ['SHA-512', mac(secret, body, 'hex', 'sha512'), 'algorithm'],
    ['a prefix of its own', `v1=${mac(secret, body)}`, 'prefix'],
    ['a newline in the secret', mac(`${secret}\n`, body), 'secret-newline'],
    ['a space in the secret', mac(`${secret} `, body), 'secret-space-after'],
    ['quotes around the secret', mac(`"${secret}"`, body), 'secret-quoted'],
    ['no secret', mac('', body), 'secret-empty'],
    ['an unset variable', mac('undefined', body), 'secret-undefined'],
    ['a newline behind the body', mac(secret, `${body}\n`), 'body-newline-added'],
    ['pretty JSON', mac(secret, JSON.stringify(value, null, 2)), 'body-pretty-2'],
    ['prettier JSON', mac(secret, JSON.stringify(value, null, 4)), 'body-pretty-4'],
    ['sorted JSON', mac(secret, '{"a":[1,{"c":null,"d":2}],"b":"z\u00fc/<"}'), 'body-sorted'],
    ['Python', mac(secret, '{"b": "z\\u00fc/<", "a": [1, {"d": 2, "c": null}]}'), 'body-python'],
    ['PHP', mac(secret, '{"b":"z\\u00fc\\/<","a":[1,{"d":2,"c":null}]}'), 'body-php'],
    ['Go', mac(secret, '{"b":"z\u00fc/\\u003c","a":[1,{"d":2,"c":null}]}'), 'body-go'],
    ['an empty body', mac(secret, ''), 'body-empty'],
    ['double UTF-8', mac(secret, Buffer.from(Buffer.from(body).toString('latin1'))), 'body-double-utf8'],
  ])('names %s', async (_name, signature, id) => {
    const said = await found(signature);
    expect(said.ids).toEqual([id]);
    expect(said.passes).toBe(false);
    expect(said.sentence).toMatch(/^[A-Z].*\.$/);
    expect(said.mend).toMatch(/^[A-Z].*\.$/);
  });

  it('names what was done to the secret', async () => {
    const base64 = Buffer.from('thirty-two bytes of a real key!!').toString('base64');
    const hex = Buffer.from('thirty-two bytes of a real key!!').toString('hex');
    const key = Buffer.from('thirty-two bytes of a real key!!');
    expect((await found(mac(key, body), { secrets: { secret: base64 } })).ids).toEqual([
      'secret-base64-decoded',
    ]);
    expect((await found(mac(key, body), { secrets: { secret: hex } })).ids).toEqual(['secret-hex-decoded']);
    const whsec = { secrets: { secret: `whsec_${base64}` } };
    expect((await found(mac(key, body), whsec)).ids).toEqual(['secret-prefix-decoded']);
    expect((await found(mac(base64, body), whsec)).ids).toEqual(['secret-without-prefix']);
    const spaced = { secrets: { secret: ' padded secret of sixteen ' } };
    expect((await found(mac('padded secret of sixteen', body), spaced)).ids).toEqual(['secret-trimmed']);
  });

  it('names what was done to the body on its way', async () => {
    const lines = 'a: 1\r\nb: 2\r\n';
    const text = { 'Content-Type': 'text/plain' };
    expect(
      (await found(mac(secret, lines.replaceAll('\r\n', '\n')), { body: lines, headers: text })).ids,
    ).toEqual(['body-lf']);
    const unix = 'a: 1\nb: 2';
    expect((await found(mac(secret, 'a: 1\r\nb: 2'), { body: unix, headers: text })).ids).toEqual([
      'body-crlf',
    ]);
    const ended = await found(mac(secret, body), { body: `${body}\n` });
    expect(ended.ids).toEqual(['body-newline-removed']);
    expect(ended.sentence).toBe('The body was changed after signing: a newline was added at its end.');
    const zipped = gzipSync(body);
    const packed = await found(mac(secret, body), { body: zipped, decoded: Buffer.from(body) });
    expect(packed.ids).toEqual(['body-before-encoding']);
    const form = { body: 'a=x%20y&b=%26', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } };
    expect((await found(mac(secret, 'a=x y&b=&'), form)).ids).toEqual(['body-form-decoded']);
    expect((await found(mac(secret, '{"a":"x y","b":"&"}'), form)).ids).toEqual(['body-form-as-json']);
  });

  it('names another joiner, another unit of the time, another URL', async () => {
    const auth = { scheme: 'hmac', signed: '{timestamp}.{body}', timestampHeader: 'X-Time' };
    const time = { 'X-Time': String(noon / 1_000) };
    const timed = { auth, headers: time };
    expect((await found(mac(secret, `${noon / 1_000}.${body}`), timed)).passes).toBe(true);
    const colon = await found(mac(secret, `${noon / 1_000}:${body}`), timed);
    expect(colon.ids).toEqual(['joined-{timestamp}:{body}']);
    expect(colon.sentence).toBe(
      'The caller signed the timestamp, ":", the body as received, where it has to be the timestamp, ".", the body as received.',
    );
    expect((await found(mac(secret, body), timed)).ids).toEqual(['joined-{body}']);
    expect((await found(mac(secret, `${noon}.${body}`), timed)).ids).toEqual(['timestamp-other']);
    const milliseconds = { auth, headers: { 'X-Time': String(noon) } };
    const mixed = await found(mac(secret, `${noon}.${body}`), milliseconds);
    expect(mixed.ids).toEqual(['timestamp-unit']);
    const url = { auth: { scheme: 'hmac', signed: '{url}{body}' }, url: '/hooks/x?a=1' };
    expect((await found(mac(secret, `http://hooks.test/hooks/x?a=1${body}`), url)).passes).toBe(true);
    expect((await found(mac(secret, `/hooks/x?a=1${body}`), url)).ids).toEqual(['url-other']);
    expect((await found(mac(secret, `https://hooks.test/hooks/x${body}`), url)).ids).toEqual(['url-other']);
    expect(
      (await found(mac(secret, `http://hooks.test/hooks/x?a=1${body}`), { url: '/hooks/x?a=1' })).ids,
    ).toEqual(['joined-{url}{body}']);
  });

  it('names two mistakes made at once', async () => {
    const both = await found(mac(`${secret}\n`, `${body}\n`, 'base64'));
    expect(both.ids.toSorted()).toEqual(['body-newline-added', 'encoding', 'secret-newline']);
    expect(both.sentence.split(', and ')).toHaveLength(3);
    const joined = await found(mac(secret, `${noon / 1_000}.${JSON.stringify(value, null, 2)}`), {
      headers: { 'X-Timestamp': String(noon / 1_000) },
    });
    expect(joined.ids.toSorted()).toEqual(['body-pretty-2', 'joined-{timestamp}.{body}']);
  });

  it('names the secret of before, and the one of another endpoint', async () => {
    const others = [
      { kind: 'stranger', name: 'Invoices', values: { secret: 'the secret of the invoices' } },
      { kind: 'former', name: 'This', values: { secret: 'the secret of last year' } },
    ] as const;
    const former = await found(mac('the secret of last year', body), { others });
    expect(former.ids).toEqual(['former-secret']);
    const other = await found(mac('the secret of the invoices', body), { others });
    expect(other.ids).toEqual(['other-endpoint']);
    expect(other.sentence).toContain('"Invoices"');
  });

  it('finds a signature in another header, in the query, or beside something', async () => {
    const right = mac(secret, body);
    const elsewhere = await examine({
      auth: hmac,
      secrets: { secret },
      body,
      headers: { 'X-Hub-Signature-256': `sha256=${right}` },
    });
    expect(elsewhere.sentence).toContain('stands in another place than the header X-Webhook-Signature');
    const query = await examine({ auth: hmac, secrets: { secret }, body, url: `/hooks/x?sig=${right}` });
    expect(query.tried.find(({ fits }) => fits)?.id).toBe('other-place');
    const bare = await found(right, { auth: { scheme: 'hmac', prefix: 'sha256=' } });
    expect(bare.ids).toEqual(['prefix']);
    expect(bare.sentence).toBe('The prefix "sha256=" is missing before the digest.');
    expect((await found(`t=1 ${right}`)).ids).toEqual(['dress']);
  });

  it('knows every sender that can sign, from its own signature', async () => {
    const github = { auth: { scheme: 'provider', provider: 'github' } };
    const said = await examine({
      ...github,
      secrets: { secret },
      body,
      headers: { 'X-Hub-Signature-256': mac(secret, body) },
    });
    expect(said.sentence).toBe('The prefix "sha256=" is missing before the digest.');
    const stripe = { scheme: 'provider', provider: 'stripe' };
    const at = noon / 1_000;
    const key = 'whsec_dGVzdF9zZWNyZXRfMjRfYnl0ZXNfa2V5';
    const signed = (text: string, own: string | Uint8Array = key) =>
      examine({
        auth: stripe,
        secrets: { secret: key },
        body,
        headers: { 'Stripe-Signature': `t=${at},v1=${mac(own, text)}` },
      });
    expect((await signed(`${at}.${body}`)).passes).toBe(true);
    const decoded = await signed(`${at}.${body}`, Buffer.from(key.slice(6), 'base64'));
    expect(decoded.tried.filter(({ fits }) => fits).map(({ id }) => id)).toEqual(['secret-prefix-decoded']);
    expect((await signed(body)).sentence).toMatch(
      /^The caller signed the body as received, where it has to be the timestamp/,
    );
    const inMs = { 'Stripe-Signature': `t=${noon},v1=${mac(key, `${noon}.${body}`)}` };
    const mixed = await examine({ auth: stripe, secrets: { secret: key }, body, headers: inMs });
    expect(mixed.tried.filter(({ fits }) => fits).map(({ id }) => id)).toEqual(['timestamp-unit']);
    const rewritten = await signed(`${at}.${JSON.stringify(value, null, 2)}`);
    expect(rewritten.sentence).toContain('indented by 2 spaces');
  });

  it('tells a clock from a wrong secret', async () => {
    const auth = { scheme: 'hmac', signed: '{timestamp}.{body}', timestampHeader: 'X-Time' };
    const at = noon / 1_000 - 400;
    const late = await found(mac(secret, `${at}.${body}`), { auth, headers: { 'X-Time': String(at) } });
    expect(late.sentence).toContain('400 s behind');
    expect(late.sentAt).toBe(noon - 400_000);
    expect(late.mend).toContain('as captured');
    const wrong = await found(mac('something else', `${at}.${body}`), {
      auth,
      headers: { 'X-Time': String(at) },
    });
    expect(wrong.ids).toEqual([]);
    expect(wrong.mend).toContain('another key or secret');
    expect((await found('')).sentence).toContain('empty');
  });
});
