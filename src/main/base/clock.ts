/** The clock as a value, so tests can move it. */
export interface Clock {
  /** Milliseconds since the epoch, UTC. */
  now(): number;
  /** Calls back after at least `delayMs`; returns how to cancel. Never keeps the process alive. */
  after(delayMs: number, callback: () => void): () => void;
}

/** Node's timers fire at once for delays past this; longer ones are re-armed by whoever asked. */
const longestDelayMs = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), longestDelayMs));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
