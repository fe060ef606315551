/**
 * How a freshly read first page meets the rows already shown. Pure, so that the promise "nothing moves under the
 * reader" can be tested without a clock or a connection.
 */

export interface Row {
  readonly id: string;
}

export interface Shown<T> {
  readonly items: readonly T[];
  /** Where the next older page begins; null at the end. */
  readonly cursor: string | null;
}

export interface Fresh<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** Rows of `fresh` that are newer than anything shown; `isGap` when even more may lie between. */
export interface Newer {
  readonly count: number;
  readonly isGap: boolean;
}

/** Rows of one page lie near one another: looking further costs time in lists of a hundred thousand. */
const nearby = 1_000;

/** Counts what a fresh first page holds above the rows shown. */
export function countNewer<T extends Row>(shown: Shown<T>, fresh: Fresh<T>): Newer {
  const known = new Set(shown.items.slice(0, nearby).map((item) => item.id));
  const firstKnown = fresh.items.findIndex((item) => known.has(item.id));
  if (firstKnown >= 0) return { count: firstKnown, isGap: false };
  return { count: fresh.items.length, isGap: shown.items.length > 0 && fresh.nextCursor !== null };
}

/** The rows of a fresh page, with those that did not change kept as the very objects shown: they need no drawing. */
export function keepUnchanged<T extends Row>(shown: Shown<T>, items: readonly T[]): readonly T[] {
  const known = new Map(shown.items.slice(0, nearby).map((item) => [item.id, item]));
  return items.map((item) => {
    const old = known.get(item.id);
    return old !== undefined && JSON.stringify(old) === JSON.stringify(item) ? old : item;
  });
}

/** Takes the news in: new rows on top, known rows renewed, rows that are gone dropped. */
export function mergeFollowing<T extends Row>(shown: Shown<T>, page: Fresh<T>): Shown<T> {
  const fresh = { items: keepUnchanged(shown, page.items), nextCursor: page.nextCursor };
  const last = fresh.items.at(-1);
  // The page holds the whole list.
  if (fresh.nextCursor === null || last === undefined) {
    return { items: fresh.items, cursor: fresh.nextCursor };
  }
  const place = shown.items.findIndex((item) => item.id === last.id);
  // Nothing in common at the page's end: what is shown further down may not join on to it.
  if (place < 0) return { items: fresh.items, cursor: fresh.nextCursor };
  return { items: [...fresh.items, ...shown.items.slice(place + 1)], cursor: shown.cursor };
}

/** Renews the rows already shown and moves none. */
export function mergeResting<T extends Row>(shown: Shown<T>, newer: readonly T[]): Shown<T> {
  const byId = new Map(keepUnchanged(shown, newer).map((item) => [item.id, item]));
  return { items: shown.items.map((item) => byId.get(item.id) ?? item), cursor: shown.cursor };
}

/** Adds an older page below; rows that are already there are not repeated. */
export function appendPage<T extends Row>(shown: Shown<T>, page: Fresh<T>): Shown<T> {
  const known = new Set(shown.items.slice(-nearby).map((item) => item.id));
  return {
    items: [...shown.items, ...page.items.filter((item) => !known.has(item.id))],
    cursor: page.nextCursor,
  };
}
