import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyEdit } from '../../../../src/renderer/features/workflows/graph/edit.ts';
import { anyDocument, anyEdit, edge, edgesOf, faultsOf, graph, step } from './samples.ts';

test('no edit, sensible or not, ever breaks a graph', () => {
  fc.assert(
    fc.property(anyDocument, anyEdit, (document, edit) => {
      expect(faultsOf(applyEdit(document, edit))).toEqual([]);
    }),
  );
});

test('no edit touches the document it was given', () => {
  fc.assert(
    fc.property(anyDocument, anyEdit, (document, edit) => {
      const before = structuredClone(document);
      applyEdit(document, edit);
      expect(document).toEqual(before);
    }),
  );
});

test('a step dropped on an edge stands in the middle of it', () => {
  const document = graph(['a', 'b'], ['a.true>b']);
  const edited = applyEdit(document, {
    type: 'insert',
    node: step('n'),
    edge: edge('a.true>b'),
    port: 'done',
  });
  expect(edgesOf(edited)).toEqual(['a.true>n', 'n.done>b']);
});

test('a step without outlets dropped on an edge ends the way', () => {
  const document = graph(['a', 'b'], ['a>b']);
  const edited = applyEdit(document, { type: 'insert', node: step('n'), edge: edge('a>b'), port: null });
  expect(edgesOf(edited)).toEqual(['a>n']);
});

test('connecting what is connected, or a step with itself, changes nothing at all', () => {
  const document = graph(['a', 'b'], ['a>b']);
  expect(applyEdit(document, { type: 'connect', edge: edge('a>b') })).toBe(document);
  expect(applyEdit(document, { type: 'connect', edge: edge('a.out>b') })).toBe(document);
  expect(applyEdit(document, { type: 'connect', edge: edge('a>a') })).toBe(document);
  expect(applyEdit(document, { type: 'connect', edge: edge('a>ghost') })).toBe(document);
});

test('an edge led elsewhere leaves its old place', () => {
  const document = graph(['a', 'b', 'c'], ['a>b']);
  expect(edgesOf(applyEdit(document, { type: 'reconnect', from: edge('a>b'), to: edge('a>c') }))).toEqual([
    'a>c',
  ]);
});

test('moving a step to where it stands changes nothing at all', () => {
  const document = graph(['a'], []);
  expect(applyEdit(document, { type: 'move', positions: { a: { x: 0, y: 0 } } })).toBe(document);
});
