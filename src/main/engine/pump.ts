/**
 * Takes due steps from the store, as many at once as there is room for, and wakes again when the next falls due. It
 * yields to the event loop between handfuls, so the receiver is never kept waiting, and no workflow may fill the room
 * of slow steps alone (SPEC 9).
 */
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { DueStep } from '../store/types.ts';
import type { Flight } from './try-step.ts';

export interface PumpOptions {
  readonly due: (now: number, limit: number, exceptWorkflowIds: readonly string[]) => readonly DueStep[];
  readonly nextDueAt: (now: number) => number | undefined;
  readonly run: (flight: Flight) => Promise<void>;
  /** Whether a step spends its time waiting for somebody else: the network, a sandbox. */
  readonly isSlow: (due: DueStep) => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Plain steps at once. */
  readonly concurrency: number;
}

export interface Pump {
  start(): void;
  /** There may be work. Cheap; may be called any number of times. */
  wake(): void;
  /** Takes nothing any more; resolves when nothing is in the air or after `limitMs`. */
  stop(limitMs: number): Promise<void>;
}

/** Slow steps at once, over all workflows and of one. */
const mostSlow = 256;
const mostSlowOfWorkflow = 64;
/** Steps begun in one go, in ms, before others get their turn. */
const turnMs = 4;
/** Timers are set anew after this at the latest: the machine may have slept, the clock may have been set. */
const longestTimerMs = 30_000;
/** While rows of a full workflow are skipped, searching past them takes at most this share of the time. */
const searchShare = 0.1;

/** Makes a pump. */
export function createPump(options: PumpOptions): Pump {
  const { clock, logger, concurrency } = options;
  const flights = new Map<number, Flight>();
  /** Flights the store still lists as due. */
  const listed = new Set<number>();
  const slowOf = new Map<string, number>();
  /** Workflows whose slow steps fill their share. */
  const full = new Set<string>();
  let slowCount = 0;
  /** When rows of full workflows may be searched past again. */
  let searchFrom = 0;
  let isRunning = false;
  let isScheduled = false;
  let cancelTimer: (() => void) | undefined;
  let onEmpty: (() => void) | undefined;

  function wake(): void {
    if (!isRunning || isScheduled) return;
    isScheduled = true;
    setImmediate(turn);
  }

  function setTimer(delayMs: number): void {
    cancelTimer?.();
    cancelTimer = clock.after(Math.min(delayMs, longestTimerMs), wake);
  }

  function hasRoom(due: DueStep, isSlow: boolean): boolean {
    if (!isSlow) return flights.size - slowCount < concurrency;
    if (slowCount < mostSlow && (slowOf.get(due.workflowId) ?? 0) < mostSlowOfWorkflow) return true;
    full.add(due.workflowId);
    return false;
  }

  function countSlow(workflowId: string, by: 1 | -1): void {
    slowCount += by;
    const count = (slowOf.get(workflowId) ?? 0) + by;
    if (count === 0) slowOf.delete(workflowId);
    else slowOf.set(workflowId, count);
  }

  function launch(due: DueStep, isSlow: boolean): void {
    const flight: Flight = { due, fence: due.attempt, onBegun: () => void listed.delete(due.seq) };
    flights.set(due.seq, flight);
    listed.add(due.seq);
    if (isSlow) countSlow(due.workflowId, 1);
    options.run(flight).then(
      () => land(due, isSlow),
      (error: unknown) => {
        // Stays in the air, so that it is not taken again and again; the next start tries anew.
        logger.error({ err: error, runId: due.runId, nodeId: due.nodeId }, 'a step could not be settled');
      },
    );
  }

  function land(due: DueStep, isSlow: boolean): void {
    flights.delete(due.seq);
    listed.delete(due.seq);
    if (isSlow) {
      countSlow(due.workflowId, -1);
      full.clear();
    }
    if (flights.size === 0) onEmpty?.();
    wake();
  }

  /** Takes what there is room for; true when more is due than was taken. */
  function takeDue(now: number): boolean {
    const limit = listed.size + concurrency;
    const rows = options.due(now, limit, [...full]);
    const until = performance.now() + turnMs;
    for (const due of rows) {
      if (flights.has(due.seq)) continue;
      const isSlow = options.isSlow(due);
      if (hasRoom(due, isSlow)) launch(due, isSlow);
      else if (!isSlow) return true;
      if (performance.now() > until) return true;
    }
    return rows.length === limit;
  }

  function turn(): void {
    isScheduled = false;
    // Half a room is waited for: each search lists again what is in the air.
    if (!isRunning || flights.size - slowCount > concurrency / 2) return;
    const began = performance.now();
    const isSearch = full.size > 0;
    if (isSearch && began < searchFrom) return setTimer(searchFrom - began);
    const now = clock.now();
    try {
      const hasMore = takeDue(now);
      if (isSearch) searchFrom = performance.now() + (performance.now() - began) / searchShare;
      if (hasMore) return wake();
      const next = options.nextDueAt(now);
      if (next !== undefined) setTimer(next - now);
    } catch (error) {
      logger.error({ err: error }, 'due steps can not be read');
      setTimer(1_000);
    }
  }

  return {
    start() {
      isRunning = true;
      wake();
    },
    wake,
    stop(limitMs) {
      isRunning = false;
      cancelTimer?.();
      if (flights.size === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const cancel = clock.after(limitMs, resolve);
        onEmpty = () => {
          cancel();
          resolve();
        };
      });
    },
  };
}
