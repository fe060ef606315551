/**
 * Writes bulk jobs: made with the requests or runs they are to do, counted as these are done, ended (RELIABILITY D7). An item
 * goes in the transaction that counts it, so a job goes on after any end of the process where its last commit stood.
 */
import { AppError } from '../../shared/errors.ts';
import type { JobKind, JobMode, JobState } from '../../shared/model/job.ts';
import type { WriteContext } from './write-context.ts';

/** Ended jobs kept for show. */
const keptJobs = 200;

/** How one item of a job ended. */
export interface JobItemEnd {
  /** Of a request or a run, by the kind of the job. */
  readonly itemSeq: number;
  /** Null: it was done. */
  readonly error: string | null;
  /** Whether the request is a failed trigger that is mended now. */
  readonly isMended: boolean;
}

interface JobColumns {
  readonly seq: number;
  readonly state: JobState | 'gathering';
}

const live: readonly string[] = ['gathering', 'queued', 'running'];

function findJob({ sql }: WriteContext, id: string): JobColumns {
  const job = sql.get<JobColumns>('SELECT seq, state FROM jobs WHERE id = ?', id);
  if (job === undefined) throw new AppError({ code: 'not_found', message: 'No such job.' });
  return job;
}

/** Makes a job that has yet to be told its items; nobody sees it before `openJob`. */
export function insertJob(
  context: WriteContext,
  job: {
    readonly id: string;
    readonly kind: JobKind;
    readonly mode: JobMode;
    readonly title: string;
    readonly at: number;
  },
): void {
  const { sql } = context;
  sql.run(
    "INSERT INTO jobs (id, kind, mode, title, state, created_at) VALUES (?, ?, ?, ?, 'gathering', ?)",
    job.id,
    job.kind,
    job.mode,
    job.title,
    job.at,
  );
  sql.run(
    `DELETE FROM jobs WHERE state NOT IN ('gathering', 'queued', 'running') AND seq <= (
       SELECT seq FROM jobs ORDER BY seq DESC LIMIT 1 OFFSET ?)`,
    keptJobs,
  );
}

/** Names items of a job by the sequence numbers of their requests or runs. */
export function addJobItems(
  context: WriteContext,
  { id, itemSeqs }: { readonly id: string; readonly itemSeqs: readonly number[] },
): void {
  const { seq } = findJob(context, id);
  for (const itemSeq of itemSeqs) {
    context.sql.run('INSERT OR IGNORE INTO job_items (job_seq, item_seq) VALUES (?, ?)', seq, itemSeq);
  }
}

/** All items are named: the job may begin. */
export function openJob(context: WriteContext, { id }: { readonly id: string }): void {
  const { seq } = findJob(context, id);
  context.sql.run(
    `UPDATE jobs SET state = 'queued', total = (SELECT count(*) FROM job_items WHERE job_seq = ?)
     WHERE seq = ? AND state = 'gathering'`,
    seq,
    seq,
  );
  context.emit('jobs', id);
}

/** Counts items that were done; each counts once, however often it is told. Answers how many were counted. */
export function settleJobItems(
  context: WriteContext,
  { id, ends, at }: { readonly id: string; readonly ends: readonly JobItemEnd[]; readonly at: number },
): number {
  const { sql } = context;
  const { seq } = findJob(context, id);
  let counted = 0;
  for (const { itemSeq, error, isMended } of ends) {
    if (isMended) mend(context, itemSeq);
    const isFirst = sql.run('DELETE FROM job_items WHERE job_seq = ? AND item_seq = ?', seq, itemSeq) > 0;
    if (!isFirst) continue;
    counted += 1;
    sql.run(
      `UPDATE jobs SET succeeded = succeeded + ?, failed = failed + ?, last_error = coalesce(?, last_error),
         started_at = coalesce(started_at, ?), state = iif(state = 'queued', 'running', state) WHERE seq = ?`,
      error === null ? 1 : 0,
      error === null ? 0 : 1,
      error,
      at,
      seq,
    );
  }
  context.emit('jobs', id);
  return counted;
}

/** A failed trigger whose repetition was taken is no longer open (SPEC 2). */
function mend(context: WriteContext, requestSeq: number): void {
  const request = context.sql.get<{ id: string }>(
    "SELECT id FROM requests WHERE seq = ? AND triage = 'open' AND triage IS NOT NULL",
    requestSeq,
  );
  if (request === undefined) return;
  context.sql.run("UPDATE requests SET triage = 'retried' WHERE seq = ?", requestSeq);
  context.emit('requests', request.id);
}

/**
 * Ends a job; what it had yet to do is not done.
 * @returns `applied` false: it had ended. @throws AppError `not_found`
 */
export function endJob(
  context: WriteContext,
  input: {
    readonly id: string;
    readonly state: Extract<JobState, 'done' | 'cancelled' | 'failed'>;
    readonly error?: string | undefined;
    readonly at: number;
  },
): { readonly applied: boolean } {
  const { sql } = context;
  const { seq, state } = findJob(context, input.id);
  if (!live.includes(state)) return { applied: false };
  sql.run(
    'UPDATE jobs SET state = ?, last_error = coalesce(?, last_error), finished_at = ? WHERE seq = ?',
    input.state,
    input.error ?? null,
    input.at,
    seq,
  );
  // What is in the air when a job is cancelled is still counted by it; the rest goes at the next start.
  if (input.state !== 'cancelled') sql.run('DELETE FROM job_items WHERE job_seq = ?', seq);
  context.emit('jobs', input.id);
  return { applied: true };
}

/** At start: a job whose items were not all named is as if it had never been asked for. */
export function recoverJobs({ sql }: WriteContext): void {
  sql.run("DELETE FROM jobs WHERE state = 'gathering'");
  sql.run(
    "DELETE FROM job_items WHERE job_seq NOT IN (SELECT seq FROM jobs WHERE state IN ('queued', 'running'))",
  );
}
