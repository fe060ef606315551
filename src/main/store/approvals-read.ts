/** Reads what waits for a person: steps that wait, by an index of their own. */
import { Conditions, cursorSeq, toPage } from './paging.ts';
import type { PageQuery } from './paging.ts';
import type { Sql } from './sql.ts';
import type { Page } from './types.ts';

/** A step that waits for a person's word. */
export interface ApprovalRow {
  readonly seq: number;
  readonly runId: string;
  readonly workflowId: string;
  readonly workflowName: string;
  readonly version: number;
  readonly nodeId: string;
  readonly nodeName: string;
  /** What is asked, as JSON text. */
  readonly inputJson: string | null;
  readonly waitingSinceAt: number;
  /** When it is too late; null: never. */
  readonly timeoutAt: number | null;
}

const fromWaiting = `FROM steps AS s INDEXED BY steps_approval JOIN runs AS r ON r.seq = s.run_seq
  LEFT JOIN workflows AS w ON w.id = r.workflow_id`;
const isWaiting = "s.status = 'waiting' AND s.wait_kind = 'approval'";

/** The reads of approvals. */
export function readApprovals(sql: Sql) {
  return {
    /** Newest first. */
    list(
      query: PageQuery & { readonly workflowId?: string | undefined; readonly runId?: string | undefined },
    ) {
      const conditions = new Conditions().add(isWaiting).add('s.seq < ?', cursorSeq(query.cursor));
      if (query.workflowId !== undefined) conditions.add('r.workflow_id = ?', query.workflowId);
      if (query.runId !== undefined) conditions.add('r.id = ?', query.runId);
      const rows = sql.all<ApprovalRow>(
        `SELECT s.seq, r.id AS runId, r.workflow_id AS workflowId, coalesce(w.name, '') AS workflowName, r.version,
           s.node_id AS nodeId, s.name AS nodeName, s.input AS inputJson,
           coalesce(s.started_at, r.created_at) AS waitingSinceAt, s.due_at AS timeoutAt
         ${fromWaiting} ${conditions.where} ORDER BY s.seq DESC LIMIT ?`,
        ...conditions.values,
        query.limit + 1,
      );
      const page: Page<ApprovalRow> = toPage(rows, query.limit, (row) => row);
      return page;
    },
    /** How many wait. */
    count: (): number =>
      sql.get<{ n: number }>(
        `SELECT count(*) AS n FROM steps AS s INDEXED BY steps_approval WHERE ${isWaiting}`,
      )?.n ?? 0,
  };
}
