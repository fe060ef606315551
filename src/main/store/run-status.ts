/** The end of a run, whichever way it comes, and the live runs of a workflow. */
import type { RunError, RunStatus } from '../../shared/model/run.ts';
import { giveUpWaits } from './coming-waits.ts';
import { releaseHolds } from './holds.ts';
import { toColumn } from './to-column.ts';
import type { SlotUser } from './slots.ts';
import type { Sql } from './sql.ts';
import { moveRun } from './write-context.ts';
import type { WriteContext } from './write-context.ts';

/** What the writes need to know of a run. */
export interface RunHandle extends SlotUser {
  readonly seq: number;
  readonly id: string;
  readonly status: RunStatus;
}

const handleColumns = 'seq, id, status, workflow_id AS workflowId, held';

/** A run by its id. */
export function findRun(sql: Sql, id: string): RunHandle | undefined {
  return sql.get<RunHandle>(`SELECT ${handleColumns} FROM runs WHERE id = ?`, id);
}

/** The runs of a workflow that can still change; behind the + its id is no reason to read those that ended. */
export function liveRunsOfWorkflow(sql: Sql, workflowId: string): readonly RunHandle[] {
  return sql.all<RunHandle>(
    `SELECT ${handleColumns} FROM runs
     WHERE status IN ('queued', 'running', 'waiting') AND status <> 'succeeded' AND +workflow_id = ?`,
    workflowId,
  );
}

/** Ends a live run: steps still open are cancelled, its waits are gone, nothing of it is due any more. */
export function finishRun(
  context: WriteContext,
  run: RunHandle,
  end: {
    readonly status: 'succeeded' | 'failed' | 'cancelled';
    readonly error: RunError | null;
    readonly lastStepSeq: number | null;
    /** When its first step began, where the run does not know yet. */
    readonly startedAt: number | null;
    readonly at: number;
  },
): void {
  const { sql } = context;
  if (end.status !== 'succeeded') {
    sql.run(
      `UPDATE steps SET status = 'cancelled', ready_at = NULL, due_at = NULL, finished_at = ?
       WHERE run_seq = ? AND status IN ('queued', 'running', 'waiting')`,
      end.at,
      run.seq,
    );
    sql.run('DELETE FROM waits WHERE run_seq = ?', run.seq);
  }
  sql.run(
    `UPDATE runs SET status = ?, error = ?, last_step_seq = ?, open_steps = 0, waiting_steps = 0, held = 0,
       started_at = coalesce(started_at, ?), finished_at = ? WHERE seq = ?`,
    end.status,
    toColumn(end.error),
    end.lastStepSeq,
    end.startedAt,
    end.at,
    run.seq,
  );
  releaseHolds(context, giveUpWaits(context, run.seq));
  moveRun(context, run, { from: run.status, to: end.status, at: end.at });
  context.emit('runs', run.id);
}
