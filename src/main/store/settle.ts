/**
 * Ends one execution of a step with everything that must happen in the same commit: its outcome, the steps after it,
 * what it waits for, and the state of its run (SPEC 9). Applied only if nobody else ended that try before.
 */
import type { RunStatus } from '../../shared/model/run.ts';
import { cancelChildren, finishRun } from './run-status.ts';
import { applyEffects } from './effects.ts';
import { noteFailedStart } from './failed-start.ts';
import { noteDoubt } from './in-doubt.ts';
import { beginLoop, cancelRounds, catchFailure, leaveFrame } from './frames.ts';
import { enterSteps, wakeJoins } from './joins.ts';
import { addChanges, type CountChange, unchanged } from './step-queue.ts';
import { moveRun } from './write-context.ts';
import { doRecordEffect } from './records-effect.ts';
import type { WriteContext } from './write-context.ts';
import { type OpenStep, writeOutcome } from './step-outcome.ts';
import type { SettleOutcome, StepSettlement } from './types.ts';

const openStatuses: readonly string[] = ['queued', 'running', 'waiting'];

/** Settles a step. @see StepSettlement */
export function settleStep(context: WriteContext, planned: StepSettlement): SettleOutcome {
  const step = context.sql.get<OpenStep>(
    `SELECT s.run_seq, s.frame_seq, s.status, s.attempt, s.begun, s.node_id, s.wait_kind, r.id AS run_id,
       r.status AS run_status, r.workflow_id, r.held, r.open_steps, r.waiting_steps, r.started_at
     FROM steps AS s JOIN runs AS r ON r.seq = s.run_seq WHERE s.seq = ?`,
    planned.stepSeq,
  );
  if (step === undefined) return { applied: false, runStatus: 'cancelled' };
  const runStatus = step.run_status;
  if (
    !openStatuses.includes(step.status) ||
    step.attempt !== planned.attempt ||
    step.run_id !== planned.runId
  ) {
    return { applied: false, runStatus };
  }
  if (isRepetition(planned, step)) return { applied: false, runStatus };
  const recorded = doRecordEffect(context, planned, step.node_id);
  if (recorded.refused !== undefined) return { applied: false, runStatus, refused: recorded.refused };
  const { input } = recorded;
  if (step.held === 2) context.slots.wake(step.workflow_id, step.run_seq);
  if (step.wait_kind === 'wait' && step.status === 'waiting') {
    context.sql.run('DELETE FROM waits WHERE step_seq = ?', input.stepSeq);
  }
  const staysOpen = writeOutcome(context, input, step);
  noteDoubt(context, step.run_seq, input.outcome);
  const change = moveOn(context, input, step, staysOpen);
  const after = updateRun(context, input, step, change);
  applyEffects(context, input, step, after);
  return {
    applied: true,
    runStatus: after,
    ...(recorded.outputJson === undefined ? {} : { outputJson: recorded.outputJson }),
    ...(change !== undefined && change.isFrameOver ? { isFrameOver: true } : {}),
  };
}

/**
 * Whether this was committed before without anybody being told: the writer ended between commit and answer, and the
 * settlement is written once more. The attempt does not tell where a step stays open with the one it had.
 */
function isRepetition({ outcome, isBegun }: StepSettlement, step: OpenStep): boolean {
  if (isBegun === true && step.begun === 0) return true;
  const isParking = outcome.kind === 'waiting' || outcome.kind === 'parked' || outcome.kind === 'looping';
  return isParking && step.status === 'waiting' && step.wait_kind !== 'delay';
}

interface RunChange extends CountChange {
  /** A round of a loop has ended with this step. */
  readonly isFrameOver: boolean;
}

/**
 * Does what follows the step, in its run or its round of a loop: the steps its edges lead to, joins that nothing is to
 * come to any more, rounds that begin and end. Undefined: the step's failure ends the run.
 */
function moveOn(
  context: WriteContext,
  input: StepSettlement,
  step: OpenStep,
  staysOpen: 'queued' | 'waiting' | null,
): RunChange | undefined {
  const { outcome, joins, stepSeq, at } = input;
  const place = { runSeq: step.run_seq, frameSeq: step.frame_seq };
  const own = {
    open: staysOpen === null ? -1 : 0,
    waiting: (staysOpen === 'waiting' ? 1 : 0) - (step.status === 'waiting' ? 1 : 0),
  };
  if (staysOpen !== null) {
    const rounds = outcome.kind === 'looping' ? beginLoop(context, place, input, outcome) : unchanged;
    return { ...addChanges(own, rounds), isFrameOver: false };
  }
  const isCut = step.wait_kind === 'loop' && step.status === 'waiting';
  const rounds = isCut ? cancelRounds(context, step.run_seq, stepSeq, at) : unchanged;
  if (isCut) cancelChildren(context, step.run_seq, at);
  if (outcome.kind === 'failed' && outcome.endsRun) {
    const { error } = outcome;
    const caught =
      outcome.isCatchable === true && step.frame_seq !== null
        ? catchFailure(context, step.frame_seq, { error, stepSeq, at })
        : undefined;
    if (caught === undefined) return undefined;
    cancelChildren(context, step.run_seq, at);
    return { ...addChanges(own, rounds, caught), isFrameOver: true };
  }
  const entered = enterSteps(context, place, input.next, joins, () => stepSeq);
  const woken = wakeJoins(context, place, joins, at);
  const change = addChanges(own, rounds, entered, woken);
  if (step.frame_seq === null) return { ...change, isFrameOver: false };
  const left = leaveFrame(context, step.frame_seq, { openBy: entered.open - 1, stepSeq, at });
  return { ...addChanges(change, left), isFrameOver: left.isOver };
}

/** Brings the run to the state its steps give it; answers that state. @param change undefined: it has failed */
function updateRun(
  context: WriteContext,
  input: StepSettlement,
  step: OpenStep,
  change: CountChange | undefined,
): RunStatus {
  const { outcome, startedAt, at } = input;
  const before = step.run_status;
  // What is held has no step that could be settled.
  const run = { seq: step.run_seq, id: step.run_id, status: before, workflowId: step.workflow_id, held: 0 };
  if (change === undefined) {
    const error = outcome.kind === 'failed' ? outcome.error : null;
    if (error !== null) noteFailedStart(context, { runSeq: step.run_seq, stepSeq: input.stepSeq }, error);
    finishRun(context, run, { status: 'failed', error, lastStepSeq: input.stepSeq, startedAt, at });
    return 'failed';
  }
  const open = step.open_steps + change.open;
  const waiting = step.waiting_steps + change.waiting;
  if (open === 0) {
    finishRun(context, run, { status: 'succeeded', error: null, lastStepSeq: input.stepSeq, startedAt, at });
    return 'succeeded';
  }
  const after = waiting === open ? 'waiting' : 'running';
  const isResting = outcome.kind === 'retry' && outcome.dueAt > at && open - waiting === 1;
  if (isResting) context.slots.rest(step.workflow_id, step.run_seq, at);
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
