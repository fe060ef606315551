/** Bytes to a JSON value, within limits, with errors that say where (SPEC 4.9). A byte order mark is fine. */
import { AppError } from '../../../shared/errors.ts';
import { scanJson } from './scan-json.ts';

/** A parsed body. */
export interface ParsedJson {
  readonly value: unknown;
  /** The text without a byte order mark, digits as received. */
  readonly text: string;
  readonly hasMark: boolean;
  /** Whether an object has two equal keys, of which the last one counts. */
  readonly hasTwins: boolean;
}

/**
 * @throws AppError `malformed_json`, `too_deep`, `too_many_keys`
 */
export function parseJson(bytes: Uint8Array): ParsedJson {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const own = hasMark ? bytes.subarray(3) : bytes;
  const keys = scanJson(own);
  const text = Buffer.from(own.buffer, own.byteOffset, own.byteLength).toString();
  try {
    const value: unknown = JSON.parse(text);
    return { value, text, hasMark, hasTwins: keys > 1 && countKeys(value) < keys };
  } catch (cause) {
    throw malformed(cause);
  }
}

/** Keys of all objects of a parsed value, where equal ones are one. */
function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let keys = 0;
  const isList = Array.isArray(value);
  const parts: readonly unknown[] = isList ? value : Object.values(value);
  if (!isList) keys += parts.length;
  for (const part of parts) if (typeof part === 'object' && part !== null) keys += countKeys(part);
  return keys;
}

/** V8 quotes the body in its message: only the place is passed on. */
function malformed(cause: unknown): AppError {
  const place = cause instanceof Error ? /position (\d+)/.exec(cause.message)?.[1] : undefined;
  const offset = place === undefined ? undefined : Number(place);
  return new AppError({
    code: 'malformed_json',
    message:
      offset === undefined
        ? 'The body is not valid JSON.'
        : `The body is not valid JSON: the fault is at character ${offset}.`,
    details: offset === undefined ? {} : { offset },
    cause,
  });
}
