/**
 * The scheme `jwt`: a signed token in the header Authorization (RFC 7519, 8725). Either a shared secret or the sender's
 * public key; each allows its own family of algorithms only, so that a public key is never taken for an HMAC's secret, and
 * `none` never. `exp` and `nbf` hold where the token has them; that it expires can be made a must. The body is not covered.
 */
import { createHmac } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import type { SecretValues } from '../../shared/fields.ts';
import { readAuthorization } from './authorization.ts';
import { isCanonical, keyIdIn, refusalOf } from './jwt-token.ts';
import { PublicKeyFault, readPublicKeys, type PublicKey } from './public-keys.ts';
import {
  refuse,
  requireSecrets,
  textSetting,
  type AuthCheck,
  type AuthScheme,
  type AuthVerdict,
  type Refusal,
} from './scheme.ts';

/** How long a token made here is good. */
const lifeSeconds = 300;
const digests = new Map([
  ['HS256', 'sha256'],
  ['HS384', 'sha384'],
  ['HS512', 'sha512'],
]);
const withSecret = [...digests.keys()];
const withKey = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');

type Settings = Readonly<Record<string, unknown>>;

/** The keys of settings that were read before; settings are made once for each configuration. */
const keysOf = new WeakMap<Settings, readonly PublicKey[]>();

function publicKeysOf(settings: Settings): readonly PublicKey[] {
  const before = keysOf.get(settings);
  if (before !== undefined) return before;
  const text = textSetting(settings, 'publicKey', '');
  try {
    const keys = text === '' ? [] : readPublicKeys(text);
    keysOf.set(settings, keys);
    return keys;
  } catch (cause) {
    if (!(cause instanceof PublicKeyFault)) throw cause;
    throw new AppError({ code: 'endpoint_misconfigured', reason: `The public key: ${cause.message}`, cause });
  }
}

/** The algorithms settings name; empty where they leave it to the family. */
function chosenAlgorithms({ algorithms }: Settings): readonly string[] {
  return Array.isArray(algorithms)
    ? algorithms.filter((name): name is string => typeof name === 'string')
    : [];
}

function allowed(settings: Settings, possible: readonly string[]): string[] {
  const chosen = chosenAlgorithms(settings);
  return chosen.length === 0 ? [...possible] : possible.filter((name) => chosen.includes(name));
}

export const jwt: AuthScheme = {
  definition: {
    scheme: 'jwt',
    title: 'JSON Web Token',
    description: 'The caller sends a signed token as bearer. The body is not covered by it.',
    fields: [
      {
        name: 'secret',
        label: 'Secret',
        kind: 'secret',
        generate: true,
        required: true,
        help: 'For HS256, HS384 and HS512. Plays no part where a public key is given.',
      },
      {
        name: 'publicKey',
        label: 'Public key',
        kind: 'text',
        maxLength: 20_000,
        placeholder: '-----BEGIN PUBLIC KEY-----',
        help: 'PEM, JWK or JWKS of the one who signs. Left empty, the secret signs.',
      },
      {
        name: 'algorithms',
        label: 'Algorithms',
        kind: 'list',
        maxItems: 14,
        help: `Left empty, all that fit: ${withSecret.join(', ')} for a secret; RS, PS, ES or EdDSA by the kind of a public key.`,
      },
      { name: 'audience', label: 'Audience', kind: 'text', maxLength: 500, help: 'What `aud` has to name.' },
      { name: 'issuer', label: 'Issuer', kind: 'text', maxLength: 500, help: 'What `iss` has to be.' },
      {
        name: 'requireExpiry',
        label: 'Tokens must expire',
        kind: 'boolean',
        default: false,
        help: 'Refuse tokens without `exp`. Those that have it are refused 60 s after it in any case.',
      },
    ],
  },
  check(settings) {
    const text = textSetting(settings, 'publicKey', '');
    const family = text === '' ? withSecret : withKey;
    const foreign = chosenAlgorithms(settings).findIndex((name) => !family.includes(name));
    const fault = text === '' ? undefined : faultOf(text);
    return [
      ...(fault === undefined ? [] : [{ path: 'publicKey', message: fault }]),
      ...(foreign < 0
        ? []
        : [{ path: `algorithms[${foreign}]`, message: `Here one of ${family.join(', ')} is possible.` }]),
    ];
  },
  needs: (settings) => (textSetting(settings, 'publicKey', '') === '' ? ['secret'] : []),
  async verify(check) {
    const keys = publicKeysOf(check.settings);
    const sets = keys.length === 0 ? requireSecrets(check.secrets, ['secret']) : [];
    const token = readAuthorization(check.raw.headers, 'Bearer');
    if (typeof token !== 'string') return token;
    if (!isCanonical(token)) return refuse('malformed', 'What follows Bearer is not a signed token.');
    return keys.length === 0 ? bySecret(token, sets, check) : byKey(token, keys, check);
  },
  presents: () => ({ headers: ['Authorization'], query: [] }),
  sign({ secrets, settings, now }) {
    if (textSetting(settings, 'publicKey', '') !== '') return { headers: {}, query: {} };
    const [set] = requireSecrets([secrets], ['secret']);
    const [alg = 'HS256'] = allowed(settings, withSecret);
    const iat = Math.floor(now / 1_000);
    const [aud, iss] = [textSetting(settings, 'audience', ''), textSetting(settings, 'issuer', '')];
    const claims = {
      iat,
      exp: iat + lifeSeconds,
      ...(aud === '' ? {} : { aud }),
      ...(iss === '' ? {} : { iss }),
    };
    const parts = [{ alg, typ: 'JWT' }, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    const signed = parts.join('.');
    const mac = createHmac(digests.get(alg) ?? 'sha256', set?.['secret'] ?? '').update(signed);
    return { headers: { Authorization: `Bearer ${signed}.${mac.digest('base64url')}` }, query: {} };
  },
};

function faultOf(text: string): string | undefined {
  try {
    readPublicKeys(text);
    return undefined;
  } catch (fault) {
    if (fault instanceof PublicKeyFault) return fault.message;
    throw fault;
  }
}

async function bySecret(
  token: string,
  sets: readonly SecretValues[],
  check: AuthCheck,
): Promise<AuthVerdict> {
  const algorithms = allowed(check.settings, withSecret);
  let refusal: Refusal | undefined;
  for (const [secretIndex, { secret = '' }] of sets.entries()) {
    if (secret === '') continue;
    const found = await refusalOf(token, new TextEncoder().encode(secret), algorithms, check);
    if (found === undefined) return { ok: true, secretIndex };
    refusal ??= found;
  }
  return refusal ?? refuse('mismatch', 'The signature of the token does not fit the secret.');
}

async function byKey(token: string, keys: readonly PublicKey[], check: AuthCheck): Promise<AuthVerdict> {
  const wanted = keyIdIn(token);
  const named = wanted === undefined ? [] : keys.filter(({ id }) => id === wanted);
  let refusal: Refusal | undefined;
  for (const { key, algorithms } of named.length > 0 ? named : keys) {
    const found = await refusalOf(token, key, allowed(check.settings, algorithms), check);
    if (found === undefined) return { ok: true, secretIndex: 0 };
    // With several keys the one whose signature fits has the last word.
    if (refusal === undefined || found.code === 'stale') refusal = found;
  }
  return refusal ?? refuse('mismatch', 'The signature of the token fits none of the keys.');
}
