import { expect, test } from 'vitest';
import type { StepDefinition } from '../../../src/shared/model/catalog.ts';
import { searchSteps } from '../../../src/renderer/features/workflows/palette/search-steps.ts';

function kind(name: string, title: string, description: string): StepDefinition {
  return {
    kind: name,
    title,
    description,
    group: 'Data',
    icon: 'Box',
    fields: [],
    outlets: { kind: 'one' },
    start: 'never',
    effect: 'none',
    summary: '',
  };
}
const steps = [
  kind('transform', 'Transform', 'Computes a value, e.g. out of an HTTP answer.'),
  kind('http', 'HTTP request', 'Calls a URL.'),
  kind('code', 'Code', 'Runs JavaScript.'),
];
const titles = (query: string) => searchSteps(steps, query).map((step) => step.title);

test('all kinds are listed in their own order until something is typed', () => {
  expect(titles('  ')).toEqual(['Transform', 'HTTP request', 'Code']);
});

test('a kind whose title begins with the words comes before one that only speaks of them', () => {
  expect(titles('http')).toEqual(['HTTP request', 'Transform']);
});

test('every word has to fit, in any order and case', () => {
  expect(titles('URL http')).toEqual(['HTTP request']);
  expect(titles('javascript url')).toEqual([]);
});
