/**
 * What the end of a try changes of our own beside its step, in the same commit: a step that is parked, runs that are
 * made, notifications (SPEC 9, RELIABILITY P3).
 */
import { passPoint } from '../base/crash-points.ts';
import type { RunStatus } from '../../shared/model/run.ts';
import { insertNotification, noteAnswered } from './notifications-write.ts';
import { cancelChildren } from './run-status.ts';
import { insertRun } from './runs-write.ts';
import { toColumn } from './to-column.ts';
import type { StepSettlement } from './types.ts';
import type { WriteContext } from './write-context.ts';

/** The step waits for a word from inside. @param tries those begun, with the present one */
export function parkStep(
  { sql }: WriteContext,
  input: StepSettlement,
  outcome: Extract<StepSettlement['outcome'], { kind: 'parked' }>,
  tries: number,
): void {
  sql.run(
    `UPDATE steps SET status = 'waiting', wait_kind = ?, attempt = ?, begun = 0, interrupted = 0, waiting_for = ?,
       ready_at = ?, due_at = ?, resumed_by = NULL, resume_params = NULL, resume_input = NULL, started_at = ?, input = ?,
       logs = ? WHERE seq = ?`,
    outcome.waitKind,
    // The try is counted when the wait ends, so that a time-out and the word never carry the same attempt.
    tries - 1,
    outcome.waitingFor,
    outcome.dueAt,
    outcome.dueAt,
    input.startedAt,
    input.inputJson,
    toColumn(input.logs),
    input.stepSeq,
  );
}

/** The step as it was before its try ended. */
interface EndedStep {
  readonly run_seq: number;
  readonly run_id: string;
  readonly workflow_id: string;
  readonly node_id: string;
  readonly status: string;
  readonly wait_kind: string | null;
}

/** Does what the settlement says beside the step. @param after the state of the run by now */
export function applyEffects(
  context: WriteContext,
  input: StepSettlement,
  step: EndedStep,
  after: RunStatus,
): void {
  // The wait for a child is over before the child is: nobody wants its end any more.
  if (step.wait_kind === 'child' && step.status === 'waiting')
    cancelChildren(context, step.run_seq, input.at);
  if (step.wait_kind === 'approval' && step.status === 'waiting')
    noteAnswered(context, input.stepSeq, input.at);
  for (const effect of input.effects ?? []) {
    if (effect.kind === 'startRun') {
      insertRun(context, effect.run, null, input.at, { runSeq: step.run_seq, stepSeq: input.stepSeq });
      passPoint('child run made');
      continue;
    }
    const place = {
      runId: step.run_id,
      stepSeq: input.stepSeq,
      workflowId: step.workflow_id,
      nodeId: step.node_id,
    };
    insertNotification(context, place, effect.notification, input.at);
  }
  if (after === 'failed' && input.onFailure !== undefined) {
    insertRun(context, input.onFailure, null, input.at, { runSeq: step.run_seq, stepSeq: input.stepSeq });
  }
}
