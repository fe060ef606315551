/**
 * Ids: a prefix that names the kind, then 26 characters of base32 over 130 random bits, so none can be guessed and
 * any may stand in a URL (SPEC 2: URL-safe, at most 40 characters).
 */
import { randomBytes } from 'node:crypto';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const length = 26;

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

export type IdPrefix = 'wf' | 'ep' | 'req' | 'run' | 'rec' | 'sec' | 'tok' | 'ins';

/** A new id such as `run_7zq4…`; unguessable. */
export function newId(prefix: IdPrefix): string {
  let text = `${prefix}_`;
  for (const byte of takeBytes(length)) text += alphabet[byte & 31];
  return text;
}

/** A fresh secret: 32 random bytes as base64url (SPEC 5). */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
