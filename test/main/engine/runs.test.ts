/** Whole runs over any graph, against a model that only counts fired edges. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { WorkflowDocument } from '../../../src/shared/model/document.ts';
import { makeDocument, openEngine, runOnce } from './open-engine.ts';

const steps = fc.array(
  fc.record({
    /** Undefined: a plain step; else a condition and the way it goes. */
    condition: fc.option(fc.boolean(), { nil: undefined }),
    fails: fc.constantFrom('no', 'no', 'no', 'continue', 'port'),
  }),
  { minLength: 1, maxLength: 7 },
);
const links = fc.array(fc.tuple(fc.nat(7), fc.nat(7), fc.constantFrom('out', 'true', 'false', 'error')), {
  maxLength: 14,
});

function portTaken(step: { condition: boolean | undefined; fails: string }): string {
  if (step.fails === 'port') return 'error';
  if (step.condition === undefined) return 'out';
  return step.fails === 'continue' ? 'false' : String(step.condition);
}

function documentOf(
  list: readonly { condition: boolean | undefined; fails: string }[],
  edges: readonly (readonly [number, number, string])[],
): WorkflowDocument {
  const nodes = list.map(({ condition, fails }, index) => ({
    id: `n${index + 1}`,
    type: condition === undefined ? 'transform' : 'condition',
    config: {
      expression: fails === 'no' ? String(condition ?? 1) : '$error("no")',
      ...(fails === 'no' ? {} : { onError: fails }),
    },
  }));
  const drawn = edges
    .filter(([from, to]) => from < to && to <= list.length)
    .map(([from, to, port]) => (from === 0 ? `n0>n${to}` : `n${from}:${port}>n${to}`));
  return makeDocument([{ id: 'n0', type: 'manual' }, ...nodes], [...new Set(drawn)]);
}

it('every run ends, and executes each step as often as an edge to it fired', async () => {
  const bench = await openEngine();
  await fc.assert(
    fc.asyncProperty(steps, links, async (list, edges) => {
      const document = documentOf(list, edges);
      const fired = new Map([['n0', 1]]);
      for (const [index, node] of document.nodes.entries()) {
        const step = list[index - 1];
        const port = step === undefined ? 'out' : portTaken(step);
        for (const edge of document.edges) {
          if (edge.source !== node.id || (edge.port ?? 'out') !== port) continue;
          const times = fired.get(node.id) ?? 0;
          if (times > 0) fired.set(edge.target, (fired.get(edge.target) ?? 0) + times);
        }
      }
      const run = await runOnce(bench, document);
      expect(run.status).toBe('succeeded');
      const executed = new Map<string, number>();
      for (const step of run.steps) executed.set(step.nodeId, (executed.get(step.nodeId) ?? 0) + 1);
      expect(executed).toEqual(fired);
    }),
    { numRuns: 60 },
  );
});
