/**
 * Brings the full-text index up to the requests, in pieces of a few milliseconds. How far it is stands in the same
 * transaction as what was added, so it may be cut off anywhere; what it has not reached yet is searched without it.
 */
import { searchText, selectTexts } from './request-text.ts';
import type { TextColumns } from './request-text.ts';
import type { Sql } from './sql.ts';

/** How long one piece may take, in ms. */
const pieceMs = 8;
const pieceRows = 64;
/** Pages of the index merged at a time. */
const mergedPages = 16;

/** The newest request in the index; those after it are searched without it. */
export function indexedSeq(sql: Sql): number {
  return sql.get<{ value: number }>("SELECT value FROM meta WHERE key = 'indexed_seq'")?.value ?? 0;
}

/** Adds the oldest requests that are not in the index; answers whether there were any. Within a transaction. */
export function indexSome(sql: Sql): boolean {
  const until = performance.now() + pieceMs;
  const rows = sql.all<{ seq: number }>(
    'SELECT seq FROM requests WHERE seq > ? ORDER BY seq LIMIT ?',
    indexedSeq(sql),
    pieceRows,
  );
  let last: number | undefined;
  for (const { seq } of rows) {
    if (last !== undefined && performance.now() > until) break;
    const row = sql.get<TextColumns>(`${selectTexts} WHERE r.seq = ?`, seq);
    if (row !== undefined) {
      sql.run('INSERT INTO request_texts (rowid, text) VALUES (?, ?)', seq, searchText(row));
    }
    last = seq;
  }
  if (last === undefined) return false;
  sql.run("UPDATE meta SET value = ? WHERE key = 'indexed_seq'", last);
  return true;
}

/** Merges a little of the index, and drops what was deleted; answers whether there was anything to do. */
export function mergeSome(sql: Sql): boolean {
  const changes = (): number => sql.get<{ n: number }>('SELECT total_changes() AS n')?.n ?? 0;
  const before = changes();
  sql.run("INSERT INTO request_texts (request_texts, rank) VALUES ('merge', ?)", mergedPages);
  // The command itself counts as one change.
  return changes() - before > 1;
}

/** Takes requests out of the index, as JSON list of their sequence numbers. Those that are not in it do no harm. */
export function unindex(sql: Sql, seqsJson: string): void {
  sql.run('DELETE FROM request_texts WHERE rowid IN (SELECT value FROM json_each(?))', seqsJson);
}
