/** Reads schedules: what is due, what has to be computed, when each comes next. */
import type { Sql } from './sql.ts';
import type { ScheduleFence } from './schedules-write.ts';

/** A schedule of what is live. */
export interface ScheduleRow extends ScheduleFence {
  /** Since when it is live in this form. */
  readonly sinceAt: number;
  /** When the run of `lastAt` was made. */
  readonly firedAt: number | null;
}

const selectSchedules = `SELECT s.workflow_id AS workflowId, s.node_id AS nodeId, s.version, s.cron,
  s.time_zone AS timeZone, s.since_at AS sinceAt, s.next_at AS nextAt, s.last_at AS lastAt, s.fired_at AS firedAt
  FROM schedules AS s`;

/** The reads of schedules. */
export function readSchedules(sql: Sql) {
  return {
    all: (): readonly ScheduleRow[] => sql.all<ScheduleRow>(selectSchedules),
    /**
     * Those to be looked at: due at `now`, not computed yet, or last come at an instant the clock has yet to reach. What
     * is paused comes when it goes on.
     */
    due: (now: number): readonly ScheduleRow[] =>
      sql.all<ScheduleRow>(
        `${selectSchedules} JOIN workflows AS w ON w.id = s.workflow_id
         WHERE w.paused = 0 AND s.ended = 0 AND (s.next_at IS NULL OR s.next_at <= ? OR s.fired_at > ?)
         ORDER BY s.next_at LIMIT 256`,
        now,
        now,
      ),
    /** The next instant after `now` at which one comes. */
    nextAt: (now: number): number | undefined =>
      sql.get<{ at: number }>(
        'SELECT next_at AS at FROM schedules WHERE next_at > ? ORDER BY next_at LIMIT 1',
        now,
      )?.at,
  };
}
