/** Finds the newest runs that fit all filters and hold the text (see `walk.ts`). */
import { Conditions, containing, cursorSeq } from './paging.ts';
import { lastSeq, seqsBetween } from './instants.ts';
import type { RunTrigger } from '../../shared/contract/views.ts';
import type { RunQuery } from './run-query.ts';
import { anyOf, rowsWhere } from './sources.ts';
import type { Source } from './sources.ts';
import type { Sql } from './sql.ts';
import { walkBack } from './walk.ts';
import type { Walk } from './walk.ts';

const unsuccessful = "status = ? AND status <> 'succeeded'";

/** Where a text may be: in the name of a run's workflow, in its error, or as the target or an id. */
function byText(sql: Sql, q: string): Source {
  const workflows = sql.all<{ id: string }>(
    "SELECT id FROM workflows WHERE name LIKE ? ESCAPE '\\'",
    containing(q),
  );
  return anyOf([
    ...workflows.map(({ id }) => rowsWhere(sql, 'runs', 'workflow_id = ?', [id])),
    // Only failed runs have an error.
    rowsWhere(sql, 'runs', unsuccessful, ['failed']),
    rowsWhere(sql, 'runs', 'target_cuid = ? AND target_cuid IS NOT NULL', [q]),
    rowsWhere(sql, 'runs', 'id = ?', [q]),
    ofRequest(sql, q),
  ]);
}

/** Runs a request started or resumed, or whose repetitions it stands behind. */
function ofRequest(sql: Sql, requestId: string): Source {
  const request = sql.get<{ seq: number; resumed: string | null }>(
    'SELECT seq, resumed_run_id AS resumed FROM requests WHERE id = ?',
    requestId,
  );
  if (request === undefined) return (first) => ({ seqs: [], from: first });
  return anyOf([
    rowsWhere(sql, 'runs', 'request_seq = ? AND request_seq IS NOT NULL', [request.seq]),
    rowsWhere(sql, 'runs', 'id = ?', [request.resumed]),
  ]);
}

const liveStatuses = ['queued', 'running', 'waiting'] as const;

/** Those of one status, or of any live one. */
function byStatus(sql: Sql, status: Exclude<RunQuery['status'], undefined | 'succeeded'>): Source {
  const statuses = status === 'live' ? liveStatuses : [status];
  return anyOf(statuses.map((one) => rowsWhere(sql, 'runs', unsuccessful, [one])));
}

function sourcesOf(sql: Sql, query: RunQuery): readonly Source[] {
  const { workflowId, status, requestId, isInDoubt, q = '' } = query;
  const sources: Source[] = [];
  if (workflowId !== undefined) sources.push(rowsWhere(sql, 'runs', 'workflow_id = ?', [workflowId]));
  if (status !== undefined && status !== 'succeeded') {
    sources.push(byStatus(sql, status));
  }
  if (isInDoubt === true) sources.push(rowsWhere(sql, 'runs', 'in_doubt = 1', []));
  if (requestId !== undefined) sources.push(ofRequest(sql, requestId));
  if (q !== '') sources.push(byText(sql, q));
  return sources.length > 0 ? sources : [rowsWhere(sql, 'runs', 'true', [])];
}

/** Of runs that this started; test runs and repeated ones come from nothing else. */
function triggered(by: RunTrigger): readonly [condition: string, ...values: readonly string[]] {
  if (by === 'test') return ['r.test IS NOT NULL'];
  if (by === 'retry') return ['r.test IS NULL AND r.retry_of IS NOT NULL'];
  const own = 'r.test IS NULL AND r.retry_of IS NULL';
  const kind = '(SELECT kind FROM run_origins WHERE run_seq = r.seq)';
  const otherwise = "iif(r.request_id IS NULL, 'api', 'webhook')";
  return [`${own} AND coalesce(${kind}, ${otherwise}) = ?`, by];
}

/** Walks back from the cursor. @throws AppError `invalid` for a bad cursor */
export function walkRuns(sql: Sql, query: RunQuery): Walk {
  const { q = '' } = query;
  const conditions = new Conditions()
    .addIf('r.created_at >= ?', query.sinceAt)
    .addIf('r.created_at <= ?', query.untilAt)
    .addIf('r.workflow_id = ?', query.workflowId)
    .addIf('r.target_cuid = ?', query.targetCuid)
    .addIf('r.in_doubt = ?', query.isInDoubt === undefined ? undefined : Number(query.isInDoubt));
  if (query.status === 'live') conditions.add("r.status IN ('queued', 'running', 'waiting')");
  else conditions.addIf('r.status = ?', query.status);
  if (query.trigger !== undefined) conditions.add(...triggered(query.trigger));
  if (q !== '') {
    const pattern = containing(q);
    conditions.add(
      `(w.name LIKE ? ESCAPE '\\' OR r.error LIKE ? ESCAPE '\\' OR r.target_cuid = ? OR r.id = ? OR r.request_id = ?
         OR r.id = (SELECT resumed_run_id FROM requests WHERE id = ?))`,
      pattern,
      pattern,
      q,
      q,
      q,
      q,
    );
  }

  function* fitting(candidates: readonly number[]): Generator<void, readonly number[]> {
    if (conditions.where === '') return candidates;
    const rows = sql.all<{ seq: number }>(
      `SELECT r.seq FROM runs AS r LEFT JOIN workflows AS w ON w.id = r.workflow_id
       ${conditions.where} AND r.seq IN (SELECT value FROM json_each(?)) ORDER BY r.seq DESC`,
      ...conditions.values,
      JSON.stringify(candidates),
    );
    yield;
    return rows.map(({ seq }) => seq);
  }

  const { first, last } = seqsBetween(sql, 'runs', query.sinceAt, query.untilAt);
  return walkBack({
    sources: sourcesOf(sql, query),
    fitting,
    first,
    below: Math.min(cursorSeq(query.cursor), lastSeq(sql, 'runs') + 1, last + 1),
    limit: query.limit,
  });
}
