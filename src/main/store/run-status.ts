/** The end of a run, whichever way it comes, and the live runs of a workflow. */
import type { RunError, RunStatus } from '../../shared/model/run.ts';
import { abandonedChildren, tellParent } from './children.ts';
import { giveUpWaits } from './coming-waits.ts';
import { cancelFramesOfRun } from './frames.ts';
import { releaseHolds } from './holds.ts';
import { noteUnanswered } from './notifications-write.ts';
import { toColumn } from './to-column.ts';
import type { SlotUser } from './slots.ts';
import type { Sql } from './sql.ts';
import { isCounted, moveRun } from './write-context.ts';
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

/**
 * Ends a live run: steps still open are cancelled, its waits are gone, nothing of it is due any more, runs it waited for
 * are cancelled, and the step that waits for it goes on. Answers the runs that were cancelled with it.
 */
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
): readonly string[] {
  const { sql } = context;
  if (end.status !== 'succeeded') {
    sql.run(
      `UPDATE steps SET status = 'cancelled', ready_at = NULL, due_at = NULL, finished_at = ?
       WHERE run_seq = ? AND status IN ('queued', 'running', 'waiting')`,
      end.at,
      run.seq,
    );
    sql.run('DELETE FROM waits WHERE run_seq = ?', run.seq);
    noteUnanswered(context, run.seq, end.at);
    cancelFramesOfRun(context, run.seq);
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
  tellParent(context, run.seq, { runId: run.id, status: end.status, error: end.error }, end.at);
  return end.status === 'succeeded' ? [] : cancelChildren(context, run.seq, end.at);
}

/** Cancels a run that is live, with the runs it waits for; answers the ids of all that were, its own first. */
export function cancelLiveRun(context: WriteContext, id: string, at: number): readonly string[] {
  const run = findRun(context.sql, id);
  if (run === undefined || !isCounted(run.status)) return [];
  const end = { status: 'cancelled', error: null, lastStepSeq: null, startedAt: null, at } as const;
  return [id, ...finishRun(context, run, end)];
}

/** Cancels the runs a run waited for and waits for no more, and theirs; answers their ids. */
export function cancelChildren(context: WriteContext, runSeq: number, at: number): readonly string[] {
  return abandonedChildren(context, runSeq).flatMap((id) => cancelLiveRun(context, id, at));
}
