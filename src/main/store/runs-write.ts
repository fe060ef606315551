/** Writes runs: making them with their first steps, beginning an outward step, cancelling, retrying, recovering. */
import { AppError } from '../../shared/errors.ts';
import { passPoint } from '../base/crash-points.ts';
import { copyOrigin, noteOrigin, tellParent } from './children.ts';
import type { Parent } from './children.ts';
import { expectWaits } from './coming-waits.ts';
import { copySteps } from './copy-steps.ts';
import { applyEdit } from './edit-run.ts';
import type { RunEdit } from './edit-run.ts';
import { beginSteps } from './joins.ts';
import { settleJobItems } from './jobs-write.ts';
import { cancelLiveRun, findRun, type RunHandle } from './run-status.ts';
import { beginTest } from './test-runs.ts';
import { moveRun } from './write-context.ts';
import type { WriteContext } from './write-context.ts';
import type { ComingWait, JoinPlan, PlannedRun, PlannedStep } from './types.ts';

/** 1 when a new run has to wait for a slot; one that ends as it begins needs none. */
function heldOf({ slots }: WriteContext, workflowId: string, status: 'succeeded' | 'queued'): number {
  return status === 'queued' && slots.isFull(workflowId) ? 1 : 0;
}

/** Makes a run: its start step stands as succeeded, the steps after it are queued. */
export function insertRun(
  context: WriteContext,
  run: PlannedRun,
  request: { readonly seq: number; readonly id: string } | null,
  at: number,
  parent: Parent | null = null,
): void {
  const { sql } = context;
  const status = run.next.length === 0 ? 'succeeded' : 'queued';
  const endedAt = status === 'succeeded' ? at : null;
  // Whoever tries a workflow out looks on: it begins, and takes its slot from those that come.
  const held = run.test === undefined ? heldOf(context, run.workflowId, status) : 0;
  const seq = sql.insert(
    `INSERT INTO runs (id, workflow_id, version, status, open_steps, waiting_steps, held, request_seq, created_at,
       started_at, finished_at, start_node_id, request_id, target_entity, target_cuid, params, input)
     VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    run.id,
    run.workflowId,
    run.version,
    status,
    run.next.length,
    held,
    request?.seq ?? null,
    at,
    endedAt,
    endedAt,
    run.startNodeId,
    request?.id ?? null,
    run.target?.entity ?? null,
    run.target?.cuid ?? null,
    run.paramsJson,
    run.inputJson,
  );
  const startSeq = sql.insert(
    `INSERT INTO steps (run_seq, status, attempt, started_at, finished_at, node_id, name, type, output_request_id, output)
     VALUES (?, 'succeeded', 1, ?, ?, ?, ?, ?, ?, ?)`,
    seq,
    at,
    at,
    run.startNodeId,
    run.startName,
    run.startType,
    run.startOutputJson === null ? (request?.id ?? null) : null,
    run.startOutputJson,
  );
  if (run.test !== undefined) beginTest(context, { runSeq: seq, startSeq }, run.test, at);
  beginSteps(context, { runSeq: seq, frameSeq: null, held }, run, () => startSeq, at);
  if (endedAt === null) expectWaits(context, seq, run.coming);
  if (endedAt !== null) sql.run('UPDATE runs SET last_step_seq = ? WHERE seq = ?', startSeq, seq);
  moveRun(context, { workflowId: run.workflowId, held }, { from: null, to: status, at });
  context.emit('runs', run.id);
  if (run.origin === undefined) return;
  noteOrigin(context, seq, run.origin, parent);
  if (status === 'succeeded') tellParent(context, seq, { runId: run.id, status, error: null }, at);
}

/** Starts runs no request stands behind (manual, API, another workflow). */
export function startRuns(
  context: WriteContext,
  { runs, at }: { readonly runs: readonly PlannedRun[]; readonly at: number },
): { readonly runIds: readonly string[] } {
  for (const run of runs) insertRun(context, run, null, at);
  return { runIds: runs.map((run) => run.id) };
}

/**
 * Commits that a try of an outward step begins, before it acts (SPEC 9). `attempt` is the one that begins: one more
 * than the step has; also taken from a try that was cut off.
 */
export function startStep(
  context: WriteContext,
  input: {
    readonly stepSeq: number;
    readonly attempt: number;
    readonly at: number;
    readonly inputJson: string | null;
  },
): { readonly applied: boolean } {
  const { sql } = context;
  const step = sql.get<{ run_seq: number; status: string }>(
    'SELECT run_seq, status FROM steps WHERE seq = ? AND attempt = ?',
    input.stepSeq,
    input.attempt - 1,
  );
  if (step === undefined || !['queued', 'running', 'waiting'].includes(step.status))
    return { applied: false };
  if (step.status === 'waiting' && sql.run('DELETE FROM waits WHERE step_seq = ?', input.stepSeq) > 0) {
    // A wait is ended by its time-out or its delivery, never by starting it anew.
    throw new AppError({ code: 'conflict', message: 'The step waits and can not be started.' });
  }
  sql.run(
    `UPDATE steps SET status = 'running', attempt = ?, begun = 1, interrupted = 0, ready_at = NULL, waiting_for = NULL,
       started_at = ?, input = ? WHERE seq = ?`,
    input.attempt,
    input.at,
    input.inputJson,
    input.stepSeq,
  );
  const run = sql.get<RunHandle>(
    'SELECT seq, id, status, workflow_id AS workflowId, held FROM runs WHERE seq = ?',
    step.run_seq,
  );
  if (run === undefined) return { applied: false };
  if (run.held === 2) context.slots.wake(run.workflowId, run.seq);
  if (run.status !== 'running' || step.status === 'waiting') {
    sql.run(
      `UPDATE runs SET status = 'running', started_at = coalesce(started_at, ?), waiting_steps = waiting_steps - ?
       WHERE seq = ?`,
      input.at,
      step.status === 'waiting' ? 1 : 0,
      step.run_seq,
    );
    const user = { workflowId: run.workflowId, held: 0 };
    moveRun(context, user, { from: run.status, to: 'running', at: input.at });
  }
  context.emit('runs', run.id);
  return { applied: true };
}

/**
 * Cancels a run with everything open in it and the runs it waits for. `applied` false: it had ended.
 * @throws AppError `not_found`
 */
export function cancelRun(
  context: WriteContext,
  { id, at }: { readonly id: string; readonly at: number },
): { readonly applied: boolean; readonly cancelledChildIds?: readonly string[] } {
  if (findRun(context.sql, id) === undefined) {
    throw new AppError({ code: 'not_found', message: 'No such run.' });
  }
  const [own, ...cancelledChildIds] = cancelLiveRun(context, id, at);
  if (own === undefined) return { applied: false };
  return cancelledChildIds.length === 0 ? { applied: true } : { applied: true, cancelledChildIds };
}

/**
 * After the clock was set back: what was ready at once by the clock as it was is ready now. What has an instant of its
 * own, for another try or after a sleep, keeps it (RELIABILITY J1).
 */
export function keepReady({ sql }: WriteContext, { at }: { readonly at: number }): void {
  sql.run(
    `UPDATE steps SET ready_at = ? WHERE ready_at > ? AND status = 'queued'
       AND (attempt = 0 OR due_at IS NULL OR begun = 1 OR interrupted = 1)`,
    at,
    at,
  );
}

/** An item of a bulk job. */
export interface JobPlace {
  readonly jobId: string;
  readonly itemSeq: number;
}

/** A step that was running when the process ended. */
export interface InterruptedStep {
  readonly stepSeq: number;
  readonly runId: string;
  readonly workflowId: string;
  readonly version: number;
  readonly nodeId: string;
  readonly type: string;
  readonly attempt: number;
}

/**
 * At start: steps left running are due again, marked as interrupted until their next try begins, so that one marked
 * `atMostOnce` can be failed instead of repeated, however often the process ends in between (SPEC 9).
 */
export function recoverRuns(
  context: WriteContext,
  { at }: { readonly at: number },
): { readonly requeued: readonly InterruptedStep[] } {
  const { sql } = context;
  keepReady(context, { at });
  context.slots.reloadHeld(at);
  sql.run("UPDATE steps SET status = 'queued', interrupted = 1, ready_at = ? WHERE status = 'running'", at);
  passPoint('runs recovered');
  const requeued = sql.all<InterruptedStep>(
    `SELECT s.seq AS stepSeq, r.id AS runId, r.workflow_id AS workflowId, r.version, s.node_id AS nodeId, s.type,
       s.attempt FROM steps AS s JOIN runs AS r ON r.seq = s.run_seq
     WHERE s.ready_at <= ? AND s.interrupted = 1 ORDER BY +s.seq`,
    at,
  );
  return { requeued };
}

/**
 * Makes a run that repeats another: same version, start, request, input and target. The finished steps named in
 * `keepStepSeqs` (the start step among them) are copied, `next` is queued. @throws AppError `not_found`
 */
export function retryRun(
  context: WriteContext,
  input: {
    readonly id: string;
    readonly newId: string;
    readonly keepStepSeqs: readonly number[];
    readonly next: readonly PlannedStep[];
    /** Joins of the graph; absent: none. */
    readonly joins?: readonly JoinPlan[] | undefined;
    readonly coming: readonly ComingWait[];
    readonly edit?: RunEdit | undefined;
    /** The item of a job this does: counted with it, and refused when it was counted before. */
    readonly jobItem?: JobPlace | undefined;
    readonly at: number;
  },
): { readonly runId: string } {
  const { sql } = context;
  const { jobItem } = input;
  if (jobItem !== undefined) {
    const ends = [{ itemSeq: jobItem.itemSeq, error: null, isMended: false }];
    const counted = settleJobItems(context, { id: jobItem.jobId, ends, at: input.at });
    if (counted === 0) throw new AppError({ code: 'conflict', message: 'The job has done this already.' });
  }
  const source = findRun(sql, input.id);
  if (source === undefined) throw new AppError({ code: 'not_found', message: 'No such run.' });
  const status = input.next.length === 0 ? 'succeeded' : 'queued';
  const endedAt = status === 'succeeded' ? input.at : null;
  const { workflowId } = source;
  const held = heldOf(context, workflowId, status);
  const seq = sql.insert(
    `INSERT INTO runs (id, workflow_id, version, status, open_steps, waiting_steps, request_seq, created_at, started_at,
       finished_at, held, retry_of, start_node_id, request_id, target_entity, target_cuid, params, input, test)
     SELECT ?, workflow_id, version, ?, ?, 0, request_seq, ?, ?, ?, ?, id, start_node_id, request_id, target_entity,
       target_cuid, params, input, test FROM runs WHERE seq = ?`,
    input.newId,
    status,
    input.next.length,
    input.at,
    endedAt,
    endedAt,
    held,
    source.seq,
  );
  const copied = copySteps(context, { fromSeq: source.seq, toSeq: seq }, input.keepStepSeqs);
  const lastSeq = [...copied.values()].at(-1) ?? null;
  if (input.edit !== undefined) applyEdit(context, seq, input.edit);
  const place = { runSeq: seq, frameSeq: null, held };
  beginSteps(context, place, input, (step) => copied.get(step.fromStepSeq ?? 0) ?? 0, input.at);
  if (endedAt === null) expectWaits(context, seq, input.coming);
  if (endedAt !== null) sql.run('UPDATE runs SET last_step_seq = ? WHERE seq = ?', lastSeq, seq);
  moveRun(context, { workflowId, held }, { from: null, to: status, at: input.at });
  context.emit('runs', input.newId);
  copyOrigin(context, source.seq, seq);
  return { runId: input.newId };
}
