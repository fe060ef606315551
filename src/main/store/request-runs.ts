/** Which runs a request stands behind. */
import type { RunStatus } from '../../shared/model/run.ts';
import type { Sql } from './sql.ts';

export interface RequestRun {
  readonly id: string;
  readonly workflowId: string;
  readonly status: RunStatus;
}

const columns = 'SELECT id, workflow_id AS workflowId, status FROM runs';

/** The run a request resumed, if it did. */
function resumedRun(sql: Sql, runId: string | null | undefined): readonly RequestRun[] {
  return runId === null || runId === undefined ? [] : sql.all<RequestRun>(`${columns} WHERE id = ?`, runId);
}

/** The runs a request started or resumed, their repetitions included; oldest first. */
export function runsOfRequest(sql: Sql, seq: number, resumedRunId: string | null): readonly RequestRun[] {
  const started = sql.all<RequestRun>(`${columns} WHERE request_seq = ? ORDER BY seq`, seq);
  return [...started, ...resumedRun(sql, resumedRunId)];
}

/** The runs the first delivery of a key was answered with. */
export function runsOfFirst(sql: Sql, firstSeq: number): readonly RequestRun[] {
  const started = sql.all<RequestRun>(
    `${columns} WHERE request_seq = ? AND retry_of IS NULL ORDER BY seq`,
    firstSeq,
  );
  const first = sql.get<{ id: string | null }>(
    'SELECT resumed_run_id AS id FROM requests WHERE seq = ?',
    firstSeq,
  );
  return [...started, ...resumedRun(sql, first?.id)];
}
