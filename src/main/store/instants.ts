/**
 * From instants to sequence numbers. History is ordered by sequence and a clock may be set back, so an instant is found
 * by halving, a quarter of an hour wide: nothing is missed as long as no clock went back by more than that.
 */
import type { Sql } from './sql.ts';

const slackMs = 900_000;

/** Tables whose rows carry when they came. */
export type TimedTable = 'requests' | 'runs';

const atOrAfter = {
  requests: 'SELECT seq, received_at AS at FROM requests WHERE seq >= ? ORDER BY seq LIMIT 1',
  runs: 'SELECT seq, created_at AS at FROM runs WHERE seq >= ? ORDER BY seq LIMIT 1',
} as const;
const newest = {
  requests: 'SELECT max(seq) AS seq FROM requests',
  runs: 'SELECT max(seq) AS seq FROM runs',
} as const;

/** The newest sequence number; 0 when there is none. */
export function lastSeq(sql: Sql, table: TimedTable): number {
  return sql.get<{ seq: number | null }>(newest[table])?.seq ?? 0;
}

/** The first sequence number at or after an instant, at least `from`; one past the newest when there is none. */
export function firstSeqSince(sql: Sql, table: TimedTable, at: number, from = 1): number {
  let low = from;
  let high = lastSeq(sql, table) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = sql.get<{ seq: number; at: number }>(atOrAfter[table], middle);
    if (row === undefined || row.at >= at) high = middle;
    else low = row.seq + 1;
  }
  return low;
}

/** Bounds, wide enough, of the sequence numbers between two instants. */
export function seqsBetween(
  sql: Sql,
  table: TimedTable,
  sinceAt: number | undefined,
  untilAt: number | undefined,
): { readonly first: number; readonly last: number } {
  return {
    first: sinceAt === undefined ? 1 : firstSeqSince(sql, table, sinceAt - slackMs),
    last:
      untilAt === undefined ? Number.MAX_SAFE_INTEGER : firstSeqSince(sql, table, untilAt + slackMs + 1) - 1,
  };
}
