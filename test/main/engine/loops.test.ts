/** Loops and joins through the engine: what runs how often, over which items, and what comes out (SPEC 8). */
import { describe, expect, it } from 'vitest';
import { makeDocument, openEngine, runOnce } from './open-engine.ts';

const start = { id: 'start', type: 'manual' };
const loop = (id: string, items: string, config: Record<string, unknown> = {}) => ({
  id,
  type: 'loop',
  config: { items, ...config },
});
const set = (id: string, expression: string) => ({ id, type: 'transform', config: { expression } });

describe('a loop', () => {
  it('does its body once for every item, in order, and gives what each round ended with', async () => {
    const bench = await openEngine();
    const run = await runOnce(
      bench,
      makeDocument(
        [
          start,
          loop('each', 'trigger.data.list'),
          set('a', 'item * 10'),
          set('b', 'steps.a.output + index'),
          set('end', 'steps.each.output'),
        ],
        ['start>each', 'each:each>a', 'a>b', 'each:done>end'],
      ),
      { list: [1, 2, 3] },
    );
    expect(run.error).toBeNull();
    expect(run.output).toEqual({ count: 3, failed: 0, results: [10, 21, 32] });
    expect(run.steps.map((step) => step.nodeId)).toEqual([
      'start',
      'each',
      'a',
      'b',
      'a',
      'b',
      'a',
      'b',
      'end',
    ]);
  });
});
