/**
 * A waiting step goes on with what it waited for. The try begins with it: a time-out read before carries the old attempt
 * and is fenced off, so whatever a step waits for is taken at most once (RELIABILITY P6).
 */
import { moveRun } from './write-context.ts';
import type { WriteContext } from './write-context.ts';

/** What a step goes on with. */
export interface ResumeValue {
  /** The request that brought it; null: it came from inside, by a person's word or the end of another run. */
  readonly requestId: string | null;
  readonly paramsJson: string | null;
  readonly inputJson: string | null;
}

/** The run that goes on. */
export interface ResumedRun {
  readonly runId: string;
  readonly workflowId: string;
}

/** Makes a waiting step due now. Undefined: it does not wait any more. */
export function continueStep(
  context: WriteContext,
  stepSeq: number,
  value: ResumeValue,
  at: number,
): ResumedRun | undefined {
  const { sql } = context;
  const step = sql.get<{ run_seq: number }>(
    "SELECT run_seq FROM steps WHERE seq = ? AND status = 'waiting'",
    stepSeq,
  );
  if (step === undefined) return undefined;
  sql.run(
    `UPDATE steps SET status = 'queued', attempt = attempt + 1, begun = 1, ready_at = ?, due_at = NULL,
       resumed_by = ?, resume_params = ?, resume_input = ? WHERE seq = ?`,
    at,
    value.requestId,
    value.paramsJson,
    value.inputJson,
    stepSeq,
  );
  const run = sql.get<{ id: string; status: 'running' | 'waiting'; workflow_id: string }>(
    'SELECT id, status, workflow_id FROM runs WHERE seq = ?',
    step.run_seq,
  );
  if (run === undefined) return undefined;
  sql.run(
    "UPDATE runs SET status = 'running', waiting_steps = waiting_steps - 1 WHERE seq = ?",
    step.run_seq,
  );
  moveRun(context, { workflowId: run.workflow_id, held: 0 }, { from: run.status, to: 'running', at });
  context.emit('runs', run.id);
  return { runId: run.id, workflowId: run.workflow_id };
}
