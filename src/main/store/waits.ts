/**
 * Where runs and deliveries meet: waits of paused steps, and deliveries held because the run is not there yet. A wait
 * and a held delivery are each taken at most once, because taking one deletes it in the same transaction.
 */
import type { Target } from '../../shared/model/run.ts';
import { moveRun } from './write-context.ts';
import type { WriteContext } from './write-context.ts';
import type { ResumeWanted } from './types.ts';

interface Place {
  readonly workflowId: string;
  readonly nodeId: string;
}

interface WaitColumns {
  readonly seq: number;
  readonly step_seq: number;
  readonly run_seq: number;
}

/** A delivery taken from the held ones. */
export interface HeldDelivery {
  readonly requestSeq: number;
  readonly requestId: string;
  readonly paramsJson: string | null;
  readonly inputJson: string | null;
}

function oldestAt(
  context: WriteContext,
  match: ResumeWanted['match'],
  place: Place,
): WaitColumns | undefined {
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

function findWait(context: WriteContext, wanted: ResumeWanted): WaitColumns | undefined {
  if (wanted.match.kind === 'token') {
    return context.sql.get<WaitColumns>(
      'SELECT seq, step_seq, run_seq FROM waits WHERE token_hash = ?',
      wanted.match.tokenHash,
    );
  }
  let oldest: WaitColumns | undefined;
  for (const place of wanted.nodes) {
    const found = oldestAt(context, wanted.match, place);
    if (found !== undefined && (oldest === undefined || found.seq < oldest.seq)) oldest = found;
  }
  return oldest;
}

/** Consumes the oldest wait that matches: its step is due now. Answers the run's id, or undefined if none waits. */
export function resumeOldest(
  context: WriteContext,
  wanted: ResumeWanted,
  requestId: string,
  at: number,
): string | undefined {
  const wait = findWait(context, wanted);
  if (wait === undefined) return undefined;
  const { sql } = context;
  sql.run('DELETE FROM waits WHERE seq = ?', wait.seq);
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
  const run = sql.get<{ id: string; status: 'running' | 'waiting' }>(
    'SELECT id, status FROM runs WHERE seq = ?',
    wait.run_seq,
  );
  if (run === undefined) return undefined;
  sql.run(
    "UPDATE runs SET status = 'running', waiting_steps = waiting_steps - 1 WHERE seq = ?",
    wait.run_seq,
  );
  moveRun(context, run.status, 'running');
  context.emit('runs', run.id);
  return run.id;
}

/** The wanted nodes some live run of that target or correlation's workflows has yet to reach. */
export function nodesYetToReach(context: WriteContext, wanted: ResumeWanted): readonly Place[] {
  const { match } = wanted;
  if (match.kind === 'token') return [];
  // A step that is queued for the first time is on its way there, too.
  const notReached = `NOT EXISTS (SELECT 1 FROM steps AS s WHERE s.run_seq = r.seq AND s.node_id = ?
    AND NOT (s.status = 'queued' AND s.wait_kind IS NULL))`;
  return wanted.nodes.filter(({ workflowId, nodeId }) => {
    if (match.kind === 'target') {
      const run = context.sql.get(
        `SELECT 1 FROM runs AS r WHERE r.target_entity = ? AND r.target_cuid = ? AND r.target_cuid IS NOT NULL
           AND r.finished_at IS NULL AND r.workflow_id = ? AND ${notReached} LIMIT 1`,
        match.target.entity,
        match.target.cuid,
        workflowId,
        nodeId,
      );
      return run !== undefined;
    }
    const run = context.sql.get(
      `SELECT 1 FROM runs AS r WHERE r.status IN ('queued', 'running', 'waiting') AND r.status <> 'succeeded'
         AND +r.workflow_id = ? AND ${notReached} LIMIT 1`,
      workflowId,
      nodeId,
    );
    return run !== undefined;
  });
}

/** Holds a delivery for these nodes until `expiresAt`. */
export function holdDelivery(
  context: WriteContext,
  requestSeq: number,
  wanted: ResumeWanted,
  places: readonly Place[],
  expiresAt: number,
): void {
  const target = wanted.match.kind === 'target' ? wanted.match.target : null;
  for (const { workflowId, nodeId } of places) {
    context.sql.run(
      `INSERT INTO holds (request_seq, workflow_id, node_id, target_entity, target_cuid, correlation, expires_at,
         params, input) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      requestSeq,
      workflowId,
      nodeId,
      target?.entity ?? null,
      target?.cuid ?? null,
      wanted.match.kind === 'correlation' ? wanted.match.value : null,
      expiresAt,
      wanted.paramsJson,
      wanted.inputJson,
    );
  }
}

/** Takes the oldest held delivery a wait at this place matches, and notes on its request which run took it. */
export function takeHeld(
  context: WriteContext,
  place: Place & { readonly runId: string },
  wait: { readonly target: Target | null; readonly correlation: string | null },
  at: number,
): HeldDelivery | undefined {
  const { sql } = context;
  const columns = `SELECT h.request_seq AS requestSeq, r.id AS requestId, h.params AS paramsJson, h.input AS inputJson
    FROM holds AS h JOIN requests AS r ON r.seq = h.request_seq
    WHERE h.workflow_id = ? AND h.node_id = ? AND h.expires_at > ?`;
  const found: HeldDelivery[] = [];
  if (wait.target !== null) {
    found.push(
      ...sql.all<HeldDelivery>(
        `${columns} AND h.target_entity = ? AND h.target_cuid = ? ORDER BY h.request_seq LIMIT 1`,
        place.workflowId,
        place.nodeId,
        at,
        wait.target.entity,
        wait.target.cuid,
      ),
    );
  }
  if (wait.correlation !== null) {
    found.push(
      ...sql.all<HeldDelivery>(
        `${columns} AND h.correlation = ? ORDER BY h.request_seq LIMIT 1`,
        place.workflowId,
        place.nodeId,
        at,
        wait.correlation,
      ),
    );
  }
  const [oldest] = found.toSorted((one, other) => one.requestSeq - other.requestSeq);
  if (oldest === undefined) return undefined;
  sql.run('DELETE FROM holds WHERE request_seq = ?', oldest.requestSeq);
  sql.run('UPDATE requests SET resumed_run_id = ? WHERE seq = ?', place.runId, oldest.requestSeq);
  context.emit('requests', oldest.requestId);
  return oldest;
}

/** Gives up deliveries held past their time: each becomes a failed trigger. Answers their request ids. */
export function expireHolds(
  context: WriteContext,
  { at }: { readonly at: number },
): { readonly requestIds: readonly string[] } {
  const { sql } = context;
  const rows = sql.all<{ seq: number; id: string }>(
    `SELECT DISTINCT r.seq, r.id FROM holds AS h JOIN requests AS r ON r.seq = h.request_seq
     WHERE h.expires_at <= ? LIMIT 1000`,
    at,
  );
  for (const { seq, id } of rows) {
    sql.run('DELETE FROM holds WHERE request_seq = ?', seq);
    sql.run(
      `UPDATE requests SET verdict = 'rejected', triage = 'open', reason = 'no_waiting_step',
         reason_text = 'It was held for a run to reach its wait, and none did in time.' WHERE seq = ?`,
      seq,
    );
    context.emit('requests', id);
  }
  return { requestIds: rows.map((row) => row.id) };
}
