/** A person's word on a step that waits for it. */
import { continueStep } from './continue-step.ts';
import { noteAnswered } from './notifications-write.ts';
import type { WriteContext } from './write-context.ts';

/**
 * Gives the oldest waiting approval of a node what was decided; with `stepSeq` that one and no other. `applied` false:
 * none waits any more.
 */
export function decideApproval(
  context: WriteContext,
  input: {
    readonly runId: string;
    readonly nodeId: string;
    readonly stepSeq: number | null;
    readonly valueJson: string;
    readonly at: number;
  },
): { readonly applied: boolean } {
  const step = context.sql.get<{ seq: number }>(
    `SELECT s.seq FROM steps AS s JOIN runs AS r ON r.seq = s.run_seq
     WHERE r.id = ? AND s.node_id = ? AND s.status = 'waiting' AND s.wait_kind = 'approval' AND s.seq = coalesce(?, s.seq)
     ORDER BY s.seq LIMIT 1`,
    input.runId,
    input.nodeId,
    input.stepSeq,
  );
  if (step === undefined) return { applied: false };
  const value = { requestId: null, paramsJson: null, inputJson: input.valueJson };
  const applied = continueStep(context, step.seq, value, input.at) !== undefined;
  noteAnswered(context, step.seq, input.at);
  return { applied };
}
