/** The doctor on keys presented as they are, HAP's Sign, tokens, and signatures only a sender can make. */
import { createHash, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { appSign } from '../../../../src/main/auth/app-sign.ts';
import { examine, mac, noon, type Sick } from './case.ts';

async function found(sick: Sick) {
  const { tried, ...said } = await examine(sick);
  expect(said.expected === null || said.expected.startsWith('***')).toBe(true);
  return { ids: tried.filter(({ fits }) => fits).map(({ id }) => id), ...said };
}

describe('a key that is presented as it is', () => {
  const key = 'k3y/with+signs=and more';
  const byHeader = { auth: { scheme: 'apiKey' }, secrets: { key } };
  const byQuery = { auth: { scheme: 'apiKey', in: 'query', name: 'key' }, secrets: { key } };

  it.each([
    ['in the query', { ...byHeader, url: `/hooks/x?api_key=${encodeURIComponent(key)}` }, 'key-misplaced'],
    ['in another header', { ...byHeader, headers: { 'X-Something': key } }, 'key-misplaced'],
    ['behind Bearer', { ...byHeader, headers: { Authorization: `Bearer ${key}` } }, 'key-misplaced'],
    [
      'behind a word in its own header',
      { ...byHeader, headers: { 'x-api-key': `Bearer ${key}` } },
      'key-misplaced',
    ],
    [
      'in the body',
      { ...byHeader, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ key }) },
      'key-misplaced',
    ],
    ['in quotes', { ...byHeader, headers: { 'x-api-key': `"${key}"` } }, 'key-quotes'],
    [
      'with white space',
      { ...byQuery, url: `/hooks/x?key=${encodeURIComponent(`${key} `)}` },
      'key-white-space',
    ],
    [
      'URL-encoded twice',
      { ...byHeader, headers: { 'x-api-key': encodeURIComponent(key) } },
      'key-url-encoded',
    ],
    ['not URL-encoded', { ...byQuery, url: `/hooks/x?key=${key.replaceAll(' ', '+')}` }, 'key-url-decoded'],
    [
      'in base64',
      { ...byHeader, headers: { 'x-api-key': Buffer.from(key).toString('base64') } },
      'key-base64',
    ],
    ['in capitals', { ...byHeader, headers: { 'x-api-key': key.toUpperCase() } }, 'key-case'],
    ['cut off', { ...byHeader, headers: { 'x-api-key': key.slice(0, 15) } }, 'key-cut'],
    ['as a placeholder', { ...byHeader, headers: { 'x-api-key': 'YOUR_API_KEY' } }, 'key-placeholder'],
    [
      'as a variable nobody filled in',
      { ...byHeader, headers: { 'x-api-key': '{{apiKey}}' } },
      'key-placeholder',
    ],
    ['as it is shown masked', { ...byHeader, headers: { 'x-api-key': '***more' } }, 'key-mask'],
  ])('%s is found', async (_name, sick, id) => {
    const said = await found(sick);
    expect(said.ids).toEqual([id]);
    expect(said.mend).toMatch(/^[A-Z].*\.$/);
  });

  it('of before or of another endpoint is named', async () => {
    const others = [
      { kind: 'former', name: 'This', values: { key: 'the key of before' } },
      { kind: 'stranger', name: 'Orders', values: { token: 'the key of the orders' } },
    ] as const;
    const with_ = (value: string) => found({ ...byHeader, others, headers: { 'x-api-key': value } });
    expect((await with_('the key of before')).ids).toEqual(['former-secret']);
    expect((await with_('the key of the orders')).sentence).toContain('"Orders"');
    const unknown = await with_('a key of nobody');
    expect(unknown.ids).toEqual([]);
    expect(unknown.sentence).toBe('The header x-api-key holds another key.');
    expect(unknown.expected).toBeNull();
    expect((await found({ ...byHeader })).sentence).toBe('The header x-api-key is missing.');
  });

  it('of a pair is found when the two are swapped, or one is in the other way', async () => {
    const secrets = { key: 'the key of a pair', secret: 'the secret of a pair' };
    const pair = { auth: { scheme: 'keyPair' }, secrets };
    const swap = { 'x-api-key': secrets.secret, 'x-api-secret': secrets.key };
    expect((await found({ ...pair, headers: swap })).ids).toEqual(['key-swapped']);
    const half = { 'x-api-key': secrets.key, 'x-api-secret': secrets.secret.toUpperCase() };
    expect((await found({ ...pair, headers: half })).ids).toEqual(['key-case']);
    expect(
      (await found({ ...pair, headers: { 'x-api-key': secrets.key, 'x-api-secret': secrets.secret } }))
        .passes,
    ).toBe(true);
  });

  it('in Authorization is found behind another word, bare, and without base64', async () => {
    const token = 'the token of a bearer';
    const bearer = { auth: { scheme: 'bearer' }, secrets: { token } };
    expect((await found({ ...bearer, headers: { Authorization: token } })).ids).toEqual(['key-misplaced']);
    expect((await found({ ...bearer, headers: { Authorization: `Token ${token}` } })).ids).toEqual([
      'key-misplaced',
    ]);
    expect((await found({ ...bearer, headers: { 'x-api-key': token } })).ids).toEqual(['key-misplaced']);
    const password = 'a password of basic';
    const basic = { auth: { scheme: 'basic', username: 'me' }, secrets: { password } };
    const encoded = (text: string) => ({ Authorization: `Basic ${Buffer.from(text).toString('base64')}` });
    expect((await found({ ...basic, headers: encoded(`me:${password}`) })).passes).toBe(true);
    expect((await found({ ...basic, headers: encoded(`you:${password}`) })).ids).toEqual(['basic-user']);
    expect((await found({ ...basic, headers: { Authorization: `Basic me:${password}` } })).passes).toBe(
      false,
    );
  });
});

