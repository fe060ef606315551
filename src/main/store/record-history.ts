/**
 * How records were changed: each change with the values it changed, before and after, and who did it. Bounded: the
 * newest of each record, and the newest of all.
 */
import type { RecordData } from '../../shared/model/record-values.ts';
import type { Conditions } from './paging.ts';
import { parseData } from './record-rows.ts';
import type { Sql } from './sql.ts';
import type { RecordActorRow, RecordChangeRow } from './types.ts';

/** Changes kept of one record, and of all together. */
const keptOfOne = 100;
const keptOfAll = 1_000_000;
/** Old ones dropped with each new one, while there are too many. */
const droppedAtOnce = 8;

export interface RecordChange {
  readonly cuid: string;
  readonly entity: string;
  /** Null: it was made. */
  readonly before: RecordData | null;
  /** Null: it was deleted. */
  readonly after: RecordData | null;
  readonly at: number;
  readonly by: RecordActorRow;
}

/** What differs between two rows, on both sides; undefined when nothing does. */
function difference(before: RecordData, after: RecordData): readonly [RecordData, RecordData] | undefined {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const valueOf = (data: RecordData, name: string): string | undefined =>
    Object.hasOwn(data, name) ? JSON.stringify(data[name]) : undefined;
  const changed = new Set([...names].filter((name) => valueOf(before, name) !== valueOf(after, name)));
  if (changed.size === 0) return undefined;
  const cut = (data: RecordData): RecordData =>
    Object.fromEntries(Object.entries(data).filter(([name]) => changed.has(name)));
  return [cut(before), cut(after)];
}

/** Whether two rows hold the same. */
export function isSameData(before: RecordData, after: RecordData): boolean {
  return difference(before, after) === undefined;
}

/** Notes a change, in the transaction that makes it. */
export function noteChange(sql: Sql, { cuid, entity, before, after, at, by }: RecordChange): void {
  const change = before === null ? 'create' : after === null ? 'delete' : 'update';
  const parts = before !== null && after !== null ? difference(before, after) : ([before, after] as const);
  if (parts === undefined) return;
  const json = (data: RecordData | null): string | null => (data === null ? null : JSON.stringify(data));
  const seq = sql.insert(
    'INSERT INTO record_history (cuid, entity, change, before, after, at, actor) VALUES (?, ?, ?, ?, ?, ?, ?)',
    cuid,
    entity,
    change,
    json(parts[0]),
    json(parts[1]),
    at,
    JSON.stringify(by),
  );
  if (change === 'update') {
    sql.run(
      `DELETE FROM record_history WHERE seq IN (
         SELECT seq FROM record_history WHERE cuid = ? ORDER BY seq DESC LIMIT -1 OFFSET ${keptOfOne})`,
      cuid,
    );
  }
  if (seq > keptOfAll) {
    sql.run(
      `DELETE FROM record_history WHERE seq IN (
         SELECT seq FROM record_history WHERE seq <= ? ORDER BY seq LIMIT ${droppedAtOnce})`,
      seq - keptOfAll,
    );
  }
}

interface ChangeColumns {
  readonly seq: number;
  readonly cuid: string;
  readonly change: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly at: number;
  readonly actor: string;
}

/** Reads changes, newest first. */
export function readChanges(sql: Sql, conditions: Conditions, limit: number): readonly RecordChangeRow[] {
  return sql
    .all<ChangeColumns>(
      `SELECT seq, cuid, change, before, after, at, actor FROM record_history ${conditions.where}
       ORDER BY seq DESC LIMIT ?`,
      ...conditions.values,
      limit,
    )
    .map((row) => ({
      seq: row.seq,
      cuid: row.cuid,
      change: row.change,
      before: row.before === null ? null : parseData(row.before),
      after: row.after === null ? null : parseData(row.after),
      at: row.at,
      actorJson: row.actor,
    }));
}
