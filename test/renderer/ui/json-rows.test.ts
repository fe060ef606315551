import { describe, expect, it } from 'vitest';
import {
  deepest,
  LongNumber,
  listRows,
  pageLength,
  parseKeepingDigits,
  writePath,
} from '../../../src/renderer/ui/json-rows.ts';

const all = { isOpen: () => true, shownOf: () => pageLength };

describe('JSON as rows', () => {
  it('keeps the digits of numbers a double can not hold', () => {
    const value = parseKeepingDigits('{"id":12345678901234567890,"price":0.12345678901234567890,"n":1.50}');
    expect(value).toEqual({
      id: new LongNumber('12345678901234567890'),
      price: new LongNumber('0.12345678901234567890'),
      n: 1.5,
    });
  });

  it('draws only what is unfolded', () => {
    const rows = listRows(
      { a: { b: 1 }, c: [1, 2] },
      { isOpen: (_id, depth) => depth === 0, shownOf: () => 10 },
    );
    expect(rows.map(({ path, count }) => [writePath(path), count])).toEqual([
      ['', 2],
      ['a', 1],
      ['c', 2],
    ]);
  });

  it('stops at a hundred levels, however deep the value', () => {
    let value: unknown = 'end';
    for (let depth = 0; depth < 5_000; depth += 1) value = [value];
    const rows = listRows(value, all);
    expect(rows).toHaveLength(deepest + 1);
    expect(rows.at(-1)?.kind).toBe('tooDeep');
  });

  it('draws long lists in pages and says how many are left', () => {
    const rows = listRows(
      Array.from({ length: 5_000 }, (_, index) => index),
      all,
    );
    expect(rows).toHaveLength(pageLength + 2);
    expect(rows.at(-1)).toMatchObject({ kind: 'more', count: 5_000 - pageLength });
  });

  it('writes paths the way expressions do', () => {
    expect(writePath(['lines', 0, 'qty'])).toBe('lines[0].qty');
    expect(writePath(['odd name', 'x'])).toBe('`odd name`.x');
    expect(writePath([2, 'a'])).toBe('[2].a');
  });
});
