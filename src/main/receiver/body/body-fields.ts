/**
 * What schemes may know of a body whose sender is not known yet: its named texts, and its value where it is JSON. Read
 * under all the limits of a body; what can not be read has none.
 */
import { AppError } from '../../../shared/errors.ts';
import { readContentType } from './content-type.ts';
import { readMultipartTexts } from './multipart.ts';
import { readForm } from './named-values.ts';
import { parseJson } from './parse-json.ts';

type Pairs = ReadonlyArray<readonly [string, string]>;

const none: Pairs = [];

/** Texts and numbers at the top of a JSON, form or multipart body by name, in the order sent. */
export function bodyFieldsOf(bytes: Uint8Array, contentType: string | undefined): Pairs {
  if (bytes.byteLength === 0) return none;
  const { kind } = readContentType(contentType);
  if (kind === 'form') return whereReadable(() => readForm(bytes)) ?? none;
  if (kind === 'multipart') return readMultipartTexts(bytes, contentType ?? '');
  return kind === 'json' || kind === 'none' ? fieldsOf(bodyJsonOf(bytes)) : none;
}

/** The value of a JSON body, whatever its content type says; undefined for one that is none. */
export function bodyJsonOf(bytes: Uint8Array): unknown {
  return bytes.byteLength === 0 ? undefined : whereReadable(() => parseJson(bytes).value);
}

function whereReadable<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function fieldsOf(value: unknown): Pairs {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return none;
  return Object.entries(value).flatMap(([name, field]): [string, string][] =>
    typeof field === 'string' || typeof field === 'number' ? [[name, String(field)]] : [],
  );
}
