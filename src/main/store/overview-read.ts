/**
 * Figures for the status bar and the list of workflows, read so that a million stored requests cost no more than a few
 * thousand: history is ordered by sequence, so an instant is found by halving, and counts read indexes alone.
 */
import { firstSeqSince, lastSeq } from './instants.ts';
import type { Sql } from './sql.ts';

/** Rows of all time, as far as they are still kept. */
export interface Totals {
  readonly workflows: number;
  readonly endpoints: number;
  readonly requests: number;
  readonly runs: number;
  readonly records: number;
}

const minuteMs = 60_000;

/** The reads behind the overview. */
export function readOverview(sql: Sql) {
  const count = (text: string): number => sql.get<{ n: number }>(text)?.n ?? 0;
  /** Sequences have no gaps but those deletion leaves: what was ever stored less that is what there is. */
  const deleted = (key: string): number =>
    sql.get<{ n: number }>('SELECT value AS n FROM meta WHERE key = ?', key)?.n ?? 0;

  return {
    totals: (): Totals => ({
      workflows: count('SELECT count(*) AS n FROM workflows WHERE removed_at IS NULL'),
      endpoints: count('SELECT count(*) AS n FROM endpoints WHERE removed_at IS NULL'),
      requests: lastSeq(sql, 'requests') - deleted('requests_deleted'),
      runs: lastSeq(sql, 'runs') - deleted('runs_deleted'),
      records: count('SELECT count(*) AS n FROM records'),
    }),

    /** Requests captured in each of the last minutes, the oldest first; the last one is not over yet. */
    requestsPerMinute(now: number, minutes: number): readonly number[] {
      const end = lastSeq(sql, 'requests') + 1;
      const starts: number[] = [];
      for (let ago = minutes - 1; ago >= 0; ago -= 1) {
        const minute = Math.floor(now / minuteMs) - ago;
        starts.push(firstSeqSince(sql, 'requests', minute * minuteMs, starts.at(-1)));
      }
      return starts.map((start, index) => Math.max(0, (starts[index + 1] ?? end) - start));
    },

    /** Runs of a workflow made since an instant, and how many of them failed. */
    runsSince(sinceAt: number): (workflowId: string) => { readonly runs: number; readonly failed: number } {
      const first = firstSeqSince(sql, 'runs', sinceAt);
      return (workflowId) => ({
        runs:
          sql.get<{ n: number }>(
            'SELECT count(*) AS n FROM runs WHERE workflow_id = ? AND seq >= ?',
            workflowId,
            first,
          )?.n ?? 0,
        failed:
          sql.get<{ n: number }>(
            `SELECT count(*) AS n FROM runs
             WHERE status = 'failed' AND status <> 'succeeded' AND seq >= ? AND workflow_id = ?`,
            first,
            workflowId,
          )?.n ?? 0,
      });
    },

    /** Runs that wait for a slot of their workflow: of one, or of all. */
    heldRuns: (workflowId?: string): number =>
      workflowId === undefined
        ? count('SELECT count(*) AS n FROM runs INDEXED BY runs_held WHERE held = 1 AND held <> 0')
        : (sql.get<{ n: number }>(
            'SELECT count(*) AS n FROM runs INDEXED BY runs_held WHERE held = 1 AND held <> 0 AND workflow_id = ?',
            workflowId,
          )?.n ?? 0),

    /** Live runs by the version of a workflow they began on. */
    liveRunsByVersion: (workflowId: string): ReadonlyMap<number, number> =>
      new Map(
        sql
          .all<{ version: number; n: number }>(
            `SELECT version, count(*) AS n FROM runs
             WHERE status IN ('queued', 'running', 'waiting') AND status <> 'succeeded' AND +workflow_id = ?
             GROUP BY version`,
            workflowId,
          )
          .map((row) => [row.version, row.n]),
      ),
  };
}
