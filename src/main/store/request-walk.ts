/** Finds the newest requests that fit all filters and hold the text (see `walk.ts`). */
import { everyRequest, sourcesOf } from './request-sources.ts';
import { fold, piecesQuery, searchText, selectTexts } from './request-text.ts';
import type { TextColumns } from './request-text.ts';
import type { RequestQuery } from './request-query.ts';
import { Conditions, cursorSeq } from './paging.ts';
import { lastSeq, seqsBetween } from './instants.ts';
import type { Sql } from './sql.ts';
import { walkBack } from './walk.ts';
import type { Walk } from './walk.ts';

/** Texts read at a time: they may have 64 KiB each. */
const textsAtOnce = 64;
/** Texts read for one page of a search the index can not serve: one of a letter or two. */
const mostUnindexed = 20_000;

/** What filters say, beside the text; for requests `r` with their notes `n`. */
function conditionsOf(query: RequestQuery): Conditions {
  const conditions = new Conditions()
    .addIf('r.received_at >= ?', query.sinceAt)
    .addIf('r.received_at <= ?', query.untilAt)
    .addIf('r.endpoint_id = ?', query.endpointId)
    .addIf('r.verdict = ?', query.verdict)
    .addIf('coalesce(n.status, r.status) = ?', query.status)
    .addIf('r.method = ?', query.method)
    .addIf('r.client_ip = ?', query.clientIp);
  if (query.runId !== undefined) {
    conditions.add(
      '(r.resumed_run_id = ? OR r.seq = (SELECT request_seq FROM runs WHERE id = ?))',
      query.runId,
      query.runId,
    );
  }
  return conditions;
}

/** Walks back from the cursor. @throws AppError `invalid` for a bad cursor */
export function walkRequests(sql: Sql, query: RequestQuery): Walk {
  const text = fold(query.q ?? '');
  const conditions = conditionsOf(query);
  const isFiltered = conditions.values.length > 0;
  const listed = `r.seq IN (SELECT value FROM json_each(?))`;

  /** Those of the candidates that fit, newest first. */
  function* fitting(candidates: readonly number[]): Generator<void, readonly number[]> {
    const fit = isFiltered ? filtered(candidates) : candidates;
    if (text === '') return fit;
    const found: number[] = [];
    for (let at = 0; at < fit.length; at += textsAtOnce) {
      const rows = sql.all<TextColumns>(
        `${selectTexts} WHERE ${listed} ORDER BY r.seq DESC`,
        JSON.stringify(fit.slice(at, at + textsAtOnce)),
      );
      for (const row of rows) if (searchText(row).includes(text)) found.push(row.seq);
      yield;
    }
    return found;
  }

  function filtered(candidates: readonly number[]): readonly number[] {
    return sql
      .all<{ seq: number }>(
        `SELECT r.seq FROM requests AS r LEFT JOIN request_notes AS n ON n.seq = r.seq
         ${conditions.where} AND ${listed} ORDER BY r.seq DESC`,
        ...conditions.values,
        JSON.stringify(candidates),
      )
      .map(({ seq }) => seq);
  }

  const { first, last } = seqsBetween(sql, 'requests', query.sinceAt, query.untilAt);
  const sources = sourcesOf(sql, query, text);
  return walkBack({
    sources: sources.length > 0 ? sources : [everyRequest(sql)],
    fitting,
    first,
    below: Math.min(cursorSeq(query.cursor), lastSeq(sql, 'requests') + 1, last + 1),
    limit: query.limit,
    ...(text !== '' && piecesQuery(text) === undefined ? { patience: mostUnindexed } : {}),
  });
}
