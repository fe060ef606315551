import { expect, test } from 'vitest';
import type { Catalog, StepDefinition } from '../../../../src/shared/model/catalog.ts';
import { documentSchema } from '../../../../src/shared/model/document.ts';
import { applyEdit } from '../../../../src/renderer/features/workflows/graph/edit.ts';
import {
  newDocument,
  startOptions,
} from '../../../../src/renderer/features/workflows/graph/start-options.ts';
import { connectSteps, withWaiting } from '../../../../src/renderer/features/workflows/graph/waiting.ts';
import { stateOf } from '../../../../src/renderer/features/workflows/graph/workflow-state.ts';
import { edge, graph, step } from './samples.ts';

function kind(name: string, start: StepDefinition['start']): StepDefinition {
  return {
    kind: name,
    title: name,
    group: 'Start',
    icon: 'Box',
    description: '',
    fields: [],
    outlets: { kind: 'one' },
    start,
    effect: 'none',
    summary: '',
  };
}

const catalog: Catalog = {
  steps: [kind('webhook', 'may'), kind('manual', 'only'), kind('log', 'never')],
  auth: [],
  providers: [],
  styles: [
    {
      style: 'metal',
      title: 'Metal',
      description: '',
      urlPattern: '',
      methods: [],
      defaultAuth: { scheme: 'hmac' },
    },
  ],
};

test('only starts that exist are offered, by the names people know', () => {
  expect(startOptions(catalog).map((option) => option.label)).toEqual(['Via Webhook', 'Manual']);
});

test('a new workflow is a valid document whose webhook has the auth of its style', () => {
  const [webhook] = startOptions(catalog);
  if (webhook === undefined) throw new Error('no webhook');
  const document = documentSchema.parse(newDocument('New', webhook, catalog, 'metal'));
  expect(document.nodes.length).toBe(1);
  expect(document.nodes[0]?.config).toEqual({ style: 'metal', auth: { scheme: 'hmac' } });
});

const hook = step('hook', { type: 'webhook' });
const withHook = { ...graph(['a'], []), nodes: [step('a'), hook] };

test('a webhook waits from the moment something leads to it', () => {
  const joined = applyEdit(withHook, connectSteps(withHook, edge('a>hook')));
  expect(joined.edges.length).toBe(1);
  expect(joined.nodes[1]?.config).toEqual({ waitWhenReached: true });
  const added = withWaiting({ type: 'add', node: hook, edges: [edge('a>hook')] });
  expect(added.type === 'add' && added.node.config).toEqual({ waitWhenReached: true });
  expect(withWaiting({ type: 'add', node: hook })).toEqual({ type: 'add', node: hook });
});

test('a webhook somebody decided about, and any other step, is joined as it is', () => {
  const decided = { ...withHook, nodes: [step('a'), { ...hook, config: { waitWhenReached: false } }] };
  expect(connectSteps(decided, edge('a>hook')).type).toBe('connect');
  expect(connectSteps(graph(['a', 'b'], []), edge('a>b')).type).toBe('connect');
});

test('a workflow says how it stands: draft, live, or not, and what changed since', () => {
  const facts = { enabled: true, activeVersion: 3, latestVersion: 3, changed: false, paused: false };
  expect(stateOf(facts)).toEqual({ kind: 'live', label: 'live v3', changed: null, paused: null });
  expect(stateOf({ ...facts, paused: true }).paused).toBe('paused');
  expect(stateOf({ ...facts, paused: true, heldRuns: 12 }).paused).toBe('paused, 12 waiting');
  expect(stateOf({ ...facts, changed: true }).changed).toBe('changed since v3');
  expect(stateOf({ ...facts, enabled: false }).label).toBe('not live');
  expect(stateOf({ ...facts, latestVersion: null, activeVersion: null, changed: true })).toEqual({
    kind: 'draft',
    label: 'draft',
    changed: null,
    paused: null,
  });
});
