/** The later deliveries of a request's idempotency key (SPEC 4.11), found among what did not start anything. */
import { type Verdict, verdictSchema } from '../../shared/model/request.ts';
import type { Sql } from './sql.ts';

export interface RequestTwin {
  readonly id: string;
  readonly receivedAt: number;
  /** `duplicate`, or `rejected` where the key came with another body. */
  readonly verdict: Verdict;
}

/** Deliveries looked at, so that a flood of duplicates keeps nobody waiting. */
const searched = 10_000;
const mostTwins = 100;

/** Twins of the first delivery of a key, oldest first, at most 100. */
export function twinsOf(sql: Sql, id: string): readonly RequestTwin[] {
  const first = sql.get<{
    seq: number;
    endpoint_id: string;
    dedupe_key: string | null;
    first_seq: number | null;
  }>('SELECT seq, endpoint_id, dedupe_key, first_seq FROM requests WHERE id = ?', id);
  if (first === undefined || first.dedupe_key === null || first.first_seq !== null) return [];
  const part = (verdict: string): string =>
    `SELECT * FROM (SELECT seq, id, received_at, verdict, reason, dedupe_key, first_seq FROM requests
       WHERE verdict = '${verdict}' AND verdict <> 'accepted' AND endpoint_id = ? AND seq > ? ORDER BY seq LIMIT ?)`;
  return sql
    .all<{ id: string; received_at: number; verdict: string }>(
      `SELECT id, received_at, verdict FROM (
         ${part('duplicate')} UNION ALL ${part('rejected')}
       ) WHERE first_seq = ? OR (reason = 'idempotency_mismatch' AND dedupe_key = ?) ORDER BY seq LIMIT ?`,
      first.endpoint_id,
      first.seq,
      searched,
      first.endpoint_id,
      first.seq,
      searched,
      first.seq,
      first.dedupe_key,
      mostTwins,
    )
    .map((twin) => ({
      id: twin.id,
      receivedAt: twin.received_at,
      verdict: verdictSchema.parse(twin.verdict),
    }));
}
