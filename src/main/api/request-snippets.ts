/**
 * A captured request as commands and scripts that send it again: curl with identical bytes, fetch and HTTPie as near as they
 * let anyone come. Only who may see secrets gets the headers as they were (RELIABILITY M4).
 */
import { restoreCredentials } from '../base/credentials.ts';
import { curlCommand, isConnectionHeader, type CurlInput } from './curl.ts';
import { encodedBody } from './masked-body.ts';
import { maskHeaders, maskUrl } from './masking.ts';
import { ownOrigin } from './origins.ts';
import type { ApiParts } from './parts.ts';
import { secretsByEndpoint } from './request-view.ts';
import { scriptText, shellWord } from './shell-words.ts';
import type { Snippet } from './snippets.ts';
import type { RequestRow } from '../store/types.ts';

/** Longest body written into a command or script. */
const longestPasted = 1_048_576;

/** The request as one curl command; its first lines say what stands in the way of identical bytes, if anything does. */
export function curlOf(parts: ApiParts, row: RequestRow, maySeeSecrets: boolean): string {
  const call = callOf(parts, row, maySeeSecrets);
  return withNotes(call.notes, '#', curlCommand(call));
}

/** The request as curl, fetch and HTTPie. */
export function snippetsOfRequest(parts: ApiParts, row: RequestRow, maySeeSecrets: boolean): Snippet[] {
  const call = callOf(parts, row, maySeeSecrets);
  return [
    { id: 'curl', title: 'curl', text: withNotes(call.notes, '#', curlCommand(call)) },
    { id: 'fetch', title: 'JavaScript (fetch)', text: fetchScript(call) },
    { id: 'httpie', title: 'HTTPie', text: withNotes(call.notes, '#', httpie(call)) },
  ];
}

interface Call extends CurlInput {
  readonly notes: readonly string[];
}

function callOf(parts: ApiParts, row: RequestRow, maySeeSecrets: boolean): Call {
  const known = secretsByEndpoint(parts)(row.endpointId);
  const stored = { ...row.raw, body: parts.store.read.requests.body(row.id) ?? new Uint8Array(0) };
  const raw = maySeeSecrets ? restoreCredentials(stored, parts.vault, row.id) : stored;
  const target = maySeeSecrets ? raw.url : maskUrl(raw.url, known);
  const origin = ownOrigin(parts);
  const headers = maySeeSecrets ? raw.headers : maskHeaders(raw.headers, known);
  const isMasked =
    headers.some(([, value], at) => value !== stored.headers[at]?.[1]) || stored.sealed !== undefined;
  const isLarge = raw.body.length > longestPasted;
  const bodyFile = `${row.id}.bin`;
  return {
    method: raw.method,
    url: target.startsWith('/') ? origin + target : target,
    headers,
    body: raw.body,
    ...(isLarge ? { bodyFile } : {}),
    notes: [
      ...(isLarge
        ? [`Save the body first: GET ${origin}/v1/requests/${row.id}/body into the file ${bodyFile}`]
        : []),
      ...(row.storedBodySize < row.bodySize
        ? [`Only the first ${row.storedBodySize} of ${row.bodySize} bytes of this refused body were kept.`]
        : []),
      ...(isMasked && !maySeeSecrets ? ['Keys are masked; put yours in their place.'] : []),
    ],
  };
}

function withNotes(notes: readonly string[], mark: string, text: string): string {
  return [...notes.map((note) => `${mark} ${note}`), text].join('\n');
}

/** Headers a program says itself are left out. */
function ownHeaders({ headers }: CurlInput): CurlInput['headers'] {
  return headers.filter(([name]) => !isConnectionHeader(name));
}

function fetchScript(call: Call): string {
  const { method, url, body, bodyFile } = call;
  const notes = [
    ...call.notes,
    ...(body.length > 0 && (method === 'GET' || method === 'HEAD')
      ? [`fetch can not send a body with ${method}; curl can.`]
      : []),
  ];
  const { encoding, data } = encodedBody(bodyFile === undefined ? body : new Uint8Array(0));
  // Bytes, not a text: fetch would add a Content-Type to a text.
  const bytes =
    bodyFile !== undefined
      ? `await (await import('node:fs/promises')).readFile(${scriptText(bodyFile)})`
      : encoding === 'utf8'
        ? `new TextEncoder().encode(${scriptText(data)})`
        : `Uint8Array.from(atob(${scriptText(data)}), (char) => char.charCodeAt(0))`;
  const lines = [
    `const response = await fetch(${scriptText(url)}, {`,
    `  method: ${scriptText(method)},`,
    '  headers: [',
    ...ownHeaders(call).map(([name, value]) => `    [${scriptText(name)}, ${scriptText(value)}],`),
    '  ],',
    ...(body.length === 0 ? [] : [`  body: ${bytes},`]),
    '});',
    'console.log(response.status, await response.text());',
  ];
  return withNotes(notes, '//', lines.join('\n'));
}

/** Headers HTTPie adds unless told not to. */
const addedByHttpie = ['Accept', 'Accept-Encoding', 'User-Agent', 'Content-Type'];

function httpie(call: Call): string {
  const { method, url, body, bodyFile } = call;
  const headers = ownHeaders(call);
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const items = [
    ...headers.map(([name, value]) => (value === '' ? `${name};` : `${name}:${escapedItem(value)}`)),
    ...addedByHttpie.filter((name) => !names.has(name.toLowerCase())).map((name) => `${name}:`),
  ];
  const options = body.length === 0 ? ['--ignore-stdin'] : [];
  const command = [
    ['http', ...options, '--path-as-is', shellWord(method), shellWord(url)].join(' '),
    ...items.map(shellWord),
  ].join(' \\\n  ');
  if (body.length === 0) return command;
  if (bodyFile !== undefined) return `${command} < ${shellWord(bodyFile)}`;
  return `printf %s ${shellWord(Buffer.from(body).toString('base64'))} | base64 --decode | ${command}`;
}

/** A value right behind the colon must not look like another kind of item. */
function escapedItem(value: string): string {
  return value.replace(/^[=@:]/, String.raw`\$&`);
}
