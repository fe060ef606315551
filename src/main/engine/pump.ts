/**
 * Takes due steps from the store, as many at once as there is room for, and wakes again when the next falls due. It
 * yields to the event loop between handfuls, so the receiver is never kept waiting. The clock may be set and the machine
 * may sleep: nothing fires before its instant, nothing twice, and what was ready stays ready (RELIABILITY J).
 */
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { DueStep } from '../store/types.ts';
import type { Room } from './room.ts';
import type { Flight } from './try-step.ts';

export interface PumpOptions {
  readonly due: (now: number, limit: number, exceptWorkflowIds: readonly string[]) => readonly DueStep[];
  readonly nextDueAt: (now: number) => number | undefined;
  readonly run: (flight: Flight) => Promise<void>;
  /** Whether a step spends its time waiting for somebody else: the network, a sandbox. */
  readonly isSlow: (due: DueStep) => boolean;
  /** The clock was set back to `now`: steps that were ready before are not to wait for their old instant. */
  readonly onClockBack: (now: number) => void;
  readonly room: Room;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Pump {
  start(): void;
  /** There may be work. Cheap; may be called any number of times. */
  wake(): void;
  /** Takes nothing any more; resolves when nothing is in the air or after `limitMs`. */
  stop(limitMs: number): Promise<void>;
}

/** Steps listed in one search. */
const batchSize = 256;
/** Steps begun in one go, in ms, before others get their turn. */
const turnMs = 4;
/** Timers are set anew after this at the latest: the machine may have slept, the clock may have been set. */
const longestTimerMs = 30_000;
/** So late is a timer only when nobody looked: the machine slept, the clock was set on, or the app was not running. */
const sleptMs = 60_000;
/** Clocks are set back by so much at once only by hand; less is waited for. */
const backMs = 1_000;
/** How long something may be on its way into the store with an instant of the clock as it was. */
const lateStoreMs = 60_000;
/** While rows of a full workflow are skipped, searching past them takes at most this share of the time. */
const searchShare = 0.1;

/** Makes a pump. */
export function createPump(options: PumpOptions): Pump {
  const { clock, logger, room } = options;
  const flights = new Map<number, Flight>();
  /** Flights the store still lists as due. */
  const listed = new Set<number>();
  /** Listed and not taken yet, the longest due first. */
  const ready: DueStep[] = [];
  /** Runs with ends handed to the store: what follows there waits until we know the outcome. */
  const settling = new Map<string, number>();
  /** When rows of full workflows may be searched past again. */
  let searchFrom = 0;
  /** When was looked last, by the clock. */
  let lookedAt = Number.NEGATIVE_INFINITY;
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

  function launch(due: DueStep, isSlow: boolean): void {
    let isSettling = false;
    const flight: Flight = {
      due,
      fence: due.attempt,
      onBegun: () => void listed.delete(due.seq),
      onSettling() {
        if (!isSettling) settling.set(due.runId, (settling.get(due.runId) ?? 0) + 1);
        isSettling = true;
      },
    };
    flights.set(due.seq, flight);
    listed.add(due.seq);
    room.enter(due.workflowId, isSlow);
    options.run(flight).then(
      () => land(due, isSlow, isSettling),
      (error: unknown) => {
        // Stays in the air, so that it is not taken again and again; the next start tries anew.
        logger.error({ err: error, runId: due.runId, nodeId: due.nodeId }, 'a step could not be settled');
      },
    );
  }

  function land(due: DueStep, isSlow: boolean, isSettling: boolean): void {
    flights.delete(due.seq);
    listed.delete(due.seq);
    if (isSettling) {
      const left = (settling.get(due.runId) ?? 1) - 1;
      if (left === 0) settling.delete(due.runId);
      else settling.set(due.runId, left);
    }
    room.leave(due.workflowId, isSlow);
    if (flights.size === 0) onEmpty?.();
    wake();
  }

  /** Launches what is at hand while there is room; false when its time was up before it came to the end. */
  function launchReady(): boolean {
    const until = performance.now() + turnMs;
    const held: DueStep[] = [];
    let isInTime = true;
    for (let due = ready.shift(); due !== undefined; due = isInTime ? ready.shift() : undefined) {
      const isSlow = options.isSlow(due);
      if (settling.has(due.runId)) held.push(due);
      else if (room.admits(due.workflowId, isSlow)) launch(due, isSlow);
      // What finds its workflow full is listed again when there is room for it.
      else if (!isSlow) held.push(due);
      isInTime = performance.now() < until;
    }
    ready.unshift(...held);
    return isInTime;
  }

  /** Lists what is due beyond what is in the air; true when there may be more than was listed. */
  function search(now: number): boolean {
    const limit = listed.size + batchSize;
    const rows = options.due(now, limit, [...room.fullWorkflows]);
    for (const due of rows) if (!flights.has(due.seq)) ready.push(due);
    return rows.length === limit;
  }

  /** Sees whether the clock went back, or on by more than we ever let it without looking. */
  function watchClock(now: number): void {
    if (now < lookedAt - backMs) {
      options.onClockBack(now);
      clock.after(lateStoreMs, () => isRunning && options.onClockBack(clock.now()));
    }
    room.pass(now);
    if (now - lookedAt > sleptMs && ready.some((due) => isTimer(due) && now - due.dueAt > sleptMs)) {
      logger.info('timers fell due while nobody looked; slow steps are spread');
      room.calm(now);
    }
    lookedAt = now;
  }

  function turn(): void {
    isScheduled = false;
    if (!isRunning || room.isFull) return;
    try {
      let mayBeMore = true;
      if (ready.length === 0) {
        const began = performance.now();
        const isSearchPast = room.fullWorkflows.size > 0;
        if (isSearchPast && began < searchFrom) return setTimer(searchFrom - began);
        const now = clock.now();
        mayBeMore = search(now);
        watchClock(now);
        if (isSearchPast) searchFrom = performance.now() + (performance.now() - began) / searchShare;
        const next = mayBeMore ? undefined : options.nextDueAt(now);
        if (next !== undefined) setTimer(next - now);
      }
      // What is held back waits for a landing, which wakes.
      if (!launchReady() || (ready.length === 0 && mayBeMore)) wake();
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

/** Whether the step was to be taken up at an instant of its own: after a sleep, a wait, or for another try. */
function isTimer(due: DueStep): boolean {
  const isRetry = due.attempt > 0 && due.resumedByRequestId === null && !due.isInterrupted;
  return due.isDelayOver || due.isWaitTimeout || isRetry;
}
