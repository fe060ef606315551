/** Diffs of documents: nothing is left out, nothing is made up. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffDocuments, documentDiffSchema } from '../../../src/shared/model/diff.ts';
import {
  documentSchema,
  type WorkflowDocument,
  type WorkflowEdge,
} from '../../../src/shared/model/document.ts';
import { applyDiff } from './apply-diff.ts';

const base = (more: object = {}): WorkflowDocument =>
  documentSchema.parse({
    name: 'Orders',
    slug: 'orders',
    nodes: [
      { id: 'hook', type: 'webhook', config: { style: 'native', response: { mode: 'lastNode' } } },
      { id: 'sum', type: 'set', name: 'Sum', config: { fields: { 'a.b': '1', list: [1, 2] } } },
    ],
    edges: [{ source: 'hook', target: 'sum' }],
    settings: { concurrency: 2 },
    ...more,
  });

const key = fc.oneof(
  fc.constantFrom('a', 'b', 'a.b', 'X-Flow', '0', 'quote"', '', 'constructor', 'é'),
  fc.string({ maxLength: 4 }).filter((text) => text !== '__proto__'),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, 0, 1, 'x', ''),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(key, tie('any'), { maxKeys: 3 }),
  ),
})).any;
const node = (id: string) =>
  fc.record({
    id: fc.constant(id),
    type: fc.constantFrom('set', 'log', 'http'),
    name: fc.constantFrom(id, 'Other'),
    position: fc.record({ x: fc.integer({ min: 0, max: 2 }), y: fc.constant(0) }),
    config: fc.dictionary(key, value, { maxKeys: 3 }),
  });
const document = fc
  .record({
    name: fc.constantFrom('One', 'Two'),
    slug: fc.constantFrom('one', 'two'),
    description: fc.constantFrom('', 'text'),
    nodes: fc
      .subarray(['a', 'b', 'c', 'd'])
      .chain((ids) => fc.tuple(...ids.map(node)))
      .map((nodes) => [...nodes]),
    edges: fc.array(
      fc.record(
        {
          source: fc.constantFrom('a', 'b'),
          target: fc.constantFrom('c', 'd'),
          port: fc.constantFrom('true', 'error'),
        },
        { requiredKeys: ['source', 'target'] },
      ),
      { maxLength: 4 },
    ),
    settings: fc.record({ concurrency: fc.integer({ min: 1, max: 2 }) }, { requiredKeys: [] }),
  })
  .map((given) => documentSchema.parse(given));

/** Order counts for nothing: sorted. */
const sorted = (given: object): unknown => {
  const { nodes, edges, ...rest }: WorkflowDocument = Object.assign(base(), given);
  const text = (one: WorkflowEdge): string => JSON.stringify([one.source, one.target, one.port]);
  return {
    ...rest,
    nodes: nodes.toSorted((one, other) => one.id.localeCompare(other.id)),
    edges: edges.toSorted((one, other) => text(one).localeCompare(text(other))),
  };
};

describe('diffDocuments', () => {
  it('says nothing of a document and itself, in whatever order its steps and keys stand', () => {
    fc.assert(
      fc.property(document, (one) => {
        const other = {
          ...one,
          nodes: one.nodes.toReversed().map((each) => ({
            ...each,
            config: Object.fromEntries(Object.entries(each.config).toReversed()),
          })),
          edges: one.edges.toReversed(),
        };
        const diff = diffDocuments(one, structuredClone(other));
        expect(diff.identical).toBe(true);
        expect(diff.steps).toEqual({ added: [], removed: [], changed: [], moved: [] });
      }),
    );
  });

  it('leads from the one document to the other, and back', () => {
    fc.assert(
      fc.property(document, document, (one, other) => {
        const [there, back] = [diffDocuments(one, other), diffDocuments(other, one)];
        expect(sorted(applyDiff(one, there))).toEqual(sorted(other));
        expect(sorted(applyDiff(other, back))).toEqual(sorted(one));
        expect(there.steps.added).toEqual(back.steps.removed);
        expect(there.edges.added).toEqual(back.edges.removed);
        expect(there.identical).toBe(back.identical);
        expect(documentDiffSchema.parse(structuredClone(there))).toEqual(there);
      }),
      { numRuns: 300 },
    );
  });

  it('names each field with what it was and is, and tells no value from a value', () => {
    const other = base({
      name: 'Orders 2',
      nodes: [
        {
          id: 'hook',
          type: 'webhook',
          config: { style: 'native', response: { mode: 'lastNode', status: 201 } },
        },
        { id: 'sum', type: 'set', name: 'Sums', config: { fields: { 'a.b': null, list: [1, 2, 3] } } },
      ],
      settings: {},
    });
    const diff = diffDocuments(base(), other);
    expect(diff.about).toEqual([{ path: 'name', before: 'Orders', after: 'Orders 2' }]);
    expect(diff.settings).toEqual([{ path: 'concurrency', before: 2 }]);
    expect(diff.steps.changed).toEqual([
      { id: 'hook', type: 'webhook', name: 'hook', fields: [{ path: 'config.response.status', after: 201 }] },
      {
        id: 'sum',
        type: 'set',
        name: 'Sums',
        fields: [
          { path: 'name', before: 'Sum', after: 'Sums' },
          { path: 'config.fields["a.b"]', before: '1', after: null },
          { path: 'config.fields.list', before: [1, 2], after: [1, 2, 3] },
        ],
      },
    ]);
  });

  it('keeps a step that only moved apart from those that changed', () => {
    const [hook, sum] = base().nodes;
    const moved = base({ nodes: [hook, { ...sum, position: { x: 40, y: 8 } }] });
    const diff = diffDocuments(base(), moved);
    expect(diff.identical).toBe(false);
    expect(diff.steps.changed).toEqual([]);
    expect(diff.steps.moved).toEqual([
      { id: 'sum', name: 'Sum', before: { x: 0, y: 0 }, after: { x: 40, y: 8 } },
    ]);
  });

  it('tells edges by both ends and the port', () => {
    const ported = base({ edges: [{ source: 'hook', target: 'sum', port: 'error' }] });
    expect(diffDocuments(base(), ported).edges).toEqual({
      added: [{ source: 'hook', target: 'sum', port: 'error' }],
      removed: [{ source: 'hook', target: 'sum' }],
    });
  });
});
