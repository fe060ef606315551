/**
 * Deliveries held because the run that is to take them is not there yet (SPEC 3, Waits; RELIABILITY P6). Each is taken
 * at most once, because taking one deletes it in the same transaction; one that nobody takes becomes a failed trigger.
 */
import type { Target } from '../../shared/model/run.ts';
import { type PastWait, type PlaceToCome, wayTo } from './coming-waits.ts';
import type { ResumeWanted } from './types.ts';
import type { WriteContext } from './write-context.ts';

/** A delivery taken from the held ones. */
export interface HeldDelivery {
  readonly requestSeq: number;
  readonly requestId: string;
  readonly paramsJson: string | null;
  readonly inputJson: string | null;
}

/** What a wait is matched by. */
export interface WaitKeys {
  readonly target: Target | null;
  readonly correlation: string | null;
  readonly tokenHash: string | null;
}

/** Holds looked at for a wait whose correlation was never known; others have their own time. */
const mostUnknown = 200;
/** Requests given up in one transaction. */
const mostAtOnce = 1_000;

/** Holds a delivery for these places, each as long as its node says. */
export function holdDelivery(
  { sql }: WriteContext,
  request: { readonly seq: number; readonly at: number },
  wanted: Pick<ResumeWanted, 'inputJson' | 'paramsJson'>,
  places: readonly PlaceToCome[],
): void {
  for (const { workflowId, nodeId, match, holdMs } of places) {
    const target = match.kind === 'target' ? match.target : null;
    // Two nodes of one endpoint may wish for the same wait.
    sql.run(
      `INSERT OR IGNORE INTO holds (request_seq, workflow_id, node_id, target_entity, target_cuid, correlation,
         token_hash, expires_at, params, input) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      request.seq,
      workflowId,
      nodeId,
      target?.entity ?? null,
      target?.cuid ?? null,
      match.kind === 'correlation' ? match.value : null,
      match.kind === 'token' ? match.tokenHash : null,
      request.at + holdMs,
      wanted.paramsJson,
      wanted.inputJson,
    );
  }
}

/** Takes the oldest held delivery a wait at this place matches, and notes on its request which run took it. */
export function takeHeld(
  context: WriteContext,
  place: { readonly workflowId: string; readonly nodeId: string; readonly runId: string },
  { target, correlation, tokenHash }: WaitKeys,
  at: number,
): HeldDelivery | undefined {
  const { sql } = context;
  const oldestBy = (condition: string, ...values: readonly string[]): readonly HeldDelivery[] =>
    sql.all<HeldDelivery>(
      `SELECT h.request_seq AS requestSeq, r.id AS requestId, h.params AS paramsJson, h.input AS inputJson
       FROM holds AS h JOIN requests AS r ON r.seq = h.request_seq
       WHERE h.workflow_id = ? AND h.node_id = ? AND h.expires_at > ? AND ${condition}
       ORDER BY h.request_seq LIMIT 1`,
      place.workflowId,
      place.nodeId,
      at,
      ...values,
    );
  const [oldest] = [
    ...(target === null
      ? []
      : oldestBy(
          'h.target_entity = ? AND h.target_cuid = ? AND h.target_cuid IS NOT NULL',
          target.entity,
          target.cuid,
        )),
    ...(correlation === null ? [] : oldestBy('h.correlation = ? AND h.correlation IS NOT NULL', correlation)),
    ...(tokenHash === null ? [] : oldestBy('h.token_hash = ? AND h.token_hash IS NOT NULL', tokenHash)),
  ].toSorted((one, other) => one.requestSeq - other.requestSeq);
  if (oldest === undefined) return undefined;
  sql.run('DELETE FROM holds WHERE request_seq = ?', oldest.requestSeq);
  sql.run('UPDATE requests SET resumed_run_id = ? WHERE seq = ?', place.runId, oldest.requestSeq);
  context.emit('requests', oldest.requestId);
  return oldest;
}

/** Gives up deliveries held past their time, 1,000 at most: each becomes a failed trigger. Answers their request ids. */
export function expireHolds(
  context: WriteContext,
  { at }: { readonly at: number },
): { readonly requestIds: readonly string[] } {
  const { sql } = context;
  const stale = sql.all<{ request_seq: number }>(
    'SELECT DISTINCT request_seq FROM holds WHERE expires_at <= ? LIMIT ?',
    at,
    mostAtOnce,
  );
  const given = stale.flatMap(({ request_seq: seq }) => {
    sql.run('DELETE FROM holds WHERE request_seq = ? AND expires_at <= ?', seq, at);
    return giveUp(context, seq, 'It was held for a run to reach its wait, and none did in time.');
  });
  return { requestIds: given };
}

/** Gives up what is held for a workflow that goes; what another one may still take is left to that. */
export function dropHolds(context: WriteContext, workflowId: string): void {
  const { sql } = context;
  const held = sql.all<{ request_seq: number }>(
    'SELECT DISTINCT request_seq FROM holds WHERE workflow_id = ?',
    workflowId,
  );
  sql.run('DELETE FROM holds WHERE workflow_id = ?', workflowId);
  for (const { request_seq: seq } of held) {
    giveUp(context, seq, 'It was held for a run to reach its wait; then the workflow was deleted.');
  }
}

interface HoldColumns {
  readonly request_seq: number;
  readonly target_entity: string | null;
  readonly target_cuid: string | null;
  readonly correlation: string | null;
  readonly token_hash: string | null;
}

/** Gives up what was held for a run that has ended, where no other run is on its way to take it. */
export function releaseHolds(context: WriteContext, waits: readonly PastWait[]): void {
  for (const wait of waits) {
    for (const hold of holdsFor(context, wait)) {
      if (canBeTaken(context, wait, hold)) continue;
      context.sql.run(
        'DELETE FROM holds WHERE request_seq = ? AND workflow_id = ? AND node_id = ?',
        hold.request_seq,
        wait.workflowId,
        wait.nodeId,
      );
      giveUp(
        context,
        hold.request_seq,
        'It was held for a run to reach its wait, and the run ended without.',
      );
    }
  }
}

/** What is held for one wait of a run: by its target, its token, and its correlation where that is known. */
function holdsFor({ sql }: WriteContext, wait: PastWait): readonly HoldColumns[] {
  const held = (condition: string, ...values: readonly string[]): readonly HoldColumns[] =>
    sql.all<HoldColumns>(
      `SELECT request_seq, target_entity, target_cuid, correlation, token_hash FROM holds
       WHERE workflow_id = ? AND node_id = ? AND ${condition}`,
      wait.workflowId,
      wait.nodeId,
      ...values,
    );
  const { correlation, target, tokenHash } = wait;
  return [
    ...(target === null
      ? []
      : held(
          'target_entity = ? AND target_cuid = ? AND target_cuid IS NOT NULL',
          target.entity,
          target.cuid,
        )),
    ...(correlation === null
      ? held(`correlation IS NOT NULL LIMIT ${mostUnknown}`)
      : held('correlation = ? AND correlation IS NOT NULL', correlation)),
    ...(tokenHash === null ? [] : held('token_hash = ? AND token_hash IS NOT NULL', tokenHash)),
  ];
}

function canBeTaken(context: WriteContext, place: PastWait, hold: HoldColumns): boolean {
  const { correlation, target_cuid: cuid, target_entity: entity } = hold;
  if (entity !== null && cuid !== null) {
    return wayTo(context, place, { kind: 'target', target: { entity, cuid } }) !== undefined;
  }
  // A token was the ended run's own.
  return (
    correlation !== null && wayTo(context, place, { kind: 'correlation', value: correlation }) !== undefined
  );
}

/** A delivery that is held nowhere any more did not resume what it should have: a failed trigger (SPEC 2). */
function giveUp(context: WriteContext, seq: number, text: string): readonly string[] {
  const { sql } = context;
  if (sql.get('SELECT 1 FROM holds WHERE request_seq = ? LIMIT 1', seq) !== undefined) return [];
  const request = sql.get<{ id: string }>('SELECT id FROM requests WHERE seq = ?', seq);
  if (request === undefined) return [];
  // One that started runs beside stays accepted.
  sql.run(
    `UPDATE requests SET verdict = iif(verdict = 'held', 'rejected', verdict), triage = 'open',
       reason = 'hold_expired', reason_text = ? WHERE seq = ?`,
    text,
    seq,
  );
  context.emit('requests', request.id);
  return [request.id];
}
