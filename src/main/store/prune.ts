/**
 * Retention (SPEC 12), in pieces small enough to go between commits: each deletes some requests with all that hangs on
 * them and says where to go on. A request goes with its bytes, its note, its place in the index and the runs it
 * started, and only when all of these may go: open failed triggers, held deliveries, what a bulk job has yet to do and
 * whatever an unfinished run was started or resumed by stay. The newest row of a table stays too, because sequences go
 * on from it.
 */
import { passPoint } from '../base/crash-points.ts';
import { unindex } from './search-index.ts';
import type { Sql, SqlValue } from './sql.ts';
import type { WriteContext } from './write-context.ts';

/** Rows looked at in one go, and bytes of their bodies: a large one is many pages. */
const piece = 32;
const pieceBytes = 4_194_304;
/** Steps deleted in one go. */
const partsAtOnce = 1_024;
/** What a request takes beside its body, about. */
const rowBytes = 2_048;
/** How long one call may take, in ms; callers in the same commit wait for it. */
const callMs = 4;
const keysAtOnce = 2_048;

/** Which requests, or runs without one, may go. */
export interface PruneWanted {
  /** Goes on behind this one. */
  readonly after: number;
  /** This one and the newer ones stay. */
  readonly before: number;
  /** Only those of this endpoint. */
  readonly endpointId?: string | undefined;
  /** What came, or ended, at this instant or later stays; without it age does not matter. */
  readonly olderThanAt?: number | undefined;
  /** Ends when about so many bytes were deleted. */
  readonly bytes?: number | undefined;
}

export interface Pruned {
  readonly requests: number;
  readonly runs: number;
  /** Where to go on; null when all was looked at. */
  readonly after: number | null;
}

/** What a bulk job of these kinds has yet to do. */
const toDo = (seq: string, kinds: string): string =>
  `EXISTS (SELECT 1 FROM job_items AS i JOIN jobs AS j ON j.seq = i.job_seq
    WHERE i.item_seq = ${seq} AND j.kind IN (${kinds}))`;

/** A run that holds its request, or itself, back. */
const staying = `(x.finished_at IS NULL OR x.finished_at >= ? OR x.seq = (SELECT max(seq) FROM runs)
  OR EXISTS (SELECT 1 FROM steps AS s WHERE s.run_seq = x.seq AND s.seq = (SELECT max(seq) FROM steps))
  OR ${toDo('x.seq', "'retryRuns', 'continueRuns'")})`;

/** A run that was resumed by the request, or repeats one that was, and so keeps what it brought. */
const resumedBy = `EXISTS (WITH RECURSIVE again (id) AS (
    SELECT r.resumed_run_id UNION SELECT x.id FROM again JOIN runs AS x ON x.retry_of = again.id)
  SELECT 1 FROM again JOIN runs AS x ON x.id = again.id WHERE x.finished_at IS NULL OR x.finished_at >= ?)`;
const listed = 'IN (SELECT value FROM json_each(?))';