describe('the Sign of HAP', () => {
  const secrets = { appKey: 'an app key', secretKey: 'a secret key of the app' };
  const stamp = String(noon);
  const text = `AppKey=${secrets.appKey}&SecretKey=${secrets.secretKey}&Timestamp=${stamp}`;
  const sha = (content: string) => createHash('sha256').update(content);
  const hap = (sign: string, timestamp = stamp, appKey = secrets.appKey) =>
    found({
      auth: { scheme: 'appSign' },
      secrets,
      url: `/workflow/hooks/x?${new URLSearchParams({ AppKey: appKey, Sign: sign, Timestamp: timestamp }).toString()}`,
    });

  it.each([
    ['without base64', sha(text).digest('hex'), 'sign-hex'],
    ['over the digest itself', sha(text).digest('base64'), 'sign-raw'],
    ['in capitals', btoa(sha(text).digest('hex').toUpperCase()), 'sign-upper'],
    ['as an HMAC', btoa(mac(secrets.secretKey, text)), 'sign-hmac'],
    [
      'in another order',
      btoa(sha(`AppKey=${secrets.appKey}&Timestamp=${stamp}&SecretKey=${secrets.secretKey}`).digest('hex')),
      'sign-order',
    ],
    [
      'with the keys swapped',
      btoa(sha(`AppKey=${secrets.secretKey}&SecretKey=${secrets.appKey}&Timestamp=${stamp}`).digest('hex')),
      'sign-swapped',
    ],
    ['over seconds', btoa(sha(text.replace(stamp, String(noon / 1_000))).digest('hex')), 'sign-seconds'],
  ])('%s is found', async (_name, sign, id) => {
    expect((await hap(sign)).ids).toEqual([id]);
  });

  it('that is right passes; with a timestamp in seconds the unit is named', async () => {
    expect((await hap(btoa(sha(text).digest('hex')))).passes).toBe(true);
    expect(appSign.definition.scheme).toBe('appSign');
    const inSeconds = text.replace(stamp, String(noon / 1_000));
    expect((await hap(btoa(sha(inSeconds).digest('hex')), String(noon / 1_000))).ids).toEqual([
      'timestamp-unit',
    ]);
    const swapped = await hap('wrong', stamp, secrets.secretKey);
    expect(swapped.ids).toEqual(['sign-swapped']);
  });
});

describe('a token', () => {
  const secret = 'the secret of the tokens, long';
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const make = (claims: object, key: string | Uint8Array = secret, alg = 'HS256') => {
    const signed = `${part({ alg })}.${part(claims)}`;
    return `${signed}.${mac(key, signed, 'base64url')}`;
  };
  const jwt = (token: string, settings = {}, word = 'Bearer ') =>
    found({
      auth: { scheme: 'jwt', ...settings },
      secrets: { secret },
      headers: { Authorization: word + token },
    });
  const later = noon / 1_000 + 60;

  it('names what is wrong with it', async () => {
    expect((await jwt(make({ exp: later }))).passes).toBe(true);
    expect((await jwt(make({ exp: later - 3_600 }))).ids).toEqual(['jwt-expired']);
    expect((await jwt(make({ aud: 'others' }), { audience: 'us' })).ids).toEqual(['jwt-audience']);
    expect((await jwt(make({ iss: 'others' }), { issuer: 'us' })).ids).toEqual(['jwt-issuer']);
    expect((await jwt(make({}), { algorithms: ['HS512'] })).ids).toEqual(['jwt-algorithm']);
    expect((await jwt(make({}, `${secret}\n`))).ids).toEqual(['secret-newline']);
    expect((await jwt(make({}), {}, '')).ids).toEqual(['jwt-none']);
    expect((await jwt(make({ aud: 'others', exp: later - 3_600 }), { audience: 'us' })).ids).toEqual([
      'jwt-audience',
      'jwt-expired',
    ]);
    expect((await jwt('no.token.here')).passes).toBe(false);
    const issued = await jwt(make({ iat: noon / 1_000 - 5 }));
    expect(issued.sentAt).toBe(noon - 5_000);
  });
});

describe('a signature only the sender can make', () => {
  it('is tried with other bytes all the same', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const hex = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
    const stamp = String(noon / 1_000);
    const body = '{"type":2,"data":{"a":1}}';
    const discord = (signed: string) =>
      found({
        auth: { scheme: 'provider', provider: 'discord', publicKey: hex },
        secrets: {},
        body,
        headers: {
          'Content-Type': 'application/json',
          'X-Signature-Timestamp': stamp,
          'X-Signature-Ed25519': signBytes(null, Buffer.from(stamp + signed), privateKey).toString('hex'),
        },
      });
    expect((await discord(body)).passes).toBe(true);
    expect((await discord(JSON.stringify(JSON.parse(body), null, 2))).ids).toEqual(['body-pretty-2']);
    expect((await discord('something else')).ids).toEqual([]);
  });
});
