/**
 * Ids: a prefix that names the kind, then 26 characters of base32 over 130 random bits, so none can be guessed and
 * any may stand in a URL (SPEC 2: URL-safe, at most 40 characters). Requests and runs are made by the million and stand
 * in no webhook URL: their first 9 characters tell the time and 85 bits are random, so that neighbours in time are
 * neighbours in an index and a commit touches fewer pages.
 */
import { randomBytes } from 'node:crypto';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const length = 26;
const timeLength = 9;

/** Random bytes are drawn in blocks: one call to the system serves many ids. */
let pool = Buffer.alloc(0);
let used = 0;

function takeBytes(count: number): Buffer {
  if (used + count > pool.length) {
    pool = randomBytes(count * 256);
    used = 0;
  }
  const bytes = pool.subarray(used, used + count);
  used += count;
  return bytes;
}

export type IdPrefix = 'wf' | 'ep' | 'req' | 'run' | 'rec' | 'sec' | 'tok' | 'ins' | 'job' | 'upl';

/** The time at a millisecond as text that sorts like it. */
let timeAt = -1;
let timeText = '';

function textOfTime(now: number): string {
  if (now === timeAt) return timeText;
  timeAt = now;
  timeText = '';
  for (let rest = now, index = 0; index < timeLength; index += 1, rest = Math.floor(rest / 32)) {
    timeText = `${alphabet[rest % 32]}${timeText}`;
  }
  return timeText;
}

/** A new id such as `run_7zq4…`; unguessable. */
export function newId(prefix: IdPrefix): string {
  const isTimed = prefix === 'req' || prefix === 'run';
  let text = isTimed ? `${prefix}_${textOfTime(Date.now())}` : `${prefix}_`;
  for (const byte of takeBytes(isTimed ? length - timeLength : length)) text += alphabet[byte & 31];
  return text;
}

/** A fresh secret: 32 random bytes as base64url (SPEC 5). */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
