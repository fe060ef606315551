/** The bytes callers sign in place of those they send: other line ends, JSON written again, a form decoded, nothing. */
import type { AuthCheck } from '../scheme.ts';
import type { Mistake } from './mistake.ts';

/** What the forms are made of. */
export interface SentBody {
  readonly raw: Uint8Array;
  readonly decoded: Uint8Array;
  /** The value of a JSON body; undefined for none, and for one too large to be written again. */
  readonly json: () => unknown;
  readonly isForm: boolean;
}

export interface BodyForm extends Mistake {
  /** The bytes; undefined where the body can not be read like that. */
  bytesOf(body: SentBody): Uint8Array | undefined;
}

const exactly = 'Let the caller sign the very bytes it sends, after the last change to them.';
const writtenOnce = 'Let the caller write the JSON once and both sign and send that text.';
/** Bodies larger than this are not parsed and written again. */
const largestRewritten = 1_048_576;

/** The body of a request, for the forms. */
export function sentBodyOf({ raw, decodedBody, bodyJson }: AuthCheck, contentType: string): SentBody {
  return {
    raw: raw.body,
    decoded: decodedBody,
    json: () => (decodedBody.byteLength > largestRewritten ? undefined : bodyJson?.()),
    isForm: contentType.toLowerCase().startsWith('application/x-www-form-urlencoded'),
  };
}

function form(
  id: string,
  title: string,
  clause: string,
  mend: string,
  bytesOf: (body: SentBody) => Uint8Array | string | undefined,
): BodyForm {
  return {
    id: `body-${id}`,
    title,
    clause,
    mend,
    bytesOf(body) {
      const bytes = bytesOf(body);
      return typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    },
  };
}

function edited(id: string, title: string, clause: string, edit: (text: string) => string): BodyForm {
  // One character per byte, so that what is no text stays as it is.
  return form(id, title, clause, exactly, ({ decoded }) => Buffer.from(edit(latin(decoded)), 'latin1'));
}

function rewritten(id: string, title: string, write: (value: unknown) => string | undefined): BodyForm {
  return form(
    id,
    title,
    `the caller signed the JSON written in another way (${title})`,
    writtenOnce,
    ({ json }) => {
      const value = json();
      return value === undefined ? undefined : write(value);
    },
  );
}

function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}

/** The value with the names of every object in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, item]) => [name, sorted(item)]));
}

/** JSON with spaces behind its commas and colons, as Python writes it. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${spaced(item)}`);
  return `{${entries.join(', ')}}`;
}

function escaped(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function decodedForm({ isForm, decoded }: SentBody): ReadonlyArray<readonly [string, string]> | undefined {
  return isForm && decoded.byteLength <= largestRewritten
    ? [...new URLSearchParams(text(decoded))]
    : undefined;
}

/** Every form; the bytes as they were received are none of them. */
export const bodyForms: readonly BodyForm[] = [
  form(
    'before-encoding',
    'The body before it was compressed',
    'the caller signed the body before it was compressed',
    exactly,
    ({ raw, decoded }) => (raw === decoded ? undefined : decoded),
  ),
  edited(
    'newline-added',
    'A newline behind the body',
    'the caller signed the body with a newline at its end that was not sent',
    (body) => `${body}\n`,
  ),
  edited(
    'newline-removed',
    'The body without its last newline',
    'the body was changed after signing: a newline was added at its end',
    (body) => body.replace(/\r?\n$/, ''),
  ),
  edited(
    'crlf-added',
    'A line break (CR LF) behind the body',
    'the caller signed the body with a line break (CR LF) at its end that was not sent',
    (body) => `${body}\r\n`,
  ),
  edited(
    'trimmed',
    'The body without white space around it',
    'the caller signed the body without the white space around it',
    (body) => body.trim(),
  ),
  edited(
    'lf',
    'Line ends LF in place of CR LF',
    'the line ends were changed after signing, from LF to CR LF',
    (body) => body.replaceAll('\r\n', '\n'),
  ),
  edited(
    'crlf',
    'Line ends CR LF in place of LF',
    'the line ends were changed after signing, from CR LF to LF',
    (body) => body.replaceAll(/\r?\n/g, '\r\n'),
  ),
  edited(
    'no-mark',
    'The body without its byte order mark',
    'the caller signed the body without its byte order mark',
    (body) => body.replace(/^\u00ef\u00bb\u00bf/, ''),
  ),
  edited(
    'mark',
    'The body with a byte order mark',
    'the caller signed the body with a byte order mark that was not sent',
    (body) => `\u00ef\u00bb\u00bf${body}`,
  ),
  rewritten('compact', 'without white space, like JSON.stringify', (value) => JSON.stringify(value)),
  rewritten('pretty-2', 'indented by 2 spaces', (value) => JSON.stringify(value, null, 2)),
  rewritten('pretty-4', 'indented by 4 spaces', (value) => JSON.stringify(value, null, 4)),
  rewritten('pretty-tab', 'indented by tabs', (value) => JSON.stringify(value, null, '\t')),
  rewritten('sorted', 'with its names sorted', (value) => JSON.stringify(sorted(value))),
  rewritten('spaced', 'with spaces behind commas and colons, other characters kept', spaced),
  rewritten('python', 'as Python’s json.dumps does', (value) => escaped(spaced(value))),
  rewritten('python-sorted', 'as Python’s json.dumps does with sort_keys', (value) =>
    escaped(spaced(sorted(value))),
  ),
  rewritten('escaped', 'without white space, characters escaped as \\u', (value) =>
    escaped(JSON.stringify(value)),
  ),
  rewritten('php', 'as PHP’s json_encode does', (value) =>
    escaped(JSON.stringify(value)).replaceAll('/', '\\/'),
  ),
  rewritten('go', 'as Go’s json.Marshal does', (value) =>
    JSON.stringify(value).replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`),
  ),
  form(
    'in-quotes',
    'The body as a JSON text',
    'the caller signed the body once more written as a JSON text, in quotes',
    writtenOnce,
    ({ decoded }) => (decoded.byteLength > largestRewritten ? undefined : JSON.stringify(text(decoded))),
  ),
  form(
    'form-decoded',
    'The form decoded',
    'the caller signed the form decoded, where the encoded text is what is sent',
    exactly,
    (body) =>
      decodedForm(body)
        ?.map(([name, value]) => `${name}=${value}`)
        .join('&'),
  ),
  form(
    'form-as-json',
    'The form as JSON',
    'the caller signed its data as JSON and sent it as a form',
    exactly,
    (body) => {
      const pairs = decodedForm(body);
      return pairs === undefined ? undefined : JSON.stringify(Object.fromEntries(pairs));
    },
  ),
  form(
    'double-utf8',
    'The body encoded in UTF-8 twice',
    'the caller encoded the body in UTF-8 twice before signing',
    exactly,
    ({ decoded }) => latin(decoded),
  ),
  form('empty', 'An empty body', 'the caller signed an empty body', exactly, () => ''),
  form(
    'empty-object',
    'An empty object',
    'the caller signed the empty object {} in place of the body',
    exactly,
    () => '{}',
  ),
];