/** Deletes the oldest requests that may go, with their runs. */
export function pruneRequests(context: WriteContext, wanted: PruneWanted): Pruned {
  const { sql } = context;
  const endAt = wanted.olderThanAt ?? Number.MAX_SAFE_INTEGER;
  return inPieces(wanted, (after, bytes) => {
    const place = wanted.endpointId === undefined ? '' : 'endpoint_id = ? AND';
    const rows = sql.all<SizedRow>(
      `SELECT seq, stored_body_size + ${rowBytes} AS size FROM requests
       WHERE ${place} seq > ? AND seq < ? ORDER BY seq LIMIT ?`,
      ...(wanted.endpointId === undefined ? [] : [wanted.endpointId]),
      after,
      wanted.before,
      piece,
    );
    const some = upTo(rows, Math.min(bytes, pieceBytes));
    const seqs = some.map(({ seq }) => seq);
    const going = column(
      sql,
      `SELECT r.seq FROM requests AS r WHERE r.seq ${listed} AND r.received_at < ? AND r.triage IS NOT 'open'
         AND r.seq < (SELECT max(seq) FROM requests)
         AND NOT EXISTS (SELECT 1 FROM holds AS h WHERE h.request_seq = r.seq)
         AND NOT EXISTS (SELECT 1 FROM runs AS x WHERE x.request_seq = r.seq AND ${staying})
         AND NOT ${toDo('r.seq', "'retry', 'replay'")}
         AND (r.resumed_run_id IS NULL OR NOT ${resumedBy})`,
      JSON.stringify(seqs),
      endAt,
      endAt,
      endAt,
    );
    const runs = column(sql, `SELECT seq FROM runs WHERE request_seq ${listed}`, JSON.stringify(going));
    if (!thinRuns(sql, runs)) return again;
    deleteRuns(sql, runs);
    deleteRequests(sql, going);
    passPoint('retention piece');
    const gone = new Set(going);
    return {
      last: seqs.at(-1),
      isEnd: some.length === rows.length && rows.length < piece,
      requests: going.length,
      runs: runs.length,
      bytes: some.reduce((sum, { seq, size }) => sum + (gone.has(seq) ? size : 0), 0),
    };
  });
}

/** Deletes the oldest runs that ended and have no request that is kept: manual ones, scheduled ones. */
export function pruneRuns(context: WriteContext, wanted: Omit<PruneWanted, 'endpointId'>): Pruned {
  const { sql } = context;
  return inPieces(wanted, (after) => {
    const seqs = column(
      sql,
      'SELECT seq FROM runs WHERE seq > ? AND seq < ? ORDER BY seq LIMIT ?',
      after,
      wanted.before,
      piece,
    );
    const going = column(
      sql,
      `SELECT x.seq FROM runs AS x WHERE x.seq ${listed} AND NOT ${staying}
         AND NOT EXISTS (SELECT 1 FROM requests AS r WHERE r.seq = x.request_seq)`,
      JSON.stringify(seqs),
      wanted.olderThanAt ?? Number.MAX_SAFE_INTEGER,
    );
    if (!thinRuns(sql, going)) return again;
    deleteRuns(sql, going);
    return { last: seqs.at(-1), isEnd: seqs.length < piece, requests: 0, runs: going.length, bytes: 0 };
  });
}

/** Deletes requests with their bytes, notes and places in the index; not their runs. */
export function deleteRequests(sql: Sql, seqs: readonly number[]): void {
  if (seqs.length === 0) return;
  const list = JSON.stringify(seqs);
  for (const table of ['request_bodies', 'request_notes', 'requests'] as const) {
    const deleted = sql.run(`DELETE FROM ${table} WHERE seq ${listed}`, list);
    if (table === 'requests') noteDeleted(sql, 'requests_deleted', deleted);
  }
  unindex(sql, list);
}

/**
 * Deletes some of what runs consist of, all but their starts: a loop may have made thousands of steps. False: there is
 * more of it, and the runs have to wait.
 */
function thinRuns(sql: Sql, seqs: readonly number[]): boolean {
  if (seqs.length === 0) return true;
  const list = JSON.stringify(seqs);
  const steps = sql.run(
    `DELETE FROM steps WHERE seq IN (SELECT s.seq FROM steps AS s WHERE s.run_seq ${listed}
       AND s.seq > (SELECT min(seq) FROM steps WHERE run_seq = s.run_seq) LIMIT ?)`,
    list,
    partsAtOnce,
  );
  if (steps >= partsAtOnce) return false;
  const frames = `DELETE FROM frames WHERE seq IN (SELECT seq FROM frames WHERE run_seq ${listed} LIMIT ?)`;
  return sql.run(frames, list, partsAtOnce) < partsAtOnce;
}

