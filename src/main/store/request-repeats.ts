/** The repetitions of a stored request: what came of the newest of them. */
import type { Sql } from './sql.ts';

export interface LastRepeat {
  readonly id: string;
  readonly receivedAt: number;
  readonly status: number | null;
  readonly isTaken: boolean;
  readonly reason: string | null;
  readonly reasonText: string | null;
}

/** The newest request that repeats this one; undefined: it was never sent again. */
export function lastRepeatOf(sql: Sql, id: string): LastRepeat | undefined {
  const row = sql.get<Omit<LastRepeat, 'isTaken'> & { readonly verdict: string }>(
    `SELECT r.id, r.received_at AS receivedAt, coalesce(n.status, r.status) AS status, r.verdict, r.reason,
       r.reason_text AS reasonText
     FROM requests AS r LEFT JOIN request_notes AS n ON n.seq = r.seq
     WHERE r.replay_of = ? AND r.replay_of IS NOT NULL ORDER BY r.seq DESC LIMIT 1`,
    id,
  );
  if (row === undefined) return undefined;
  const { verdict, ...repeat } = row;
  return { ...repeat, isTaken: verdict !== 'rejected' };
}
