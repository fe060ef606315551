/** Reads runs, their steps and waits, and the work that is due. */
import { runStatusSchema } from '../../shared/model/run.ts';
import { readRunEdits, readRunError, readRunTest, readSeqs, readTarget } from './columns.ts';
import { readFrames } from './frames-read.ts';
import { selectSteps, toStep } from './step-rows.ts';
import type { StepColumns } from './step-rows.ts';
import { walkRuns } from './run-walk.ts';
import type { RunQuery } from './run-query.ts';
import type { Sql } from './sql.ts';
import { walkInTurns, walkNow } from './walk.ts';
import type { Found } from './walk.ts';
import type { DueStep, Page, RunRow, StepRow } from './types.ts';

interface RunColumns {
  readonly seq: number;
  readonly id: string;
  readonly workflow_id: string;
  readonly workflow_name: string | null;
  readonly version: number;
  readonly status: string;
  readonly start_node_id: string;
  readonly request_id: string | null;
  readonly input: string | null;
  readonly params: string | null;
  readonly target_entity: string | null;
  readonly target_cuid: string | null;
  readonly error: string | null;
  readonly last_step_seq: number | null;
  readonly created_at: number;
  readonly started_at: number | null;
  readonly finished_at: number | null;
  readonly held: number;
  readonly in_doubt: number;
  /** Null: its workflow is not there any more. */
  readonly paused: number | null;
  readonly retry_of: string | null;
  readonly edits: string | null;
  readonly test: string | null;
}

/** A step that waits for a delivery. */
export interface WaitRow {
  readonly stepSeq: number;
  readonly nodeId: string;
  readonly targetEntity: string | null;
  readonly targetCuid: string | null;
  readonly correlation: string | null;
  readonly tokenHash: string | null;
  readonly createdAt: number;
}

/** The node a resume token belongs to, in the version its run was started on. */
export interface WaitPlace {
  readonly workflowId: string;
  readonly version: number;
  readonly nodeId: string;
}

const selectRuns = `SELECT r.seq, r.id, r.workflow_id, w.name AS workflow_name, r.version, r.status, r.start_node_id,
  r.request_id, r.input, r.params, r.target_entity, r.target_cuid, r.error, r.last_step_seq, r.created_at, r.started_at,
  r.finished_at, r.retry_of, r.edits, r.test, r.held, r.in_doubt, w.paused FROM runs AS r LEFT JOIN workflows AS w ON w.id = r.workflow_id`;

const selectDue = `SELECT s.seq, r.id AS runId, r.workflow_id AS workflowId, r.version, s.node_id AS nodeId, s.type, s.attempt,
    s.ready_at AS dueAt, s.resumed_by AS resumedByRequestId, s.resume_input AS resumedInputJson,
    s.resume_params AS resumedParamsJson, s.status = 'waiting' AND s.wait_kind IN ('wait', 'loop', 'join', 'approval', 'child') AS isWaitTimeout,
    s.status = 'waiting' AND s.wait_kind = 'delay' AS isDelayOver, s.interrupted AS isInterrupted,
    s.frame_seq AS frameSeq, s.status = 'queued' AND s.wait_kind = 'loop' AS isLoopOver, s.arrivals
  FROM steps AS s JOIN runs AS r ON r.seq = s.run_seq WHERE s.ready_at <= ?`;

function toRun(row: RunColumns): RunRow {
  return {
    seq: row.seq,
    id: row.id,
    workflowId: row.workflow_id,
    workflowName: row.workflow_name ?? '',
    version: row.version,
    status: runStatusSchema.parse(row.status),
    startNodeId: row.start_node_id,
    requestId: row.request_id,
    inputJson: row.input,
    paramsJson: row.params,
    target: readTarget(row.target_entity, row.target_cuid),
    error: readRunError(row.error),
    lastStepSeq: row.last_step_seq,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    heldBy: row.held !== 1 ? null : row.paused === 1 ? 'pause' : 'limit',
    isInDoubt: row.in_doubt === 1,
    retryOf: row.retry_of,
    edits: readRunEdits(row.edits),
    test: readRunTest(row.test),
  };
}

