/** Looks for the usual mistakes in a JSON Web Token: another spelling of the secret, another algorithm, another audience. */
import { createHmac } from 'node:crypto';
import { isSame } from '../compare.ts';
import { textSetting } from '../scheme.ts';
import { emptyKeys, keyForms } from './key-forms.ts';
import { type DoctorCase, mistakenSecrets, type Mistake, type Search } from './mistake.ts';
import { presentedTexts } from './presented-texts.ts';

const digests = new Map([
  ['HS256', 'sha256'],
  ['HS384', 'sha384'],
  ['HS512', 'sha512'],
]);

const noToken: Mistake = {
  id: 'jwt-none',
  title: 'No token, or one behind another word',
  clause: 'the token does not stand behind "Bearer" in the header Authorization',
  mend: 'Let the caller send "Authorization: Bearer <token>".',
};
const algorithm: Mistake = {
  id: 'jwt-algorithm',
  title: 'An algorithm this endpoint does not take',
  clause: 'the token names an algorithm this endpoint does not take',
  mend: 'Let the caller sign with an algorithm of the endpoint, or add that one to its settings.',
};
const audience: Mistake = {
  id: 'jwt-audience',
  title: 'Another audience',
  clause: 'the token is made for another audience (aud)',
  mend: 'Let the caller set "aud" to the audience of this endpoint, or correct it in the settings here.',
};
const issuer: Mistake = {
  id: 'jwt-issuer',
  title: 'Another issuer',
  clause: 'the token comes from another issuer (iss)',
  mend: 'Let the caller set "iss" to the issuer of this endpoint, or correct it in the settings here.',
};
const expired: Mistake = {
  id: 'jwt-expired',
  title: 'Expired, or not yet good',
  clause: 'the token had expired or was not good yet (exp, nbf) when it came',
  mend: 'Let the caller make a new token for each call or renew it in time, and compare the clocks.',
};

/** Searches a refused request of the scheme `jwt`. */
export function searchToken({ auth: { settings }, check, others }: DoctorCase): Search {
  const foreign = others.map((set) => ({ set, mistake: mistakenSecrets(set) }));
  const tried = [
    noToken,
    algorithm,
    audience,
    issuer,
    expired,
    ...keyForms,
    ...emptyKeys,
    ...foreign.map((one) => one.mistake),
  ];
  const texts = presentedTexts(check).filter(({ text }) => /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text));
  const right = texts.find(
    ({ name, word }) => name.toLowerCase() === 'authorization' && word.toLowerCase() === 'bearer',
  );
  const token = (right ?? texts[0])?.text;
  if (token === undefined) return { found: undefined, tried };
  const [header = '', claims = '', signature = ''] = token.split('.');
  const alg = claimOf(header, 'alg');
  const fits = (key: Uint8Array): boolean => {
    const mac = createHmac(digests.get(String(alg)) ?? 'sha256', key).update(`${header}.${claims}`);
    return isSame(mac.digest('base64url'), signature);
  };
  const found: Mistake[] = right === undefined ? [noToken] : [];
  const { secret = '' } = check.secrets[0] ?? {};
  const isSecret = digests.has(String(alg)) && textSetting(settings, 'publicKey', '') === '';
  if (isSecret && !fits(Buffer.from(secret))) {
    const spelled = [...keyForms.slice(1), ...emptyKeys].find((form) => {
      const key = form.keyOf(secret);
      return key !== undefined && fits(key);
    });
    const old = foreign.find(({ set }) =>
      Object.values(set.values).some((value) => fits(Buffer.from(value))),
    );
    const mistake = spelled ?? old?.mistake;
    if (mistake === undefined) return { found: undefined, tried };
    found.push(mistake);
  }
  found.push(...claimFaults(settings, check.now, alg, claims));
  return { found: found.length === 0 ? undefined : found, tried };
}

function claimFaults(
  settings: DoctorCase['auth']['settings'],
  now: number,
  alg: unknown,
  claims: string,
): readonly Mistake[] {
  const { algorithms } = settings;
  const named: readonly unknown[] = Array.isArray(algorithms) ? algorithms : [];
  const isAllowed =
    named.length > 0
      ? named.includes(alg)
      : textSetting(settings, 'publicKey', '') !== '' || digests.has(String(alg));
  const [aud, iss] = [textSetting(settings, 'audience', ''), textSetting(settings, 'issuer', '')];
  const sentAud = claimOf(claims, 'aud');
  const [exp, nbf] = [claimOf(claims, 'exp'), claimOf(claims, 'nbf')];
  const leewayMs = 60_000;
  const isOver = typeof exp === 'number' && exp * 1_000 < now - leewayMs;
  const isEarly = typeof nbf === 'number' && nbf * 1_000 > now + leewayMs;
  return [
    ...(isAllowed ? [] : [algorithm]),
    ...(aud === '' || sentAud === aud || (Array.isArray(sentAud) && sentAud.includes(aud)) ? [] : [audience]),
    ...(iss === '' || claimOf(claims, 'iss') === iss ? [] : [issuer]),
    ...(isOver || isEarly ? [expired] : []),
  ];
}

/** A value of a part of a token; nothing it says is believed. */
export function claimOf(part: string, name: string): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    if (typeof value !== 'object' || value === null) return undefined;
    const claim: unknown = Object.getOwnPropertyDescriptor(value, name)?.value;
    return claim;
  } catch {
    return undefined;
  }
}
