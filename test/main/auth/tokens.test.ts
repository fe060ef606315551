/** `basic`, `bearer` and `jwt`: what the conformance tests can not know of them. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { exportJWK, exportSPKI, importPKCS8, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { judgeWith, noon } from './check.ts';

const seconds = noon / 1_000;

describe('basic', () => {
  const judge = judgeWith({ scheme: 'basic', username: 'jürgen' });
  const secrets = [{ password: 'paß:wort' }];
  const verify = (authorization: string) =>
    judge.verify({ headers: { Authorization: authorization }, secrets });
  const encode = (text: string, encoding: BufferEncoding = 'utf8') =>
    `Basic ${Buffer.from(text, encoding).toString('base64')}`;

  it('reads name and password as UTF-8 and parts them at the first colon', () => {
    expect(verify(encode('jürgen:paß:wort'))).toEqual({ ok: true, secretIndex: 0 });
    expect(verify(encode('jürgen:paß:wort', 'latin1'))).toMatchObject({ ok: false, code: 'malformed' });
    expect(verify(encode('jürgen:paß'))).toMatchObject({ ok: false, reason: 'The password is another.' });
    expect(verify(encode('jurgen:paß:wort'))).toMatchObject({ reason: 'The user name is another.' });
  });

  it.each([
    ['no colon', encode('jürgen')],
    ['no base64', 'Basic jürgen:paß:wort'],
    ['nothing behind the scheme', 'Basic '],
    ['the scheme alone', 'Basic'],
    ['another scheme', 'Bearer anVyZ2Vu'],
    ['another padding', encode('jürgen:paß:wort').replace('=', '')],
  ])('refuses %s', (_title, authorization) => {
    expect(verify(authorization).ok).toBe(false);
  });

  it('names its scheme in any case', () => {
    expect(verify(encode('jürgen:paß:wort').replace('Basic', 'bAsIC')).ok).toBe(true);
  });

  it('has no user name with a colon in it', () => {
    expect(() => judgeWith({ scheme: 'basic', username: 'a:b' })).toThrow(
      expect.objectContaining({ code: 'invalid' }),
    );
  });

  it('keeps its header out of the clear', () => {
    expect(judge.scheme.presents?.(judge.settings).headers).toEqual(['Authorization']);
  });
});

describe('bearer', () => {
  const judge = judgeWith({ scheme: 'bearer' });
  const secrets = [{ token: 'the-token' }];
  const verify = (headers: readonly (readonly [string, string])[]) => judge.verify({ headers, secrets });

  it('takes the token from one Authorization header, and from nowhere else', () => {
    expect(verify([['authorization', 'bearer the-token']])).toEqual({ ok: true, secretIndex: 0 });
    expect(verify([['Authorization', 'the-token']])).toMatchObject({ code: 'malformed' });
    expect(verify([['X-Token', 'the-token']])).toMatchObject({ code: 'missing' });
    const twice: readonly (readonly [string, string])[] = [
      ['Authorization', 'Bearer the-token'],
      ['authorization', 'Bearer other'],
    ];
    expect(verify(twice)).toMatchObject({ code: 'repeated' });
    const query = judge.verify({ url: '/hooks/x?access_token=the-token', secrets });
    expect(query).toMatchObject({ code: 'missing' });
  });
});

describe('jwt', () => {
  const key = new TextEncoder().encode('a-secret-of-the-sender-that-is-long');
  const secrets = [{ secret: 'a-secret-of-the-sender-that-is-long' }];
  const make = (claims: Record<string, unknown> = {}, alg = 'HS256') =>
    new SignJWT(claims).setProtectedHeader({ alg }).sign(key);
  const verify = (
    token: string,
    settings: Record<string, unknown> = {},
    sets: readonly Record<string, string>[] = secrets,
  ) =>
    judgeWith({ scheme: 'jwt', ...settings }).judge({
      headers: { Authorization: `Bearer ${token}` },
      secrets: sets,
    });
  const pair = (type: 'rsa' | 'ec' | 'ed25519', bits = 2_048) => {
    const made =
      type === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: bits })
        : type === 'ec'
          ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
          : generateKeyPairSync('ed25519');
    return {
      publicKey: made.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      privateKey: made.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
  };
  const signWith = async (pem: string, alg: string, header: Record<string, unknown> = {}) =>
    new SignJWT({}).setProtectedHeader({ alg, ...header }).sign(await importPKCS8(pem, alg));

  it.each(['HS256', 'HS384', 'HS512'])('believes %s under the secret', async (alg) => {
    expect(await verify(await make({}, alg))).toEqual({ ok: true, secretIndex: 0 });
  });

  it('takes the algorithms it is told and no others', async () => {
    expect(await verify(await make({}, 'HS256'), { algorithms: ['HS512'] })).toMatchObject({ ok: false });
    expect(await verify(await make({}, 'HS512'), { algorithms: ['HS512'] })).toMatchObject({ ok: true });
  });

  it('never believes a token without a signature', async () => {
    const unsigned = new UnsecuredJWT({}).encode();
    const [, claims = ''] = unsigned.split('.');
    const none = (alg: string) => Buffer.from(JSON.stringify({ alg })).toString('base64url');
    for (const token of [
      unsigned,
      `${none('none')}.${claims}.`,
      `${none('None')}.${claims}.AAAA`,
      `${none('HS256')}.${claims}.`,
    ]) {
      expect(await verify(token)).toMatchObject({ ok: false });
    }
    expect(() => judgeWith({ scheme: 'jwt', algorithms: ['none'] })).toThrow(
      expect.objectContaining({ code: 'invalid' }),
    );
  });

  it.each([
    ['rsa', 'RS256'],
    ['rsa', 'PS512'],
    ['ec', 'ES256'],
    ['ed25519', 'EdDSA'],
  ] as const)('believes a %s key in PEM, JWK and JWKS for %s', async (type, alg) => {
    const { publicKey, privateKey } = pair(type);
    const token = await signWith(privateKey, alg, { kid: 'one' });
    const jwk = { ...(await exportJWK(createPublicKey(publicKey))), kid: 'one' };
    const other = { ...(await exportJWK(createPublicKey(pair('ec').publicKey))), kid: 'two' };
    for (const text of [publicKey, JSON.stringify(jwk), JSON.stringify({ keys: [other, jwk] })]) {
      expect(await verify(token, { publicKey: text }, [])).toEqual({ ok: true, secretIndex: 0 });
    }
    expect(await verify(token, { publicKey: pair(type).publicKey })).toMatchObject({ ok: false });
    expect(await verify(token, { publicKey: JSON.stringify({ keys: [other] }) })).toMatchObject({
      ok: false,
    });
  });

  it('never takes a public key for the secret of an HMAC', async () => {
    const { publicKey } = pair('rsa');
    const forged = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(publicKey));
    expect(await verify(forged, { publicKey })).toMatchObject({ ok: false });
    expect(await verify(await make(), { publicKey })).toMatchObject({ ok: false });
    expect(() => judgeWith({ scheme: 'jwt', publicKey, algorithms: ['RS256', 'HS256'] })).toThrow(
      expect.objectContaining({ details: { issues: [expect.objectContaining({ path: 'algorithms[1]' })] } }),
    );
  });

  it('tells when it is saved that a key is private, symmetric, small or none', async () => {
    const { privateKey } = pair('ed25519');
    const small = pair('rsa', 1_024).publicKey;
    for (const publicKey of [
      privateKey,
      '{"kty":"oct","k":"AAAA"}',
      small,
      'key',
      '{"keys":[]}',
      '{"kty":"EC"}',
    ]) {
      expect(() => judgeWith({ scheme: 'jwt', publicKey })).toThrow(
        expect.objectContaining({ details: { issues: [expect.objectContaining({ path: 'publicKey' })] } }),
      );
    }
    const spki = await exportSPKI(createPublicKey(pair('ec').publicKey));
    expect(judgeWith({ scheme: 'jwt', publicKey: `\n${spki}\n` }).settings).toMatchObject({
      requireExpiry: false,
    });
  });

  it('holds a token to its time with a minute of leeway', async () => {
    expect(await verify(await make({ exp: seconds - 59 }))).toMatchObject({ ok: true });
    expect(await verify(await make({ exp: seconds - 61 }))).toMatchObject({ ok: false, code: 'stale' });
    expect(await verify(await make({ nbf: seconds + 59 }))).toMatchObject({ ok: true });
    expect(await verify(await make({ nbf: seconds + 61 }))).toMatchObject({ ok: false, code: 'stale' });
    expect(await verify(await make({ nbf: seconds + 61 }))).toHaveProperty('mayBeClock');
    expect(await verify(await make({ exp: seconds - 61 }))).not.toHaveProperty('mayBeClock');
    expect(await verify(await make({ exp: 'tomorrow' }))).toMatchObject({ ok: false });
  });

  it('takes a token that never expires unless it must', async () => {
    expect(await verify(await make())).toMatchObject({ ok: true });
    const verdict = await verify(await make(), { requireExpiry: true });
    expect(verdict).toMatchObject({ ok: false, code: 'missing' });
  });

  it('wants the audience and the issuer it is told', async () => {
    const settings = { audience: 'hooks', issuer: 'https://sender.example' };
    const good = { aud: ['hooks', 'more'], iss: 'https://sender.example' };
    expect(await verify(await make(good), settings)).toMatchObject({ ok: true });
    for (const bad of [{}, { ...good, aud: 'other' }, { ...good, iss: 'https://sender.example/' }]) {
      expect(await verify(await make(bad), settings)).toMatchObject({ ok: false });
    }
  });

  it('goes by the previous secret while that overlaps, and says so', async () => {
    const verdict = await verify(await make(), {}, [{ secret: 'another-secret' }, ...secrets]);
    expect(verdict).toEqual({ ok: true, secretIndex: 1 });
  });
});
