/**
 * Waits that live runs have yet to reach, noted when a run is made: by them a delivery that comes too early is told
 * from one that nothing could ever take, and a resume URL works before its run is there (SPEC 3, Waits).
 */
import type { ComingWait, ResumeWish } from './types.ts';
import type { WriteContext } from './write-context.ts';

/** A node some live run is on its way to, and what it is to be matched by there. */
export interface PlaceToCome {
  readonly workflowId: string;
  readonly nodeId: string;
  readonly match: ResumeWish['match'];
  readonly holdMs: number;
  /** False: whether the run's correlation is equal turns out when it gets there. */
  readonly isKnown: boolean;
}

type Place = Pick<PlaceToCome, 'workflowId' | 'nodeId'>;

/** Notes the waits a new run may come to. */
export function expectWaits({ sql }: WriteContext, runSeq: number, coming: readonly ComingWait[]): void {
  for (const { nodeId, correlation, tokenHash } of coming) {
    sql.run(
      `INSERT INTO coming_waits (run_seq, node_id, workflow_id, correlation, token_hash)
       SELECT seq, ?, workflow_id, ?, ? FROM runs WHERE seq = ?`,
      nodeId,
      correlation,
      tokenHash,
      runSeq,
    );
  }
}

/** The run is there: from now on its wait tells. */
export function noteReached({ sql }: WriteContext, runSeq: number, nodeId: string): void {
  sql.run('DELETE FROM coming_waits WHERE run_seq = ? AND node_id = ?', runSeq, nodeId);
}

/** The run has ended: nothing is to come; tokens stay known, so that they can be told to be spent. */
export function giveUpWaits({ sql }: WriteContext, runSeq: number): void {
  sql.run('UPDATE coming_waits SET is_open = 0 WHERE run_seq = ? AND is_open = 1', runSeq);
}

/** The wished nodes that live runs of that target, correlation or token have yet to reach. */
export function placesToCome(context: WriteContext, wishes: readonly ResumeWish[]): readonly PlaceToCome[] {
  return wishes.flatMap(({ match, nodes, holdMs }): readonly PlaceToCome[] => {
    if (holdMs <= 0) return [];
    if (match.kind === 'token') {
      const place = placeOfToken(context, match.tokenHash);
      return place === undefined ? [] : [{ ...place, match, holdMs, isKnown: true }];
    }
    return nodes.flatMap(({ workflowId, nodeId }) => {
      const isKnown = stateOf(context, { workflowId, nodeId }, match);
      return isKnown === undefined ? [] : [{ workflowId, nodeId, match, holdMs, isKnown }];
    });
  });
}

/** A token is good for one use, also before its run is there. */
function placeOfToken({ sql }: WriteContext, tokenHash: string): Place | undefined {
  return sql.get<Place>(
    `SELECT workflow_id AS workflowId, node_id AS nodeId FROM coming_waits AS c
     WHERE token_hash = ? AND token_hash IS NOT NULL AND is_open = 1
       AND NOT EXISTS (SELECT 1 FROM holds AS h WHERE h.token_hash = c.token_hash AND h.token_hash IS NOT NULL)`,
    tokenHash,
  );
}

/** True: a run is on its way there; false: one that may turn out to match; undefined: none. */
function stateOf(
  { sql }: WriteContext,
  { workflowId, nodeId }: Place,
  match: Exclude<ResumeWish['match'], { kind: 'token' }>,
): boolean | undefined {
  if (match.kind === 'target') {
    const run = sql.get(
      `SELECT 1 FROM runs AS r JOIN coming_waits AS c ON c.run_seq = r.seq
       WHERE r.target_entity = ? AND r.target_cuid = ? AND r.target_cuid IS NOT NULL AND r.finished_at IS NULL
         AND r.workflow_id = ? AND c.node_id = ? AND c.is_open = 1 LIMIT 1`,
      match.target.entity,
      match.target.cuid,
      workflowId,
      nodeId,
    );
    return run === undefined ? undefined : true;
  }
  const at =
    'SELECT 1 FROM coming_waits WHERE is_open = 1 AND workflow_id = ? AND node_id = ? AND correlation';
  if (sql.get(`${at} = ? LIMIT 1`, workflowId, nodeId, match.value) !== undefined) return true;
  return sql.get(`${at} IS NULL LIMIT 1`, workflowId, nodeId) === undefined ? undefined : false;
}
