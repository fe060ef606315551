/**
 * Where requests that fit a filter may be found: each source names candidates, newest first, from an index of its own.
 * A source may name too many and never too few; whether one fits is decided by the request itself.
 */
import { piecesQuery } from './request-text.ts';
import { indexedSeq } from './search-index.ts';
import type { Sql, SqlValue } from './sql.ts';
import type { RequestQuery } from './requests-read.ts';

/** Candidates below some sequence number: every one at or after `from` is among them. */
export interface Reach {
  /** Newest first. */
  readonly seqs: readonly number[];
  readonly from: number;
}

/** Names about `limit` candidates with `first` <= seq < `below`. */
export type Source = (first: number, below: number, limit: number) => Reach;

/** Sequence numbers the full-text index is asked about at a time: some milliseconds, whatever is looked for. */
const askedSpan = 131_072;

/** A source of the rows of a table that fit a condition; `column` names the request. */
function from(
  sql: Sql,
  table: string,
  condition: string,
  values: readonly SqlValue[],
  column = 'seq',
): Source {
  return (first, below, limit) => {
    const rows = sql.all<{ seq: number }>(
      `SELECT ${column} AS seq FROM ${table} WHERE ${condition} AND ${column} >= ? AND ${column} < ?
       ORDER BY ${column} DESC LIMIT ?`,
      ...values,
      first,
      below,
      limit,
    );
    const seqs = rows.map(({ seq }) => seq);
    return { seqs, from: seqs.length < limit ? first : (seqs.at(-1) ?? first) };
  };
}

/** Candidates of either: known as far as both are. */
function eitherOf(one: Source, other: Source): Source {
  return (first, below, limit) => {
    const reaches = [one(first, below, limit), other(first, below, limit)];
    const from = Math.max(...reaches.map((reach) => reach.from));
    const seqs = new Set(reaches.flatMap((reach) => reach.seqs.filter((seq) => seq >= from)));
    return { seqs: [...seqs].toSorted((a, b) => b - a), from };
  };
}

/** All requests. */
export function everyRequest(sql: Sql): Source {
  return from(sql, 'requests', 'true', []);
}

/** Requests with a text: by the index as far as that is, and all of those after it. */
function byText(sql: Sql, question: string): Source {
  const every = everyRequest(sql);
  const indexed = from(sql, 'request_texts', 'request_texts MATCH ?', [question], 'rowid');
  return (first, below, limit) => {
    const next = indexedSeq(sql) + 1;
    return below > next
      ? every(Math.max(first, next), below, limit)
      : indexed(Math.max(first, below - askedSpan), below, limit);
  };
}

/** One source for each filter that an index serves; the second half of a condition names the index. */
export function sourcesOf(sql: Sql, query: RequestQuery, foldedText: string): readonly Source[] {
  const { endpointId, verdict, status, method, runId } = query;
  const sources: Source[] = [];
  if (endpointId !== undefined && (verdict === undefined || verdict === 'accepted')) {
    sources.push(from(sql, 'requests', 'endpoint_id = ?', [endpointId]));
  }
  if (verdict !== undefined && verdict !== 'accepted') {
    sources.push(
      endpointId === undefined
        ? from(sql, 'requests', "verdict = ? AND verdict <> 'accepted'", [verdict])
        : from(sql, 'requests', "endpoint_id = ? AND verdict = ? AND verdict <> 'accepted'", [
            endpointId,
            verdict,
          ]),
    );
  }
  // The usual method and status are in no index: they are nearly all there is.
  if (method !== undefined && method !== 'POST') {
    sources.push(from(sql, 'requests', "method = ? AND method <> 'POST'", [method]));
  }
  if (status !== undefined && status !== 200) {
    sources.push(
      eitherOf(
        from(sql, 'requests', 'status = ? AND status <> 200', [status]),
        from(sql, 'request_notes', 'status = ? AND status <> 200', [status]),
      ),
    );
  }
  if (runId !== undefined) {
    sources.push(
      eitherOf(
        from(sql, 'runs', 'id = ?', [runId], 'request_seq'),
        from(sql, 'requests', 'resumed_run_id = ? AND resumed_run_id IS NOT NULL', [runId]),
      ),
    );
  }
  const question = foldedText === '' ? undefined : piecesQuery(foldedText);
  if (question !== undefined) sources.push(byText(sql, question));
  return sources;
}
