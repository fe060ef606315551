/**
 * Comparison in constant time. Both sides are hashed to 32 bytes first: `timingSafeEqual` throws on unequal lengths,
 * and a length must not show either.
 */
import { hash, timingSafeEqual } from 'node:crypto';

/** Whether two values are equal, told in a time that depends on neither content. */
export function isSame(left: string | Uint8Array, right: string | Uint8Array): boolean {
  return timingSafeEqual(hash('sha256', left, 'buffer'), hash('sha256', right, 'buffer'));
}

/** Compares a presented value with a secret; an empty secret equals nothing. */
export function isSecret(presented: string, secret: string): boolean {
  const same = isSame(presented, secret);
  return same && secret !== '';
}
