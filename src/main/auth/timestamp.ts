/** Freshness of a signed request: the one reading of timestamps, judged on both sides (RELIABILITY C7). */
import { refuse, type Refusal } from './scheme.ts';

/** Longest run of digits taken for a number; longer ones are no time anyone means. */
const digits = /^\d{1,15}$/;

/** Clocks are off by less; what is further is seconds taken for milliseconds, or the other way round. */
const likelySeconds = 50 * 365 * 86_400;

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

/**
 * The refusal of a request whose time is too far from now; undefined for a fresh one. Best asked once the signature fits:
 * then a stale request is a genuine one that was held up or sent again, or one of the clocks is wrong (RELIABILITY J2).
 * @param place where it stood, e.g. "The timestamp"
 */
export function refuseStale(
  place: string,
  atMs: number,
  now: number,
  toleranceMs: number,
): Refusal | undefined {
  if (isFresh(atMs, now, toleranceMs)) return undefined;
  const apart = Math.round(Math.abs(now - atMs) / 1_000);
  const side = atMs > now ? 'ahead of' : 'behind';
  const refusal = refuse(
    'stale',
    `${place} is ${apart} s ${side} this machine's clock; ${toleranceMs / 1_000} s are allowed.`,
  );
  return apart < likelySeconds ? { ...refusal, mayBeClock: true } : refusal;
}
