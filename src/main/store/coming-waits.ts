/**
 * Waits that live runs have yet to reach, noted when a run is made: by them a delivery that comes too early is told
 * from one that nothing could ever take, and a resume URL works before its run is there (SPEC 3, Waits).
 */
import type { Target } from '../../shared/model/run.ts';
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

/** The run, or one round of a loop, is there: from now on its wait tells. */
export function noteReached(
  { sql }: Pick<WriteContext, 'sql'>,
  place: { readonly runSeq: number; readonly frameSeq: number | null },
  nodeId: string,
): void {
  sql.run(
    'UPDATE coming_waits SET state = 2 WHERE run_seq = ? AND node_id = ? AND frame_seq = ?',
    place.runSeq,
    nodeId,
    place.frameSeq ?? 0,
  );
}

/**
 * A loop begins: each wait inside it is to come once in every round. What stood for all of them before, in the frame of
 * the loop, stands for none any more.
 */
export function expectRounds(
  { sql }: WriteContext,
  place: { readonly runSeq: number; readonly frameSeq: number | null },
  roundSeqs: readonly number[],
  waits: readonly { readonly nodeId: string; readonly tokenHashes: readonly string[] | null }[],
): void {
  const frameSeq = place.frameSeq ?? 0;
  for (const { nodeId, tokenHashes } of waits) {
    for (const [index, roundSeq] of roundSeqs.entries()) {
      sql.run(
        `INSERT INTO coming_waits (run_seq, node_id, frame_seq, workflow_id, correlation, token_hash)
         SELECT run_seq, node_id, ?, workflow_id, correlation, ? FROM coming_waits
         WHERE run_seq = ? AND node_id = ? AND frame_seq = ?`,
        roundSeq,
        tokenHashes?.[index] ?? null,
        place.runSeq,
        nodeId,
        frameSeq,
      );
    }
    noteReached({ sql }, place, nodeId);
  }
}

/** A round has ended: waits it has not come to are not to come any more. */
export function endRound(
  { sql }: WriteContext,
  runSeq: number,
  frameSeq: number,
  nodeIds: readonly string[],
): void {
  for (const nodeId of nodeIds) {
    sql.run(
      'UPDATE coming_waits SET state = 0 WHERE run_seq = ? AND node_id = ? AND frame_seq = ? AND state = 1',
      runSeq,
      nodeId,
      frameSeq,
    );
  }
}

/** A wait of a run that has ended, reached or not. */
export interface PastWait extends ComingWait {
  readonly workflowId: string;
  readonly target: Target | null;
}

/**
 * The run has ended: nothing is to come any more; tokens of waits it never reached stay known, so that they can be told
 * to be spent. Answers what it was waited for by.
 */
export function giveUpWaits({ sql }: WriteContext, runSeq: number): readonly PastWait[] {
  const rows = sql.all<ComingWait & { workflowId: string; entity: string | null; cuid: string | null }>(
    `SELECT c.node_id AS nodeId, c.correlation, c.token_hash AS tokenHash, c.workflow_id AS workflowId,
       r.target_entity AS entity, r.target_cuid AS cuid
     FROM coming_waits AS c JOIN runs AS r ON r.seq = c.run_seq WHERE c.run_seq = ?`,
    runSeq,
  );
  if (rows.length === 0) return [];
  sql.run('DELETE FROM coming_waits WHERE run_seq = ? AND state = 2', runSeq);
  sql.run('UPDATE coming_waits SET state = 0 WHERE run_seq = ?', runSeq);
  return rows.map(({ entity, cuid, ...wait }) => ({
    ...wait,
    target: entity === null || cuid === null ? null : { entity, cuid },
  }));
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
      const isKnown = wayTo(context, { workflowId, nodeId }, match);
      return isKnown === undefined ? [] : [{ workflowId, nodeId, match, holdMs, isKnown }];
    });
  });
}

/** A token is good for one use, also before its run is there. */
function placeOfToken({ sql }: WriteContext, tokenHash: string): Place | undefined {
  return sql.get<Place>(
    `SELECT workflow_id AS workflowId, node_id AS nodeId FROM coming_waits AS c
     WHERE token_hash = ? AND token_hash IS NOT NULL AND state = 1
       AND NOT EXISTS (SELECT 1 FROM holds AS h WHERE h.token_hash = c.token_hash AND h.token_hash IS NOT NULL)`,
    tokenHash,
  );
}

/** True: a run is on its way there; false: one that may turn out to match; undefined: none. */
export function wayTo(
  { sql }: WriteContext,
  { workflowId, nodeId }: Place,
  match: Exclude<ResumeWish['match'], { kind: 'token' }>,
): boolean | undefined {
  if (match.kind === 'target') {
    const run = sql.get(
      `SELECT 1 FROM runs AS r JOIN coming_waits AS c ON c.run_seq = r.seq
       WHERE r.target_entity = ? AND r.target_cuid = ? AND r.target_cuid IS NOT NULL AND r.finished_at IS NULL
         AND r.workflow_id = ? AND c.node_id = ? AND c.state = 1 LIMIT 1`,
      match.target.entity,
      match.target.cuid,
      workflowId,
      nodeId,
    );
    return run === undefined ? undefined : true;
  }
  const at = 'SELECT 1 FROM coming_waits WHERE state = 1 AND workflow_id = ? AND node_id = ? AND correlation';
  if (sql.get(`${at} = ? LIMIT 1`, workflowId, nodeId, match.value) !== undefined) return true;
  return sql.get(`${at} IS NULL LIMIT 1`, workflowId, nodeId) === undefined ? undefined : false;
}
