/** How a row of the steps table becomes a StepRow. */
import { stepStatusSchema } from '../../shared/model/run.ts';
import { readFailures, readLogs, readRunError } from './columns.ts';
import type { StepRow } from './types.ts';

/** The columns `selectSteps` gives. */
export interface StepColumns {
  readonly seq: number;
  readonly node_id: string;
  readonly name: string;
  readonly type: string;
  readonly status: string;
  readonly attempt: number;
  readonly input: string | null;
  readonly output: string | null;
  readonly output_request_id: string | null;
  readonly resume_input: string | null;
  readonly resume_params: string | null;
  readonly port: string | null;
  readonly error: string | null;
  readonly logs: string | null;
  readonly failures: string | null;
  readonly frame_seq: number | null;
  readonly wait_kind: string | null;
  readonly waiting_for: string | null;
  readonly due_at: number | null;
  readonly started_at: number | null;
  readonly finished_at: number | null;
}

/** Reads steps under the alias `s`. */
export const selectSteps = `SELECT s.seq, s.node_id, s.name, s.type, s.status, s.attempt, s.input, s.output,
  s.output_request_id, s.resume_input, s.resume_params, s.port, s.error, s.logs, s.failures, s.frame_seq, s.wait_kind,
  s.waiting_for, s.due_at, s.started_at, s.finished_at FROM steps AS s`;

/** Maps a row of the run `runId`. */
export function toStep(row: StepColumns, runId: string): StepRow {
  return {
    seq: row.seq,
    runId,
    nodeId: row.node_id,
    name: row.name,
    type: row.type,
    status: stepStatusSchema.parse(row.status),
    attempt: row.attempt,
    inputJson: row.input,
    outputJson: row.output,
    outputRequestId: row.output_request_id,
    resumedInputJson: row.resume_input,
    resumedParamsJson: row.resume_params,
    port: row.port,
    error: readRunError(row.error),
    logs: readLogs(row.logs) ?? [],
    failures: readFailures(row.failures) ?? [],
    frameSeq: row.frame_seq,
    waitKind: row.wait_kind,
    waitingFor: row.waiting_for,
    dueAt: row.due_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}
