/**
 * Where rows that fit a filter may be found: each source names candidates, newest first, from an index of its own.
 * A source may name too many and never too few; whether one fits is decided by the row itself.
 */
import type { Sql, SqlValue } from './sql.ts';

/** Candidates below some sequence number: every one at or after `from` is among them. */
export interface Reach {
  /** Newest first. */
  readonly seqs: readonly number[];
  readonly from: number;
}

/** Names about `limit` candidates with `first` <= seq < `below`. */
export type Source = (first: number, below: number, limit: number) => Reach;

/** The rows of a table that fit a condition; `column` holds the sequence number. */
export function rowsWhere(
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

/** Candidates of any of the sources: known as far back as all of them are. */
export function anyOf(sources: readonly Source[]): Source {
  return (first, below, limit) => {
    const reaches = sources.map((source) => source(first, below, limit));
    const from = Math.max(first, ...reaches.map((reach) => reach.from));
    const seqs = new Set(reaches.flatMap((reach) => reach.seqs.filter((seq) => seq >= from)));
    return { seqs: [...seqs].toSorted((one, other) => other - one), from };
  };
}
