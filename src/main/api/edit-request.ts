/**
 * A captured request with a person's changes. Whoever edits has seen it masked: a value that comes back as it was shown
 * stands for the one that was captured.
 */
import type { RequestEdit } from '../../shared/contract/inspector.ts';
import type { HeaderList } from '../../shared/model/request.ts';
import { blot } from '../base/credentials.ts';
import type { RawRequest } from '../base/raw-request.ts';
import { type KnownSecrets, maskHeaders } from './masking.ts';

/** Headers that speak of the body as it was sent. */
const ofTheWire = new Set(['content-length', 'transfer-encoding']);

/**
 * @param raw as captured, credentials restored.
 * @param stored as kept, credentials blotted out.
 */
export function editRequest(
  raw: RawRequest,
  stored: RawRequest,
  edit: RequestEdit,
  known: KnownSecrets,
): RawRequest {
  const body = edit.body === undefined ? raw.body : Buffer.from(edit.body.data, edit.body.encoding);
  const headers =
    edit.headers === undefined
      ? raw.headers
      : unmasked(edit.headers, maskHeaders(stored.headers, known), raw.headers);
  return {
    ...raw,
    method: edit.method ?? raw.method,
    url: edit.query === undefined ? raw.url : withQuery(raw.url, edit.query),
    headers: edit.body === undefined ? headers : fitting(headers, body, edit.headers !== undefined),
    body,
  };
}

/** Each masked value stands for the captured one it was made of, in the order shown. */
function unmasked(given: HeaderList, shown: HeaderList, captured: HeaderList): HeaderList {
  const left = new Map<string, string[]>();
  for (const [index, [name, value]] of shown.entries()) {
    const own = captured[index]?.[1];
    if (own === undefined || own === value) continue;
    const key = keyOf(name, value);
    left.set(key, [...(left.get(key) ?? []), own]);
  }
  return given.map(([name, value]) => [name, left.get(keyOf(name, value))?.shift() ?? value]);
}

function keyOf(name: string, value: string): string {
  return `${name.toLowerCase()}\n${value}`;
}

/** The URL with another query; a pair whose value is a mask keeps what it had. */
function withQuery(url: string, query: string): string {
  const at = url.indexOf('?');
  const path = at < 0 ? url : url.slice(0, at);
  const before = at < 0 ? [] : url.slice(at + 1).split('&');
  const pairs = query.split('&').map((pair) => {
    const [name, value] = pair.split('=', 2);
    if (value !== blot) return pair;
    const index = before.findIndex((own) => own.startsWith(`${name}=`));
    return before.splice(index, index < 0 ? 0 : 1)[0] ?? pair;
  });
  return query === '' ? path : `${path}?${pairs.join('&')}`;
}

/** Headers that fit a new body: its length, and no encoding it has not. */
function fitting(headers: HeaderList, body: Uint8Array, isOwnList: boolean): HeaderList {
  return [
    ...headers.filter(([name]) => {
      const key = name.toLowerCase();
      return !ofTheWire.has(key) && (isOwnList || key !== 'content-encoding');
    }),
    ['Content-Length', String(body.byteLength)],
  ];
}
