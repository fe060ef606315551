/** Whose secret made a signature. */
import type { SecretValues } from '../../shared/fields.ts';
import { isSame } from './compare.ts';

/**
 * The index of the first secret set one of the given digests fits, -1 when none does. All digests are compared with all sets,
 * so that the time tells nothing about which of them failed. A set without its secret fits nothing.
 */
export function findSigner(
  sets: readonly SecretValues[],
  given: readonly Uint8Array[],
  digestOf: (set: SecretValues) => Uint8Array | undefined,
): number {
  const fits = sets.map((set) => {
    const own = digestOf(set);
    return own !== undefined && given.filter((digest) => isSame(digest, own)).length > 0;
  });
  return fits.indexOf(true);
}
