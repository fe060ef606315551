/**
 * Writes schedules. Their rows follow what is live in the same transaction that switches it; when each comes next is
 * computed by the engine, and every firing is fenced by the instant it was read with, so none happens twice.
 */
import { passPoint } from '../base/crash-points.ts';
import type { Sql } from './sql.ts';
import { insertRun } from './runs-write.ts';
import type { PlannedRun } from './types.ts';
import type { WriteContext } from './write-context.ts';

interface LiveSchedule {
  readonly nodeId: string;
  readonly cron: string;
  readonly timeZone: string;
}

/** The schedule starts of what is live; none while the workflow is off. */
function liveSchedules(
  sql: Sql,
  workflowId: string,
): { readonly version: number; readonly nodes: readonly LiveSchedule[] } {
  const row = sql.get<{ version: number; document: string }>(
    `SELECT v.version, v.document FROM workflows AS w
       JOIN workflow_versions AS v ON v.workflow_id = w.id AND v.version = w.active_version
     WHERE w.id = ? AND w.enabled = 1 AND w.removed_at IS NULL`,
    workflowId,
  );
  if (row === undefined) return { version: 0, nodes: [] };
  const nodes = sql.all<LiveSchedule>(
    `SELECT json_extract(value, '$.id') AS nodeId, coalesce(json_extract(value, '$.config.cron'), '') AS cron,
       coalesce(json_extract(value, '$.config.timeZone'), '') AS timeZone
     FROM json_each(?, '$.nodes') WHERE json_extract(value, '$.type') = 'schedule'`,
    row.document,
  );
  return { version: row.version, nodes };
}

/** Brings a workflow's schedules in line with what is live. One that stays the same keeps its next instant. */
export function syncSchedules({ sql }: WriteContext, workflowId: string, at: number): void {
  const { version, nodes } = liveSchedules(sql, workflowId);
  sql.run(
    'DELETE FROM schedules WHERE workflow_id = ? AND node_id NOT IN (SELECT value FROM json_each(?))',
    workflowId,
    JSON.stringify(nodes.map((node) => node.nodeId)),
  );
  for (const { nodeId, cron, timeZone } of nodes) {
    const kept = sql.run(
      'UPDATE schedules SET version = ? WHERE workflow_id = ? AND node_id = ? AND cron = ? AND time_zone = ?',
      version,
      workflowId,
      nodeId,
      cron,
      timeZone,
    );
    if (kept > 0) continue;
    sql.run(
      `INSERT OR REPLACE INTO schedules (workflow_id, node_id, version, cron, time_zone, since_at)
       VALUES (?, ?, ?, ?, ?, ?)`,
      workflowId,
      nodeId,
      version,
      cron,
      timeZone,
      at,
    );
  }
}

/** Which schedule, as it was read. */
export interface ScheduleFence {
  readonly workflowId: string;
  readonly nodeId: string;
  readonly version: number;
  readonly cron: string;
  readonly timeZone: string;
  readonly nextAt: number | null;
  readonly lastAt: number | null;
}

const isAsRead = `workflow_id = ? AND node_id = ? AND version = ? AND cron = ? AND time_zone = ? AND next_at IS ?
  AND last_at IS ?`;

function fenceValues(fence: ScheduleFence): readonly (string | number | null)[] {
  const { workflowId, nodeId, version, cron, timeZone, nextAt, lastAt } = fence;
  return [workflowId, nodeId, version, cron, timeZone, nextAt, lastAt];
}

/** Sets when a schedule comes next; null: never. `applied` false: it changed meanwhile. */
export function armSchedule(
  { sql }: WriteContext,
  { fence, nextAt }: { readonly fence: ScheduleFence; readonly nextAt: number | null },
): { readonly applied: boolean } {
  const changed = sql.run(
    `UPDATE schedules SET next_at = ?, ended = ? WHERE ${isAsRead}`,
    nextAt,
    nextAt === null ? 1 : 0,
    ...fenceValues(fence),
  );
  return { applied: changed > 0 };
}

/**
 * A schedule comes: its run is made and its next instant set, in one. `applied` false: it came already, was switched off
 * or changed.
 */
export function fireSchedule(
  context: WriteContext,
  input: {
    readonly fence: ScheduleFence;
    readonly nextAt: number | null;
    readonly run: PlannedRun;
    readonly at: number;
  },
): { readonly applied: boolean } {
  const { fence, nextAt, run, at } = input;
  const changed = context.sql.run(
    `UPDATE schedules SET next_at = ?, ended = ?, last_at = ?, fired_at = ? WHERE ${isAsRead}`,
    nextAt,
    nextAt === null ? 1 : 0,
    fence.nextAt,
    at,
    ...fenceValues(fence),
  );
  if (changed === 0) return { applied: false };
  insertRun(context, run, null, at);
  passPoint('schedule fires');
  return { applied: true };
}
