/** Copies what is kept of a run into one that repeats it: finished steps, with the rounds of loops they stand in. */
import type { WriteContext } from './write-context.ts';

/**
 * Copies finished steps of a run in their order; of the steps of a round, the loop is to be among them.
 * Answers the new seq of each by its old one.
 */
export function copySteps(
  { sql }: WriteContext,
  run: { readonly fromSeq: number; readonly toSeq: number },
  stepSeqs: readonly number[],
): ReadonlyMap<number, number> {
  const copied = new Map<number, number>();
  const frames = new Map<number, number>();

  function frameOf(frameSeq: number | null): number | null {
    if (frameSeq === null) return null;
    const known = frames.get(frameSeq);
    if (known !== undefined) return known;
    const frame = sql.get<{ loop: number; parent: number | null }>(
      'SELECT loop_step_seq AS loop, parent_seq AS parent FROM frames WHERE seq = ?',
      frameSeq,
    );
    const loop = frame === undefined ? undefined : copied.get(frame.loop);
    if (frame === undefined || loop === undefined) return null;
    const seq = sql.insert(
      `INSERT INTO frames (run_seq, loop_step_seq, parent_seq, idx, status, error, item)
       SELECT ?, ?, ?, idx, status, error, item FROM frames WHERE seq = ?`,
      run.toSeq,
      loop,
      frameOf(frame.parent),
      frameSeq,
    );
    frames.set(frameSeq, seq);
    return seq;
  }

  for (const stepSeq of stepSeqs) {
    const step = sql.get<{ frame_seq: number | null }>('SELECT frame_seq FROM steps WHERE seq = ?', stepSeq);
    const seq = sql.insert(
      `INSERT INTO steps (run_seq, frame_seq, status, attempt, started_at, finished_at, node_id, name, type, port,
         resumed_by, resume_input, resume_params, output_request_id, error, logs, input, output)
       SELECT ?, ?, status, attempt, started_at, finished_at, node_id, name, type, port, resumed_by, resume_input,
         resume_params, output_request_id, error, logs, input, output
       FROM steps WHERE seq = ? AND run_seq = ? AND finished_at IS NOT NULL`,
      run.toSeq,
      frameOf(step?.frame_seq ?? null),
      stepSeq,
      run.fromSeq,
    );
    copied.set(stepSeq, seq);
  }
  return copied;
}
