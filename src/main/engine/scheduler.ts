/**
 * Lets schedules come: computes when each is next and makes its run when the time is there, in one commit fenced by the
 * instant it was read with. What was missed while the machine slept or was off comes once, late; a clock set forth and
 * back again neither doubles a run nor puts a schedule off (SPEC 9, RELIABILITY P7, J1).
 */
import { toAppError } from '../../shared/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { nextTime } from '../steps/schedule/cron.ts';
import type { Store } from '../store/open-store.ts';
import type { ScheduleRow } from '../store/schedules-read.ts';
import type { PlannedRun } from '../store/types.ts';
import type { PatientWriter } from './patience.ts';
import type { StartRequest } from './plan-start.ts';

export interface SchedulerTools {
  readonly store: Store;
  readonly writer: PatientWriter;
  readonly clock: Clock;
  readonly logger: Logger;
  plan(request: StartRequest): PlannedRun;
  /** To be called after a commit that made work. */
  wake(): void;
}

export interface Scheduler {
  start(): void;
  /** Makes no run any more; resolves when what is under way is committed or given up. */
  stop(): Promise<void>;
}

/** How often is looked at least: the clock may have been set, a workflow switched on. */
const longestTimerMs = 1_000;
/** A run later than this is told to be late. */
const lateMs = 5_000;

/** Makes a scheduler. */
export function createScheduler(tools: SchedulerTools): Scheduler {
  const { store, writer, clock, logger } = tools;
  let cancelTimer: (() => void) | undefined;
  let looking: Promise<void> | undefined;
  let isRunning = false;

  /** Sets when a schedule comes that has not been computed, or came last at an instant that is still ahead. */
  async function arm(row: ScheduleRow, now: number): Promise<void> {
    // What has come does not come again, whatever the clock says now.
    const from = row.lastAt === null ? Math.min(row.sinceAt, now) : Math.max(row.lastAt, now);
    const nextAt = nextTime(row, from);
    if (nextAt !== row.nextAt || nextAt === null) await writer.write('armSchedule', { fence: row, nextAt });
  }

  async function fire(row: ScheduleRow, scheduledAt: number, now: number): Promise<void> {
    const run = tools.plan({
      workflowId: row.workflowId,
      startNodeId: row.nodeId,
      input: {
        scheduledAt: new Date(scheduledAt).toISOString(),
        firedAt: new Date(now).toISOString(),
        late: now - scheduledAt > lateMs,
      },
      origin: { kind: 'schedule', depth: 0, awaited: false },
    });
    const nextAt = nextTime(row, Math.max(now, scheduledAt));
    await writer.write('fireSchedule', { fence: row, nextAt, run, at: now });
    // Whether it was applied or not: an earlier try may have been, without our knowing.
    tools.wake();
  }

  async function attend(row: ScheduleRow): Promise<void> {
    const now = clock.now();
    const place = { workflowId: row.workflowId, nodeId: row.nodeId };
    try {
      const { nextAt } = row;
      await (nextAt !== null && nextAt <= now ? fire(row, nextAt, now) : arm(row, now));
    } catch (thrown) {
      const { message } = toAppError(thrown);
      logger.error({ ...place, err: thrown }, `a schedule can not come: ${message}`);
      await writer.write('armSchedule', { fence: row, nextAt: null });
    }
  }

  function setTimer(delayMs: number): void {
    cancelTimer?.();
    if (isRunning) cancelTimer = clock.after(Math.min(delayMs, longestTimerMs), look);
  }

  /** Attends to what is due and answers how long there is nothing to do. */
  async function attendAll(): Promise<number> {
    await Promise.all(store.read.schedules.due(clock.now()).map(attend));
    const now = clock.now();
    return (store.read.schedules.nextAt(now) ?? Infinity) - now;
  }

  function look(): void {
    if (looking !== undefined) return;
    looking = attendAll()
      .catch((error: unknown) => {
        logger.error({ err: error }, 'schedules can not be looked at');
        return longestTimerMs;
      })
      .then((delayMs) => {
        looking = undefined;
        setTimer(delayMs);
      });
  }

  return {
    start() {
      isRunning = true;
      look();
    },
    async stop() {
      isRunning = false;
      cancelTimer?.();
      await looking;
    },
  };
}
