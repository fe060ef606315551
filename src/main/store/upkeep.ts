/**
 * The writer's work between commits: filling and merging the full-text index. In pieces of a few milliseconds, only
 * while nothing waits to be written, less of it the more comes in, and none of it under a load that needs the writer whole.
 */
import type { Sql } from './sql.ts';
import { indexSome, mergeSome } from './search-index.ts';

/** Calls per second from which on the writer has no time for it. */
const busyCallsPerSecond = 3_000;
/** How long after the last piece, in ms: while nothing comes in, while something does, and while too much does. */
const pauses = { idle: 1, received: 16, busy: 250 } as const;
/** While something comes in, upkeep has this share of the writer at most: one in so many. */
const shareOfTime = 5;
/** How long new requests are left to gather before they are indexed. */
const gatherMs = 1_000;

export interface Upkeep {
  /** So many calls were committed. */
  received(calls: number): void;
  /** The writer has nothing to do: sees to it that upkeep goes on. */
  whenIdle(): void;
  close(): void;
}

/**
 * @param inTransaction runs and commits; throws when it could not, and then nothing is done
 * @param afterPiece called after each commit
 */
export function createUpkeep(
  sql: Sql,
  inTransaction: <Result>(work: () => Result) => Result,
  afterPiece: () => void,
): Upkeep {
  let timer: NodeJS.Timeout | undefined;
  let calls = 0;
  let countedAt = performance.now();
  /** Since when nothing was left to do; undefined while something is. */
  let isDone = false;

  function plan(delayMs: number): void {
    timer ??= setTimeout(work, delayMs);
    timer.unref();
  }

  function work(): void {
    timer = undefined;
    const now = performance.now();
    const perSecond = (calls * 1_000) / Math.max(now - countedAt, 1);
    const isReceiving = calls > 0;
    calls = 0;
    countedAt = now;
    if (perSecond > busyCallsPerSecond) return plan(pauses.busy);
    try {
      isDone = !inTransaction(() => mergeSome(sql) || indexSome(sql));
    } catch {
      // The next commit of a call tells what the disk is up to.
      return plan(gatherMs);
    }
    afterPiece();
    const tookMs = performance.now() - now;
    if (!isDone) plan(isReceiving ? Math.max(pauses.received, shareOfTime * tookMs) : pauses.idle);
  }

  plan(gatherMs);
  return {
    received(count) {
      calls += count;
      isDone = false;
    },
    whenIdle() {
      if (!isDone) plan(gatherMs);
    },
    close() {
      clearTimeout(timer);
    },
  };
}
