/** A captured request signed anew: what proved it before is taken off, what proves it now is put in its place. */
import type { SecretValues } from '../../shared/fields.ts';
import type { ResolvedAuth } from '../auth/registry.ts';
import { headerValues, type RawRequest } from '../base/raw-request.ts';

/** Names under which a request carries proofs: lower-case of headers, exact of query parameters. */
interface ProofNames {
  readonly headers: ReadonlySet<string>;
  readonly query: ReadonlySet<string>;
}

interface Signing {
  readonly secrets: SecretValues;
  /** Origin callers use from outside, where one is set. */
  readonly origin: string | undefined;
  /** Origin for a request that names no host. */
  readonly ownOrigin: string;
  readonly now: number;
}

/**
 * The request with the proof a scheme makes. The scheme must be able to sign.
 * @throws AppError `endpoint_misconfigured`
 */
export function withSignature(
  raw: RawRequest,
  { scheme, settings }: ResolvedAuth,
  signing: Signing,
): RawRequest {
  const { secrets, now } = signing;
  const presented = scheme.presents?.(settings) ?? { headers: [], query: [] };
  const plain = without(raw, namesOf(presented.headers, presented.query));
  const [contentType] = headerValues(raw.headers, 'content-type');
  const made = scheme.sign?.({
    method: raw.method,
    url: originOf(raw, signing) + plain.url,
    body: raw.body,
    secrets,
    settings,
    now,
    ...(contentType === undefined ? {} : { contentType }),
  });
  if (made === undefined) return plain;
  // Some schemes look in both places, and two proofs are none.
  const names = [...Object.keys(made.headers), ...Object.keys(made.query)];
  const bare = without(plain, namesOf(names, names));
  const query = new URLSearchParams(made.query).toString();
  const join = bare.url.includes('?') ? '&' : '?';
  return {
    ...bare,
    url: query === '' ? bare.url : bare.url + join + query,
    headers: [...bare.headers, ...Object.entries(made.headers)],
  };
}

/** The request without the keys one scheme takes and the other does not know. */
export function withoutForeignCredentials(raw: RawRequest, from: ResolvedAuth, to: ResolvedAuth): RawRequest {
  const [own, others] = [from, to].map(({ scheme, settings }) => {
    const { headers = [], query = [] } = scheme.presents?.(settings) ?? {};
    return namesOf(headers, query);
  });
  if (own === undefined || others === undefined) return raw;
  return without(raw, {
    headers: own.headers.difference(others.headers),
    query: own.query.difference(others.query),
  });
}

function namesOf(headers: readonly string[], query: readonly string[]): ProofNames {
  return { headers: new Set(headers.map((name) => name.toLowerCase())), query: new Set(query) };
}

function without(raw: RawRequest, names: ProofNames): RawRequest {
  return {
    ...raw,
    url: withoutQuery(raw.url, names.query),
    headers: raw.headers.filter(([name]) => !names.headers.has(name.toLowerCase())),
  };
}

function withoutQuery(url: string, names: ReadonlySet<string>): string {
  const at = url.indexOf('?');
  if (at < 0 || names.size === 0) return url;
  const kept = url
    .slice(at + 1)
    .split('&')
    .filter((pair) => {
      const [name] = new URLSearchParams(pair).keys();
      return name === undefined || !names.has(name);
    });
  return kept.length === 0 ? url.slice(0, at) : `${url.slice(0, at)}?${kept.join('&')}`;
}

/** The origin the receiver will take the request to have been sent to. */
function originOf(raw: RawRequest, { origin, ownOrigin }: Signing): string {
  if (!raw.url.startsWith('/')) return '';
  const [host] = headerValues(raw.headers, 'host');
  return (origin ?? (host === undefined ? ownOrigin : `http://${host}`)).replace(/\/+$/, '');
}
