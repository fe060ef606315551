/**
 * Finds the newest requests that fit all filters. In each round every source is asked for its next candidates, and
 * those of the one that reaches furthest back are looked at: so it is always the rarest filter that leads, which one
 * that may be. The walk stops now and then, so that whoever drives it can let others have their turn.
 */
import { everyRequest, sourcesOf } from './request-sources.ts';
import { fold, searchText, selectTexts } from './request-text.ts';
import type { TextColumns } from './request-text.ts';
import type { RequestQuery } from './requests-read.ts';
import { Conditions, cursorSeq } from './paging.ts';
import { lastSeq, seqsBetween } from './instants.ts';
import type { Sql } from './sql.ts';

/** Candidates of the first round, and at most. */
const fewest = 64;
const most = 1_024;
/** Texts read at a time: they may have 64 KiB each. */
const textsAtOnce = 64;
/** Candidates looked at for one page: past this many that look alike and do not fit, the page is cut short. */
const mostLookedAt = 200_000;

/** What was found: sequence numbers, newest first, and where to go on; null at the end. */
export interface Found {
  readonly seqs: readonly number[];
  readonly nextBelow: number | null;
}

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

/** Walks back from the cursor; yields whenever it has worked for a while. @throws AppError `invalid` for a bad cursor */
export function* walkRequests(sql: Sql, query: RequestQuery): Generator<void, Found> {
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
  const led = sources.length > 0 ? sources : [everyRequest(sql)];
  const found: number[] = [];
  let below = Math.min(cursorSeq(query.cursor), lastSeq(sql, 'requests') + 1, last + 1);
  let lookedAt = 0;
  for (let size = Math.max(fewest, query.limit + 1); below > first; size = Math.min(size * 2, most)) {
    const reaches = led.map((source) => source(first, below, size));
    const [furthest = { seqs: [], from: first }] = reaches.toSorted((one, other) => one.from - other.from);
    found.push(...(yield* fitting(furthest.seqs)));
    if (found.length > query.limit) {
      const seqs = found.slice(0, query.limit);
      return { seqs, nextBelow: seqs.at(-1) ?? null };
    }
    below = furthest.from;
    lookedAt += furthest.seqs.length;
    if (lookedAt >= mostLookedAt && below > first) return { seqs: found, nextBelow: below };
    yield;
  }
  return { seqs: found, nextBelow: null };
}
