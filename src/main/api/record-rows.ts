/**
 * Rows out of a file to be imported, CSV or JSON, piece by piece, each with the line it begins on. What the sender wrote
 * stays data: names become own keys of an object, whatever they are.
 */
import { isUtf8 } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '../../shared/errors.ts';
import type { FieldRule, RecordData } from '../../shared/model/record-values.ts';
import { jsonRows } from './record-json.ts';
import { unguardCell } from './record-csv.ts';
import { csvLines } from './record-csv-lines.ts';

/** One row: what it holds, or why it can not be read. */
export interface FileRow {
  readonly line: number;
  /** Of the record it was exported from. */
  readonly cuid?: string | undefined;
  readonly data: RecordData;
  readonly fault?: string | undefined;
}

export interface FileColumn {
  readonly name: string;
  /** The declared field its values go to. */
  readonly field: string | null;
}

export type FileFormat = 'csv' | 'json';

/** Columns of a file. */
const mostColumns = 1_000;
const longestName = 200;

export function fileFault(message: string, line?: number): AppError {
  const details = { issues: [{ path: line === undefined ? '' : `line ${line}`, message }] };
  return new AppError({
    code: 'invalid',
    message: line === undefined ? message : `Line ${line}: ${message}`,
    details,
  });
}

/** The text of a file. @throws AppError `invalid` naming the first line that is no UTF-8 */
export function textOfFile(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw fileFault('This is not valid UTF-8.', firstBadLine(bytes));
  const text = bytes.toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function firstBadLine(bytes: Buffer): number {
  let line = 1;
  for (let from = 0; from <= bytes.length; line += 1) {
    const end = bytes.indexOf(0x0a, from);
    const to = end < 0 ? bytes.length : end;
    if (!isUtf8(bytes.subarray(from, to))) return line;
    from = to + 1;
  }
  return line;
}

/** A file's rows in pieces, after its columns are known. @throws AppError `invalid` for what is no such file */
export interface RowReader {
  /** Names found until now, and where they go. */
  columns(): readonly FileColumn[];
  pieces(): AsyncGenerator<readonly FileRow[], void, void>;
}

/** Reads a file of an entity with these fields. */
export function readRows(text: string, format: FileFormat, fields: readonly FieldRule[]): RowReader {
  return format === 'csv' ? csvReader(text, fields) : jsonReader(text, fields);
}

/** The declared field a name means: the same, or the same but for its case. */
function fieldFor(fields: readonly FieldRule[], name: string): string | null {
  const same = fields.find((field) => field.name === name);
  const alike = fields.find((field) => field.name.toLowerCase() === name.toLowerCase());
  return (same ?? alike)?.name ?? null;
}

const systemColumns: ReadonlySet<string> = new Set(['cuid', 'createdAt', 'updatedAt']);

function toColumns(fields: readonly FieldRule[], names: readonly string[]): readonly FileColumn[] {
  return names.map((name) => ({ name, field: fieldFor(fields, name) }));
}

function withoutSystem(columns: readonly FileColumn[]): readonly FileColumn[] {
  return columns.filter(({ name }) => !systemColumns.has(name));
}

function csvReader(text: string, fields: readonly FieldRule[]): RowReader {
  let header: readonly FileColumn[] | undefined;
  const jsonFields = new Set(fields.filter(({ type }) => type === 'json').map(({ name }) => name));

  function valueOf(name: string, cell: string): unknown {
    const value = unguardCell(cell);
    if (!jsonFields.has(name)) return value;
    try {
      const parsed: unknown = JSON.parse(value);
      return parsed;
    } catch {
      return value;
    }
  }

  function toRow(names: readonly FileColumn[], cells: readonly string[], line: number): FileRow {
    if (cells.length > names.length && cells.slice(names.length).some((cell) => cell !== ''))
      return { line, data: {}, fault: `has ${cells.length} cells under ${names.length} names` };
    let cuid: string | undefined;
    const entries: [string, unknown][] = [];
    for (const [index, cell] of cells.entries()) {
      const column = names[index];
      if (cell === '' || column === undefined) continue;
      const { name, field } = column;
      if (name === 'cuid') cuid = unguardCell(cell);
      else if (!systemColumns.has(name)) entries.push([field ?? name, valueOf(field ?? name, cell)]);
    }
    return { line, cuid, data: Object.fromEntries(entries) };
  }

  async function* pieces(): AsyncGenerator<readonly FileRow[], void, void> {
    for (const lines of csvLines(text)) {
      const rows: FileRow[] = [];
      for (const { line, cells } of lines) {
        if (cells.every((cell) => cell === '')) continue;
        if (header === undefined) header = toColumns(fields, readHeader(cells, line));
        else rows.push(toRow(header, cells, line));
      }
      yield rows;
      await nextTurn();
    }
    if (header === undefined) throw fileFault('The file has no line of names.', 1);
  }

  return { columns: () => withoutSystem(header ?? []), pieces };
}

/** @throws AppError `invalid` for names that are empty, too long, too many or there twice */
function readHeader(cells: readonly string[], line: number): readonly string[] {
  const names = cells.map((cell) => unguardCell(cell.trim()));
  while (names.at(-1) === '') names.pop();
  if (names.length > mostColumns) throw fileFault(`The file has more than ${mostColumns} columns.`, line);
  for (const [index, name] of names.entries()) {
    const place = `Column ${index + 1}`;
    if (name === '') throw fileFault(`${place} has no name.`, line);
    if (name.length > longestName)
      throw fileFault(`${place} has a name longer than ${longestName} characters.`, line);
    if (names.indexOf(name) !== index) throw fileFault(`${place} has the name of another.`, line);
  }
  return names;
}

function jsonReader(text: string, fields: readonly FieldRule[]): RowReader {
  const names = new Set<string>();
  const isObject = (value: unknown): value is RecordData =>
    typeof value === 'object' && value !== null && !Array.isArray(value);

  function toRow(value: unknown, line: number): FileRow {
    if (!isObject(value)) return { line, data: {}, fault: 'is no object' };
    const { cuid, data } = value;
    // As it was exported: the values stand apart from what every record has.
    const isExported = typeof cuid === 'string' && isObject(data) && Object.keys(value).every(isEnvelope);
    const given = isExported ? data : value;
    const entries = Object.entries(given).filter(([name]) => isExported || !systemColumns.has(name));
    for (const [name] of entries) if (names.size < mostColumns) names.add(name);
    const long = entries.find(([name]) => name === '' || name.length > longestName);
    if (long !== undefined || entries.length > mostColumns)
      return { line, data: {}, fault: 'has names that are empty, too long or too many' };
    return { line, cuid: typeof cuid === 'string' ? cuid : undefined, data: Object.fromEntries(entries) };
  }

  return {
    columns: () => withoutSystem(toColumns(fields, [...names])),
    async *pieces() {
      for (const piece of jsonRows(text)) {
        yield piece.map(({ value, line }) => toRow(value, line));
        await nextTurn();
      }
    },
  };
}

const envelope: ReadonlySet<string> = new Set(['cuid', 'entity', 'data', 'createdAt', 'updatedAt']);
const isEnvelope = (name: string): boolean => envelope.has(name);
