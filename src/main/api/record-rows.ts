/**
 * Rows out of a file to be imported, CSV or JSON, piece by piece, each with the line it begins on. What the sender wrote
 * stays data: names become own keys of an object, whatever they are.
 */
import { isUtf8 } from 'node:buffer';
import Papa from 'papaparse';
import { AppError } from '../../shared/errors.ts';
import type { FieldRule, RecordData } from '../../shared/model/record-values.ts';
import { jsonRows } from './record-json.ts';
import { unguardCell } from './record-csv.ts';

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
/** Characters parsed between two pauses. */
const pieceLength = 262_144;

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
  return names
    .filter((name) => !systemColumns.has(name))
    .map((name) => ({ name, field: fieldFor(fields, name) }));
}

function csvReader(text: string, fields: readonly FieldRule[]): RowReader {
  let header: readonly string[] | undefined;
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

  function toRow(names: readonly string[], cells: readonly string[], line: number): FileRow {
    if (cells.length > names.length)
      return { line, data: {}, fault: `has ${cells.length} cells under ${names.length} names` };
    let cuid: string | undefined;
    const entries: [string, unknown][] = [];
    for (const [index, cell] of cells.entries()) {
      const name = names[index] ?? '';
      if (cell === '') continue;
      if (name === 'cuid') cuid = unguardCell(cell);
      else if (!systemColumns.has(name)) {
        const field = fieldFor(fields, name) ?? name;
        entries.push([field, valueOf(field, cell)]);
      }
    }
    return { line, cuid, data: Object.fromEntries(entries) };
  }

  async function* pieces(): AsyncGenerator<readonly FileRow[], void, void> {
    let line = 1;
    for await (const lines of csvPieces(text)) {
      const rows: FileRow[] = [];
      for (const cells of lines) {
        const at = line;
        line += 1 + cells.reduce((sum, cell) => sum + countBreaks(cell), 0);
        if (cells.every((cell) => cell === '')) continue;
        if (header === undefined) header = readHeader(cells, at);
        else rows.push(toRow(header, cells, at));
      }
      yield rows;
    }
    if (header === undefined) throw fileFault('The file has no line of names.', 1);
  }

  return { columns: () => toColumns(fields, header ?? []), pieces };
}

function countBreaks(cell: string): number {
  let count = 0;
  for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) count += 1;
  return count;
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

/** Lines of cells as they are parsed; whoever reads them decides when it goes on. */
async function* csvPieces(text: string): AsyncGenerator<readonly (readonly string[])[], void, void> {
  let arrived: (() => void) | undefined;
  let parser: Papa.Parser | undefined;
  let lines: readonly (readonly string[])[] | undefined;
  let fault: AppError | undefined;
  let isOver = false;
  let count = 0;
  const begin = (): void =>
    Papa.parse<string[]>(text, {
      chunkSize: pieceLength,
      chunk(results, handle) {
        const broken = results.errors.find(({ type }) => type === 'Quotes');
        if (broken !== undefined) {
          const row = count + (broken.row ?? 0) + 1;
          fault = fileFault(
            `Row ${row} of the file has a quotation mark that is not closed or stands wrong.`,
          );
        }
        count += results.data.length;
        lines = results.data;
        parser = handle;
        handle.pause();
        arrived?.();
      },
      complete() {
        isOver = true;
        arrived?.();
      },
    });
  if (text.trim() === '') return;
  begin();
  for (;;) {
    if (lines === undefined && !isOver) await new Promise<void>((resolve) => (arrived = resolve));
    if (fault !== undefined) {
      parser?.abort();
      throw fault;
    }
    const piece = lines;
    lines = undefined;
    if (piece !== undefined) yield piece;
    if (isOver) return;
    parser?.resume();
  }
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
    columns: () => toColumns(fields, [...names]),
    async *pieces() {
      for (const piece of jsonRows(text)) {
        yield piece.map(({ value, line }) => toRow(value, line));
        await new Promise<void>((resolve) => void setImmediate(resolve));
      }
    },
  };
}

const envelope: ReadonlySet<string> = new Set(['cuid', 'entity', 'data', 'createdAt', 'updatedAt']);
const isEnvelope = (name: string): boolean => envelope.has(name);
