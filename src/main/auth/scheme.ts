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
   * The PEM text of a sender's public certificate, fetched over https and kept for a while; only hosts that end in one
   * of `hosts` are asked, and redirects are not followed.
   */
  readonly fetchCertificate?: (url: string, hosts: readonly string[]) => Promise<string>;
}

/** Why a request was refused, as a word for programs. */
export type RefusalCode = 'missing' | 'repeated' | 'malformed' | 'mismatch' | 'stale' | 'empty_secret';

export type AuthVerdict =
  /** `secretIndex`: which entry of `secrets` opened the door; 0 is the current one. */
  | { readonly ok: true; readonly secretIndex: number }
  /** `reason`: plain words for the inspector; holds no secret and nothing the caller sent. */
  | { readonly ok: false; readonly reason: string; readonly code: RefusalCode };

/** A request to be signed. */
export interface SignInput {
  readonly method: string;
  /** Absolute URL the request will be sent to. */
  readonly url: string;
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
  /** Where callers present a secret as it is, so that it is not stored in the clear. */
  presents?(settings: Readonly<Record<string, unknown>>): {
    readonly headers: readonly string[];
    readonly query: readonly string[];
  };
}

/** A refusal with its reason. */
export function refuse(code: RefusalCode, reason: string): AuthVerdict {
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

/** The secret sets that hold all of the named fields; the current set must, or the endpoint is misconfigured. */
export function requireSecrets(
  secrets: readonly SecretValues[],
  fields: readonly string[],
): readonly SecretValues[] {
  const [current] = secrets;
  const missing = fields.find((field) => current?.[field] === undefined);
  if (missing !== undefined) {
    throw new AppError({ code: 'endpoint_misconfigured', reason: `The secret "${missing}" is not set.` });
  }
  return secrets;
}
