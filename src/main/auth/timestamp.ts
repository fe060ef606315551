/** Freshness of a signed request: the one reading of timestamps, judged on both sides (RELIABILITY C7). */

/** Longest run of digits taken for a number; longer ones are no time anyone means. */
const digits = /^\d{1,15}$/;

/** Whole seconds or milliseconds written in plain digits; undefined for anything else. */
export function readTimestamp(text: string): number | undefined {
  return digits.test(text) ? Number(text) : undefined;
}

/** Whether an instant lies within the tolerance of now, before or after. All in milliseconds. */
export function isFresh(atMs: number, now: number, toleranceMs: number): boolean {
  return Math.abs(now - atMs) <= toleranceMs;
}
