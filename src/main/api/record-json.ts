/**
 * Splits a file of JSON objects, a list of them or one after the other, without parsing it as a whole: each is parsed
 * alone, so that a file of any size is read with pauses, and no object is deeper than what can be written out again.
 */
import { AppError } from '../../shared/errors.ts';

/** Levels of lists and objects in one row (SPEC 12). */
const maxDepth = 100;
/** Rows told at once. */
const atOnce = 250;

export interface JsonRow {
  readonly value: unknown;
  /** Line it begins on. */
  readonly line: number;
}

function fault(message: string, line: number): AppError {
  const details = { issues: [{ path: `line ${line}`, message }] };
  return new AppError({ code: 'invalid', message: `Line ${line}: ${message}`, details });
}

/** Rows in pieces. @throws AppError `invalid` with the line, where the file is no JSON of objects */
export function* jsonRows(text: string): Generator<readonly JsonRow[], void> {
  let at = 0;
  let line = 1;
  let rows: JsonRow[] = [];

  function skipSpace(): void {
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === 0x0a) line += 1;
      else if (code !== 0x20 && code !== 0x09 && code !== 0x0d) return;
    }
  }

  skipSpace();
  const isList = text[at] === '[';
  if (isList) at += 1;
  for (let isFirst = true; ; isFirst = false) {
    skipSpace();
    if (isList && text[at] === ']') {
      at += 1;
      break;
    }
    if (at >= text.length) {
      if (isList) throw fault('The list is not closed.', line);
      break;
    }
    if (isList && !isFirst) {
      if (text[at] !== ',') throw fault('There is no comma between two rows.', line);
      at += 1;
      skipSpace();
    }
    const from = at;
    const begins = line;
    at = endOfObject(text, at, line);
    const source = text.slice(from, at);
    for (let next = source.indexOf('\n'); next >= 0; next = source.indexOf('\n', next + 1)) line += 1;
    rows.push({ value: parse(source, begins), line: begins });
    if (rows.length === atOnce) {
      yield rows;
      rows = [];
    }
  }
  skipSpace();
  if (at < text.length) throw fault('There is something behind the list.', line);
  yield rows;
}

function parse(source: string, line: number): unknown {
  try {
    return JSON.parse(source);
  } catch {
    throw fault('This is no JSON.', line);
  }
}

/** Where the object that begins here ends. */
function endOfObject(text: string, from: number, line: number): number {
  if (text[from] !== '{') throw fault('A row is an object: it begins with {.', line);
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        at = endOfString(text, at + 1);
        break;
      case 0x7b:
      case 0x5b:
        if (++depth > maxDepth) throw fault(`A row is nested deeper than ${maxDepth} levels.`, line);
        break;
      case 0x7d:
      case 0x5d:
        if (--depth === 0) return at + 1;
        break;
      default:
    }
  }
  throw fault('The row that begins here is not closed.', line);
}

function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at;
    if (code === 0x5c) at += 1;
  }
  return text.length;
}
