/**
 * Writes records (SPEC 2): every row that is made, changed or deleted, by whomever, passes here, so that it is judged by
 * its entity's fields, its unique keys hold and its history is kept, all in the transaction that writes it.
 */
import { AppError } from '../../shared/errors.ts';
import { applyData, ownValue, type RecordData } from '../../shared/model/record-values.ts';
import { fieldsOf, hasEntity, type FieldRow } from './entity-fields.ts';
import { isSameData, noteChange } from './record-history.ts';
import { selectRecords, toRecord, type RecordColumns } from './record-rows.ts';
import type { Sql } from './sql.ts';
import type { RecordActorRow, RecordRow } from './types.ts';
import type { WriteContext } from './write-context.ts';

/** How rows of one entity are written. */
export interface Writing {
  readonly entity: string;
  readonly at: number;
  /** Who did it; the app unless told. */
  readonly by?: RecordActorRow | undefined;
  /** Texts that mean numbers and dates are taken as such. */
  readonly isLoose?: boolean | undefined;
}

const theApp: RecordActorRow = { kind: 'app' };

/** @throws AppError `not_found` */
function requireFields(sql: Sql, entity: string): readonly FieldRow[] {
  if (hasEntity(sql, entity)) return fieldsOf(sql, entity);
  throw new AppError({ code: 'not_found', message: `There is no entity ${entity}.` });
}

/** The row with its data as text. @throws AppError `not_found` */
function requireRow(sql: Sql, entity: string, cuid: string): RecordColumns {
  const row = sql.get<RecordColumns>(`${selectRecords} WHERE r.cuid = ? AND r.entity = ?`, cuid, entity);
  if (row === undefined) throw new AppError({ code: 'not_found', message: 'No such record.' });
  return row;
}

/** Judges a row. @throws AppError `invalid` with an issue for each fault */
function judge(
  sql: Sql,
  fields: readonly FieldRow[],
  before: RecordData | null,
  given: RecordData,
  isLoose: boolean,
): RecordData {
  const rules = fields.map(({ rule }) => rule);
  const { data, faults } = applyData(rules, before, given, isLoose);
  const issues =
    faults.length > 0
      ? faults
      : rules.flatMap((rule) => {
          const value = ownValue(data, rule.name);
          if (rule.type !== 'reference' || typeof value !== 'string') return [];
          if (before !== null && ownValue(before, rule.name) === value) return [];
          const found = sql.get(
            'SELECT 1 FROM records WHERE cuid = ? AND entity = ?',
            value,
            rule.entity ?? '',
          );
          return found === undefined
            ? [{ path: rule.name, message: `names no record of ${rule.entity ?? ''}` }]
            : [];
        });
  const [first] = issues;
  if (first === undefined) return data;
  const message = first.path === '' ? first.message : `${first.path}: ${first.message}`;
  throw new AppError({ code: 'invalid', message, details: { issues } });
}

/** @throws AppError `conflict` that names the field and the record which has the value */
function requireFree(sql: Sql, fields: readonly FieldRow[], data: RecordData, ownSeq: number): void {
  for (const { seq, rule } of fields) {
    const value = rule.unique === true ? ownValue(data, rule.name) : undefined;
    if (value === undefined) continue;
    const key = typeof value === 'boolean' ? Number(value) : value;
    if (typeof key !== 'string' && typeof key !== 'number') continue;
    const taken = sql.get<{ cuid: string }>(
      `SELECT r.cuid FROM record_keys AS k JOIN records AS r ON r.seq = k.record_seq
       WHERE k.field_seq = ? AND k.value = ? AND k.record_seq <> ?`,
      seq,
      key,
      ownSeq,
    );
    if (taken === undefined) continue;
    const message = `The record ${taken.cuid} has this value already.`;
    throw new AppError({
      code: 'conflict',
      message: `${rule.name}: the record ${taken.cuid} has this value already.`,
      details: { field: rule.name, cuid: taken.cuid, issues: [{ path: rule.name, message }] },
    });
  }
}

/**
 * Makes a record.
 * @throws AppError `not_found` for an unknown entity, `invalid`, `conflict` for a known cuid or a value that is taken
 */
