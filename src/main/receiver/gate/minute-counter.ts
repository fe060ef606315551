/**
 * Counts per minute, for the rate limit of an endpoint (SPEC 4.5) and for callers who keep failing to authenticate
 * (RELIABILITY C16). A minute begins with the first count and ends 60 s later. Counts live in memory, outlive changes of
 * the configuration and are bounded in number.
 */

const minuteMs = 60_000;
/** Keys kept at most; past it the oldest minutes are forgotten. */
const maxKeys = 10_000;

interface Minute {
  readonly startAt: number;
  count: number;
}

/** Counts per key within its present minute. */
export class MinuteCounter {
  readonly #minutes = new Map<string, Minute>();

  /** Milliseconds until one more is within the limit; 0 when it is now. Counts nothing. */
  waitMs(key: string, limit: number, now: number): number {
    const minute = this.#present(key, now);
    return minute === undefined || minute.count < limit ? 0 : minute.startAt + minuteMs - now;
  }

  /** How many more are within the limit, and milliseconds until the minute ends. Counts nothing. */
  left(key: string, limit: number, now: number): { readonly count: number; readonly endsInMs: number } {
    const minute = this.#present(key, now);
    if (minute === undefined) return { count: limit, endsInMs: minuteMs };
    return { count: Math.max(0, limit - minute.count), endsInMs: minute.startAt + minuteMs - now };
  }

  /** Counts one. */
  add(key: string, now: number): void {
    const minute = this.#present(key, now);
    if (minute !== undefined) {
      minute.count++;
      return;
    }
    this.#minutes.delete(key);
    this.#makeRoom();
    this.#minutes.set(key, { startAt: now, count: 1 });
  }

  /** The minute of a key that is not over; a clock that was set back ends it too. */
  #present(key: string, now: number): Minute | undefined {
    const minute = this.#minutes.get(key);
    if (minute === undefined) return undefined;
    const elapsed = now - minute.startAt;
    return elapsed >= 0 && elapsed < minuteMs ? minute : undefined;
  }

  /** Keys stand in the order their minutes began. */
  #makeRoom(): void {
    if (this.#minutes.size < maxKeys) return;
    const [oldest] = this.#minutes.keys();
    if (oldest !== undefined) this.#minutes.delete(oldest);
  }
}
