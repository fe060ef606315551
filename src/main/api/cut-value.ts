/** Values cut to what people can look at: long texts and lists end early, so that no answer grows with a run's data. */

const mostText = 2_000;
const mostItems = 50;
const mostFields = 200;
const mostLevels = 12;
/** Characters of all texts and names together. */
const mostTogether = 200_000;

export interface CutValue {
  readonly value: unknown;
  readonly isCut: boolean;
}

/** A copy of plain data within limits. Lists keep their first items, objects their first fields. */
export function cutValue(whole: unknown): CutValue {
  let isCut = false;
  let left = mostTogether;

  function text(value: string): string {
    const most = Math.min(mostText, Math.max(left, 0));
    left -= Math.min(value.length, most);
    if (value.length <= most) return value;
    isCut = true;
    return `${value.slice(0, most)}…`;
  }

  function first<Item>(list: readonly Item[], most: number): readonly Item[] {
    const count = left > 0 ? most : 0;
    if (list.length > count) isCut = true;
    return list.slice(0, count);
  }

  function cut(value: unknown, level: number): unknown {
    if (typeof value === 'string') return text(value);
    if (typeof value !== 'object' || value === null) {
      left -= 8;
      return value;
    }
    if (level > mostLevels) {
      isCut = true;
      return Array.isArray(value) ? [] : {};
    }
    if (Array.isArray(value)) return first(value, mostItems).map((item) => cut(item, level + 1));
    const entries = first(Object.entries(value), mostFields).map(([name, item]): [string, unknown] => {
      left -= name.length;
      return [name, cut(item, level + 1)];
    });
    return Object.fromEntries(entries);
  }

  const value = cut(whole, 0);
  return { value, isCut };
}
