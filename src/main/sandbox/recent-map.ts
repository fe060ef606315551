/** A map of bounded size that forgets what was used longest ago: for compiled expressions and split templates. */

export interface RecentMap<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): void;
}

/** A map of at most `capacity` entries. */
export function createRecentMap<K, V>(capacity: number): RecentMap<K, V> {
  // Two generations instead of a list of uses: a hit in the older one moves to the younger, a full younger one
  // becomes the older. Holds between half and all of `capacity`.
  let young = new Map<K, V>();
  let old = new Map<K, V>();
  const set = (key: K, value: V): void => {
    young.set(key, value);
    if (young.size * 2 < capacity) return;
    old = young;
    young = new Map();
  };
  return {
    get(key) {
      const value = young.get(key);
      if (value !== undefined) return value;
      const older = old.get(key);
      if (older !== undefined) set(key, older);
      return older;
    },
    set,
  };
}
