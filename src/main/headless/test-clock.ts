/** A clock for regression tests: it begins where the case was captured, goes on at its usual pace, and can be put ahead. */
import type { Clock } from '../base/clock.ts';

export interface TestClock extends Clock {
  /** Puts the clock ahead; what falls due on the way is called soon after. */
  skip(ms: number): void;
}

interface Timer {
  readonly at: number;
  readonly callback: () => void;
  stop: () => void;
}

/** Node's timers fire at once for delays past this. */
const longestDelayMs = 2_147_483_647;

/** Makes a clock that shows `startAt` now. */
export function createTestClock(startAt: number): TestClock {
  const began = performance.now();
  const timers = new Set<Timer>();
  let ahead = 0;

  const now = (): number => Math.floor(startAt + ahead + performance.now() - began);

  function arm(timer: Timer): void {
    timer.stop();
    const left = Math.min(Math.max(timer.at - now(), 0), longestDelayMs);
    const handle = setTimeout(() => (timer.at > now() ? arm(timer) : fire(timer)), left);
    handle.unref();
    timer.stop = () => clearTimeout(handle);
  }

  function fire(timer: Timer): void {
    if (timers.delete(timer)) timer.callback();
  }

  return {
    now,
    after(delayMs, callback) {
      const timer: Timer = { at: now() + Math.max(0, delayMs), callback, stop: () => undefined };
      timers.add(timer);
      arm(timer);
      return () => {
        timers.delete(timer);
        timer.stop();
      };
    },
    skip(ms) {
      ahead += Math.max(0, ms);
      for (const timer of [...timers].toSorted((one, other) => one.at - other.at)) arm(timer);
    },
  };
}
