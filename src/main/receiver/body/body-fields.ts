/**
 * The named texts at the top of a JSON or form body, for schemes whose sender signs inside the body. Read before the
 * request is known to be genuine, so under all the limits of a body, and what can not be read has none.
 */
import { AppError } from '../../../shared/errors.ts';
import { readContentType } from './content-type.ts';
import { readPairs } from './named-values.ts';
import { parseJson } from './parse-json.ts';

type Pairs = ReadonlyArray<readonly [string, string]>;

const none: Pairs = [];

/** Texts and numbers by name, in the order sent; nothing for other kinds of bodies and faulty ones. */
export function bodyFieldsOf(bytes: Uint8Array, contentType: string | undefined): Pairs {
  if (bytes.byteLength === 0) return none;
  const { kind } = readContentType(contentType);
  if (kind === 'form')
    return readPairs(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
  if (kind !== 'json' && kind !== 'none') return none;
  try {
    return fieldsOf(parseJson(bytes).value);
  } catch (error) {
    if (error instanceof AppError) return none;
    throw error;
  }
}

function fieldsOf(value: unknown): Pairs {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return none;
  return Object.entries(value).flatMap(([name, field]): [string, string][] =>
    typeof field === 'string' || typeof field === 'number' ? [[name, String(field)]] : [],
  );
}
