/**
 * Splits a CSV file (RFC 4180; commas, semicolons or tabs; any line ends, also mixed ones) into lines of cells, each with
 * the line of the file it begins on. In pieces, so that whoever reads them can pause; in time linear in the file.
 */
import { AppError } from '../../shared/errors.ts';

export interface CsvLine {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Lines told at once. */
const atOnce = 250;
/** Cells of one line. */
const mostCells = 20_000;
const separators = [',', ';', '\t'] as const;

function fault(message: string, line: number): AppError {
  const details = { issues: [{ path: `line ${line}`, message }] };
  return new AppError({ code: 'invalid', message: `Line ${line}: ${message}`, details });
}

/** The separator that stands most often in the first line. */
function separatorOf(text: string): string {
  const end = text.search(/[\r\n]/);
  const first = text.slice(0, Math.min(end < 0 ? text.length : end, 65_536)).replace(/"[^"]*"/g, '');
  const counts = separators.map((separator) => first.split(separator).length);
  return separators[counts.indexOf(Math.max(...counts))] ?? ',';
}

/** Lines in pieces. @throws AppError `invalid` with the line, for a quotation mark that stands wrong */
export function* csvLines(text: string): Generator<readonly CsvLine[], void> {
  const separator = separatorOf(text);
  let at = 0;
  let line = 1;
  let lines: CsvLine[] = [];

  function isEndOfCell(): boolean {
    const next = text[at];
    return next === undefined || next === separator || next === '\n' || next === '\r';
  }

  function readQuoted(): string {
    const begins = line;
    let value = '';
    for (let from = at + 1; ; ) {
      const quote = text.indexOf('"', from);
      if (quote < 0) throw fault('A quotation mark is not closed.', begins);
      value += text.slice(from, quote);
      at = quote + 1;
      if (text[at] !== '"') break;
      value += '"';
      from = at + 1;
    }
    for (let next = value.indexOf('\n'); next >= 0; next = value.indexOf('\n', next + 1)) line += 1;
    if (!isEndOfCell()) throw fault('There is something behind a quotation mark.', line);
    return value;
  }

  function readPlain(): string {
    const from = at;
    while (!isEndOfCell()) at += 1;
    return text.slice(from, at);
  }

  while (at < text.length) {
    const begins = line;
    const cells: string[] = [];
    for (let isOpen = true; isOpen; ) {
      cells.push(text[at] === '"' ? readQuoted() : readPlain());
      if (cells.length > mostCells) throw fault(`There are more than ${mostCells} cells.`, begins);
      isOpen = text[at] === separator;
      if (isOpen) at += 1;
    }
    if (text[at] === '\r') at += 1;
    if (text[at] === '\n') at += 1;
    line += 1;
    lines.push({ line: begins, cells });
    if (lines.length < atOnce) continue;
    yield lines;
    lines = [];
  }
  yield lines;
}
