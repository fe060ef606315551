import { expect, test } from 'vitest';
import { fieldErrors, sortIssues } from '../../../../src/renderer/features/workflows/graph/issues.ts';
import { graph } from './samples.ts';

test('problems find their step by id or by their place in the document', () => {
  const document = graph(['a', 'b'], []);
  const issues = [
    { path: 'nodes[0]', message: 'one', nodeId: 'b' },
    { path: 'nodes[0].config.url', message: 'two' },
    { path: 'edges[0]', message: 'three', nodeId: 'ghost' },
    { path: '', message: 'four' },
  ];
  const sorted = sortIssues(issues, document);
  const messages = (id: string) => sorted.get(id)?.map((issue) => issue.message);
  expect(messages('b')).toEqual(['one']);
  expect(messages('a')).toEqual(['two']);
  expect(messages('')).toEqual(['three', 'four']);
});

test('problems of a field are found by its path inside the config, the first one first', () => {
  const issues = [
    { path: 'nodes[3].config.auth.header', message: 'first' },
    { path: 'nodes[3].config.auth.header', message: 'second' },
    { path: 'nodes[3]', message: 'of the step' },
  ];
  expect(fieldErrors(issues)).toEqual({ 'auth.header': 'first' });
});
