/**
 * What a stored request said, read again for the run it started or resumed. Bodies are kept as received; a payload that
 * is not exactly the JSON of its body stands with the run (SPEC 4.9).
 */
import { restoreCredentials } from '../base/credentials.ts';
import type { Vault } from '../base/vault.ts';
import type { Store } from '../store/open-store.ts';
import type { RequestFacts } from './scope.ts';

export interface StoredFacts extends RequestFacts {
  /** JSON text of the payload, with its digits as received; undefined where there is no payload. */
  readonly payloadText: string | undefined;
}

/** Parses an object out of stored JSON text; anything else is no parameters. */
export function readParams(paramsJson: string | null): Readonly<Record<string, unknown>> {
  const value: unknown = paramsJson === null ? {} : JSON.parse(paramsJson);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/**
 * Reads a stored request.
 * @param inputJson the payload; null: it is the JSON of the body.
 * @param vault opens the credentials it carried; without it they stay blotted out, as for showing.
 * @returns undefined when the request is no longer kept.
 */
export function readRequestFacts(
  store: Store,
  requestId: string,
  inputJson: string | null,
  paramsJson: string | null,
  vault?: Vault,
): StoredFacts | undefined {
  const stored = store.read.requests.raw(requestId);
  if (stored === undefined) return undefined;
  const raw = vault === undefined ? stored : restoreCredentials(stored, vault, requestId);
  const text = inputJson ?? (raw.body.length === 0 ? undefined : new TextDecoder().decode(raw.body));
  const payload: unknown = text === undefined ? null : JSON.parse(text);
  return { raw, payload, payloadText: text, params: readParams(paramsJson) };
}
