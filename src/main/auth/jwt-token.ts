/**
 * One token under one key, judged by jose: its signature first, then its claims. Says why not in words that hold nothing of
 * the token.
 */
import type { errors as JoseErrors, jwtVerify, JWTVerifyOptions } from 'jose';
import { refuse, textSetting, type AuthCheck, type Refusal } from './scheme.ts';

const leewaySeconds = 60;

/** Three parts in base64url, each spelled in the one way: other spellings would be other texts of the same token. */
export function isCanonical(token: string): boolean {
  const parts = token.split('.');
  return (
    parts.length === 3 && parts.every((part) => Buffer.from(part, 'base64url').toString('base64url') === part)
  );
}

/** The name of the key a token says it is signed with; nobody has vouched for it yet. */
export function keyIdIn(token: string): string | undefined {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
    if (typeof header !== 'object' || header === null) return undefined;
    const id: unknown = Object.getOwnPropertyDescriptor(header, 'kid')?.value;
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}

/** Why a token is refused under one key; undefined when it is genuine. */
export async function refusalOf(
  token: string,
  key: Parameters<typeof jwtVerify>[1],
  algorithms: string[],
  { settings, now }: AuthCheck,
): Promise<Refusal | undefined> {
  const [audience, issuer] = [textSetting(settings, 'audience', ''), textSetting(settings, 'issuer', '')];
  const options: JWTVerifyOptions = {
    algorithms,
    clockTolerance: leewaySeconds,
    currentDate: new Date(now),
    ...(audience === '' ? {} : { audience }),
    ...(issuer === '' ? {} : { issuer }),
    ...(settings['requireExpiry'] === true ? { requiredClaims: ['exp'] } : {}),
  };
  // Loaded with the first token: most installs never see one.
  const jose = await import('jose');
  try {
    await jose.jwtVerify(token, key, options);
    return undefined;
  } catch (error) {
    return reasonOf(error, jose.errors);
  }
}

function reasonOf(error: unknown, errors: typeof JoseErrors): Refusal {
  if (error instanceof errors.JWTExpired) return refuse('stale', 'The token has expired.');
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'nbf') return { ...refuse('stale', 'The token is not valid yet.'), mayBeClock: true };
    return error.reason === 'missing'
      ? refuse('missing', `The token has no ${error.claim}.`)
      : refuse('mismatch', `The claim ${error.claim} of the token is not what this endpoint expects.`);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return refuse('mismatch', 'The signature of the token does not fit.');
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return refuse('mismatch', 'The token is signed with an algorithm that is not allowed here.');
  }
  return refuse('malformed', 'What follows Bearer is not a token that can be verified.');
}
