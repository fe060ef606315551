/**
 * Imports of records under way (SPEC 2): rows are written some at a time, in the transaction that counts them, so an
 * import goes on after any end of the process where its last commit stood, and writes no row twice.
 */
import { passPoint } from '../base/crash-points.ts';
import { AppError } from '../../shared/errors.ts';
import type { RecordData } from '../../shared/model/record-values.ts';
import { findByKey } from './record-key.ts';
import { selectRecords, type RecordColumns } from './record-rows.ts';
import { changeRow, insertRecord, type Writing } from './records-write.ts';
import type { Sql } from './sql.ts';
import type { WriteContext } from './write-context.ts';

/** An import that has something to do. */
export interface ImportRow {
  readonly jobId: string;
  readonly entity: string;
  readonly upload: string;
  readonly format: string;
  readonly keyJson: string;
  /** Rows of the file that were written or found faulty. */
  readonly rowsDone: number;
}

/** A row on its way into the store. */
export interface ImportedRow {
  readonly line: number;
  readonly data: RecordData;
  /** Id of the record it was exported from. */
  readonly cuid: string | null;
  /** Id for a new record. */
  readonly newCuid: string;
  /** Why it can not be read. */
  readonly fault: string | null;
}

/** Makes the job of an import. */
export function startImport(
  context: WriteContext,
  input: {
    readonly id: string;
    readonly title: string;
    readonly total: number;
    readonly entity: string;
    readonly upload: string;
    readonly format: string;
    readonly key: readonly string[];
    readonly at: number;
  },
): void {
  const { sql } = context;
  sql.run(
    `INSERT INTO jobs (id, kind, mode, title, state, total, created_at)
     VALUES (?, 'import', 'asCaptured', ?, 'queued', ?, ?)`,
    input.id,
    input.title,
    input.total,
    input.at,
  );
  sql.run(
    'INSERT INTO imports (job_id, entity, upload, format, key) VALUES (?, ?, ?, ?, ?)',
    input.id,
    input.entity,
    input.upload,
    input.format,
    JSON.stringify(input.key),
  );
  context.emit('jobs', input.id);
}

interface ImportColumns {
  readonly entity: string;
  readonly key: string;
  readonly rows_done: number;
}

/** Writes the next rows; `applied` false: they were written before, or the job has ended. */
export function importRows(
  context: WriteContext,
  input: {
    readonly jobId: string;
    readonly from: number;
    readonly rows: readonly ImportedRow[];
    readonly at: number;
  },
): { readonly applied: boolean } {
  const { sql } = context;
  const { jobId, from, rows, at } = input;
  const found = sql.get<ImportColumns>('SELECT entity, key, rows_done FROM imports WHERE job_id = ?', jobId);
  if (found === undefined || found.rows_done !== from) return { applied: false };
  const writing: Writing = { entity: found.entity, at, by: { kind: 'import', jobId }, isLoose: true };
  const key = readKey(found.key);
  let failed = 0;
  let error: string | null = null;
  for (const row of rows) {
    try {
      writeRow(context, writing, key, row);
    } catch (thrown) {
      // Rows are judged before anything of them is written.
      if (!(thrown instanceof AppError)) throw thrown;
      failed += 1;
      error = `Line ${row.line}: ${thrown.message}`;
    }
  }
  passPoint('records imported');
  sql.run('UPDATE imports SET rows_done = rows_done + ? WHERE job_id = ?', rows.length, jobId);
  sql.run(
    `UPDATE jobs SET succeeded = succeeded + ?, failed = failed + ?, last_error = coalesce(?, last_error),
       started_at = coalesce(started_at, ?), state = 'running' WHERE id = ?`,
    rows.length - failed,
    failed,
    error,
    at,
    jobId,
  );
  context.emit('jobs', jobId);
  return { applied: true };
}

function readKey(json: string): readonly string[] {
  const list: unknown = JSON.parse(json);
  return Array.isArray(list) ? list.map(String) : [];
}

function writeRow(context: WriteContext, writing: Writing, key: readonly string[], row: ImportedRow): void {
  if (row.fault !== null) throw new AppError({ code: 'invalid', message: row.fault });
  const { data, cuid } = row;
  const known = findKnown(context, writing.entity, key, row);
  if (known === undefined) insertRecord(context, { ...writing, cuid: cuid ?? row.newCuid, data });
  else changeRow(context, known, { ...writing, data });
}

/** The record a row changes. */
function findKnown(
  context: WriteContext,
  entity: string,
  key: readonly string[],
  { cuid, data }: ImportedRow,
): RecordColumns | undefined {
  if (key.length === 0) return undefined;
  if (key[0] !== 'cuid') return findByKey(context.sql, entity, key, data);
  if (cuid === null) return undefined;
  return context.sql.get<RecordColumns>(`${selectRecords} WHERE r.cuid = ? AND r.entity = ?`, cuid, entity);
}

/** The reads of imports. */
export function readImports(sql: Sql) {
  return {
    byJob: (jobId: string): ImportRow | undefined =>
      sql.get<ImportRow>(
        `SELECT job_id AS jobId, entity, upload, format, key AS keyJson, rows_done AS rowsDone
         FROM imports WHERE job_id = ?`,
        jobId,
      ),
    /** Files that are still needed. */
    uploads: (): readonly string[] =>
      sql.all<{ upload: string }>('SELECT upload FROM imports').map(({ upload }) => upload),
  };
}
