/**
 * Credentials a caller presented are not kept in the clear (RELIABILITY 5): in a captured request they are blotted out,
 * and what stood there is sealed beside it, so that a retry judges the request as it came and runs see it as sent.
 */
import { z } from 'zod';
import type { RawRequest } from './raw-request.ts';
import type { Vault } from './vault.ts';

/** Where a request carries credentials: lower-case names of headers, exact names of query parameters. */
export interface CredentialNames {
  readonly headers: ReadonlySet<string>;
  readonly query: ReadonlySet<string>;
}

/** What stands for a credential. */
export const blot = '***';
/** Shorter values show nothing of themselves. */
const shortestHinted = 24;
/** Headers that carry one whatever the scheme. */
const usualHeaders = ['authorization', 'proxy-authorization', 'cookie'];

const sealedSchema = z.object({
  headers: z.array(z.tuple([z.number().int(), z.string()])),
  url: z.string().optional(),
});

/** Names that carry a credential wherever they stand; `idempotency-key` and its like do not. */
const secretHeader =
  /^(?:authorization|proxy-authorization|cookie|set-cookie|x-api-.*|api-?key|appkey|sign)$|token|secret|password|signature|api-?key/i;
const secretParameter = /^(?:.*api[-_]?key|key|appkey|.*token|.*secret|password|sign|signature|code)$/i;

/** Whether a header of this name is taken for a credential, whatever the scheme: not shown, and not searched. */
export function isSecretHeader(name: string): boolean {
  return secretHeader.test(name);
}

/** The same of a query parameter; the name is decoded. */
export function isSecretParameter(name: string): boolean {
  return secretParameter.test(name);
}

/** Names for `hideCredentials`: the usual headers and those given. */
export function credentialNames(headers: readonly string[], query: readonly string[]): CredentialNames {
  return {
    headers: new Set([...usualHeaders, ...headers.map((name) => name.toLowerCase())]),
    query: new Set(query),
  };
}

/** A credential for showing. The last characters of a long one stay: they tell which key it was. */
export function blotted(value: string): string {
  if (value.startsWith(blot)) return value.length <= blot.length + 4 ? value : blot;
  return value.length < shortestHinted ? blot : blot + value.slice(-4);
}

function hideInUrl(url: string, names: ReadonlySet<string>): string {
  const at = url.indexOf('?');
  if (at < 0 || names.size === 0) return url;
  const pairs = url
    .slice(at + 1)
    .split('&')
    .map((pair) => {
      const [name] = new URLSearchParams(pair).keys();
      return name !== undefined && names.has(name) ? `${pair.split('=', 1).join('')}=${blot}` : pair;
    });
  return `${url.slice(0, at)}?${pairs.join('&')}`;
}

/** The request as it may be stored; the same object where it carries no credential. */
export function hideCredentials(
  raw: RawRequest,
  names: CredentialNames,
  vault: Vault,
  requestId: string,
): RawRequest {
  const hidden: [number, string][] = [];
  const headers = raw.headers.map(([name, value], index): readonly [string, string] => {
    if (!names.headers.has(name.toLowerCase())) return [name, value];
    hidden.push([index, value]);
    return [name, blotted(value)];
  });
  const url = hideInUrl(raw.url, names.query);
  if (hidden.length === 0 && url === raw.url) return raw;
  const content = { headers: hidden, ...(url === raw.url ? {} : { url: raw.url }) };
  return { ...raw, url, headers, sealed: vault.seal(JSON.stringify(content), placeOf(requestId)) };
}

/** The request as it came. Where the key is not at hand any more, what was hidden stays hidden. */
export function restoreCredentials(raw: RawRequest, vault: Vault, requestId: string): RawRequest {
  const { sealed, ...shown } = raw;
  if (sealed === undefined) return raw;
  try {
    const content = sealedSchema.parse(JSON.parse(vault.open(sealed, placeOf(requestId))));
    const values = new Map(content.headers);
    const headers = shown.headers.map(([name, value], index): readonly [string, string] => [
      name,
      values.get(index) ?? value,
    ]);
    return { ...shown, headers, url: content.url ?? shown.url };
  } catch {
    return shown;
  }
}

function placeOf(requestId: string): string {
  return `request:${requestId}`;
}
