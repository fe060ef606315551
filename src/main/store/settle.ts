/**
 * Ends one execution of a step with everything that must happen in the same commit: its outcome, the steps after it,
 * what it waits for, and the state of its run (SPEC 9). Applied only if nobody else ended that try before.
 */
import type { RunStatus } from '../../shared/model/run.ts';
import { toColumn } from './to-column.ts';
import { finishRun } from './run-status.ts';
import { insertSteps } from './runs-write.ts';
import { noteReached } from './coming-waits.ts';
import { applyEffects, parkStep } from './effects.ts';
import { noteFailedStart } from './failed-start.ts';
import { takeHeld } from './holds.ts';
import { moveRun } from './write-context.ts';
import type { WriteContext } from './write-context.ts';
import type { SettleOutcome, StepSettlement } from './types.ts';

interface OpenStep {
  readonly run_seq: number;
  readonly status: string;
  readonly attempt: number;
  readonly begun: number;
  readonly node_id: string;
  readonly wait_kind: string | null;
  readonly run_id: string;
  readonly run_status: RunStatus;
  readonly workflow_id: string;
  readonly open_steps: number;
  readonly waiting_steps: number;
  readonly started_at: number | null;
}

const openStatuses: readonly string[] = ['queued', 'running', 'waiting'];

/** Settles a step. @see StepSettlement */
export function settleStep(context: WriteContext, input: StepSettlement): SettleOutcome {
  const step = context.sql.get<OpenStep>(
    `SELECT s.run_seq, s.status, s.attempt, s.begun, s.node_id, s.wait_kind, r.id AS run_id,
       r.status AS run_status, r.workflow_id, r.open_steps, r.waiting_steps, r.started_at
     FROM steps AS s JOIN runs AS r ON r.seq = s.run_seq WHERE s.seq = ?`,
    input.stepSeq,
  );
  if (step === undefined) return { applied: false, runStatus: 'cancelled' };
  const runStatus = step.run_status;
  if (!openStatuses.includes(step.status) || step.attempt !== input.attempt || step.run_id !== input.runId) {
    return { applied: false, runStatus };
  }
  if (step.wait_kind === 'wait' && step.status === 'waiting') {
    context.sql.run('DELETE FROM waits WHERE step_seq = ?', input.stepSeq);
  }
  const staysOpen = writeOutcome(context, input, step);
  const after = updateRun(context, input, step, runStatus, staysOpen);
  applyEffects(context, input, step, after);
  return { applied: true, runStatus: after };
}

/** Writes the step's own row. Answers null when it is done, else how it stays open. */
function writeOutcome(
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
      // Begun by the owner of frames.
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
       finished_at = ?, port = ?, waiting_for = NULL, output_request_id = ?, error = ?, logs = ?, input = ?, output = ?
     WHERE seq = ?`,
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

/** Takes a delivery that came early, or else waits for one. */
function beginWait(
  context: WriteContext,
  input: StepSettlement,
  step: OpenStep,
  outcome: Extract<StepSettlement['outcome'], { kind: 'waiting' }>,
): 'queued' | 'waiting' {
  const place = { workflowId: step.workflow_id, nodeId: step.node_id, runId: step.run_id };
  const held = takeHeld(context, place, outcome, input.at);
  noteReached(context, step.run_seq, step.node_id);
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

/** Brings the run to the state its steps give it; answers that state. */
function updateRun(
  context: WriteContext,
  input: StepSettlement,
  step: OpenStep,
  before: RunStatus,
  staysOpen: 'queued' | 'waiting' | null,
): RunStatus {
  const { outcome, startedAt, at } = input;
  // What is held has no step that could be settled.
  const run = { seq: step.run_seq, id: step.run_id, status: before, workflowId: step.workflow_id, held: 0 };
  if (outcome.kind === 'failed' && outcome.endsRun) {
    const { error } = outcome;
    noteFailedStart(context, { runSeq: step.run_seq, stepSeq: input.stepSeq }, error);
    finishRun(context, run, { status: 'failed', error, lastStepSeq: input.stepSeq, startedAt, at });
    return 'failed';
  }
  const next = staysOpen === null ? input.next : [];
  insertSteps(context, step.run_seq, next);
  const open = step.open_steps + next.length - (staysOpen === null ? 1 : 0);
  const waiting =
    step.waiting_steps - (step.status === 'waiting' ? 1 : 0) + (staysOpen === 'waiting' ? 1 : 0);
  if (open === 0) {
    finishRun(context, run, { status: 'succeeded', error: null, lastStepSeq: input.stepSeq, startedAt, at });
    return 'succeeded';
  }
  const after = waiting === open ? 'waiting' : 'running';
  if (
    after !== before ||
    open !== step.open_steps ||
    waiting !== step.waiting_steps ||
    step.started_at === null
  ) {
    context.sql.run(
      'UPDATE runs SET status = ?, open_steps = ?, waiting_steps = ?, started_at = coalesce(started_at, ?) WHERE seq = ?',
      after,
      open,
      waiting,
      input.startedAt,
      step.run_seq,
    );
    moveRun(context, run, { from: before, to: after, at });
  }
  context.emit('runs', step.run_id);
  return after;
}
