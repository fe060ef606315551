/**
 * Joins: the branches of a run, or of one round of a loop, that lead to a join make one step of it. The first arrival
 * makes the step, later ones are noted on it; when it is due is decided in the transaction of each settlement, from the
 * steps that are open then, so a branch a condition did not take is not waited for (SPEC 8).
 */
import { addChanges, type CountChange, insertSteps, type StepPlace, unchanged } from './step-queue.ts';
import type { JoinPlan, PlannedStep } from './types.ts';
import type { WriteContext } from './write-context.ts';

/**
 * Adds the steps that follow a finished one, gathering ways into joins. To be followed by `wakeJoins`.
 * @param joins absent: none of the steps is a join
 * @param from the step an edge comes from
 */
export function enterSteps(
  context: WriteContext,
  place: StepPlace,
  steps: readonly PlannedStep[],
  joins: readonly JoinPlan[] | undefined,
  from: (step: PlannedStep) => number,
): CountChange {
  if (joins === undefined) {
    insertSteps(context, place, steps);
    return { open: steps.length, waiting: 0 };
  }
  let { open, waiting } = unchanged;
  for (const step of steps) {
    const join = joins.find(({ nodeId }) => nodeId === step.nodeId);
    if (join === undefined) {
      insertSteps(context, place, [step]);
      open += 1;
    } else if (arrive(context, place, step, join, from(step))) {
      open += 1;
      if (join.mode === 'all') waiting += 1;
    }
  }
  return { open, waiting };
}

/** Adds the first steps of a run that was just made, whose row counts one open step for each. */
export function beginSteps(
  context: WriteContext,
  place: StepPlace,
  {
    next,
    joins,
  }: { readonly next: readonly PlannedStep[]; readonly joins?: readonly JoinPlan[] | undefined },
  from: (step: PlannedStep) => number,
  at: number,
): void {
  const entered = enterSteps(context, place, next, joins, from);
  if (joins === undefined) return;
  const { open, waiting } = addChanges(entered, wakeJoins(context, place, joins, at));
  context.sql.run(
    'UPDATE runs SET open_steps = ?, waiting_steps = ? WHERE seq = ?',
    open,
    waiting,
    place.runSeq,
  );
}

/** Notes an arrival; true when it is the first and makes the step. */
function arrive(
  { sql }: WriteContext,
  { runSeq, frameSeq, held = 0 }: StepPlace,
  step: PlannedStep,
  { mode, timeoutMs }: JoinPlan,
  fromSeq: number,
): boolean {
  const known = sql.get<{ seq: number; status: string }>(
    `SELECT seq, status FROM steps WHERE run_seq = ? AND frame_seq IS ? AND node_id = ? AND type = 'join'`,
    runSeq,
    frameSeq,
    step.nodeId,
  );
  if (known === undefined) {
    const isDue = mode === 'any';
    const lateAt = timeoutMs === null ? null : step.dueAt + timeoutMs;
    sql.run(
      `INSERT INTO steps (run_seq, status, ready_at, due_at, node_id, name, type, frame_seq, wait_kind, waiting_for, arrivals)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'join', ?, json_array(?))`,
      runSeq,
      isDue ? 'queued' : 'waiting',
      held === 1 ? null : isDue ? step.dueAt : lateAt,
      isDue ? null : lateAt,
      step.nodeId,
      step.name,
      step.type,
      frameSeq,
      isDue ? null : `"${step.name}" waits for the other branches.`,
      fromSeq,
    );
    return true;
  }
  if (known.status === 'waiting') {
    sql.run(`UPDATE steps SET arrivals = json_insert(arrivals, '$[#]', ?) WHERE seq = ?`, fromSeq, known.seq);
  }
  return false;
}

/**
 * Makes due every join of this place to which nothing open can come any more.
 * @param joins those the step that has just ended leads to; others can not have changed
 */
export function wakeJoins(
  { sql }: WriteContext,
  { runSeq, frameSeq, held = 0 }: StepPlace,
  joins: readonly JoinPlan[] | undefined,
  at: number,
): CountChange {
  if (joins === undefined) return unchanged;
  const waiting = sql.all<{ seq: number; nodeId: string }>(
    `SELECT seq, node_id AS nodeId FROM steps
     WHERE run_seq = ? AND frame_seq IS ? AND type = 'join' AND status = 'waiting'`,
    runSeq,
    frameSeq,
  );
  if (waiting.length === 0) return unchanged;
  const open = openNodes({ sql }, runSeq, frameSeq);
  const due = waiting.filter(({ nodeId }) => {
    const join = joins.find((one) => one.nodeId === nodeId);
    return join !== undefined && !join.sources.some((source) => open.has(source));
  });
  for (const { seq } of due) {
    sql.run(
      "UPDATE steps SET status = 'queued', ready_at = ?, due_at = NULL, waiting_for = NULL WHERE seq = ?",
      held === 1 ? null : at,
      seq,
    );
  }
  return { open: 0, waiting: -due.length };
}

/** The nodes at which a step of this very place is open; a loop is until the last of its rounds has ended. */
function openNodes(
  { sql }: Pick<WriteContext, 'sql'>,
  runSeq: number,
  frameSeq: number | null,
): ReadonlySet<string> {
  const isOpen = "status IN ('queued', 'running', 'waiting')";
  const rows =
    frameSeq === null
      ? sql.all<{ nodeId: string }>(
          `SELECT DISTINCT node_id AS nodeId FROM steps WHERE run_seq = ? AND frame_seq IS NULL AND ${isOpen}`,
          runSeq,
        )
      : sql.all<{ nodeId: string }>(
          `SELECT DISTINCT node_id AS nodeId FROM steps WHERE frame_seq = ? AND ${isOpen}`,
          frameSeq,
        );
  return new Set(rows.map(({ nodeId }) => nodeId));
}
