/**
 * The scanner before the parser (SPEC 4.9): one pass over the bytes tells whether JSON is safe to parse. A body nested
 * 10,000 deep parses, and then breaks whoever writes it out again; so it never gets that far.
 */
import { isUtf8 } from 'node:buffer';
import { AppError } from '../../../shared/errors.ts';

/** Levels of lists and objects (SPEC 12). */
const maxDepth = 100;
/** Keys of all objects together (SPEC 12). */
const maxKeys = 50_000;

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const openList = 0x5b;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

/**
 * Judges bytes that are about to be parsed as JSON; answers how many keys they have.
 * @throws AppError `malformed_json` (no UTF-8), `too_deep`, `too_many_keys`
 */
export function scanJson(bytes: Uint8Array): number {
  if (!isUtf8(bytes)) {
    throw new AppError({ code: 'malformed_json', message: 'The body is not valid UTF-8.' });
  }
  let depth = 0;
  let keys = 0;
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at]) {
      case quote:
        at = endOfString(bytes, at + 1);
        break;
      case openObject:
      case openList:
        if (++depth > maxDepth) throw new AppError({ code: 'too_deep' });
        break;
      case closeObject:
      case closeList:
        depth--;
        break;
      case colon:
        if (++keys > maxKeys) throw new AppError({ code: 'too_many_keys' });
        break;
      default:
    }
  }
  return keys;
}

/** Offset of the quote that ends a string, or the length of the bytes. */
function endOfString(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) return at;
    if (byte === backslash) at++;
  }
  return bytes.length;
}
