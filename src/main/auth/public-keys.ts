/**
 * Public keys as people paste them: PEM (a key or a certificate), one JWK, or a JWKS. A private or a symmetric key is
 * refused: whoever pastes one has mixed up the two sides, and an HMAC under a public text proves nothing.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';

/** Keys one setting may hold. */
const mostKeys = 20;
const leastRsaBits = 2_048;

export interface PublicKey {
  readonly key: KeyObject;
  /** The name a token may choose it by. */
  readonly id: string | undefined;
  /** The JWS algorithms this key can verify; never an HMAC. */
  readonly algorithms: readonly string[];
}

const jwkSchema = z.looseObject({ kty: z.string(), kid: z.string().optional(), use: z.string().optional() });
const jwksSchema = z.object({ keys: z.array(jwkSchema).min(1).max(mostKeys) });

/** Why a text is no usable public key, for the one who entered it. */
export class PublicKeyFault extends Error {}

/**
 * Reads a text.
 * @throws PublicKeyFault
 */
export function readPublicKeys(text: string): readonly PublicKey[] {
  const own = text.trim();
  if (own.startsWith('{')) return readJwks(own);
  if (own.includes('PRIVATE KEY'))
    throw new PublicKeyFault('This is a private key; the public one belongs here.');
  return [readKey(() => createPublicKey(own), undefined)];
}

function readJwks(text: string): readonly PublicKey[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new PublicKeyFault('This is neither PEM nor JSON.', { cause });
  }
  const set = jwksSchema.safeParse(value);
  const single = jwkSchema.safeParse(value);
  const given = set.success ? set.data.keys : single.success ? [single.data] : [];
  if (given.length === 0) throw new PublicKeyFault('This JSON is neither a JWK nor a JWKS.');
  const keys = given.filter(({ use }) => use === undefined || use === 'sig');
  return keys.map((jwk) => {
    if (jwk.kty === 'oct') throw new PublicKeyFault('This is a symmetric key; it belongs into the secret.');
    if ('d' in jwk) throw new PublicKeyFault('This is a private key; the public one belongs here.');
    return readKey(() => createPublicKey({ key: jwk, format: 'jwk' }), jwk.kid);
  });
}

function readKey(read: () => KeyObject, id: string | undefined): PublicKey {
  let key: KeyObject;
  try {
    key = read();
  } catch (cause) {
    throw new PublicKeyFault('This is not a public key in PEM, JWK or JWKS.', { cause });
  }
  const algorithms = algorithmsOf(key);
  if (algorithms.length === 0) throw new PublicKeyFault('Tokens can not be signed with a key of this kind.');
  return { key, id, algorithms };
}

function algorithmsOf({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject): readonly string[] {
  const { modulusLength = 0, namedCurve } = asymmetricKeyDetails;
  switch (asymmetricKeyType) {
    case 'rsa':
    case 'rsa-pss':
      if (modulusLength < leastRsaBits) throw new PublicKeyFault('An RSA key has at least 2048 bits.');
      return asymmetricKeyType === 'rsa'
        ? ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
        : ['PS256', 'PS384', 'PS512'];
    case 'ec': {
      const curves = new Map([
        ['prime256v1', 'ES256'],
        ['secp384r1', 'ES384'],
        ['secp521r1', 'ES512'],
      ]);
      const algorithm = curves.get(namedCurve ?? '');
      return algorithm === undefined ? [] : [algorithm];
    }
    case 'ed25519':
      return ['EdDSA', 'Ed25519'];
    default:
      return [];
  }
}
