/** Reads what the engine needs of a run in pieces: rounds of loops, and the finished steps of one round or of the run. */
import type { RunError } from '../../shared/model/run.ts';
import { readRunError } from './columns.ts';
import type { Sql } from './sql.ts';
import type { FrameRow } from './types.ts';

/** A finished step, as the steps after it see it. */
export interface FinishedStepRow {
  readonly seq: number;
  readonly nodeId: string;
  readonly name: string;
  readonly outputJson: string | null;
  readonly outputRequestId: string | null;
  readonly resumedInputJson: string | null;
  readonly resumedParamsJson: string | null;
  readonly error: RunError | null;
}

/** How a round of a loop ended; its output is that of its last step. */
export interface RoundRow
  extends Pick<
    FinishedStepRow,
    'outputJson' | 'outputRequestId' | 'resumedInputJson' | 'resumedParamsJson' | 'error'
  > {
  readonly status: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
}

type WithErrorText<Row> = Omit<Row, 'error'> & { readonly error: string | null };

const outputColumns = `s.output AS outputJson, s.output_request_id AS outputRequestId,
  s.resume_input AS resumedInputJson, s.resume_params AS resumedParamsJson`;
const selectFinished = `SELECT s.seq, s.node_id AS nodeId, s.name, s.error, ${outputColumns} FROM steps AS s
  WHERE s.finished_at IS NOT NULL AND s.status <> 'cancelled'`;
const runSeq = '(SELECT seq FROM runs WHERE id = ?)';

function withError<Row extends { readonly error: RunError | null }>(row: WithErrorText<Row>) {
  return { ...row, error: readRunError(row.error) };
}

/** The reads of rounds and their steps. */
export function readFrames(sql: Sql) {
  return {
    frame: (seq: number): FrameRow | undefined =>
      sql.get<FrameRow>(
        `SELECT f.seq, f.parent_seq AS parentSeq, f.loop_step_seq AS loopStepSeq, s.node_id AS loopNodeId,
           s.name AS loopName, f.idx AS "index", l.count, f.item AS itemJson
         FROM frames AS f JOIN loops AS l ON l.step_seq = f.loop_step_seq JOIN steps AS s ON s.seq = f.loop_step_seq
         WHERE f.seq = ?`,
        seq,
      ),
    /** Where each frame of a run stands, the outer ones first. */
    framePlaces: (runId: string) =>
      sql.all<Pick<FrameRow, 'seq' | 'parentSeq' | 'loopStepSeq' | 'index'>>(
        `SELECT seq, parent_seq AS parentSeq, loop_step_seq AS loopStepSeq, idx AS "index"
         FROM frames WHERE run_seq = ${runSeq} ORDER BY seq`,
        runId,
      ),
    /** In the order they were made: those of one round, or those of the run itself. */
    finishedSteps(runId: string, frameSeq: number | null): readonly FinishedStepRow[] {
      const rows =
        frameSeq === null
          ? sql.all<WithErrorText<FinishedStepRow>>(
              `${selectFinished} AND s.run_seq = ${runSeq} AND s.frame_seq IS NULL ORDER BY s.seq`,
              runId,
            )
          : sql.all<WithErrorText<FinishedStepRow>>(
              `${selectFinished} AND s.frame_seq = ? ORDER BY s.seq`,
              frameSeq,
            );
      return rows.map(withError);
    },
    /** How many arrivals a node had before a step, in the round of that step. */
    arrivalsBefore(
      runId: string,
      nodeId: string,
      step: { readonly seq: number; readonly frameSeq: number | null },
    ) {
      const count =
        step.frameSeq === null
          ? sql.get<{ n: number }>(
              `SELECT count(*) AS n FROM steps
               WHERE run_seq = ${runSeq} AND frame_seq IS NULL AND node_id = ? AND seq < ?`,
              runId,
              nodeId,
              step.seq,
            )
          : sql.get<{ n: number }>(
              'SELECT count(*) AS n FROM steps WHERE frame_seq = ? AND node_id = ? AND seq < ?',
              step.frameSeq,
              nodeId,
              step.seq,
            );
      return count?.n ?? 0;
    },
    /** Steps made for a run, and those its loops are to begin their rounds with; a join counts when it is done. */
    stepCount: (runId: string): number =>
      sql.get<{ n: number }>(
        `SELECT (SELECT count(*) FROM steps AS s
             WHERE s.run_seq = r.seq AND NOT (s.type = 'join' AND s.finished_at IS NULL))
           + (SELECT coalesce(sum(json_array_length(l.body, '$.steps')), 0)
             FROM frames AS f JOIN loops AS l ON l.step_seq = f.loop_step_seq
             WHERE f.run_seq = r.seq AND f.status = 'queued') AS n
         FROM runs AS r WHERE r.id = ?`,
        runId,
      )?.n ?? 0,
    /** Bytes of the outputs the rounds of a loop ended with, roughly. */
    roundsLength: (loopStepSeq: number): number =>
      sql.get<{ n: number }>(
        `SELECT coalesce(sum(length(s.output)), 0) AS n FROM frames AS f JOIN steps AS s ON s.seq = f.last_step_seq
         WHERE f.loop_step_seq = ?`,
        loopStepSeq,
      )?.n ?? 0,
    /** In their order. */
    rounds: (loopStepSeq: number): readonly RoundRow[] =>
      sql
        .all<WithErrorText<RoundRow>>(
          `SELECT f.status, f.error, ${outputColumns} FROM frames AS f LEFT JOIN steps AS s ON s.seq = f.last_step_seq
           WHERE f.loop_step_seq = ? ORDER BY f.seq`,
          loopStepSeq,
        )
        .map(withError),
  };
}