/** Deletes runs of which little is left. */
function deleteRuns(sql: Sql, seqs: readonly number[]): void {
  if (seqs.length === 0) return;
  const list = JSON.stringify(seqs);
  sql.run(`DELETE FROM steps WHERE run_seq ${listed}`, list);
  noteDeleted(sql, 'runs_deleted', sql.run(`DELETE FROM runs WHERE seq ${listed}`, list));
}

function noteDeleted(sql: Sql, key: 'requests_deleted' | 'runs_deleted', count: number): void {
  sql.run('UPDATE meta SET value = value + ? WHERE key = ?', count, key);
}

function column(sql: Sql, text: string, ...values: readonly SqlValue[]): readonly number[] {
  return sql.all<{ seq: number }>(text, ...values).map(({ seq }) => seq);
}

interface SizedRow {
  readonly seq: number;
  readonly size: number;
}

/** The first rows, until they have so many bytes; one at least. */
function upTo(rows: readonly SizedRow[], bytes: number): readonly SizedRow[] {
  let sum = 0;
  const end = rows.findIndex(({ size }) => (sum += size) >= bytes);
  return end < 0 ? rows : rows.slice(0, end + 1);
}

/** A piece that has to be done again before the next. */
const again = 'again';

interface Piece {
  /** The last row looked at; undefined when there was none. */
  readonly last: number | undefined;
  readonly isEnd: boolean;
  readonly requests: number;
  readonly runs: number;
  readonly bytes: number;
}

function inPieces(
  { after, bytes = Number.MAX_SAFE_INTEGER }: PruneWanted,
  prune: (after: number, bytes: number) => Piece | typeof again,
): Pruned {
  const until = performance.now() + callMs;
  let [requests, runs, at, left] = [0, 0, after, bytes];
  for (;;) {
    const done = prune(at, left);
    if (done === again) {
      if (performance.now() >= until) return { requests, runs, after: at };
      continue;
    }
    requests += done.requests;
    runs += done.runs;
    left -= done.bytes;
    if (done.last === undefined || done.isEnd) return { requests, runs, after: null };
    at = done.last;
    if (left <= 0 || performance.now() >= until) return { requests, runs, after: at };
  }
}

/** Forgets some idempotency keys whose window is over. `after`: the mark to go on behind, in hex; null: from the first. */
export function forgetKeys(
  { sql }: WriteContext,
  { after, at }: { readonly after: string | null; readonly at: number },
): { readonly after: string | null } {
  const from = Buffer.from(after ?? '', 'hex');
  const marks = sql.all<{ mark: Uint8Array }>(
    'SELECT mark FROM dedupe_keys WHERE mark > ? ORDER BY mark LIMIT ?',
    from,
    keysAtOnce,
  );
  const last = marks.at(-1)?.mark;
  if (last === undefined) return { after: null };
  sql.run('DELETE FROM dedupe_keys WHERE mark > ? AND mark <= ? AND expires_at <= ?', from, last, at);
  return { after: marks.length < keysAtOnce ? null : Buffer.from(last).toString('hex') };
}

/** Gives some free pages at the end of the file back to the system; answers how many are left within it. */
export function reclaimPages(
  { sql }: WriteContext,
  { pages }: { readonly pages: number },
): { readonly free: number } {
  // It gives back one page at each step, and the driver takes one step.
  for (let page = 0; page < pages; page += 1) sql.run('PRAGMA incremental_vacuum(1)');
  return { free: sql.get<{ freelist_count: number }>('PRAGMA freelist_count')?.freelist_count ?? 0 };
}

/** Notes what a pruning did, for the status. */
export function notePruning(
  { sql }: WriteContext,
  done: { readonly at: number; readonly requests: number; readonly runs: number },
): void {
  for (const [key, value] of [
    ['pruned_at', done.at],
    ['pruned_requests', done.requests],
    ['pruned_runs', done.runs],
  ] as const) {
    sql.run(
      'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      key,
      value,
    );
  }
}
