import { expect, test } from 'vitest';
import type { Field } from '../../../../src/shared/fields.ts';
import { sayIssue, sortIssues } from '../../../../src/renderer/features/workflows/graph/issues.ts';
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

test('a problem says the label of its field, as people see it', () => {
  const fields: Field[] = [{ name: 'url', label: 'URL', kind: 'template' }];
  const say = (path: string) => sayIssue({ path, message: 'This is needed.' }, fields);
  expect(say('nodes[3].config.url')).toBe('URL: This is needed.');
  expect(say('nodes[3].config.headers.accept')).toBe('headers.accept: This is needed.');
  expect(say('nodes[3]')).toBe('This is needed.');
});