export function insertRecord(
  context: WriteContext,
  input: Writing & { readonly cuid: string; readonly data: RecordData },
): RecordRow {
  const { sql } = context;
  const { cuid, entity, at, by = theApp } = input;
  const fields = requireFields(sql, entity);
  const data = judge(sql, fields, null, input.data, input.isLoose === true);
  if (sql.get('SELECT 1 FROM records WHERE cuid = ?', cuid) !== undefined) {
    throw new AppError({ code: 'conflict', message: `The cuid ${cuid} exists already.`, details: { cuid } });
  }
  requireFree(sql, fields, data, 0);
  sql.run(
    'INSERT INTO records (cuid, entity, data, created_at, updated_at) VALUES (?, ?, ?, ?, ?)',
    cuid,
    entity,
    JSON.stringify(data),
    at,
    at,
  );
  noteChange(sql, { cuid, entity, before: null, after: data, at, by });
  context.emit('records', entity);
  return { cuid, entity, data, createdAt: at, updatedAt: at };
}

/** Changes a row that was read in this transaction. */
export function changeRow(
  context: WriteContext,
  row: RecordColumns,
  input: Writing & { readonly data: RecordData; readonly isWhole?: boolean },
): RecordRow {
  const { sql } = context;
  const { entity, at, by = theApp } = input;
  const fields = fieldsOf(sql, entity);
  const known = toRecord(row);
  const gone = input.isWhole === true ? Object.keys(known.data).map((name) => [name, null] as const) : [];
  const given = { ...Object.fromEntries(gone), ...input.data };
  const data = judge(sql, fields, known.data, given, input.isLoose === true);
  if (isSameData(known.data, data)) return known;
  requireFree(sql, fields, data, row.seq);
  sql.run('UPDATE records SET data = ?, updated_at = ? WHERE seq = ?', JSON.stringify(data), at, row.seq);
  noteChange(sql, { cuid: row.cuid, entity, before: known.data, after: data, at, by });
  context.emit('records', entity);
  return { ...known, data, updatedAt: at };
}

/** Deletes a row that was read in this transaction. */
export function removeRow(
  context: WriteContext,
  row: RecordColumns,
  { at, by = theApp }: Writing,
): RecordRow {
  const known = toRecord(row);
  context.sql.run('DELETE FROM records WHERE seq = ?', row.seq);
  noteChange(context.sql, { ...known, before: known.data, after: null, at, by });
  context.emit('records', known.entity);
  return known;
}

/** Replaces the data of a record. @throws AppError `not_found`, `invalid`, `conflict` */
export function updateRecord(
  context: WriteContext,
  input: Writing & { readonly cuid: string; readonly data: RecordData },
): RecordRow {
  return changeRow(context, requireRow(context.sql, input.entity, input.cuid), { ...input, isWhole: true });
}

/** Most records of one bulk change. */
const mostAtOnce = 1_000;

function requireRows(
  { sql }: WriteContext,
  entity: string,
  cuids: readonly string[],
): readonly RecordColumns[] {
  requireFields(sql, entity);
  const wanted = [...new Set(cuids)];
  if (wanted.length > mostAtOnce)
    throw new AppError({ code: 'invalid', message: `At most ${mostAtOnce} records at once.` });
  return wanted.map((cuid) => requireRow(sql, entity, cuid));
}

/**
 * Changes fields of records, all or none; null takes a value away.
 * @throws AppError `not_found` for the first there is not, `invalid`, `conflict`
 */
export function patchRecords(
  context: WriteContext,
  input: Writing & { readonly cuids: readonly string[]; readonly data: RecordData },
): void {
  for (const row of requireRows(context, input.entity, input.cuids)) changeRow(context, row, input);
}

/** Deletes records, all or none. @throws AppError `not_found` */
export function removeRecords(
  context: WriteContext,
  input: Writing & { readonly cuids: readonly string[] },
): void {
  for (const row of requireRows(context, input.entity, input.cuids)) removeRow(context, row, input);
}

/** Deletes a record. @throws AppError `not_found` */
export function removeRecord(
  context: WriteContext,
  input: Omit<Writing, 'at'> & { readonly cuid: string; readonly at?: number | undefined },
): void {
  removeRow(context, requireRow(context.sql, input.entity, input.cuid), {
    ...input,
    at: input.at ?? Date.now(),
  });
}
