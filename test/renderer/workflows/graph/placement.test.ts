import { expect, test } from 'vitest';
import type { WorkflowDocument } from '../../../../src/shared/model/document.ts';
import { applyEdit, type Edit } from '../../../../src/renderer/features/workflows/graph/edit.ts';
import {
  addAfter,
  insertBetween,
  type Joints,
  type JointsOf,
  onlyOpenEnd,
} from '../../../../src/renderer/features/workflows/graph/placement.ts';
import { edge, edgesOf, graph, step } from './samples.ts';

const kinds: Record<string, Joints> = {
  manual: { ports: ['out'], canHaveIncoming: false },
  condition: { ports: ['true', 'false'], canHaveIncoming: true },
  fail: { ports: [], canHaveIncoming: true },
};
const jointsOf: JointsOf = (node) => kinds[node.type] ?? { ports: ['out'], canHaveIncoming: true };
const positionOf = (document: WorkflowDocument, id: string) =>
  document.nodes.find((node) => node.id === id)?.position;

function carryOut(document: WorkflowDocument, edit: Edit): WorkflowDocument {
  return applyEdit(document, edit);
}

test('a step added after another stands to its right and is joined to it', () => {
  const document = graph(['a'], []);
  const after = carryOut(document, addAfter(document, step('n'), 'a', jointsOf));
  expect(edgesOf(after)).toEqual(['a>n']);
  expect(positionOf(after, 'n')).toEqual({ x: 320, y: 0 });
});

test('added after a condition it takes the first free way', () => {
  const document = { ...graph(['if', 'yes'], ['if.true>yes']) };
  const nodes = document.nodes.map((node) => (node.id === 'if' ? { ...node, type: 'condition' } : node));
  const after = carryOut({ ...document, nodes }, addAfter({ ...document, nodes }, step('n'), 'if', jointsOf));
  expect(edgesOf(after)).toEqual(['if.false>n', 'if.true>yes']);
  expect(positionOf(after, 'n')).not.toEqual(positionOf(after, 'yes'));
});

test('added after a step whose way is taken it goes between, and what follows makes room', () => {
  const document = graph(['a', 'b', 'c'], ['a>b', 'b>c']);
  const after = carryOut(document, addAfter(document, step('n'), 'a', jointsOf));
  expect(edgesOf(after)).toEqual(['a>n', 'b>c', 'n>b']);
  expect(after.nodes.map((node) => [node.id, node.position.x])).toEqual([
    ['a', 0],
    ['b', 640],
    ['c', 960],
    ['n', 320],
  ]);
});

test('making room never pushes the step before, even where the ways go round', () => {
  const document = graph(['a', 'b'], ['a>b', 'b>a']);
  const after = carryOut(document, insertBetween(document, step('n'), edge('a>b'), jointsOf(step('n'))));
  expect(positionOf(after, 'a')).toEqual({ x: 0, y: 0 });
});

test('a start is never joined behind a step', () => {
  const document = graph(['a'], []);
  const start = step('m', { type: 'manual' });
  expect(edgesOf(carryOut(document, addAfter(document, start, 'a', jointsOf)))).toEqual([]);
});

test('with nothing chosen the one open end is where work goes on', () => {
  expect(onlyOpenEnd(graph(['a', 'b'], ['a>b']), jointsOf)).toBe('b');
  expect(onlyOpenEnd(graph(['a', 'b'], []), jointsOf)).toBeNull();
  expect(onlyOpenEnd(graph([], []), jointsOf)).toBeNull();
});
