/**
 * What record steps do (SPEC 8), within the transaction that settles them: so it is done exactly once, however often the
 * step is tried. What the worksheet refuses leaves nothing behind and comes back for the step's policies to judge.
 */
import { passPoint } from '../base/crash-points.ts';
import { AppError, type ErrorCode } from '../../shared/errors.ts';
import type { RecordEffect, RecordPick } from '../../shared/model/record-effect.ts';
import { hasEntity } from './entity-fields.ts';
import { findByKey } from './record-key.ts';
import { selectRecords, type RecordColumns } from './record-rows.ts';
import { changeRow, insertRecord, removeRow, type Writing } from './records-write.ts';
import { findRecords } from './records-query.ts';
import type { RecordRow, RefusedEffect, StepSettlement } from './types.ts';
import { walkNow } from './walk.ts';
import type { WriteContext } from './write-context.ts';

/** JSON bytes of an output (SPEC 12). */
const mostOutput = 4_194_304;

/** A settlement with what came of its record effect. */
export type Recorded =
  | { readonly refused: RefusedEffect }
  | {
      readonly refused?: undefined;
      readonly input: StepSettlement;
      /** The step's output; absent: it had no record effect. */
      readonly outputJson?: string;
    };

type EffectEnd =
  | { readonly outputJson: string; readonly refused?: undefined }
  | { readonly refused: RefusedEffect };

/** Does what a settlement asks of a worksheet, before anything else of it; its output becomes the step's. */
export function doRecordEffect(context: WriteContext, input: StepSettlement, nodeId: string): Recorded {
  const { outcome, runId, at } = input;
  if (outcome.kind !== 'succeeded' || outcome.record === undefined) return { input };
  const end = applyRecordEffect(context, outcome.record, { runId, nodeId, at });
  if (end.refused !== undefined) return end;
  const { outputJson } = end;
  return { input: { ...input, outcome: { ...outcome, outputJson } }, outputJson };
}

/** The same refusals as the API's, under names that steps have. */
const stepCodes: Partial<Record<ErrorCode, ErrorCode>> = {
  invalid: 'record_invalid',
  not_found: 'record_not_found',
  conflict: 'record_conflict',
};

/** Does it, wholly or not at all. */
function applyRecordEffect(
  context: WriteContext,
  effect: RecordEffect,
  place: { readonly runId: string; readonly nodeId: string; readonly at: number },
): EffectEnd {
  const { sql } = context;
  const by = { kind: 'run', runId: place.runId, nodeId: place.nodeId } as const;
  const writing: Writing = { entity: effect.entity, at: place.at, by, isLoose: true };
  sql.run('SAVEPOINT record_effect');
  try {
    const output = perform(context, effect, writing);
    const outputJson = JSON.stringify(output);
    if (Buffer.byteLength(outputJson) > mostOutput) throw new AppError({ code: 'output_too_large' });
    sql.run('RELEASE record_effect');
    passPoint('record written');
    return { outputJson };
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    sql.run('ROLLBACK TO record_effect');
    sql.run('RELEASE record_effect');
    const code = stepCodes[thrown.code] ?? thrown.code;
    return { refused: { code, message: thrown.message, details: thrown.details } };
  }
}

const time = (at: number): string => new Date(at).toISOString();

/** A row as steps see it. */
export function recordOutput(row: RecordRow): Readonly<Record<string, unknown>> {
  const { cuid, entity, data, createdAt, updatedAt } = row;
  return { cuid, entity, data, createdAt: time(createdAt), updatedAt: time(updatedAt) };
}

function perform(context: WriteContext, effect: RecordEffect, writing: Writing): unknown {
  if (!hasEntity(context.sql, effect.entity))
    throw new AppError({ code: 'not_found', message: `There is no entity ${effect.entity}.` });
  switch (effect.kind) {
    case 'create':
      return recordOutput(insertRecord(context, { ...writing, cuid: effect.cuid, data: effect.data }));
    case 'update':
      return overPicked(context, effect, effect.pick, (row) =>
        changeRow(context, row, { ...writing, data: effect.data }),
      );
    case 'delete':
      return overPicked(context, effect, effect.pick, (row) => removeRow(context, row, writing));
    case 'upsert':
      return upsert(context, effect, writing);
  }
}

/** One row by its cuid, or those of a filter. @throws AppError `not_found`; `invalid` for more than the limit */
function overPicked(
  context: WriteContext,
  { entity }: RecordEffect,
  pick: RecordPick,
  change: (row: RecordColumns) => RecordRow,
): unknown {
  const rowOf = (cuid: string): RecordColumns => {
    const row = context.sql.get<RecordColumns>(
      `${selectRecords} WHERE r.cuid = ? AND r.entity = ?`,
      cuid,
      entity,
    );
    if (row === undefined)
      throw new AppError({ code: 'not_found', message: `There is no record ${cuid} of ${entity}.` });
    return row;
  };
  if ('cuid' in pick) return recordOutput(change(rowOf(pick.cuid)));
  const { items } = walkNow(
    findRecords(context.sql, { entity, filter: pick.where, sort: 'createdAt', limit: pick.limit + 1 }),
  );
  if (items.length === 0)
    throw new AppError({ code: 'not_found', message: `No record of ${entity} fits the conditions.` });
  if (items.length > pick.limit) {
    throw new AppError({
      code: 'invalid',
      message: `More than ${pick.limit} records of ${entity} fit the conditions; nothing was changed.`,
    });
  }
  const changed = items.map(({ cuid }) => recordOutput(change(rowOf(cuid))));
  return { count: changed.length, items: changed };
}

/** The row that has these values in its key, changed; or a new one. */
function upsert(
  context: WriteContext,
  { entity, key, data, cuid }: Extract<RecordEffect, { kind: 'upsert' }>,
  writing: Writing,
): unknown {
  const row = findByKey(context.sql, entity, key, data);
  const { row: kept, created } =
    row === undefined
      ? { row: insertRecord(context, { ...writing, cuid, data }), created: true }
      : { row: changeRow(context, row, { ...writing, data }), created: false };
  return { ...recordOutput(kept), created };
}
