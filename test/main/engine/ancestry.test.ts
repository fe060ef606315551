/** Who leads to whom: the same as walking there, and quick for the largest document there can be. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findAncestry } from '../../../src/main/engine/ancestry.ts';

it('is what walking the edges finds, circles and loose steps included', () => {
  const edges = fc.array(fc.tuple(fc.nat(44), fc.nat(44)), { maxLength: 90 });
  fc.assert(
    fc.property(edges, (pairs) => {
      const ids = Array.from({ length: 40 }, (_, index) => `s${index}`);
      const followers = new Map<string, string[]>();
      for (const [from, to] of pairs)
        followers.set(`s${from}`, [...(followers.get(`s${from}`) ?? []), `s${to}`]);
      const known = new Map([...followers].filter(([id]) => ids.includes(id)));
      const ancestry = findAncestry(ids, known);
      for (const id of ids) {
        const reached = new Set(known.get(id));
        for (const one of reached)
          if (ids.includes(one)) for (const next of known.get(one) ?? []) reached.add(next);
        expect(ids.filter((other) => ancestry.leads(id, other))).toEqual(
          ids.filter((other) => reached.has(other)),
        );
      }
      for (const id of ids.slice(0, 5)) {
        const before = ids.filter((other) => ancestry.leads(other, id));
        expect(ancestry.before(id).toSorted()).toEqual(before.toSorted());
      }
    }),
  );
});

it('takes a thousand steps with ten thousand edges in less than a quarter of a second', () => {
  const ids = Array.from({ length: 1_000 }, (_, index) => `s${index}`);
  const followers = new Map(ids.map((id, index) => [id, ids.slice(Math.max(0, index - 10), index)]));
  const startedAt = performance.now();
  expect(findAncestry(ids, followers).before('s0')).toHaveLength(999);
  expect(performance.now() - startedAt).toBeLessThan(250);
});
