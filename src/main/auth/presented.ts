/**
 * What a caller presented under one name. More than one value is never merged or picked from: Node joins repeated
 * headers with ", ", which would let a good and a bad key travel together.
 */
import type { HeaderList } from '../../shared/model/request.ts';

export type Presented =
  | { readonly kind: 'one'; readonly value: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'repeated' };

const missing: Presented = { kind: 'missing' };
const repeated: Presented = { kind: 'repeated' };

/** The header of this name, whatever its case. */
export function presentedHeader(headers: HeaderList, name: string): Presented {
  const wanted = name.toLowerCase();
  return findOne(headers, (key) => key.length === wanted.length && key.toLowerCase() === wanted);
}

/** The entry of this exact name in a list of pairs (query, form). */
export function presentedPair(pairs: ReadonlyArray<readonly [string, string]>, name: string): Presented {
  return findOne(pairs, (key) => key === name);
}

/** The one presented value among several places; two places are as bad as two values. */
export function presentedAnywhere(places: readonly Presented[]): Presented {
  const present = places.filter((place) => place.kind !== 'missing');
  if (present.length > 1) return repeated;
  return present[0] ?? missing;
}

function findOne(
  pairs: ReadonlyArray<readonly [string, string]>,
  isWanted: (key: string) => boolean,
): Presented {
  let found: string | undefined;
  for (const [key, value] of pairs) {
    if (!isWanted(key)) continue;
    if (found !== undefined) return repeated;
    found = value;
  }
  return found === undefined ? missing : { kind: 'one', value: found };
}
