import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrangeSteps, placeUnplaced } from '../../../../src/renderer/features/workflows/graph/arrange.ts';
import { applyEdit } from '../../../../src/renderer/features/workflows/graph/edit.ts';
import { cardHeight, cardWidth } from '../../../../src/renderer/features/workflows/graph/measures.ts';
import { anyDocument, graph } from './samples.ts';

const heightOf = () => cardHeight(2);

test('a chain is laid out from left to right', () => {
  const document = graph(['c', 'a', 'b'], ['a>b', 'b>c']);
  const laid = applyEdit(document, arrangeSteps(document, heightOf));
  const x = Object.fromEntries(laid.nodes.map((node) => [node.id, node.position.x]));
  expect(x['a']).toBeLessThan(x['b'] ?? 0);
  expect(x['b']).toBeLessThan(x['c'] ?? 0);
});

test('no two cards of any graph cover each other after arranging', () => {
  fc.assert(
    fc.property(anyDocument, (document) => {
      const { nodes } = applyEdit(document, arrangeSteps(document, heightOf));
      for (const [at, one] of nodes.entries())
        for (const other of nodes.slice(at + 1)) {
          const isApart =
            Math.abs(one.position.x - other.position.x) >= cardWidth ||
            Math.abs(one.position.y - other.position.y) >= cardHeight(2);
          expect(isApart).toBe(true);
        }
    }),
  );
});

test('a document a program wrote without places is laid out, any other is left as it is', () => {
  const drawn = graph(['a', 'b', 'c'], ['a>b', 'b>c']);
  const nowhere = {
    ...drawn,
    nodes: drawn.nodes.map((node) => ({ ...node, position: { x: 0, y: 0 } })),
  };
  const places = placeUnplaced(nowhere, heightOf).nodes.map(({ position }) => position.x);
  expect(new Set(places).size).toBe(3);
  const laid = placeUnplaced(nowhere, heightOf);
  expect(placeUnplaced(laid, heightOf)).toBe(laid);
});
