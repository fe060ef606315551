import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  drawnPorts,
  flowEdges,
  flowNodes,
  type OnScreen,
  type Readings,
} from '../../../../src/renderer/features/workflows/canvas/flow-elements.ts';
import { applyEdit } from '../../../../src/renderer/features/workflows/graph/edit.ts';
import { anyDocument, graph } from '../graph/samples.ts';

const still: OnScreen = { positions: new Map(), sizes: new Map() };
const readings: Readings = { announce: (step) => step.name, ports: () => ['out'] };
const plain = { selected: [], target: null, overlay: null };

test('every step and edge of any document is drawn, once', () => {
  fc.assert(
    fc.property(anyDocument, (document) => {
      const nodes = flowNodes(new WeakMap(), document, [], still, readings);
      expect(nodes.map((node) => node.id)).toEqual(document.nodes.map((node) => node.id));
      const edges = flowEdges(document, plain);
      expect(new Set(edges.map((edge) => edge.id)).size).toBe(document.edges.length);
    }),
  );
});

test('a step that did not change keeps its object, so its card is not drawn again', () => {
  const document = graph(['a', 'b'], []);
  const before = new WeakMap();
  const first = flowNodes(before, document, [], still, readings);
  const moved = applyEdit(document, { type: 'move', positions: { b: { x: 9, y: 9 } } });
  const second = flowNodes(before, moved, [], still, readings);
  expect(second[0]).toBe(first[0]);
  expect(second[1]).not.toBe(first[1]);
  expect(flowNodes(before, moved, ['a'], still, readings)[0]?.selected).toBe(true);
});

test('a step under the pointer is drawn there and stays where it was in the document', () => {
  const document = graph(['a'], []);
  const dragged = { ...still, positions: new Map([['a', { x: 50, y: 60 }]]) };
  expect(flowNodes(new WeakMap(), document, [], dragged, readings)[0]?.position).toEqual({ x: 50, y: 60 });
  expect(document.nodes[0]?.position).toEqual({ x: 0, y: 0 });
});

test('an edge whose port is gone still has a place to leave from, marked as stale', () => {
  expect(drawnPorts(['x', 'default'], new Set(['old', 'x']))).toEqual([
    { name: 'x', isStale: false },
    { name: 'default', isStale: false },
    { name: 'old', isStale: true },
  ]);
  const [first] = flowNodes(new WeakMap(), graph(['a', 'b'], ['a.old>b']), [], still, readings);
  expect(first?.data.ports.map((port) => port.name)).toEqual(['out', 'old']);
});

test('edges say where they lead, and which way of the step they are', () => {
  const [first] = flowEdges(graph(['a', 'b'], ['a.true>b']), plain);
  expect(first?.sourceHandle).toBe('true');
  expect(first?.ariaLabel).toBe('From a, true, to b');
});
