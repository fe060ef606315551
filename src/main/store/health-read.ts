/** Reads how endpoints are doing: when one was last called in earnest, how long its answers took, what the watch found. */
import type { Sql } from './sql.ts';

/** What the watch over silence keeps of an endpoint; instants in epoch ms. */
export interface HealthRow {
  readonly endpointId: string;
  /** Since when it is live with an alarm. */
  readonly armedAt: number;
  /** The newest request that was not refused; null before the first. */
  readonly lastAt: number | null;
  /** Null while it is not silent. */
  readonly silentSince: number | null;
}

/** The reads of endpoint health. */
export function readHealth(sql: Sql) {
  return {
    list: (): readonly HealthRow[] =>
      sql.all<HealthRow>(
        `SELECT endpoint_id AS endpointId, armed_at AS armedAt, last_at AS lastAt, silent_since AS silentSince
         FROM endpoint_health`,
      ),

    byId: (endpointId: string): HealthRow | undefined =>
      sql.get<HealthRow>(
        `SELECT endpoint_id AS endpointId, armed_at AS armedAt, last_at AS lastAt, silent_since AS silentSince
         FROM endpoint_health WHERE endpoint_id = ?`,
        endpointId,
      ),

    /** When the newest kept request of an endpoint arrived that was not refused; at most the kept refusals are passed over. */
    lastGenuineAt: (endpointId: string): number | undefined =>
      sql.get<{ at: number }>(
        `SELECT received_at AS at FROM requests WHERE endpoint_id = ? AND verdict <> 'rejected' AND replay_of IS NULL
         ORDER BY seq DESC LIMIT 1`,
        endpointId,
      )?.at,

    /** How long the newest answers to accepted requests of an endpoint took, in ms; those sent again are left out. */
    answerTimes: (endpointId: string, most: number): readonly number[] =>
      sql
        .all<{ ms: number | null }>(
          `SELECT coalesce(n.duration_ms, r.duration_ms) AS ms
           FROM requests AS r LEFT JOIN request_notes AS n ON n.seq = r.seq
           WHERE r.endpoint_id = ? AND r.verdict = 'accepted' AND r.replay_of IS NULL ORDER BY r.seq DESC LIMIT ?`,
          endpointId,
          most,
        )
        .flatMap(({ ms }) => (ms === null ? [] : [ms])),
  };
}
