/**
 * Writes nobody waits for: refusals and notes. Gathered for a moment and posted together; bounded here and on their way,
 * so that a flood of them costs the newest ones, never memory or the speed of what is accepted.
 */
import type { Logger } from '../base/logger.ts';
import { bodyOf } from './calls.ts';
import type { Call } from './operations.ts';

const flushMs = 25;
const maxCalls = 4_096;
const maxBytes = 16_777_216;
/** Calls on their way to the disk beyond which no more are posted. */
const maxPosted = 8_192;

export interface LazyBuffer {
  add(call: Call): void;
  /** Waits until everything added so far was stored, or failed. Never rejects. */
  drain(): Promise<void>;
}

/** `post` hands calls to the writer and resolves once each was stored or failed. */
export function createLazyBuffer(
  post: (calls: readonly Call[]) => Promise<void>,
  logger: Logger,
): LazyBuffer {
  let calls: Call[] = [];
  let bytes = 0;
  let posted = 0;
  let dropped = 0;
  let timer: NodeJS.Timeout | undefined;
  /** Everything posted so far. */
  let underway: Promise<void> = Promise.resolve();

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (dropped > 0) logger.warn({ dropped }, 'more requests were refused than could be recorded');
    dropped = 0;
    const { length } = calls;
    if (length === 0) return;
    posted += length;
    const ended = post(calls).then(() => void (posted -= length));
    underway = Promise.all([underway, ended]).then(() => undefined);
    calls = [];
    bytes = 0;
  }

  function flushIfFree(): void {
    if (posted < maxPosted) flush();
    else timer = setTimeout(flushIfFree, flushMs);
  }

  return {
    add(call) {
      const size = bodyOf(call)?.byteLength ?? 0;
      if (calls.length >= maxCalls || bytes + size > maxBytes) {
        dropped += 1;
        return;
      }
      calls.push(call);
      bytes += size;
      timer ??= setTimeout(flushIfFree, flushMs);
    },
    drain() {
      flush();
      return underway;
    },
  };
}