/** The reads of runs; `counts` are kept by the writer and handed in. */
export function readRuns(sql: Sql, counts: () => { queued: number; running: number; waiting: number }) {
  function toFound({ seqs, nextBelow }: Found): Page<RunRow> {
    const rows = sql.all<RunColumns>(
      `${selectRuns} WHERE r.seq IN (SELECT value FROM json_each(?)) ORDER BY r.seq DESC`,
      JSON.stringify(seqs),
    );
    return { items: rows.map(toRun), nextCursor: nextBelow === null ? null : String(nextBelow) };
  }

  return {
    /** Newest first; a page is full while there is more. Not for people's own filters: `find`. */
    list: (query: RunQuery): Page<RunRow> => toFound(walkNow(walkRuns(sql, query))),
    /** The same, with pauses in which others have their turn. */
    find: async (query: RunQuery): Promise<Page<RunRow>> => toFound(await walkInTurns(walkRuns(sql, query))),
    byId(id: string): RunRow | undefined {
      const row = sql.get<RunColumns>(`${selectRuns} WHERE r.id = ?`, id);
      return row === undefined ? undefined : toRun(row);
    },
    /** The newest step of a node in a run that succeeded; of a run of thousands of steps only this one is read whole. */
    lastSucceeded(run: Pick<RunRow, 'id' | 'seq'>, nodeId: string): StepRow | undefined {
      const row = sql.get<StepColumns>(
        `${selectSteps} WHERE s.seq = (SELECT max(seq) FROM steps
           WHERE run_seq = ? AND node_id = ? AND status = 'succeeded')`,
        run.seq,
        nodeId,
      );
      return row === undefined ? undefined : toStep(row, run.id);
    },
    /** In the order they were made. */
    steps: (runId: string): readonly StepRow[] =>
      sql
        .all<StepColumns>(
          `${selectSteps} WHERE s.run_seq = (SELECT seq FROM runs WHERE id = ?) ORDER BY s.seq`,
          runId,
        )
        .map((row) => toStep(row, runId)),
    /**
     * Work due at `now`, the longest due first. Steps stay listed until they are started or settled.
     * @param exceptWorkflowIds workflows whose steps have to wait for others of theirs.
     */
    due: (now: number, limit: number, exceptWorkflowIds: readonly string[] = []): readonly DueStep[] => {
      const rows =
        exceptWorkflowIds.length === 0
          ? sql.all<DueColumns>(`${selectDue} ORDER BY s.ready_at, s.seq LIMIT ?`, now, limit)
          : sql.all<DueColumns>(
              `${selectDue} AND r.workflow_id NOT IN (SELECT value FROM json_each(?)) ORDER BY s.ready_at, s.seq LIMIT ?`,
              now,
              JSON.stringify(exceptWorkflowIds),
              limit,
            );
      return rows.map((row) => ({
        ...row,
        isWaitTimeout: row.isWaitTimeout === 1,
        isDelayOver: row.isDelayOver === 1,
        isInterrupted: row.isInterrupted === 1,
        isLoopOver: row.isLoopOver === 1,
        arrivals: readSeqs(row.arrivals) ?? [],
      }));
    },
    /** The next instant after `now` at which something falls due. */
    nextDueAt: (now: number): number | undefined =>
      sql.get<{ at: number }>(
        'SELECT ready_at AS at FROM steps WHERE ready_at > ? ORDER BY ready_at LIMIT 1',
        now,
      )?.at,
    /** When the next held delivery is to be given up; undefined: none is held. */
    nextHoldEnd: (): number | undefined =>
      sql.get<{ at: number }>('SELECT expires_at AS at FROM holds ORDER BY expires_at LIMIT 1')?.at,
    /** Live runs by status, as of the last commit. */
    counts,
    /** Where a resume token belongs: a wait that is there, was there or is to come; undefined for one nobody was given. */
    waitByToken: (tokenHash: string): WaitPlace | undefined =>
      sql.get<WaitPlace>(
        `SELECT r.workflow_id AS workflowId, r.version, s.node_id AS nodeId
         FROM steps AS s JOIN runs AS r ON r.seq = s.run_seq WHERE s.token_hash = ? AND s.token_hash IS NOT NULL LIMIT 1`,
        tokenHash,
      ) ??
      sql.get<WaitPlace>(
        `SELECT r.workflow_id AS workflowId, r.version, c.node_id AS nodeId
         FROM coming_waits AS c JOIN runs AS r ON r.seq = c.run_seq
         WHERE c.token_hash = ? AND c.token_hash IS NOT NULL LIMIT 1`,
        tokenHash,
      ),
    /**
     * How busy a start is: when it last began a run, and how many since an instant. The workflow's newest 10,000 runs
     * are looked at.
     */
    startedAt(
      workflowId: string,
      nodeId: string,
      sinceAt: number,
    ): { lastAt: number | null; recent: number } {
      const row = sql.get<{ lastAt: number | null; recent: number }>(
        `SELECT max(created_at) AS lastAt, count(*) FILTER (WHERE created_at >= ?) AS recent FROM (
           SELECT created_at, start_node_id FROM runs WHERE workflow_id = ? ORDER BY seq DESC LIMIT 10000)
         WHERE start_node_id = ?`,
        sinceAt,
        workflowId,
        nodeId,
      );
      return row ?? { lastAt: null, recent: 0 };
    },
    ...readFrames(sql),
    /** What the run waits for, the oldest first. */
    waits: (runId: string): readonly WaitRow[] =>
      sql.all<WaitRow>(
        `SELECT step_seq AS stepSeq, node_id AS nodeId, target_entity AS targetEntity, target_cuid AS targetCuid,
           correlation, token_hash AS tokenHash, created_at AS createdAt
         FROM waits WHERE run_seq = (SELECT seq FROM runs WHERE id = ?) ORDER BY seq`,
        runId,
      ),
  };
}

type DueColumns = Omit<
  DueStep,
  'isWaitTimeout' | 'isDelayOver' | 'isInterrupted' | 'isLoopOver' | 'arrivals'
> & {
  readonly isLoopOver: number;
  readonly arrivals: string | null;
  readonly isWaitTimeout: number;
  readonly isDelayOver: number;
  readonly isInterrupted: number;
};
