/**
 * A run that could not begin: its version or its first step can not be used. The request behind it was accepted and yet
 * started nothing, which makes it a failed trigger (SPEC 2).
 */
import type { RunError } from '../../shared/model/run.ts';
import type { WriteContext } from './write-context.ts';

/** Codes of a run that can not go on whatever its steps say. */
const unusable: readonly string[] = ['workflow_missing', 'internal'];

/** Notes a run's failure on its request when no step but the start was done. To be called before the run is ended. */
export function noteFailedStart(
  context: WriteContext,
  place: { readonly runSeq: number; readonly stepSeq: number },
  error: RunError,
): void {
  const { sql } = context;
  if (!unusable.includes(error.code)) return;
  const done = sql.get<{ n: number }>(
    'SELECT count(*) AS n FROM steps WHERE run_seq = ? AND seq <> ? AND finished_at IS NOT NULL',
    place.runSeq,
    place.stepSeq,
  );
  if ((done?.n ?? 0) > 1) return;
  const request = sql.get<{ seq: number; id: string }>(
    `SELECT q.seq, q.id FROM runs AS r JOIN requests AS q ON q.seq = r.request_seq
     WHERE r.seq = ? AND r.retry_of IS NULL AND q.triage IS NULL`,
    place.runSeq,
  );
  if (request === undefined) return;
  sql.run(
    "UPDATE requests SET triage = 'open', reason = ?, reason_text = ? WHERE seq = ?",
    error.code,
    error.message,
    request.seq,
  );
  context.emit('requests', request.id);
}
