/** Reads where runs come from and which runs they made. */
import type { RunStatus } from '../../shared/model/run.ts';
import { runStatusSchema } from '../../shared/model/run.ts';
import type { Sql } from './sql.ts';
import type { RunOrigin } from './types.ts';

/** Where a run comes from, with the place that made it while that is kept. */
export interface OriginRow extends RunOrigin {
  readonly parent: { readonly runId: string; readonly nodeId: string; readonly stepSeq: number } | null;
}

/** A run another one made. */
export interface ChildRow {
  readonly runId: string;
  readonly workflowId: string;
  readonly workflowName: string;
  readonly status: RunStatus;
  readonly nodeId: string;
  readonly stepSeq: number;
  readonly kind: RunOrigin['kind'];
  readonly awaited: boolean;
}

interface OriginColumns {
  readonly kind: RunOrigin['kind'];
  readonly awaited: number;
  readonly depth: number;
  readonly runId: string | null;
  readonly nodeId: string | null;
  readonly stepSeq: number | null;
}

/** Children listed of one run. */
const mostChildren = 1_000;

/** The reads of children. */
export function readChildren(sql: Sql) {
  return {
    /** Undefined: a request started it, or it is gone. */
    origin(id: string): OriginRow | undefined {
      const row = sql.get<OriginColumns>(
        `SELECT o.kind, o.awaited, o.depth, r.id AS runId, s.node_id AS nodeId, s.seq AS stepSeq
         FROM run_origins AS o LEFT JOIN steps AS s ON s.seq = o.parent_step_seq
           LEFT JOIN runs AS r ON r.seq = o.parent_seq WHERE o.run_seq = (SELECT seq FROM runs WHERE id = ?)`,
        id,
      );
      if (row === undefined) return undefined;
      const { kind, awaited, depth, runId, nodeId, stepSeq } = row;
      const parent =
        runId === null || nodeId === null || stepSeq === null ? null : { runId, nodeId, stepSeq };
      return { kind, awaited: awaited === 1, depth, parent };
    },
    /** Runs made by this one, the oldest first, at most 1,000. */
    of: (runId: string): readonly ChildRow[] =>
      sql
        .all<Omit<ChildRow, 'awaited' | 'status'> & { awaited: number; status: string }>(
          `SELECT r.id AS runId, r.workflow_id AS workflowId, coalesce(w.name, '') AS workflowName, r.status, s.node_id AS nodeId, s.seq AS stepSeq, o.kind,
             o.awaited
           FROM run_origins AS o JOIN runs AS r ON r.seq = o.run_seq JOIN steps AS s ON s.seq = o.parent_step_seq
             LEFT JOIN workflows AS w ON w.id = r.workflow_id
           WHERE o.parent_seq = (SELECT seq FROM runs WHERE id = ?) ORDER BY o.run_seq LIMIT ?`,
          runId,
          mostChildren,
        )
        .map((row) => ({ ...row, awaited: row.awaited === 1, status: runStatusSchema.parse(row.status) })),
  };
}
