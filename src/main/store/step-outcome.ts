/**
 * Writes how a try ended into the step's own row: done, to be tried again, asleep, waiting for something, or open beside
 * its rounds. What follows from it is settle.ts.
 */
import type { RunStatus } from '../../shared/model/run.ts';
import { noteReached } from './coming-waits.ts';
import { parkStep } from './effects.ts';
import { takeHeld } from './holds.ts';
import { toColumn } from './to-column.ts';
import type { StepSettlement } from './types.ts';
import type { WriteContext } from './write-context.ts';

/** An open step and its run, before the settlement. */
export interface OpenStep {
  readonly run_seq: number;
  readonly frame_seq: number | null;
  readonly status: string;
  readonly attempt: number;
  readonly begun: number;
  readonly node_id: string;
  readonly wait_kind: string | null;
  readonly run_id: string;
  readonly run_status: RunStatus;
  readonly workflow_id: string;
  /** 2: the run rests until this try. */
  readonly held: number;
  readonly open_steps: number;
  readonly waiting_steps: number;
  readonly started_at: number | null;
}

/** Writes the row. Answers null when the step is done, else how it stays open. */
export function writeOutcome(
  context: WriteContext,
  input: StepSettlement,
  step: OpenStep,
): 'queued' | 'waiting' | null {
  const { outcome } = input;
  switch (outcome.kind) {
    case 'succeeded':
      finishStep(context, input, step, {
        status: 'succeeded',
        port: outcome.port,
        error: null,
        output: outcome.outputJson,
        outputRequestId: outcome.outputRequestId,
      });
      return null;
    case 'failed':
      finishStep(context, input, step, {
        status: 'failed',
        port: outcome.port,
        error: JSON.stringify(outcome.error),
        output: outcome.outputJson ?? null,
        outputRequestId: null,
      });
      return null;
    case 'retry':
      postponeForRetry(context, input, step, outcome);
      return 'queued';
    case 'delayed':
      context.sql.run(
        `UPDATE steps SET status = 'waiting', wait_kind = 'delay', waiting_for = ?, ready_at = ?, due_at = ?,
           interrupted = 0, started_at = ?, input = ?, logs = ? WHERE seq = ?`,
        outcome.waitingFor,
        outcome.dueAt,
        outcome.dueAt,
        input.startedAt,
        input.inputJson,
        toColumn(input.logs),
        input.stepSeq,
      );
      return 'waiting';
    case 'waiting':
      return beginWait(context, input, step, outcome);
    case 'parked':
      parkStep(context, input, outcome, triesOf(step));
      return 'waiting';
    case 'looping':
      openLoop(context, input, outcome);
      return 'waiting';
  }
}

/** The tries begun, with the present one. */
function triesOf(step: OpenStep): number {
  return step.begun === 1 ? step.attempt : step.attempt + 1;
}

function finishStep(
  context: WriteContext,
  input: StepSettlement,
  step: OpenStep,
  end: {
    readonly status: 'succeeded' | 'failed';
    readonly port: string | null;
    readonly error: string | null;
    readonly output: string | null;
    readonly outputRequestId: string | null;
  },
): void {
  context.sql.run(
    `UPDATE steps SET status = ?, attempt = ?, ready_at = NULL, due_at = NULL, interrupted = 0, started_at = ?,
       finished_at = ?, port = ?, waiting_for = NULL, output_request_id = ?, error = ?, logs = ?, input = coalesce(?, input),
       output = ? WHERE seq = ?`,
    end.status,
    triesOf(step),
    input.startedAt,
    input.at,
    end.port,
    end.outputRequestId,
    end.error,
    toColumn(input.logs),
    input.inputJson,
    end.output,
    input.stepSeq,
  );
}

function postponeForRetry(
  context: WriteContext,
  input: StepSettlement,
  step: OpenStep,
  outcome: Extract<StepSettlement['outcome'], { kind: 'retry' }>,
): void {
  const attempt = triesOf(step);
  const failure = { attempt, error: outcome.error, at: input.at, startedAt: input.startedAt };
  context.sql.run(
    `UPDATE steps SET status = 'queued', attempt = ?, begun = 0, interrupted = 0, ready_at = ?, due_at = ?, resume_input = NULL,
       waiting_for = NULL, started_at = ?, failures = json_insert(coalesce(failures, '[]'), '$[#]', json(?)), logs = ?, input = ? WHERE seq = ?`,
    attempt,
    outcome.dueAt,
    outcome.dueAt,
    input.startedAt,
    JSON.stringify(failure),
    toColumn(input.logs),
    input.inputJson,
    input.stepSeq,
  );
}

/** A loop stays open beside its rounds. */
function openLoop(
  { sql }: WriteContext,
  input: StepSettlement,
  outcome: Extract<StepSettlement['outcome'], { kind: 'looping' }>,
): void {
  sql.run(
    `UPDATE steps SET status = 'waiting', wait_kind = 'loop', interrupted = 0, waiting_for = ?, ready_at = ?,
       due_at = ?, started_at = ?, input = ?, logs = ? WHERE seq = ?`,
    outcome.waitingFor,
    outcome.dueAt,
    outcome.dueAt,
    input.startedAt,
    input.inputJson,
    toColumn(input.logs),
    input.stepSeq,
  );
}

/** Takes a delivery that came early, or else waits for one. */
function beginWait(
  context: WriteContext,
  input: StepSettlement,
  step: OpenStep,
  outcome: Extract<StepSettlement['outcome'], { kind: 'waiting' }>,
): 'queued' | 'waiting' {
  const place = { workflowId: step.workflow_id, nodeId: step.node_id, runId: step.run_id };
  const held = takeHeld(context, place, outcome, input.at);
  noteReached(context, { runSeq: step.run_seq, frameSeq: step.frame_seq }, step.node_id);
  const tries = triesOf(step);
  if (held !== undefined) {
    context.sql.run(
      `UPDATE steps SET status = 'queued', wait_kind = 'wait', attempt = ?, begun = 1, interrupted = 0, ready_at = ?,
         due_at = NULL, token_hash = ?, resumed_by = ?, resume_params = ?, resume_input = ?, started_at = ?, input = ?
       WHERE seq = ?`,
      tries,
      input.at,
      outcome.tokenHash,
      held.requestId,
      held.paramsJson,
      held.inputJson,
      input.startedAt,
      input.inputJson,
      input.stepSeq,
    );
    return 'queued';
  }
  context.sql.run(
    `UPDATE steps SET status = 'waiting', wait_kind = 'wait', attempt = ?, begun = 0, interrupted = 0, waiting_for = ?,
       ready_at = ?, due_at = ?, token_hash = ?, resumed_by = NULL, resume_params = NULL, resume_input = NULL,
       started_at = ?, input = ? WHERE seq = ?`,
    // The try is counted when the wait ends, so that a time-out and a delivery never carry the same attempt.
    tries - 1,
    outcome.waitingFor,
    outcome.dueAt,
    outcome.dueAt,
    outcome.tokenHash,
    input.startedAt,
    input.inputJson,
    input.stepSeq,
  );
  context.sql.run(
    `INSERT INTO waits (step_seq, run_seq, workflow_id, node_id, target_entity, target_cuid, correlation, token_hash,
       created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    input.stepSeq,
    step.run_seq,
    step.workflow_id,
    step.node_id,
    outcome.target?.entity ?? null,
    outcome.target?.cuid ?? null,
    outcome.correlation,
    outcome.tokenHash,
    input.at,
  );
  return 'waiting';
}
