/** How regression tests compare: paths people can copy, values that do not count. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  compareValues,
  createIgnored,
  keepIgnored,
  parseCasePath,
  writeCasePath,
} from '../../../src/shared/model/case-compare.ts';

test('reads the paths it writes, whatever the names', () => {
  const segment = fc.oneof(fc.nat(1_000), fc.string());
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 5 }), (segments) => {
      expect(parseCasePath(writeCasePath(segments))).toEqual(segments);
    }),
  );
});

test.each([
  ['$', []],
  ['$.items[0].id', ['items', 0, 'id']],
  ['$["x y"].a-b', ['x y', 'a-b']],
])('understands %s', (path, segments) => expect(parseCasePath(path)).toEqual(segments));

test.each(['', 'items', '$.', '$..a', '$[', '$[x]', '$.a[', '$["a"'])('refuses %j', (path) =>
  expect(parseCasePath(path)).toBeUndefined(),
);

test('tells what differs, where, and what is missing or new', () => {
  const found = compareValues({ a: 1, b: [1, 2], c: 'x' }, { a: 1, b: [1, 3, 4], d: null }, []);
  expect(found).toEqual([
    { path: '$.b[1]', expected: 2, got: 3 },
    { path: '$.b[2]', expected: undefined, got: 4 },
    { path: '$.c', expected: 'x', got: undefined },
    { path: '$.d', expected: undefined, got: null },
  ]);
});

test('stands by a star for any name or position, and by a quoted star for itself', () => {
  const isIgnored = createIgnored(['$.items[*].*', '$.x["*"]']);
  expect(isIgnored(['items', 3, 'id'])).toBe(true);
  expect(isIgnored(['items', 3])).toBe(false);
  expect(isIgnored(['x', '*'])).toBe(true);
  expect(isIgnored(['x', 'y'])).toBe(false);
});

test('passes over ignored paths and all below them', () => {
  const one = { id: 1, items: [{ id: 1, n: 1 }] };
  const other = { id: { deep: 2 }, items: [{ id: 2, n: 1 }] };
  expect(compareValues(one, other, ['$.id', '$.items[*].id'])).toEqual([]);
  expect(createIgnored(['$.a'])(['a', 'b'])).toBe(true);
  expect(createIgnored(['$.a.b'])(['a'])).toBe(false);
});

test('finds no difference between a value and itself, and one where something was changed', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(compareValues(value, structuredClone(value), [])).toEqual([]);
      expect(compareValues({ at: value }, { at: [value] }, [])).not.toEqual([]);
    }),
  );
});

test('writes ignored values as they were, so that a file written anew shows what changed', () => {
  const before = { id: 'old', list: [{ at: 1, n: 1 }] };
  const got = {
    id: 'new',
    list: [
      { at: 2, n: 5 },
      { at: 3, n: 6 },
    ],
  };
  expect(keepIgnored(before, got, ['$.id', '$.list[*].at'])).toEqual({
    id: 'old',
    list: [
      { at: 1, n: 5 },
      { at: 3, n: 6 },
    ],
  });
});
