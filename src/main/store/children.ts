/** Runs that other runs made: where they come from, and how their end reaches the step that waits for it (SPEC 8). */
import type { RunError } from '../../shared/model/run.ts';
import { continueStep } from './continue-step.ts';
import type { RunOrigin } from './types.ts';
import type { WriteContext } from './write-context.ts';

/** The step a run was made by. */
export interface Parent {
  readonly runSeq: number;
  readonly stepSeq: number;
}

/** Notes where a run comes from that no request started. */
export function noteOrigin(
  { sql }: WriteContext,
  runSeq: number,
  origin: RunOrigin,
  parent: Parent | null,
): void {
  sql.run(
    `INSERT INTO run_origins (run_seq, kind, parent_seq, parent_step_seq, awaited, depth)
     VALUES (?, ?, ?, ?, ?, ?)`,
    runSeq,
    origin.kind,
    parent?.runSeq ?? null,
    parent?.stepSeq ?? null,
    origin.awaited ? 1 : 0,
    origin.depth,
  );
}

/** A run that repeats another stands as deep, and nobody waits for it. */
export function copyOrigin({ sql }: WriteContext, fromSeq: number, toSeq: number): void {
  sql.run(
    `INSERT INTO run_origins (run_seq, kind, depth) SELECT ?, kind, depth FROM run_origins WHERE run_seq = ?`,
    toSeq,
    fromSeq,
  );
}

/** How a run ended, for the step that waits for it; its output is read when that step goes on. */
export interface ChildEnd {
  readonly runId: string;
  readonly status: 'succeeded' | 'failed' | 'cancelled';
  readonly error: RunError | null;
}

/** A run has ended: the step that waits for it goes on in the same transaction. */
export function tellParent(context: WriteContext, runSeq: number, end: ChildEnd, at: number): void {
  const origin = context.sql.get<{ parent_step_seq: number }>(
    'SELECT parent_step_seq FROM run_origins WHERE run_seq = ? AND awaited = 1',
    runSeq,
  );
  if (origin === undefined) return;
  const value = { requestId: null, paramsJson: null, inputJson: JSON.stringify(end) };
  continueStep(context, origin.parent_step_seq, value, at);
}

/** Runs whose end no step waits for any more, though they were made to be waited for. */
export function abandonedChildren({ sql }: WriteContext, runSeq: number): readonly string[] {
  return sql
    .all<{ id: string }>(
      `SELECT r.id FROM run_origins AS o JOIN runs AS r ON r.seq = o.run_seq
         JOIN steps AS s ON s.seq = o.parent_step_seq
       WHERE o.parent_seq = ? AND o.awaited = 1 AND r.finished_at IS NULL AND s.status <> 'waiting'
       ORDER BY r.seq`,
      runSeq,
    )
    .map(({ id }) => id);
}
