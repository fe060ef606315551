/**
 * What a search looks into: a request's address, its headers and the first 64 KiB of its body, as one text without
 * case. The writer indexes this text and a search is decided by it, so the two can not differ. Credentials are not in
 * it: those of the endpoint's scheme are blotted out where the request is stored, those of the usual names here.
 */
import { brotliDecompressSync, constants, gunzipSync, inflateSync } from 'node:zlib';
import { blot, isSecretHeader, isSecretParameter } from '../base/credentials.ts';

/** Bytes of a body that are searched, and of a compressed one that are decoded. */
const searchedBodyBytes = 65_536;
/** Decoded bytes past which a compressed body is not searched: what a little of one may blow up to has no end. */
const decodedBytes = 1_048_576;

/** The columns `selectTexts` gives. */
export interface TextColumns {
  readonly seq: number;
  readonly url: string;
  readonly headers: string;
  readonly body: Uint8Array | null;
}

/** Reads what `searchText` takes; for requests under the alias `r`. */
export const selectTexts = `SELECT r.seq, r.url, r.headers, substr(b.body, 1, ${searchedBodyBytes}) AS body
  FROM requests AS r LEFT JOIN request_bodies AS b ON b.seq = r.seq`;

/** Takes the case off a text, and what can not be stored. */
export function fold(text: string): string {
  return text.toWellFormed().toLowerCase();
}

/** The folded text of a request. */
export function searchText({ url, headers, body }: Omit<TextColumns, 'seq'>): string {
  const list = readPairs(headers);
  const lines = list.map(([name, value]) => `${name}: ${isSecretHeader(name) ? blot : value}`);
  const content = body === null ? '' : bodyText(body, list);
  return fold([shownUrl(url), ...lines, '', content].join('\n'));
}

function readPairs(json: string): readonly (readonly [string, string])[] {
  return listOf(JSON.parse(json)).flatMap((pair) => {
    const [name, value] = listOf(pair);
    return typeof name === 'string' && typeof value === 'string' ? [[name, value] as const] : [];
  });
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function shownUrl(url: string): string {
  const at = url.indexOf('?');
  if (at < 0) return url;
  const pairs = url
    .slice(at + 1)
    .split('&')
    .map((pair) => {
      const [name = ''] = new URLSearchParams(pair).keys();
      return isSecretParameter(name) ? `${pair.split('=', 1).join('')}=${blot}` : pair;
    });
  return `${url.slice(0, at)}?${pairs.join('&')}`;
}

/** The text before the first NUL byte: of a text all of it, of a picture or an archive next to nothing. */
function bodyText(body: Uint8Array, headers: readonly (readonly [string, string])[]): string {
  const valueOf = (name: string): string =>
    headers.find(([key]) => key.toLowerCase() === name)?.[1].toLowerCase() ?? '';
  const bytes = decoded(body, valueOf('content-encoding').trim());
  const end = bytes.indexOf(0);
  const charset = /charset="?([\w-]+)/.exec(valueOf('content-type'))?.[1] ?? 'utf-8';
  return decode(end < 0 ? bytes : bytes.subarray(0, end), charset);
}

function decode(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

const nothing = new Uint8Array(0);
const options = { maxOutputLength: decodedBytes, finishFlush: constants.Z_SYNC_FLUSH };

function decoded(body: Uint8Array, encoding: string): Uint8Array {
  try {
    if (encoding === 'gzip' || encoding === 'x-gzip') return cut(gunzipSync(body, options));
    if (encoding === 'deflate') return cut(inflateSync(body, options));
    if (encoding === 'br') {
      return cut(
        brotliDecompressSync(body, {
          maxOutputLength: decodedBytes,
          finishFlush: constants.BROTLI_OPERATION_FLUSH,
        }),
      );
    }
    return body;
  } catch {
    return nothing;
  }
}

const cut = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, searchedBodyBytes);

/** Pieces of a search that are looked up in the index: more of them take longer than they rule out. */
const mostPieces = 12;
/** With so many pieces that have a digit no others are needed: of those with letters alone there are far fewer kinds. */
const enoughPieces = 4;

/**
 * The index's question for a folded text: all of some pieces of three characters, each quoted, so that nothing in it
 * is an operator. Undefined when the text has no such piece and has to be looked for without the index.
 */
export function piecesQuery(folded: string): string | undefined {
  const characters = [...folded];
  const pieces = new Set<string>();
  for (let index = 0; index + 3 <= characters.length; index += 1) {
    const piece = characters.slice(index, index + 3).join('');
    // A question ends at a NUL.
    if (!piece.includes('\u0000')) pieces.add(`"${piece.replaceAll('"', '""')}"`);
  }
  if (pieces.size === 0) return undefined;
  const withDigit = [...pieces].filter((piece) => /\d/.test(piece));
  const telling = withDigit.length >= enoughPieces ? withDigit : [...pieces];
  const step = Math.max(1, telling.length / mostPieces);
  const some = Array.from({ length: Math.min(telling.length, mostPieces) }, (_, index) =>
    telling.at(Math.floor(index * step)),
  );
  return some.join(' AND ');
}
