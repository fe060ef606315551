/**
 * The body as a payload (SPEC 4.9): JSON where JSON is promised, forms as objects, everything else as text or base64.
 * Nothing here runs before the request is known to be genuine.
 */
import { isUtf8 } from 'node:buffer';
import { AppError } from '../../../shared/errors.ts';
import type { BodyReading } from '../../styles/style.ts';
import type { ContentType } from './content-type.ts';
import { parseMultipart } from './multipart.ts';
import { groupByName, readForm as readFormPairs } from './named-values.ts';
import { parseJson } from './parse-json.ts';

export interface Payload {
  /** `null` without a body. */
  readonly value: unknown;
  /** JSON text of the value, digits as received; undefined without a body. */
  readonly text: string | undefined;
  /** The same for the store; null when the stored bytes are exactly that text, or nothing at all. */
  readonly json: string | null;
  /** Whether values carry the types of JSON; texts of forms are converted where another type is expected. */
  readonly isTyped: boolean;
  /** For the timeline, e.g. `JSON, 43 bytes`. */
  readonly note: string;
}

export interface BodyToRead {
  /** After the content encoding. */
  readonly bytes: Uint8Array;
  readonly type: ContentType;
  /** The Content-Type header as sent. */
  readonly header: string | undefined;
  readonly reading: BodyReading;
  /** Whether the stored bytes are those of `bytes`. */
  readonly isPlain: boolean;
  /** Refuse JSON with two equal keys in one object. */
  readonly isStrict?: boolean | undefined;
}

const noPayload: Payload = { value: null, text: undefined, json: null, isTyped: true, note: 'No body.' };
/** An encoded body of nothing: the stored bytes are no JSON. */
const emptyPayload: Payload = { ...noPayload, json: 'null' };

/**
 * @throws AppError `malformed_json`, `empty_body`, `too_deep`, `too_many_keys`, `malformed_body`, `unsupported_media_type`
 */
export function readPayload(body: BodyToRead): Payload | Promise<Payload> {
  const { bytes, type, reading } = body;
  if (type.kind === 'json' || (reading === 'json' && bytes.byteLength > 0)) return readJson(body);
  if (bytes.byteLength === 0) {
    if (reading === 'json') throw new AppError({ code: 'empty_body' });
    return body.isPlain ? noPayload : emptyPayload;
  }
  if (reading === 'jsonOrText') {
    const json = tryJson(body);
    if (json !== undefined) return json;
    if (type.kind === 'none') return readText(bytes);
  }
  if (type.kind === 'none') return readJson(body);
  if (type.kind === 'form') return readForm(bytes);
  if (type.kind === 'multipart') return readMultipart(bytes, body.header ?? '');
  return readText(bytes);
}

/** Charsets of two or four bytes a character. */
const wideCharset = /^(?:utf-?(?:16|32)|ucs-?[24]|unicode)/;

function readJson({ bytes, type, isPlain, isStrict }: BodyToRead): Payload {
  if (bytes.byteLength === 0) throw new AppError({ code: 'empty_body' });
  // The bytes are judged, not the name (SPEC 4.9), but for charsets that share not even ASCII with UTF-8. The style that
  // always reads JSON does not mind what the type says of another kind.
  if (type.kind === 'json' && wideCharset.test(type.charset ?? '')) {
    throw new AppError({ code: 'unsupported_media_type', message: 'JSON is accepted in UTF-8 only.' });
  }
  const { value, text, hasMark, hasTwins } = parseJson(bytes);
  if (hasTwins && isStrict === true) {
    throw new AppError({ code: 'malformed_json', message: 'An object of the body has two equal keys.' });
  }
  const json = isPlain && !hasMark ? null : text;
  const warning = hasTwins ? ' An object has two equal keys; the last one counts.' : '';
  return { value, text, json, isTyped: true, note: `JSON, ${bytes.byteLength} bytes.${warning}` };
}

/** JSON where the bytes are exactly that; limits hold for it as for any JSON. */
function tryJson(body: BodyToRead): Payload | undefined {
  try {
    return readJson(body);
  } catch (error) {
    if (error instanceof AppError && error.code === 'malformed_json') return undefined;
    throw error;
  }
}

function readForm(bytes: Uint8Array): Payload {
  const pairs = readFormPairs(bytes);
  return textual(groupByName(pairs), `Form, ${pairs.length} fields.`);
}

async function readMultipart(bytes: Uint8Array, header: string): Promise<Payload> {
  const value = await parseMultipart(bytes, header);
  return textual(value, `Multipart form, ${Object.keys(value).length} fields.`);
}

function readText(bytes: Uint8Array): Payload {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(bytes)
    ? textual(buffer.toString('utf8'), `Text, ${bytes.byteLength} bytes.`)
    : textual(buffer.toString('base64'), `Binary, ${bytes.byteLength} bytes, as base64.`);
}

function textual(value: unknown, note: string): Payload {
  const text = JSON.stringify(value);
  return { value, text, json: text, isTyped: false, note };
}
