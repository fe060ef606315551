/**
 * Where deliveries meet runs that are there already: the waits of paused steps. A wait is taken at most once, because
 * taking it deletes it in the same transaction (SPEC 3, Waits; RELIABILITY P6).
 */
import { passPoint } from '../base/crash-points.ts';
import { continueStep } from './continue-step.ts';
import type { ResumedRun } from './continue-step.ts';
import type { WriteContext } from './write-context.ts';
import type { ResumeWanted, ResumeWish } from './types.ts';

interface Place {
  readonly workflowId: string;
  readonly nodeId: string;
}

interface WaitColumns {
  readonly seq: number;
  readonly step_seq: number;
  readonly run_seq: number;
}

function oldestAt(context: WriteContext, match: ResumeWish['match'], place: Place): WaitColumns | undefined {
  const { sql } = context;
  if (match.kind === 'target') {
    return sql.get<WaitColumns>(
      `SELECT seq, step_seq, run_seq FROM waits
       WHERE workflow_id = ? AND node_id = ? AND target_entity = ? AND target_cuid = ? ORDER BY seq LIMIT 1`,
      place.workflowId,
      place.nodeId,
      match.target.entity,
      match.target.cuid,
    );
  }
  if (match.kind === 'correlation') {
    return sql.get<WaitColumns>(
      `SELECT seq, step_seq, run_seq FROM waits
       WHERE workflow_id = ? AND node_id = ? AND correlation = ? ORDER BY seq LIMIT 1`,
      place.workflowId,
      place.nodeId,
      match.value,
    );
  }
  return undefined;
}

/** The waits one wish matches, the oldest of each node. */
function waitsOf(context: WriteContext, { match, nodes }: ResumeWish): readonly WaitColumns[] {
  if (match.kind === 'token') {
    return context.sql.all<WaitColumns>(
      'SELECT seq, step_seq, run_seq FROM waits WHERE token_hash = ? AND token_hash IS NOT NULL',
      match.tokenHash,
    );
  }
  return nodes.flatMap((place) => oldestAt(context, match, place) ?? []);
}

/** Consumes the oldest wait that matches: its step is due now. Undefined: none waits. */
export function resumeOldest(
  context: WriteContext,
  wanted: ResumeWanted,
  requestId: string,
  at: number,
): ResumedRun | undefined {
  const [wait] = wanted.wishes
    .flatMap((wish) => waitsOf(context, wish))
    .toSorted((one, other) => one.seq - other.seq);
  if (wait === undefined) return undefined;
  const { sql } = context;
  sql.run('DELETE FROM waits WHERE seq = ?', wait.seq);
  passPoint('wait taken');
  const { paramsJson, inputJson } = wanted;
  return continueStep(context, wait.step_seq, { requestId, paramsJson, inputJson }, at);
}
