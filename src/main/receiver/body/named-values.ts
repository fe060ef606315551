/**
 * Names with values, as forms and queries send them. Repeated names become lists (SPEC 4.9). Names are kept in a map
 * until the end, so that `__proto__` is a name like any other.
 */

/** Groups pairs by name: one value stays itself, several become a list in the order sent. */
export function groupByName<Value>(
  pairs: Iterable<readonly [string, Value]>,
): Record<string, Value | readonly Value[]> {
  const groups = new Map<string, Value[]>();
  for (const [name, value] of pairs) {
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [value]);
    else group.push(value);
  }
  const entries: [string, Value | readonly Value[]][] = [];
  for (const [name, group] of groups) {
    const [only] = group;
    entries.push([name, group.length === 1 && only !== undefined ? only : group]);
  }
  // fromEntries defines own properties, whatever their name.
  return Object.fromEntries(entries);
}

/** The decoded pairs of a query or form text, in the order sent. */
export function readPairs(text: string): ReadonlyArray<readonly [string, string]> {
  return text === '' ? [] : [...new URLSearchParams(text)];
}
