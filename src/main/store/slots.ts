/**
 * How many runs of a workflow may be under way (SPEC 9): a run takes a slot when it may begin, gives it back when it
 * waits or ends, and takes it again, always, when it goes on. Where the workflow sets no limit, and there are slots only
 * for the sake of other workflows, it also gives it back while all it does is to wait for another try of a step. A run
 * that finds none is held: queued, but not among what is due, until the commit that frees a slot lets the oldest one
 * begin. Kept in memory beside the database, so that a run that gets its slot at once costs nothing; counted anew at
 * each start.
 */
import type { RunStatus } from '../../shared/model/run.ts';
import type { Sql } from './sql.ts';

/**
 * Runs of a workflow that sets no limit of its own. It bounds how much work a busy workflow can have before that of
 * others (SPEC 9).
 */
export const defaultSlots = 256;

/** A run as far as its slot is concerned. */
export interface SlotUser {
  readonly workflowId: string;
  /** 1: held; 2: it rests until another try. */
  readonly held: number;
}

export interface Slots {
  /** Whether a new run of that workflow has to be held. */
  isFull(workflowId: string): boolean;
  /** A run was made (`from` null) or changed its status. What becomes free goes to the oldest held run. */
  move(run: SlotUser, from: RunStatus | null, to: RunStatus, at: number): void;
  /** A run has nothing to do before another try: it gives its slot back until then, where it may. */
  rest(workflowId: string, runSeq: number, at: number): void;
  /** It goes on: it has a slot again, also where there is none. */
  wake(workflowId: string, runSeq: number): void;
  /** The limit of a workflow may have changed, or whether it is paused: lets begin what may. */
  reload(workflowId: string, at: number): void;
  /** The same for all workflows that hold runs; for the start. */
  reloadHeld(at: number): void;
  /** Nothing of that workflow begins any more. */
  close(workflowId: string): void;
  /** Where the present transaction stands, for `rollBackTo`. */
  readonly savepoint: number;
  rollBackTo(savepoint: number): void;
  /** The transaction was committed. */
  settle(): void;
}

interface Count {
  readonly taken: number;
  readonly held: number;
  /** Slots there are; undefined: not looked up yet. */
  readonly limit: Limit | undefined;
}

interface Limit {
  /** 0: paused. */
  readonly capacity: number;
  /** Whether the workflow sets it itself. */
  readonly isOwn: boolean;
}

const none: Count = { taken: 0, held: 0, limit: undefined };

/** Whether a run of this status has a slot, unless it is held. */
function usesSlot(status: RunStatus | null): boolean {
  return status === 'queued' || status === 'running';
}

