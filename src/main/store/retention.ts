/**
 * Keeps the store within its limits (SPEC 12): looks once a minute whether something is too old, too many or too large,
 * and deletes it in small pieces with pauses between them, longer ones the busier the writer is. Each piece is a
 * transaction of its own, so it may end anywhere. On a full disk a file kept for that makes room for deleting.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Store } from './open-store.ts';
import type { Pruned, PruneWanted } from './prune.ts';
import { createReserve } from './reserve.ts';

/** How much is kept. */
export interface RetentionLimits {
  readonly days: number;
  readonly requestsPerEndpoint: number;
  /** Null: the database may grow as it likes. */
  readonly databaseBytes: number | null;
}

export interface Retention {
  /** Looks every minute from now on. */
  start(): void;
  /** Looks now; resolves when all that is over a limit is gone, or it was stopped. @throws AppError of the store */
  prune(): Promise<{ readonly requests: number; readonly runs: number }>;
  /** Ends after the piece at hand. */
  stop(): Promise<void>;
}

interface RetentionParts {
  readonly store: Pick<Store, 'read' | 'write' | 'health'>;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: () => RetentionLimits;
}

const dayMs = 86_400_000;
const everyMs = 60_000;
/** How long what may not go yet is passed over, before it is looked at again. */
const sweepMs = 3_600_000;
const longestPauseMs = 1_000;
/** Free pages the file may keep for what comes next, as share of it, before they are given back; then down to half. */
const freeShare = 0.1;
const reclaimedPages = 32;
/** Steps in which the age limit goes down while the database is too large. */
const ageSteps = 32;

/** Makes it; nothing happens before `start` or `prune`. */
export function createRetention({ store, dataDir, clock, logger, limits }: RetentionParts): Retention {
  const reserve = createReserve(dataDir);
  let cancel: (() => void) | undefined;
  let running: Promise<{ requests: number; runs: number }> | undefined;
  let isStopped = false;
  let sweptAt = Number.NEGATIVE_INFINITY;
  /** How far each limit has been looked at since the last sweep. */
  const places = new Map<string, number>();

  /** Does one thing again and again, until it says that it is done. */
  async function inTurns(act: () => Promise<boolean>): Promise<void> {
    while (!isStopped) {
      const beganAt = performance.now();
      if (await act()) return;
      await pause(Math.min(2 + 2 * (performance.now() - beganAt), longestPauseMs));
    }
  }

  async function drive(
    name: 'pruneRequests' | 'pruneRuns',
    place: string,
    wanted: Omit<PruneWanted, 'after'>,
    total: { requests: number; runs: number },
    excess: () => number = () => Number.MAX_SAFE_INTEGER,
  ): Promise<void> {
    await inTurns(async () => {
      const after = places.get(place) ?? 0;
      const bytes = excess();
      if (after + 1 >= wanted.before || bytes <= 0) return true;
      const done: Pruned = await store.write(name, { ...wanted, after, bytes });
      total.requests += done.requests;
      total.runs += done.runs;
      if (done.after === null) return true;
      places.set(place, done.after);
      return false;
    });
  }

  async function pruneAll(): Promise<{ requests: number; runs: number }> {
    const { days, requestsPerEndpoint, databaseBytes } = limits();
    const { retention } = store.read;
    const now = clock.now();
    const olderThanAt = now - days * dayMs;
    const isSweep = now - sweptAt >= sweepMs || now < sweptAt;
    if (isSweep) places.clear();
    const total = { requests: 0, runs: 0 };

    const before = retention.seqAt('requests', olderThanAt);
    await drive('pruneRequests', 'age', { before, olderThanAt }, total);
    const runsBefore = retention.seqAt('runs', olderThanAt);
    await drive('pruneRuns', 'runs', { before: runsBefore, olderThanAt }, total);
    for (const endpointId of retention.endpointIds()) {
      if (isStopped) break;
      const oldest = retention.oldestKept(endpointId, requestsPerEndpoint);
      if (oldest !== undefined)
        await drive('pruneRequests', endpointId, { before: oldest, endpointId }, total);
      await pause(0);
    }
    if (databaseBytes !== null) await shrink(databaseBytes, now, total);
    if (isSweep) await forgetKeys(now);
    await reclaim();
    if (isSweep && !isStopped) sweptAt = now;
    if (total.requests + total.runs > 0) await store.write('notePruning', { at: now, ...total });
    return total;
  }

  /** Lowers the age of what is kept, step by step, until the rest is small enough. */
  async function shrink(
    databaseBytes: number,
    now: number,
    total: { requests: number; runs: number },
  ): Promise<void> {
    const { retention } = store.read;
    const excess = (): number => retention.pages().usedBytes - databaseBytes;
    const oldestAt = retention.oldestAt() ?? now;
    for (let step = 1; step <= ageSteps && excess() > 0 && !isStopped; step += 1) {
      const olderThanAt = oldestAt + ((now - oldestAt) * step) / ageSteps;
      const before = retention.seqAt('requests', olderThanAt);
      await drive('pruneRequests', 'size', { before, olderThanAt }, total, excess);
      const runsBefore = retention.seqAt('runs', olderThanAt);
      await drive('pruneRuns', 'runs of size', { before: runsBefore, olderThanAt }, total, excess);
    }
  }

  async function forgetKeys(at: number): Promise<void> {
    let after: string | null = null;
    await inTurns(async () => {
      ({ after } = await store.write('forgetKeys', { after, at }));
      return after === null;
    });
  }

  async function reclaim(): Promise<void> {
    const { freePages, pages } = store.read.retention.pages();
    if (freePages <= pages * freeShare) return;
    let left = freePages;
    await inTurns(async () => {
      const { free } = await store.write('reclaimPages', { pages: reclaimedPages });
      // A file that was made without the means for it keeps its pages, and uses them for what comes next.
      const isStuck = free >= left;
      left = free;
      return isStuck || free <= (pages * freeShare) / 2;
    });
  }

  function prune(): Promise<{ requests: number; runs: number }> {
    running ??= pruneAll().finally(() => {
      running = undefined;
    });
    return running;
  }

  async function look(): Promise<void> {
    const isFull = !store.health().writable;
    try {
      // Deleting writes, too: what the reserve held is enough for that, and pages that come free are used again.
      if (isFull && !(await reserve.release())) return;
      const { requests, runs } = await prune();
      if (requests + runs > 0) logger.info({ requests, runs }, 'what was over its retention is gone');
    } catch (error) {
      if (!isStopped) logger.warn({ err: error }, 'retention could not delete what it should have');
    } finally {
      if (!isStopped) await reserve.hold();
    }
  }

  function plan(): void {
    cancel = clock.after(everyMs, () => {
      void look().finally(() => {
        if (!isStopped) plan();
      });
    });
  }

  return {
    start: plan,
    prune,
    async stop() {
      isStopped = true;
      cancel?.();
      await running?.catch(() => undefined);
    },
  };
}
