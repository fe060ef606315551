/** Graphs and edits by chance, for the properties every edit has to keep. */
import fc from 'fast-check';
import type { RunView, StepView } from '../../../../src/shared/contract/views.ts';
import type { WorkflowDocument, WorkflowEdge, WorkflowNode } from '../../../../src/shared/model/document.ts';
import { documentSchema } from '../../../../src/shared/model/document.ts';
import { applyEdit, type Edit } from '../../../../src/renderer/features/workflows/graph/edit.ts';

/** A step with as little as it needs. */
export function step(id: string, overrides: Partial<WorkflowNode> = {}): WorkflowNode {
  return { id, type: 'transform', name: id, position: { x: 0, y: 0 }, config: {}, ...overrides };
}

/** An edge from `a>b` or `a.true>b`. */
export function edge(text: string): WorkflowEdge {
  const [from = '', target = ''] = text.split('>');
  const [source = '', port] = from.split('.');
  return port === undefined ? { source, target } : { source, target, port };
}

/** A document from ids and edges in short form. */
export function graph(ids: readonly string[], edges: readonly string[]): WorkflowDocument {
  return documentSchema.parse({
    name: 'Sample',
    nodes: ids.map((id, at) => step(id, { position: { x: at * 320, y: 0 } })),
    edges: edges.map(edge),
  });
}

/** Edges in short form, sorted, to compare. */
export function edgesOf(document: WorkflowDocument): string[] {
  return document.edges
    .map(({ source, target, port }) => `${source}${port === undefined ? '' : `.${port}`}>${target}`)
    .toSorted();
}

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const port = fc.constantFrom(undefined, 'true', 'false', 'error');
const point = fc.record({ x: fc.integer({ min: -500, max: 500 }), y: fc.integer({ min: -500, max: 500 }) });
const anyEdge = fc
  .record({ source: id, target: id, port })
  .map(({ source, target, port: by }) =>
    by === undefined ? { source, target } : { source, target, port: by },
  );
const anyStep = fc
  .record({ id, position: point, name: fc.string({ minLength: 1, maxLength: 8 }) })
  .map((given) => step(given.id, given));

const singleEdit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ type: fc.constant('add' as const), node: anyStep, edges: fc.array(anyEdge, { maxLength: 3 }) }),
  fc.record({
    type: fc.constant('insert' as const),
    node: anyStep,
    edge: anyEdge,
    port: fc.constantFrom(null, 'out', 'true'),
    moved: fc.dictionary(id, point),
  }),
  fc.record({ type: fc.constant('move' as const), positions: fc.dictionary(id, point) }),
  fc.record({ type: fc.constant('connect' as const), edge: anyEdge }),
  fc.record({ type: fc.constant('reconnect' as const), from: anyEdge, to: anyEdge }),
  fc.record({
    type: fc.constant('remove' as const),
    nodeIds: fc.array(id, { maxLength: 3 }),
    edges: fc.array(anyEdge, { maxLength: 2 }),
  }),
  fc.record({
    type: fc.constant('paste' as const),
    nodes: fc.array(anyStep, { maxLength: 3 }),
    edges: fc.array(anyEdge, { maxLength: 3 }),
  }),
  fc.record({
    type: fc.constant('configure' as const),
    nodeId: id,
    name: fc.string({ minLength: 1, maxLength: 8 }),
    config: fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue()),
  }),
  fc.record({
    type: fc.constant('describe' as const),
    description: fc.record({ description: fc.string({ maxLength: 10 }) }),
  }),
);

/** Any edit, sensible or not. */
export const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 9, arbitrary: singleEdit },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('several' as const),
      edits: fc.array(singleEdit, { maxLength: 3 }),
      label: fc.constant('change'),
    }),
  },
);

/** Any sound document: grown by edits out of an empty one. */
export const anyDocument: fc.Arbitrary<WorkflowDocument> = fc
  .array(anyEdit, { maxLength: 15 })
  .map((edits) => edits.reduce(applyEdit, graph([], [])));

/** What is wrong with a graph; empty for a sound one. */
export function faultsOf(document: WorkflowDocument): string[] {
  const ids = document.nodes.map((node) => node.id);
  const known = new Set(ids);
  const faults: string[] = [];
  if (known.size !== ids.length) faults.push('an id stands twice');
  const edges = edgesOf(document);
  if (new Set(edges).size !== edges.length) faults.push('an edge stands twice');
  for (const { source, target } of document.edges) {
    if (!known.has(source) || !known.has(target)) faults.push(`${source}>${target} hangs in the air`);
    if (source === target) faults.push(`${source} leads to itself`);
  }
  return faults;
}

/** One execution of a step. */
export function execution(
  nodeId: string,
  status: StepView['status'],
  rest: Partial<StepView> = {},
): StepView {
  const at = '2026-03-23T15:30:00.000Z';
  return {
    nodeId,
    name: nodeId,
    type: 'transform',
    status,
    attempt: 1,
    input: null,
    output: null,
    error: null,
    startedAt: at,
    finishedAt: status === 'succeeded' || status === 'failed' ? at : null,
    port: null,
    logs: [],
    failures: [],
    waitingFor: null,
    dueAt: null,
    ...rest,
  };
}

/** A run with these executions. */
export function runOf(steps: StepView[]): RunView {
  return {
    id: 'run_1',
    workflowId: 'wf_1',
    workflowName: 'w',
    version: 1,
    status: 'running',
    target: null,
    error: null,
    inDoubt: false,
    createdAt: '',
    startedAt: null,
    finishedAt: null,
    waitingFor: null,
    requestId: null,
    startNodeId: 'a',
    trigger: 'webhook',
    parent: null,
    retryOf: null,
    edits: null,
    test: null,
    input: null,
    output: null,
    steps,
    resumeUrl: null,
    waits: [],
    children: [],
  };
}
