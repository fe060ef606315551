import fc from 'fast-check';
import { expect, test } from 'vitest';
import { removeSteps } from '../../../../src/renderer/features/workflows/graph/removal.ts';
import { anyDocument, edgesOf, faultsOf, graph } from './samples.ts';

test('deleting a step heals the edge through it and keeps the port before it', () => {
  const document = graph(['a', 'b', 'c'], ['a.true>b', 'b>c']);
  expect(edgesOf(removeSteps(document, ['b']))).toEqual(['a.true>c']);
});

test('deleting a whole stretch joins its two ends', () => {
  const document = graph(['a', 'b', 'c', 'd'], ['a>b', 'b>c', 'c>d']);
  expect(edgesOf(removeSteps(document, ['c', 'b']))).toEqual(['a>d']);
});

test('every way into a deleted step leads on', () => {
  const document = graph(['a', 'b', 'c', 'd'], ['a>c', 'b>c', 'c>d']);
  expect(edgesOf(removeSteps(document, ['c']))).toEqual(['a>d', 'b>d']);
});

test('deleting a step that chooses between ways guesses none of them', () => {
  const document = graph(['a', 'if', 'yes', 'no'], ['a>if', 'if.true>yes', 'if.false>no']);
  expect(edgesOf(removeSteps(document, ['if']))).toEqual([]);
});

test('the way of a failure is not the way on', () => {
  const document = graph(['a', 'b', 'c', 'oops'], ['a>b', 'b>c', 'b.error>oops']);
  expect(edgesOf(removeSteps(document, ['b']))).toEqual(['a>c']);
});

test('healing neither doubles an edge nor leads a step to itself', () => {
  const document = graph(['a', 'b', 'c'], ['a>b', 'b>c', 'a>c', 'c>b']);
  expect(edgesOf(removeSteps(document, ['b']))).toEqual(['a>c']);
});

test('unknown ids remove nothing at all', () => {
  const document = graph(['a'], []);
  expect(removeSteps(document, ['ghost'])).toBe(document);
});

test('whatever is deleted, nothing of it is left and the graph is sound', () => {
  const ids = fc.subarray(['a', 'b', 'c', 'd', 'e', 'f']);
  fc.assert(
    fc.property(anyDocument, ids, (document, gone) => {
      const left = removeSteps(document, gone);
      expect(left.nodes.filter((node) => gone.includes(node.id))).toEqual([]);
      expect(faultsOf(left)).toEqual([]);
    }),
  );
});

test('the way taken when a wait is over in vain is not the way on either', () => {
  const document = graph(['a', 'wait', 'c', 'late'], ['a>wait', 'wait>c', 'wait.timeout>late']);
  expect(edgesOf(removeSteps(document, ['wait']))).toEqual(['a>c']);
});
