/** Puts steps into the queue of a run: one for each edge that fires. Ways into a join are gathered: see joins.ts. */
import type { PlannedStep } from './types.ts';
import type { WriteContext } from './write-context.ts';

/** Where steps are put. */
export interface StepPlace {
  readonly runSeq: number;
  /** The round of a loop; null: the run itself. */
  readonly frameSeq: number | null;
  /** 1: the run is held, so that nothing of it is ready yet. */
  readonly held?: number;
}

/** By how much the counts of a run change: its open steps, and those of them that wait. */
export interface CountChange {
  readonly open: number;
  readonly waiting: number;
}

export const unchanged: CountChange = { open: 0, waiting: 0 };

/** Adds up changes. */
export function addChanges(...changes: readonly CountChange[]): CountChange {
  return changes.reduce(
    (sum, { open, waiting }) => ({
      open: sum.open + open,
      waiting: sum.waiting + waiting,
    }),
    unchanged,
  );
}

/** Adds steps to a run's queue; those of a run that is held are not ready yet. */
export function insertSteps(
  { sql }: Pick<WriteContext, 'sql'>,
  { runSeq, frameSeq, held = 0 }: StepPlace,
  steps: readonly PlannedStep[],
): void {
  for (const step of steps) {
    sql.run(
      `INSERT INTO steps (run_seq, status, ready_at, due_at, node_id, name, type, frame_seq)
       VALUES (?, 'queued', ?, ?, ?, ?, ?, ?)`,
      runSeq,
      held === 1 ? null : step.dueAt,
      step.dueAt,
      step.nodeId,
      step.name,
      step.type,
      frameSeq,
    );
  }
}
