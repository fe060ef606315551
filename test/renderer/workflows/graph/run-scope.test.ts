import fc from 'fast-check';
import { expect, test } from 'vitest';
import { previewOf, scopeOfRun } from '../../../../src/renderer/features/workflows/graph/run-scope.ts';
import {
  stepsBefore,
  suggestionsFor,
} from '../../../../src/renderer/features/workflows/graph/suggestions.ts';
import { execution, graph, runOf } from './samples.ts';

const received = {
  payload: { order: { id: 'A1', 'item no': 3 } },
  query: { source: 'crm' },
  headers: { 'x-a': 'b' },
  method: 'POST',
  dateTime: '2026-03-23T15:30:00.000Z',
  params: { amount: 12 },
};
const run = runOf([
  execution('hook', 'succeeded', { name: 'Hook', output: received }),
  execution('total', 'succeeded', { output: { sum: 5, lines: [{ sku: 'x' }] } }),
]);
const scope = scopeOfRun({ ...run, startNodeId: 'hook' });
const preview = (text: string, mode: 'expression' | 'template' = 'expression') =>
  previewOf(text, mode, scope);

test('the last run shows what a path would give, in expressions and in templates', () => {
  expect(preview('trigger.data.order.id')).toEqual({ kind: 'value', text: '"A1"' });
  expect(preview('trigger.data._query.source')).toEqual({ kind: 'value', text: '"crm"' });
  expect(preview('steps.total.output.lines[0].sku')).toEqual({ kind: 'value', text: '"x"' });
  expect(preview('steps.Hook.output.method')).toEqual({ kind: 'value', text: '"POST"' });
  expect(preview('params.amount')).toEqual({ kind: 'value', text: '12' });
  expect(preview('Order {{trigger.data.order.id}}!', 'template')).toEqual({
    kind: 'value',
    text: 'Order A1!',
  });
});

test('what leads nowhere, and what only a run can tell, is said to be so', () => {
  expect(preview('trigger.data.nothing')).toEqual({ kind: 'nothing' });
  expect(preview('$sum(steps.total.output.sum)')).toEqual({ kind: 'unknown' });
  expect(preview('no braces', 'template')).toEqual({ kind: 'unknown' });
  expect(preview('{{ never closed', 'template')).toEqual({ kind: 'unknown' });
});

test('secrets have no preview', () => {
  const known = { ...scope, secrets: { KEY: 'hush' } };
  expect(previewOf('{{secrets.KEY}}', 'template', known)).toEqual({ kind: 'unknown' });
});

test('no text whatever makes the preview throw', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('expression' as const, 'template' as const), (text, mode) => {
      expect(typeof preview(text, mode).kind).toBe('string');
    }),
  );
});

const document = graph(['hook', 'total', 'next', 'aside'], ['hook>total', 'total>next', 'hook>aside']);

test('only steps that may have run before are offered', () => {
  expect([...stepsBefore(document, 'next')].toSorted()).toEqual(['hook', 'total']);
  const labels = suggestionsFor(document, 'next', null).map((suggestion) => suggestion.label);
  expect(labels).toContain('steps.total.output');
  expect(labels).not.toContain('steps.aside.output');
  expect(labels).toContain('trigger.data');
});

test('fields of the last run are offered with their values, odd names in backticks', () => {
  const found = suggestionsFor(document, 'next', scope);
  const detailOf = (label: string) => found.find((suggestion) => suggestion.label === label)?.detail;
  expect(detailOf('trigger.data.order.id')).toBe('"A1"');
  expect(detailOf('trigger.data.order.`item no`')).toBe('3');
  expect(detailOf('steps.total.output.lines[0].sku')).toBe('"x"');
  expect(found.length).toBeLessThan(400);
});

test('ways that go round do not make the search go round', () => {
  expect([...stepsBefore(graph(['a', 'b'], ['a>b', 'b>a']), 'a')].toSorted()).toEqual(['a', 'b']);
});
