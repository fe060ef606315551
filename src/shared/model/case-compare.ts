/**
 * Compares what a regression test expects with what came, by JSON paths: every difference has a path and two values.
 * Paths that are ignored match nothing. Pure.
 */

/** `expected` or `got` undefined: there is nothing at this path. */
export interface Difference {
  readonly path: string;
  readonly expected: unknown;
  readonly got: unknown;
}

type Segment = string | number | typeof anything;

/** Any one segment. */
const anything = Symbol('*');

/** Differences told of one place; more help nobody. */
const mostDifferences = 20;

/**
 * The segments of a path such as `$.items[0].id`, `$["x y"]`, `$.items[*].id` or `$.*`; undefined when it is none.
 */
export function parseCasePath(path: string): readonly Segment[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const segments: Segment[] = [];
  const part = /\.(\*|[^.[\]"]+)|\[(\d+|\*)\]|\[("(?:[^"\\]|\\.)*")\]/y;
  part.lastIndex = 1;
  while (part.lastIndex < path.length) {
    const found = part.exec(path);
    if (found === null) return undefined;
    const [, name, index, quoted] = found;
    if (index !== undefined) segments.push(index === '*' ? anything : Number(index));
    else if (quoted !== undefined) segments.push(unquoted(quoted));
    else segments.push(name === '*' || name === undefined ? anything : name);
  }
  return segments;
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}

/** Writes a path people can copy into `ignore`. */
export function writeCasePath(segments: readonly (string | number)[]): string {
  return segments.reduce<string>((path, segment) => {
    if (typeof segment === 'number') return `${path}[${segment}]`;
    return /^[A-Za-z_][\w-]*$/.test(segment) ? `${path}.${segment}` : `${path}[${JSON.stringify(segment)}]`;
  }, '$');
}

/** Whether a place is at or below one of the paths. */
export function createIgnored(paths: readonly string[]): (segments: readonly (string | number)[]) => boolean {
  const rules = paths.flatMap((path) => {
    const rule = parseCasePath(path);
    return rule === undefined ? [] : [rule];
  });
  return (place) =>
    rules.some(
      (rule) =>
        rule.length <= place.length &&
        rule.every((segment, index) => segment === anything || segment === place[index]),
    );
}

/** What differs between two JSON values, the expected one's order first. */
export function compareValues(expected: unknown, got: unknown, ignore: readonly string[]): Difference[] {
  const isIgnored = createIgnored(ignore);
  const found: Difference[] = [];
  const visit = (one: unknown, other: unknown, place: readonly (string | number)[]): void => {
    if (found.length >= mostDifferences || isIgnored(place) || Object.is(one, other)) return;
    if (Array.isArray(one) && Array.isArray(other)) {
      for (let at = 0; at < Math.max(one.length, other.length); at += 1)
        visit(one[at], other[at], [...place, at]);
      return;
    }
    if (isObject(one) && isObject(other)) {
      for (const name of new Set([...Object.keys(one), ...Object.keys(other)]))
        visit(ownField(one, name), ownField(other, name), [...place, name]);
      return;
    }
    found.push({ path: writeCasePath(place), expected: one, got: other });
  };
  visit(expected, got, []);
  return found;
}

/** `got` with the values of `expected` where they are ignored, so that writing it anew changes nothing that does not count. */
export function keepIgnored(expected: unknown, got: unknown, ignore: readonly string[]): unknown {
  const isIgnored = createIgnored(ignore);
  const visit = (one: unknown, other: unknown, place: readonly (string | number)[]): unknown => {
    if (isIgnored(place)) return one;
    if (Array.isArray(one) && Array.isArray(other)) {
      const items: readonly unknown[] = other;
      return items.map((item, at) => (at < one.length ? visit(one[at], item, [...place, at]) : item));
    }
    if (!isObject(one) || !isObject(other)) return other;
    return Object.fromEntries(
      Object.entries(other).flatMap(([name, item]): [string, unknown][] => {
        if (Object.hasOwn(one, name)) return [[name, visit(ownField(one, name), item, [...place, name])]];
        return isIgnored([...place, name]) ? [] : [[name, item]];
      }),
    );
  };
  return visit(expected, got, []);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ownField(object: object, name: string): unknown {
  const value: unknown = Object.getOwnPropertyDescriptor(object, name)?.value;
  return value;
}
