/** Freshness of a signed request: the one reading of timestamps, judged on both sides (RELIABILITY C7). */

/** Longest run of digits taken for a number; longer ones are no time anyone means. */
const digits = /^\d{1,15}$/;

/** Whole seconds or milliseconds written in plain digits; undefined for anything else. */
export function readTimestamp(text: string): number | undefined {
  return digits.test(text) ? Number(text) : undefined;
}

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** Epoch ms of an RFC 3339 time with up to nine decimals; undefined for anything else. */
export function readIsoTime(text: string): number | undefined {
  const at = isoTime.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** Whether an instant lies within the tolerance of now, before or after. All in milliseconds. */
export function isFresh(atMs: number, now: number, toleranceMs: number): boolean {
  return Math.abs(now - atMs) <= toleranceMs;
}
