/** Runs that run away end with a named reason, and nobody else notices (RELIABILITY E6). */
import { describe, expect, it } from 'vitest';
import { liveWorkflow, makeDocument, openEngine, runOnce, untilRun } from './open-engine.ts';

const start = { id: 'start', type: 'manual' };
const quick = makeDocument(
  [start, { id: 'set', type: 'set', config: { fields: { a: '1' } } }],
  ['start>set'],
);
const layers = Array.from({ length: 14 }, (_, layer) => layer);

/** What runs away, with the reasons it may end by. */
const runaways: readonly [name: string, codes: readonly string[], ReturnType<typeof makeDocument>][] = [
  [
    '10,001 steps',
    ['run_limit'],
    makeDocument(
      [
        start,
        ...layers.flatMap((layer) =>
          ['a', 'b'].map((name) => ({ id: `${name}${layer}`, type: 'log', config: { message: name } })),
        ),
      ],
      [
        'start>a0',
        'start>b0',
        ...layers
          .slice(1)
          .flatMap((layer) =>
            ['a', 'b'].flatMap((from) => ['a', 'b'].map((to) => `${from}${layer - 1}>${to}${layer}`)),
          ),
      ],
    ),
  ],
  [
    '20,000 rounds of a loop',
    ['run_limit'],
    makeDocument(
      [
        start,
        { id: 'loop', type: 'loop', config: { items: '[1..20000]', concurrency: 50 } },
        { id: 'each', type: 'set', config: { fields: { a: '1' } } },
      ],
      ['start>loop', 'loop:each>each'],
    ),
  ],
  [
    '8 MB from one step',
    ['output_too_large'],
    makeDocument(
      [
        start,
        { id: 'big', type: 'set', config: { fields: { a: '{{trigger.data}}', b: '{{trigger.data}}' } } },
      ],
      ['start>big'],
    ),
  ],
  [
    'code without end',
    ['code_timeout', 'step_timeout'],
    makeDocument([start, { id: 'code', type: 'code', config: { code: 'for (;;);' } }], ['start>code']),
  ],
  [
    '10,000 brackets in an expression',
    ['expression_invalid', 'expression_failed', 'sandbox_limit'],
    makeDocument(
      [
        start,
        {
          id: 'deep',
          type: 'transform',
          config: { expression: `${'('.repeat(10_000)}1${')'.repeat(10_000)}` },
        },
      ],
      ['start>deep'],
    ),
  ],
  [
    '10 MB from a template',
    ['output_too_large', 'expression_failed', 'sandbox_limit'],
    makeDocument(
      [start, { id: 'wide', type: 'set', config: { fields: { a: '{{$pad("", 10000000, "x")}}' } } }],
      ['start>wide'],
    ),
  ],
];

describe('runs that run away', () => {
  it('E6 end with a named reason, and those beside them end as ever', { timeout: 60_000 }, async () => {
    const bench = await openEngine();
    const { store, engine } = bench;
    // As much as a start may bring; twice that is more than a step may give.
    const input = 'x'.repeat(4_000_000);
    const begun = await Promise.all(
      runaways.map(async ([name, codes, document]) => {
        const workflowId = await liveWorkflow(store, document);
        const { runId } = await engine.startRun({ workflowId, input });
        return { name, codes, runId };
      }),
    );
    for (let count = 0; count < 5; count += 1) {
      expect(await runOnce(bench, quick)).toMatchObject({ status: 'succeeded' });
    }
    for (const { name, codes, runId } of begun) {
      const run = await untilRun(engine, runId);
      expect([name, run.status]).toEqual([name, 'failed']);
      expect(codes, name).toContain(run.error?.code);
    }
    expect(await runOnce(bench, quick)).toMatchObject({ status: 'succeeded' });
  });
});
