/** A clock that moves only when told; what falls due on the way is called in order. */
import type { Clock } from '../../../src/main/base/clock.ts';

export interface ManualClock extends Clock {
  /** Moves on, calling back what falls due. */
  advance(ms: number): void;
  /** Is set to an instant, as by hand or after a sleep: timers run on by what passes, and nothing has passed. */
  set(at: number): void;
}

export function createManualClock(startAt = Date.UTC(2026, 0, 1)): ManualClock {
  let now = startAt;
  const timers = new Set<{ at: number; readonly callback: () => void }>();
  return {
    now: () => now,
    after(delayMs, callback) {
      const timer = { at: now + Math.max(0, delayMs), callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(ms) {
      const until = now + ms;
      for (;;) {
        const [next] = [...timers]
          .filter((timer) => timer.at <= until)
          .toSorted((one, other) => one.at - other.at);
        if (next === undefined) break;
        timers.delete(next);
        now = Math.max(now, next.at);
        next.callback();
      }
      now = until;
    },
    set(at) {
      for (const timer of timers) timer.at += at - now;
      now = at;
    },
  };
}
