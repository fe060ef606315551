/** What retention needs to know: how far back each limit reaches, how large the database is, and what was done last. */
import { seqsBetween } from './instants.ts';
import type { TimedTable } from './instants.ts';
import type { Sql } from './sql.ts';

/** A pruning that deleted something. */
export interface PruningNote {
  readonly at: number;
  readonly requests: number;
  readonly runs: number;
}

/** Size of the database's content, and pages in its file that hold nothing. */
export interface PageCounts {
  readonly usedBytes: number;
  readonly freePages: number;
  readonly pages: number;
}

/** The reads of retention. */
export function readRetention(sql: Sql) {
  const metaOf = (key: string): number | undefined =>
    sql.get<{ value: number }>('SELECT value FROM meta WHERE key = ?', key)?.value;

  return {
    /** The first sequence number all of whose successors are younger than the instant. */
    seqAt: (table: TimedTable, at: number): number => seqsBetween(sql, table, undefined, at).last + 1,
    /** When the first of what is kept came; undefined when there is nothing. */
    oldestAt(): number | undefined {
      const request = sql.get<{ at: number }>(
        'SELECT received_at AS at FROM requests ORDER BY seq LIMIT 1',
      )?.at;
      const run = sql.get<{ at: number }>('SELECT created_at AS at FROM runs ORDER BY seq LIMIT 1')?.at;
      return request === undefined || run === undefined ? (request ?? run) : Math.min(request, run);
    },
    /** All endpoints that may have requests, removed ones too. */
    endpointIds: (): readonly string[] =>
      sql.all<{ id: string }>('SELECT id FROM endpoints ORDER BY seq').map(({ id }) => id),
    /** The oldest of the endpoint's newest so many requests; undefined when it has no more than that. */
    oldestKept: (endpointId: string, count: number): number | undefined =>
      sql.get<{ seq: number }>(
        'SELECT seq FROM requests WHERE endpoint_id = ? ORDER BY seq DESC LIMIT 1 OFFSET ?',
        endpointId,
        count - 1,
      )?.seq,
    pages(): PageCounts {
      const row = sql.get<{ pages: number; free: number; size: number }>(
        `SELECT p.page_count AS pages, f.freelist_count AS free, s.page_size AS size
         FROM pragma_page_count AS p, pragma_freelist_count AS f, pragma_page_size AS s`,
      );
      const { pages = 0, free = 0, size = 0 } = row ?? {};
      return { usedBytes: (pages - free) * size, freePages: free, pages };
    },
    /** The last pruning that deleted something; undefined before the first. */
    last(): PruningNote | undefined {
      const at = metaOf('pruned_at');
      if (at === undefined) return undefined;
      return { at, requests: metaOf('pruned_requests') ?? 0, runs: metaOf('pruned_runs') ?? 0 };
    },
  };
}
