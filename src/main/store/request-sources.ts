/** Where requests that fit a filter may be found (see `sources.ts`). */
import { piecesQuery } from './request-text.ts';
import { indexedSeq } from './search-index.ts';
import { anyOf, rowsWhere } from './sources.ts';
import type { Source } from './sources.ts';
import type { Sql } from './sql.ts';
import type { RequestQuery } from './request-query.ts';

/** Sequence numbers the full-text index is asked about at a time: some milliseconds, whatever is looked for. */
const askedSpan = 131_072;

/** All requests. */
export function everyRequest(sql: Sql): Source {
  return rowsWhere(sql, 'requests', 'true', []);
}

/** Requests with a text: by the index as far as that is, and all of those after it. */
function byText(sql: Sql, question: string): Source {
  const every = everyRequest(sql);
  const indexed = rowsWhere(sql, 'request_texts', 'request_texts MATCH ?', [question], 'rowid');
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
    sources.push(rowsWhere(sql, 'requests', 'endpoint_id = ?', [endpointId]));
  }
  if (verdict !== undefined && verdict !== 'accepted') {
    sources.push(
      endpointId === undefined
        ? rowsWhere(sql, 'requests', "verdict = ? AND verdict <> 'accepted'", [verdict])
        : rowsWhere(sql, 'requests', "endpoint_id = ? AND verdict = ? AND verdict <> 'accepted'", [
            endpointId,
            verdict,
          ]),
    );
  }
  // The usual method and status are in no index: they are nearly all there is.
  if (method !== undefined && method !== 'POST') {
    sources.push(rowsWhere(sql, 'requests', "method = ? AND method <> 'POST'", [method]));
  }
  if (status !== undefined && status !== 200) {
    sources.push(
      anyOf([
        rowsWhere(sql, 'requests', 'status = ? AND status <> 200', [status]),
        rowsWhere(sql, 'request_notes', 'status = ? AND status <> 200', [status]),
      ]),
    );
  }
  if (runId !== undefined) {
    sources.push(
      anyOf([
        rowsWhere(sql, 'runs', 'id = ?', [runId], 'request_seq'),
        rowsWhere(sql, 'requests', 'resumed_run_id = ? AND resumed_run_id IS NOT NULL', [runId]),
      ]),
    );
  }
  const question = foldedText === '' ? undefined : piecesQuery(foldedText);
  if (question !== undefined) sources.push(byText(sql, question));
  return sources;
}
