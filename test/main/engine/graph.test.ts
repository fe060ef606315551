/** The graph against a small model: which steps fire, and that every run ends. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGraph } from '../../../src/main/engine/graph.ts';
import { planNext, planRun, portAfterFailure } from '../../../src/main/engine/plan.ts';
import { documentSchema, type WorkflowDocument } from '../../../src/shared/model/document.ts';
import { makeDocument } from './open-engine.ts';

/** Documents without circles: edges lead from earlier nodes to later ones. */
const documents = fc
  .integer({ min: 1, max: 9 })
  .chain((size) =>
    fc.record({
      kinds: fc.array(fc.constantFrom('transform', 'condition'), { minLength: size, maxLength: size }),
      edges: fc.array(fc.record({ from: fc.nat(size), to: fc.nat(size), port: fc.boolean() }), {
        maxLength: 16,
      }),
    }),
  )
  .map(({ kinds, edges }): WorkflowDocument => {
    const nodes = ['manual', ...kinds].map((type, index) => ({
      id: `n${index}`,
      type,
      config: { expression: 'trigger' },
    }));
    const drawn = edges
      .filter(({ from, to }) => from !== to && Math.max(from, to) > 0)
      .map(({ from, to, port }) => {
        const source = Math.min(from, to);
        const isCondition = nodes[source]?.type === 'condition';
        return {
          source: `n${source}`,
          target: `n${Math.max(from, to)}`,
          ...(isCondition ? { port: String(port) } : {}),
        };
      });
    const unique = [...new Map(drawn.map((edge) => [JSON.stringify(edge), edge])).values()];
    return documentSchema.parse({ name: 'Model', nodes, edges: unique });
  });

/** The model: how often each node is executed, by counting fired edges only. */
function expectedCounts(
  document: WorkflowDocument,
  portOf: (id: string) => string | undefined,
): Map<string, number> {
  const counts = new Map<string, number>([['n0', 1]]);
  for (const { id } of document.nodes) {
    const times = counts.get(id) ?? 0;
    for (const edge of document.edges) {
      if (edge.source === id && edge.port === portOf(id) && times > 0) {
        counts.set(edge.target, (counts.get(edge.target) ?? 0) + times);
      }
    }
  }
  return counts;
}

describe('the graph', () => {
  it('fires one step for each fired edge and none else, and every run ends', () => {
    fc.assert(
      fc.property(documents, fc.infiniteStream(fc.boolean()), (document, chances) => {
        const ports = new Map(
          document.nodes.map((node) => [
            node.id,
            node.type === 'condition' ? String(chances.next().value) : undefined,
          ]),
        );
        const graph = compileGraph(document);
        const start = {
          workflowId: 'wf',
          version: 1,
          startNodeId: 'n0',
          inputJson: null,
          paramsJson: null,
          target: null,
        };
        const counts = new Map<string, number>([['n0', 1]]);
        const queue = [...planRun(graph, start, 'run', 0).next];
        for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
          const node = graph.nodes.get(step.nodeId)!;
          counts.set(node.id, (counts.get(node.id) ?? 0) + 1);
          queue.push(...planNext(graph, node, ports.get(node.id) ?? null, 0));
        }
        expect(counts).toEqual(expectedCounts(document, (id) => ports.get(id)));
      }),
      { numRuns: 300 },
    );
  });

  it('begins at nodes without an incoming edge that may start runs', () => {
    const graph = compileGraph(
      makeDocument(
        [
          { id: 'loose', type: 'transform' },
          { id: 'hook', type: 'webhook' },
          { id: 'wait', type: 'webhook', config: { waitWhenReached: true } },
          { id: 'hand', type: 'manual' },
        ],
        ['hook>wait'],
      ),
    );
    expect(graph.starts).toEqual(['hook', 'hand']);
  });

  it('knows the nearest wait ahead of each node', () => {
    const graph = compileGraph(
      makeDocument(
        [
          { id: 'hook', type: 'webhook' },
          { id: 'a', type: 'set' },
          { id: 'w1', type: 'webhook', config: { waitWhenReached: true } },
          { id: 'b', type: 'set' },
          { id: 'w2', type: 'webhook', config: { waitWhenReached: true } },
          { id: 'end', type: 'set' },
        ],
        ['hook>a', 'a>w1', 'w1>b', 'b>w2', 'w2>end'],
      ),
    );
    expect([...graph.nodes.values()].map((node) => node.waitAhead)).toEqual([
      'w1',
      'w1',
      'w1',
      'w2',
      'w2',
      undefined,
    ]);
  });

  it('goes on after an ignored failure by the ordinary, the false or the default outlet', () => {
    const graph = compileGraph(
      makeDocument(
        [
          { id: 'set', type: 'set' },
          { id: 'if', type: 'condition' },
          { id: 'by', type: 'switch', config: { cases: ['a'] } },
        ],
        [],
      ),
    );
    expect([...graph.nodes.values()].map(portAfterFailure)).toEqual(['out', 'false', 'default']);
  });

  it('prepares of the scope only what plain paths read, and all of it for anything else', () => {
    const reads = (type: string, config: Record<string, unknown>) =>
      compileGraph(makeDocument([{ id: 'x', type, config }], [])).nodes.get('x')?.reads;
    expect(reads('transform', { expression: 'steps.a.output.b' })).toEqual(new Set(['steps']));
    expect(reads('set', { fields: { a: '{{ trigger.data.x }} and {{params.y}}', b: 'text' } })).toEqual(
      new Set(['trigger', 'params']),
    );
    expect(reads('transform', { expression: '$$.*' })).toBe('all');
    expect(reads('code', { code: 'return 1' })).toBe('all');
    expect(reads('set', { fields: { a: '{{ unclosed' } })).toBe('all');
  });
});
