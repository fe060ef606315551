/** Code steps that would run or grow for ever: ended in time, while the other runs go on (RELIABILITY E7). */
import { describe, expect, it } from 'vitest';
import { liveWorkflow, makeDocument, openEngine, untilRun } from './open-engine.ts';

const limitMs = 1_000;
const start = { id: 'start', type: 'manual' };

const hostile = {
  'an endless loop': 'console.log("begun"); while (true);',
  'a frozen regular expression': 'console.log("begun"); return /^(a+)+$/.test("a".repeat(60) + "!")',
  'a promise that never settles': 'console.log("begun"); await new Promise(() => {})',
  'endless microtasks': 'console.log("begun"); for (;;) await null',
  '2 GB in a list': 'console.log("begun"); return new Array(2 ** 31 - 1).fill(1).length',
  '1 GB of output': 'console.log("begun"); return "x".repeat(2 ** 30 - 1)',
  'deep recursion': 'console.log("begun"); const f = () => 1 + f(); return f()',
  'endless growth': 'console.log("begun"); const all = []; for (;;) all.push(new Array(1000).fill(7))',
};

describe('E7 code without end', () => {
  it('E7 is stopped by its limit, keeps its console, and holds up no run without code', async () => {
    const bench = await openEngine();
    const { store, engine } = bench;
    const innocent = await liveWorkflow(
      store,
      makeDocument(
        [
          start,
          { id: 'sum', type: 'transform', config: { expression: '$sum([1, 2, trigger.data.n])' } },
          { id: 'set', type: 'set', config: { fields: { n: '{{steps.sum.output}}' } } },
        ],
        ['start>sum', 'sum>set'],
      ),
    );
    const run = async (workflowId: string, input: unknown) =>
      untilRun(engine, (await engine.startRun({ workflowId, input })).runId);
    const tookMs = async (): Promise<number> => {
      const began = performance.now();
      expect(await run(innocent, { n: 4 })).toMatchObject({ status: 'succeeded', output: { n: 7 } });
      return performance.now() - began;
    };
    // The processes are up before anything is measured.
    await tookMs();
    const first = makeDocument(
      [start, { id: 'code', type: 'code', config: { code: 'return 1' } }],
      ['start>code'],
    );
    await run(await liveWorkflow(store, first), null);
    for (const [name, code] of Object.entries(hostile)) {
      const workflowId = await liveWorkflow(
        store,
        makeDocument(
          [start, { id: 'code', type: 'code', config: { code, timeoutSeconds: limitMs / 1_000 } }],
          ['start>code'],
        ),
      );
      const end = run(workflowId, null);
      const others = await Promise.all(Array.from({ length: 5 }, tookMs));
      const ended = await end;
      const step = ended.steps.find(({ nodeId }) => nodeId === 'code');
      expect(ended, name).toMatchObject({ status: 'failed', error: { nodeId: 'code' } });
      expect(ended.error?.code, name).toMatch(/^(code_timeout|step_timeout|sandbox_limit|code_failed)$/);
      const lasted = Date.parse(step?.finishedAt ?? '') - Date.parse(step?.startedAt ?? '');
      expect(lasted, name).toBeLessThanOrEqual(limitMs + 250);
      expect(
        step?.logs.map(({ text }) => text),
        name,
      ).toEqual(['begun']);
      expect(Math.max(...others), name).toBeLessThan(limitMs);
    }
  });

  it('E7 code of another run waits for its limit at most, and is not harmed', async () => {
    const { store, engine } = await openEngine();
    const codeOf = (code: string) =>
      liveWorkflow(
        store,
        makeDocument(
          [start, { id: 'code', type: 'code', config: { code, timeoutSeconds: 30 } }],
          ['start>code'],
        ),
      );
    const endless = makeDocument(
      [start, { id: 'code', type: 'code', config: { code: 'while (true);', timeoutSeconds: 1 } }],
      ['start>code'],
    );
    const [first, second] = [await liveWorkflow(store, endless), await codeOf('return 1')];
    const slow = await engine.startRun({ workflowId: first, input: null });
    const quick = await engine.startRun({ workflowId: second, input: null });
    expect(await untilRun(engine, quick.runId)).toMatchObject({ status: 'succeeded', output: 1 });
    expect(await untilRun(engine, slow.runId)).toMatchObject({ status: 'failed' });
  });
});

describe('E6 too much', () => {
  const nested = `${'{{'.repeat(10_000)}1${'}}'.repeat(10_000)}`;

  const cases: readonly (readonly [string, string, Record<string, unknown>, RegExp])[] = [
    ['an output of 11 MB', 'code', { code: 'return "x".repeat(11e6)' }, /sandbox_limit|output_too_large/],
    [
      'an expansion of 10 MB',
      'set',
      { fields: { a: '{{$pad("", 3000000)}}'.repeat(4) } },
      /output_too_large/,
    ],
    [
      'an expansion of 10 MB in lists',
      'set',
      { fields: { a: Array(4).fill('{{$pad("", 3000000)}}') } },
      /output_too_large/,
    ],
    ['10,000 templates inside one another', 'set', { fields: { a: nested } }, /expression_invalid/],
    [
      'expressions inside one another',
      'transform',
      { expression: `${'('.repeat(20_000)}1` },
      /expression_invalid/,
    ],
    [
      'a recursion in an expression',
      'transform',
      { expression: '($f := function($n){ 1 + $f($n) }; $f(0))' },
      /expression_timeout|sandbox_limit/,
    ],
    [
      'a frozen pattern in an expression',
      'transform',
      { expression: '$match("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /^(a+)+$/)' },
      /expression_timeout/,
    ],
    [
      'a range of a billion',
      'transform',
      { expression: '[1..1000000000]' },
      /expression_failed|sandbox_limit/,
    ],
    ['more rounds than a run may have steps', 'loop', { items: '[1..10001]' }, /run_limit/],
  ];

  it('E6 fails its step by name, and the next run is well', async () => {
    const { store, engine } = await openEngine();
    const run = async (nodes: Parameters<typeof makeDocument>[0], edges: readonly string[]) => {
      const workflowId = await liveWorkflow(store, makeDocument(nodes, edges));
      return untilRun(engine, (await engine.startRun({ workflowId, input: null })).runId);
    };
    const sum = { id: 'sum', type: 'transform', config: { expression: '$sum([1, 2])' } };
    for (const [name, type, config, code] of cases) {
      const much = { id: 'much', type, config };
      const edge = type === 'loop' ? 'much:each>sum' : 'much>sum';
      const ended = await run([start, much, sum], ['start>much', edge]);
      expect(ended, name).toMatchObject({ status: 'failed', error: { nodeId: 'much' } });
      expect(ended.error?.code, name).toMatch(code);
      const next = await run([start, sum], ['start>sum']);
      expect(next, name).toMatchObject({ status: 'succeeded', output: 3 });
    }
  });
});