/** Counts what the database holds. */
export function openSlots(sql: Sql): Slots {
  const counts = new Map<string, Count>();
  /** What was changed in the present transaction, as it was before. */
  let changes: { readonly workflowId: string; readonly before: Count | undefined }[] = [];

  for (const { workflowId, held, n } of countRuns(sql)) {
    const count = counts.get(workflowId) ?? none;
    counts.set(workflowId, { ...count, [held === 1 ? 'held' : 'taken']: n });
  }

  function change(workflowId: string, by: Partial<Count>): void {
    const before = counts.get(workflowId);
    changes.push({ workflowId, before });
    counts.set(workflowId, { ...none, ...before, ...by });
  }

  /** The count of a workflow with the slots it has. */
  function countOf(workflowId: string): Count & Limit {
    const count = counts.get(workflowId) ?? none;
    const limit = count.limit ?? limitOf(sql, workflowId);
    if (count.limit === undefined) change(workflowId, { limit });
    return { ...count, ...limit };
  }

  /** Lets held runs begin, the oldest first, while there are slots. */
  function release(workflowId: string, at: number): void {
    const { taken, held, capacity } = countOf(workflowId);
    if (held === 0 || taken >= capacity) return;
    const runs = sql.all<{ seq: number }>(
      `SELECT seq FROM runs INDEXED BY runs_held WHERE held = 1 AND held <> 0 AND workflow_id = ?
       ORDER BY seq LIMIT ?`,
      workflowId,
      capacity - taken,
    );
    for (const { seq } of runs) {
      sql.run('UPDATE runs SET held = 0 WHERE seq = ?', seq);
      // Ready from now on, behind what is ready already: that is what keeps a backlog from starving others.
      sql.run("UPDATE steps SET ready_at = ? WHERE run_seq = ? AND status = 'queued'", at, seq);
      // A join the start led to has its whole time from now on.
      sql.run(
        `UPDATE steps SET due_at = due_at - runs.created_at + ?, ready_at = due_at - runs.created_at + ?
         FROM runs WHERE runs.seq = steps.run_seq AND run_seq = ? AND steps.status = 'waiting' AND due_at IS NOT NULL`,
        at,
        at,
        seq,
      );
    }
    change(workflowId, { taken: taken + runs.length, held: held - runs.length });
  }

  function reload(workflowId: string, at: number): void {
    change(workflowId, { limit: undefined });
    release(workflowId, at);
  }

  return {
    isFull(workflowId) {
      const { taken, held, capacity } = countOf(workflowId);
      return taken >= capacity || held > 0;
    },
    move({ workflowId, held: isHeld }, from, to, at) {
      const by = Number(usesSlot(to)) - Number(usesSlot(from));
      if (by === 0 || isHeld === 2) return;
      const { taken, held } = counts.get(workflowId) ?? none;
      if (isHeld === 1) change(workflowId, { held: held + by });
      else change(workflowId, { taken: taken + by });
      if (by < 0) release(workflowId, at);
    },
    rest(workflowId, runSeq, at) {
      const { taken, isOwn } = countOf(workflowId);
      if (isOwn) return;
      sql.run('UPDATE runs SET held = 2 WHERE seq = ?', runSeq);
      change(workflowId, { taken: taken - 1 });
      release(workflowId, at);
    },
    wake(workflowId, runSeq) {
      sql.run('UPDATE runs SET held = 0 WHERE seq = ?', runSeq);
      change(workflowId, { taken: (counts.get(workflowId)?.taken ?? 0) + 1 });
    },
    reload,
    reloadHeld(at) {
      for (const [workflowId, { held }] of counts) if (held > 0) reload(workflowId, at);
    },
    close: (workflowId) => change(workflowId, { limit: { capacity: 0, isOwn: true } }),
    get savepoint() {
      return changes.length;
    },
    rollBackTo(savepoint) {
      for (const { workflowId, before } of changes.splice(savepoint).toReversed()) {
        if (before === undefined) counts.delete(workflowId);
        else counts.set(workflowId, before);
      }
    },
    settle() {
      changes = [];
    },
  };
}

/** Runs that have a slot and those that are held, by workflow. */
function countRuns(sql: Sql): readonly { workflowId: string; held: number; n: number }[] {
  const busy = sql.all<{ workflowId: string; n: number }>(
    `SELECT workflow_id AS workflowId, count(*) AS n FROM runs
     WHERE status IN ('queued', 'running') AND status <> 'succeeded' GROUP BY workflow_id`,
  );
  const withoutSlot = sql.all<{ workflowId: string; held: number; n: number }>(
    `SELECT workflow_id AS workflowId, held, count(*) AS n FROM runs INDEXED BY runs_held
     WHERE held <> 0 GROUP BY held, workflow_id`,
  );
  const withSlot = busy.map(({ workflowId, n }) => {
    const others = withoutSlot.filter((one) => one.workflowId === workflowId);
    return { workflowId, held: 0, n: others.reduce((left, one) => left - one.n, n) };
  });
  return [...withSlot, ...withoutSlot.filter((one) => one.held === 1)];
}

/**
 * Slots of a workflow: `settings.concurrency` of the version that is live, or of the newest where none is, whichever
 * version its runs began on.
 */
function limitOf(sql: Sql, workflowId: string): Limit {
  const row = sql.get<{ paused: number; concurrency: number | null }>(
    `SELECT w.paused, json_extract(v.document, '$.settings.concurrency') AS concurrency
     FROM workflows AS w LEFT JOIN workflow_versions AS v
       ON v.workflow_id = w.id AND v.version = coalesce(w.active_version, w.latest_version)
     WHERE w.id = ?`,
    workflowId,
  );
  const concurrency = row?.concurrency ?? null;
  return { capacity: row?.paused === 1 ? 0 : (concurrency ?? defaultSlots), isOwn: concurrency !== null };
}
