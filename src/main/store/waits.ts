/**
 * Where deliveries meet runs that are there already: the waits of paused steps. A wait is taken at most once, because
 * taking it deletes it in the same transaction (SPEC 3, Waits; RELIABILITY P6).
 */
import { passPoint } from '../base/crash-points.ts';
import { moveRun } from './write-context.ts';
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

/** The run that goes on. */
export interface ResumedRun {
  readonly runId: string;
  readonly workflowId: string;
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
  // The try begins with the resume: a time-out read before it carries the old attempt and is fenced off.
  sql.run(
    `UPDATE steps SET status = 'queued', attempt = attempt + 1, begun = 1, ready_at = ?, due_at = NULL,
       resumed_by = ?, resume_params = ?, resume_input = ? WHERE seq = ?`,
    at,
    requestId,
    wanted.paramsJson,
    wanted.inputJson,
    wait.step_seq,
  );
  const run = sql.get<{ id: string; status: 'running' | 'waiting'; workflow_id: string }>(
    'SELECT id, status, workflow_id FROM runs WHERE seq = ?',
    wait.run_seq,
  );
  if (run === undefined) return undefined;
  sql.run(
    "UPDATE runs SET status = 'running', waiting_steps = waiting_steps - 1 WHERE seq = ?",
    wait.run_seq,
  );
  const user = { workflowId: run.workflow_id, held: 0 };
  moveRun(context, user, { from: run.status, to: 'running', at });
  context.emit('runs', run.id);
  return { runId: run.id, workflowId: run.workflow_id };
}
