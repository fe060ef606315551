import { expect, test } from 'vitest';
import type { StepDefinition } from '../../../../src/shared/model/catalog.ts';
import { formIssues } from '../../../../src/renderer/features/workflows/graph/form-issues.ts';
import {
  policyFields,
  tidyPolicies,
} from '../../../../src/renderer/features/workflows/step/policy-fields.ts';

const definition: StepDefinition = {
  kind: 'http',
  title: 'HTTP request',
  group: 'Actions',
  icon: 'Box',
  description: '',
  fields: [
    { name: 'url', label: 'URL', kind: 'template', required: true },
    { name: 'tries', label: 'Tries', kind: 'number', max: 5 },
  ],
  outlets: { kind: 'one' },
  start: 'never',
  effect: 'outward',
  summary: '',
};
const paths = (config: Record<string, unknown>, kind = definition) =>
  formIssues(kind, config).map((issue) => issue.path);

test('what is merely missing does not keep a draft from being saved', () => {
  expect(paths({})).toEqual([]);
  expect(paths({ url: '' })).toEqual([]);
});

test('what could not be stored at all is told at its field', () => {
  expect(paths({ url: 'x', tries: 9 })).toEqual(['tries']);
  expect(paths({ url: 'x', timeoutSeconds: 'soon' })).toEqual(['timeoutSeconds']);
  expect(paths({ style: 'unheard', response: { status: 9999 } }, { ...definition, kind: 'webhook' })).toEqual(
    ['style', 'response.status'],
  );
});

test('a pause between tries alone gets a number of tries, so that it can be stored', () => {
  expect(tidyPolicies({ retry: { backoffSeconds: 3 } })).toEqual({
    retry: { attempts: 1, backoffSeconds: 3 },
  });
  expect(tidyPolicies({ retry: { attempts: 4 } })).toEqual({ retry: { attempts: 4 } });
  expect(tidyPolicies({ url: 'x' })).toEqual({ url: 'x' });
});

test('only steps that act on the world are asked about being cut off, and starts about nothing', () => {
  const names = (kind: StepDefinition) => policyFields(kind).map((field) => field.name);
  expect(names(definition)).toContain('atMostOnce');
  expect(names({ ...definition, effect: 'none' })).not.toContain('atMostOnce');
  expect(names({ ...definition, start: 'only' })).toEqual([]);
});
