/**
 * How secrets look where people see them: marks and the last four characters, enough to tell two apart and nothing
 * more. One rule for documents, endpoints, captured requests and lists (SPEC 2, RELIABILITY 5).
 */
import { blot, blotted, isSecretHeader, isSecretParameter } from '../base/credentials.ts';
import type { HeaderList } from '../../shared/model/request.ts';

const mark = '••••';
/** Shorter secrets show nothing of themselves. */
const shortestHinted = 12;
/** Shorter ones are not looked for in texts: they would be found in words that are none. */
const shortestBlotted = 8;

/** A secret for showing, e.g. `••••9f2a`. */
export function maskSecret(value: string): string {
  return value.length < shortestHinted ? mark : mark + value.slice(-4);
}

/** Whether a value is a mask that was sent back, and not a secret. */
export function isMask(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith(mark);
}

/** First and last characters, for lists of names, e.g. `sk…9f2a`. */
export function hintOf(value: string): string {
  return value.length < shortestHinted ? mark : `${value.slice(0, 2)}…${value.slice(-4)}`;
}

/** What is known of an endpoint's secrets: the names they come under, and their present values. */
export interface KnownSecrets {
  /** Lower-case names of headers and query parameters. */
  readonly names: ReadonlySet<string>;
  readonly values: readonly string[];
}

/** Nothing known beyond the usual names. */
export const noSecrets: KnownSecrets = { names: new Set(), values: [] };

/** Headers for showing: in the order and case sent, credentials blotted out. */
export function maskHeaders(headers: HeaderList, known: KnownSecrets): [string, string][] {
  return headers.map(([name, value]) => {
    const isNamed = isSecretHeader(name) || known.names.has(name.toLowerCase());
    return [name, isNamed ? blotted(value) : maskText(value, known)];
  });
}

/** A request target for showing: values of keys in the query blotted out, the rest as sent. */
export function maskUrl(url: string, known: KnownSecrets): string {
  const at = url.indexOf('?');
  if (at < 0) return maskText(url, known);
  const pairs = url
    .slice(at + 1)
    .split('&')
    .map((pair) => {
      const [name = '', ...rest] = pair.split('=');
      if (rest.length === 0 || !isSecretName(name, known)) return pair;
      return `${name}=${blot}`;
    });
  return maskText(`${url.slice(0, at)}?${pairs.join('&')}`, known);
}

/** Decoded query parameters for showing. */
export function maskQuery(
  query: ReadonlyArray<readonly [string, string]>,
  known: KnownSecrets,
): [string, string][] {
  return query.map(([name, value]) => [name, isSecretName(name, known) ? blot : maskText(value, known)]);
}

function isSecretName(encoded: string, known: KnownSecrets): boolean {
  const [name = ''] = [...new URLSearchParams(encoded).keys()];
  return isSecretParameter(name) || known.names.has(name.toLowerCase());
}

/** A text for showing: known secrets, in every usual spelling, are blotted out of it. */
export function maskText(text: string, known: KnownSecrets): string {
  return spellingsOf(known).reduce((shown, value) => shown.replaceAll(value, blot), text);
}

/** Bytes for showing, text or not: known secrets, in every usual spelling, are blotted out of them. */
export function maskBytes(bytes: Uint8Array, known: KnownSecrets): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = spellingsOf(known).filter((value) => buffer.includes(value));
  if (found.length === 0) return bytes;
  // One character per byte: what is no text comes out as it went in.
  const spelled = found.map((value) => Buffer.from(value).toString('latin1'));
  const text = spelled.reduce((shown, value) => shown.replaceAll(value, blot), buffer.toString('latin1'));
  return Buffer.from(text, 'latin1');
}

/** Secrets as they may stand in a text: plain, in a URL, in JSON, as base64 or hex. */
function spellingsOf({ values }: KnownSecrets): readonly string[] {
  return values
    .filter((value) => value.length >= shortestBlotted)
    .flatMap((value) => {
      const bytes = Buffer.from(value);
      const inJson = JSON.stringify(value).slice(1, -1);
      return [value, encodeURIComponent(value), inJson, bytes.toString('base64'), bytes.toString('hex')];
    });
}

/** Data for showing: known secrets are blotted out of every text in it, however deep. */
export function maskData(data: unknown, known: KnownSecrets): unknown {
  if (known.values.every((value) => value.length < shortestBlotted)) return data;
  return maskTexts(data, known);
}

function maskTexts(data: unknown, known: KnownSecrets): unknown {
  if (typeof data === 'string') return maskText(data, known);
  if (Array.isArray(data)) return data.map((item) => maskTexts(item, known));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([name, item]) => [name, maskTexts(item, known)]));
}
