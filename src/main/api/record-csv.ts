/**
 * Cells of CSV files that a spreadsheet would take for a formula are written with an apostrophe before them, and read
 * without it (RELIABILITY M5). Whatever was written comes back as it was.
 */
import Papa from 'papaparse';

/** What makes a spreadsheet compute: also the full-width forms. */
const formula = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const guarded = /^'+[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** A text as a cell. */
export function guardCell(text: string): string {
  return formula.test(text) ? `'${text}` : text;
}

/** The text a cell was made of. */
export function unguardCell(cell: string): string {
  return guarded.test(cell) ? cell.slice(1) : cell;
}

/** A value as a cell: texts are guarded, numbers are what they are, everything else is JSON. */
export function toCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return guardCell(value);
  return guardCell(JSON.stringify(value)).replace(/^'(?=-\d)/, '');
}

/** Rows of cells as lines, each ended. */
export function toCsv(rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : `${Papa.unparse(rows.map((row) => [...row]))}\r\n`;
}
