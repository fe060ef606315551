/**
 * The face of an authentication scheme: it judges a request over its raw bytes and can make a request that it would
 * accept. A verdict keeps its reason for the inspector; callers only ever learn that they were refused (SPEC 4.8).
 */
import { AppError } from '../../shared/errors.ts';
import type { SecretValues } from '../../shared/fields.ts';
import type { AuthDefinition } from '../../shared/model/catalog.ts';
import type { RawRequest } from '../base/raw-request.ts';

/** Everything a scheme may look at. */
export interface AuthCheck {
  readonly raw: RawRequest;
  /** The body after its content encoding; equal to `raw.body` without one. */
  readonly decodedBody: Uint8Array;
  /** Query parameters, decoded, in the order sent. */
  readonly query: ReadonlyArray<readonly [string, string]>;
  /** Epoch ms against which timestamps are judged. */
  readonly now: number;
  /** Origin callers use from outside, where one is set. */
  readonly publicUrl?: string;
  /** Settings of the scheme, validated, defaults filled in. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Current secrets first, then the previous ones while they overlap. */
  readonly secrets: readonly SecretValues[];
  /**
   * Named texts at the top of a JSON or form body, scanned within limits and read only when asked for: the one
   * exception to judging before parsing, for schemes whose sender puts its signature inside the body.
   */
  readonly bodyFields?: () => ReadonlyArray<readonly [string, string]>;
  /**
   * The value of a JSON body under the same rule, whatever its content type says: some senders say text/plain, and a header
   * nobody signs must not decide whether an id or a time in the body is found. Undefined for anything that is no JSON.
   */
  readonly bodyJson?: () => unknown;
  /**
   * The PEM text of a sender's public certificate, fetched over https and kept for a while; only hosts that end in one
   * of `hosts` are asked, and redirects are not followed.
   */
  readonly fetchCertificate?: (url: string, hosts: readonly string[]) => Promise<string>;
}

/** Why a request was refused, as a word for programs. */
export type RefusalCode = 'missing' | 'repeated' | 'malformed' | 'mismatch' | 'stale';

export type AuthVerdict =
  /** `secretIndex`: which entry of `secrets` opened the door; 0 is the current one. */
  { readonly ok: true; readonly secretIndex: number } | Refusal;

export interface Refusal {
  readonly ok: false;
  readonly code: RefusalCode;
  /** All else is genuine, and a wrong clock on either side would explain the refusal (RELIABILITY J2). */
  readonly mayBeClock?: true;
  /** Plain words for the inspector; holds no secret and nothing the caller sent. */
  readonly reason: string;
}

/** A request to be signed. */
export interface SignInput {
  readonly method: string;
  /** Absolute URL the request will be sent to. */
  readonly url: string;
  /** What the Content-Type will be; absent: JSON where the body looks like it, else a form. */
  readonly contentType?: string;
  readonly body: Uint8Array;
  readonly secrets: SecretValues;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly now: number;
}

/** What makes a request genuine: put beside its own headers and query. */
export interface Signature {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

export interface AuthScheme {
  readonly definition: AuthDefinition;
  /** @throws AppError `endpoint_misconfigured` when a secret the scheme needs is not there. */
  verify(check: AuthCheck): AuthVerdict | Promise<AuthVerdict>;
  /** @throws AppError `endpoint_misconfigured` when a secret the scheme needs is not there. */
  sign?(input: SignInput): Signature;
  /** Faults of settings that are valid one by one, found when they are saved. */
  check?(
    settings: Readonly<Record<string, unknown>>,
  ): readonly { readonly path: string; readonly message: string }[];
  /** The secrets judging needs under these settings; absent: all that the definition requires. */
  needs?(settings: Readonly<Record<string, unknown>>): readonly string[];
  /** Where callers present a secret as it is, so that it is not stored in the clear. */
  presents?(settings: Readonly<Record<string, unknown>>): {
    readonly headers: readonly string[];
    readonly query: readonly string[];
  };
}

/** A refusal with its reason. */
export function refuse(code: RefusalCode, reason: string): Refusal {
  return { ok: false, code, reason };
}

/** A text setting, or the fallback when it is not set. */
export function textSetting(
  settings: Readonly<Record<string, unknown>>,
  name: string,
  fallback: string,
): string {
  const value = settings[name];
  return typeof value === 'string' && value !== '' ? value : fallback;
}

/**
 * The secret sets, of which the current one holds a value for each of the named fields. A secret that is missing or empty
 * makes the endpoint unusable, never open (RELIABILITY C14).
 * @throws AppError `endpoint_misconfigured`
 */
export function requireSecrets(
  secrets: readonly SecretValues[],
  fields: readonly string[],
): readonly SecretValues[] {
  const [current] = secrets;
  const missing = fields.find((field) => current?.[field] === undefined || current[field] === '');
  if (missing === undefined) return secrets;
  const fault = current?.[missing] === '' ? 'is empty' : 'is not set';
  throw new AppError({ code: 'endpoint_misconfigured', reason: `The secret "${missing}" ${fault}.` });
}
