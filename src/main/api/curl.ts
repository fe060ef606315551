/**
 * A captured request as one curl command that sends the same bytes again: same target, headers in the same order, same
 * body, and none of the headers curl would add by itself (RELIABILITY M4).
 */
import { isUtf8 } from 'node:buffer';
import type { HeaderList } from '../../shared/model/request.ts';
import { shellWord } from './shell-words.ts';

export interface CurlInput {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  /** Name of a file that holds the body, where it is too large to stand in a command. */
  readonly bodyFile?: string;
}

/** Said by the connection, not by the caller: curl says them anew. */
const ownWords = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'expect',
  'te',
  'trailer',
]);
/** Whether a header belongs to one connection and is not sent again. */
export function isConnectionHeader(name: string): boolean {
  return ownWords.has(name.toLowerCase());
}

/** Headers curl adds unless told not to. */
const addedByCurl = ['User-Agent', 'Accept'];
/** Longest body written into the command itself: a word of a command line has a limit of its own. */
const longestInline = 65_536;

/** The command, one option per line. */
export function curlCommand({ method, url, headers, body, bodyFile }: CurlInput): string {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const silenced = [...addedByCurl, ...(body.length > 0 ? ['Content-Type', 'Expect'] : [])].filter(
    (name) => !names.has(name.toLowerCase()) || name === 'Expect',
  );
  const lines = [
    // --globoff: brackets in a URL are meant. --path-as-is: so are dots.
    `curl --globoff --path-as-is ${methodOption(method, body.length > 0)}${shellWord(url)}`,
    ...headers
      .filter(([name]) => !isConnectionHeader(name))
      .map(([name, value]) => `-H ${headerWord(value === '' ? `${name};` : `${name}: ${value}`)}`),
    ...silenced.map((name) => `-H ${shellWord(`${name}:`)}`),
  ];
  if (body.length === 0) return lines.join(' \\\n  ');
  if (bodyFile !== undefined) return [...lines, `--data-binary ${shellWord(`@${bodyFile}`)}`].join(' \\\n  ');
  const text = asInlineText(body);
  if (text !== undefined) return [...lines, `--data-binary ${shellWord(text)}`].join(' \\\n  ');
  const encoded = Buffer.from(body).toString('base64');
  const command = [...lines, '--data-binary @-'].join(' \\\n  ');
  return `printf %s ${shellWord(encoded)} | base64 --decode | ${command}`;
}

function methodOption(method: string, hasBody: boolean): string {
  // With a body curl takes HEAD for any word, and would wait for what a HEAD never brings.
  if (method === 'HEAD')
    return hasBody ? "-X HEAD --ignore-content-length -H 'Connection: close' " : '--head ';
  if (method === (hasBody ? 'POST' : 'GET')) return '';
  return `-X ${shellWord(method)} `;
}

/** The body as text where a shell and curl would leave every byte of it alone. */
function asInlineText(body: Uint8Array): string | undefined {
  if (body.length > longestInline || !isUtf8(body)) return undefined;
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
  // A leading @ would name a file; control characters do not survive copying from a screen.
  return text.startsWith('@') || body.some(isControl) ? undefined : text;
}

function isControl(byte: number): boolean {
  return (byte < 0x20 && byte !== 0x0a && byte !== 0x09) || byte === 0x7f;
}

/** Node reads header bytes as Latin-1; those past ASCII are written as escapes, or they would be sent as two bytes. */
function headerWord(text: string): string {
  if (!/[^\u0020-\u007e]/.test(text)) return shellWord(text);
  const escaped = text.replace(/[^\u0020-\u007e]|[\\']/g, (char) =>
    char === '\\' || char === "'"
      ? `\\${char}`
      : `\\x${(char.charCodeAt(0) & 0xff).toString(16).padStart(2, '0')}`,
  );
  return `$'${escaped}'`;
}
