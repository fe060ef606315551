/** Loops through the engine: what the steps inside see, how rounds fail, end and are limited (SPEC 7, 8, 12). */
import { describe, expect, it } from 'vitest';
import { openHttpTarget } from '../../support/http-target.ts';
import { until } from '../../support/until.ts';
import { createManualClock } from './manual-clock.ts';
import { type Bench, liveWorkflow, makeDocument, openEngine, runOnce, untilRun } from './open-engine.ts';

const start = { id: 'start', type: 'manual' };
const loop = (id: string, items: string, config: Record<string, unknown> = {}) => ({
  id,
  type: 'loop',
  config: { items, ...config },
});
const give = (id: string, expression: string, config: Record<string, unknown> = {}) => ({
  id,
  type: 'transform',
  config: { expression, ...config },
});
const pause = (id: string, seconds = 60) => ({ id, type: 'delay', config: { seconds } });

async function begin(bench: Bench, document: ReturnType<typeof makeDocument>, input: unknown = null) {
  const workflowId = await liveWorkflow(bench.store, document);
  return (await bench.engine.startRun({ workflowId, input })).runId;
}

describe('a loop', () => {
  it('does its body once for every item, in order, and gives what each round ended with', async () => {
    const bench = await openEngine();
    const run = await runOnce(
      bench,
      makeDocument(
        [
          start,
          loop('each', 'trigger.data.list'),
          give('a', 'item * 10'),
          give('b', '{"sum": steps.a.output + index, "loop": steps.each.output}'),
          give('end', '{"loop": steps.each.output, "inside": $exists(steps.a), "item": $exists(item)}'),
        ],
        ['start>each', 'each:each>a', 'a>b', 'b>each', 'each:done>end'],
      ),
      { list: [1, 2, 3] },
    );
    const results = [10, 21, 32].map((sum, index) => ({ sum, loop: { item: index + 1, index, count: 3 } }));
    expect(run.output).toEqual({ loop: { count: 3, failed: 0, results }, inside: false, item: false });
    expect(run.steps.map(({ nodeId, iteration }) => [nodeId, iteration])).toEqual([
      ['start', undefined],
      ['each', undefined],
      ...[0, 1, 2].flatMap((index) => [
        ['a', [index]],
        ['b', [index]],
      ]),
      ['end', undefined],
    ]);
    expect(run.steps[1]).toMatchObject({ port: 'done', attempt: 1, input: { items: [1, 2, 3] } });
  });

  it('over nothing does nothing, over a single value one round; with no step after it, it is the output', async () => {
    const bench = await openEngine();
    const document = makeDocument(
      [start, loop('each', 'trigger.data.list'), give('a', 'item')],
      ['start>each', 'each:each>a'],
    );
    const workflowId = await liveWorkflow(bench.store, document);
    const outputOf = async (list: unknown) => {
      const { runId } = await bench.engine.startRun({ workflowId, input: { list } });
      return (await untilRun(bench.engine, runId)).output;
    };
    for (const none of [[], null, undefined]) {
      expect(await outputOf(none)).toEqual({ count: 0, failed: 0, results: [] });
    }
    expect(await outputOf('x')).toEqual({ count: 1, failed: 0, results: ['x'] });
    expect(await outputOf([null, [1, 2]])).toEqual({ count: 2, failed: 0, results: [null, [1, 2]] });
  });

  it('has as many rounds under way as it may, and begins the next when one ends', async () => {
    const clock = createManualClock();
    const bench = await openEngine({ clock });
    const document = makeDocument(
      [
        start,
        loop('each', '[1, 2, 5, 9, 9]', { concurrency: 2 }),
        { id: 'nap', type: 'delay', config: { seconds: '{{item}}' } },
      ],
      ['start>each', 'each:each>nap'],
    );
    const runId = await begin(bench, document);
    const naps = () => bench.store.read.runs.steps(runId).filter((step) => step.nodeId === 'nap');
    const untilNaps = (made: number, done: number) =>
      until(`${made} rounds, ${done} of them ended`, () => {
        const steps = naps();
        const sleeping = steps.filter((step) => step.status === 'waiting').length;
        return steps.length === made && sleeping === made - done;
      });
    await untilNaps(2, 0);
    expect(bench.engine.describeRun(runId)?.waitingFor).toMatch(/^Pauses until .*Pauses until [^"]*$/);
    clock.advance(1_000);
    await untilNaps(3, 1);
    clock.advance(1_000);
    await untilNaps(4, 2);
    clock.advance(60_000);
    await untilNaps(5, 4);
    clock.advance(60_000);
    expect(await untilRun(bench.engine, runId)).toMatchObject({ status: 'succeeded', output: { count: 5 } });
  });

  it('fails the run with its first failure, unless it goes on: then that round only, with what was open in it', async () => {
    const bench = await openEngine();
    const document = (config: Record<string, unknown>, edges: readonly string[] = []) =>
      makeDocument(
        [
          start,
          loop('each', '[1, 2, 3]', config),
          give('work', 'item = 2 ? $error("two") : item'),
          pause('slow', 0.001),
          give('end', 'steps.each'),
        ],
        ['start>each', 'each:each>work', 'work>slow', 'each:done>end', ...edges],
      );
    const failing = await runOnce(bench, document({}));
    expect(failing).toMatchObject({ status: 'failed', error: { code: 'expression_failed', nodeId: 'work' } });
    expect(failing.steps.find((step) => step.nodeId === 'each')?.status).toBe('cancelled');

    const going = await runOnce(bench, document({ onError: 'continue' }));
    expect(going.status).toBe('succeeded');
    expect(going.output).toMatchObject({ output: { count: 3, failed: 1, results: [{}, null, {}] } });

    const caught = await runOnce(bench, document({ onError: 'port' }, ['each:error>end']));
    expect(caught.steps.find((step) => step.nodeId === 'each')).toMatchObject({
      status: 'failed',
      port: 'error',
    });
    expect(caught.output).toMatchObject({
      output: { count: 3, failed: 1 },
      error: {
        code: 'step_failed',
        message: expect.stringMatching(/^1 of 3 items failed; the first: .*two/),
      },
    });

    const deep = makeDocument(
      [
        start,
        loop('outer', '[1, 2]', { onError: 'continue', concurrency: 2 }),
        loop('inner', '[item, 3]', { concurrency: 2 }),
        give('work', 'item = 1 ? $error("one") : item'),
        pause('slow'),
      ],
      ['start>outer', 'outer:each>inner', 'inner:each>work', 'outer:each>slow'],
    );
    const clock = createManualClock();
    const other = await openEngine({ clock });
    const runId = await begin(other, deep);
    await until('the failing round to end', () => {
      const steps = other.engine.describeRun(runId)?.steps ?? [];
      return steps.some((step) => step.nodeId === 'slow' && step.status === 'cancelled');
    });
    clock.advance(60_000);
    const run = await untilRun(other.engine, runId);
    expect(run.output).toMatchObject({ count: 2, failed: 1 });
    expect(run.steps.filter((step) => step.nodeId === 'slow').map((step) => step.status)).toEqual([
      'cancelled',
      'succeeded',
    ]);
  });

  it('sends a key of its own in every round, the same over the tries of a round', async () => {
    const bench = await openEngine();
    const tried = new Map<string, number>();
    await using target = await openHttpTarget(({ body }, response) => {
      tried.set(body, (tried.get(body) ?? 0) + 1);
      response.statusCode = tried.get(body) === 1 ? 500 : 200;
      response.end('{}');
    });
    const call = {
      id: 'call',
      type: 'http',
      config: {
        method: 'POST',
        url: target.origin,
        body: '{{item}}',
        retry: { attempts: 2, backoffSeconds: 0 },
      },
    };
    const run = await runOnce(
      bench,
      makeDocument([start, loop('each', '[7, 8]'), call], ['start>each', 'each:each>call']),
    );
    expect(run.status).toBe('succeeded');
    const keys = target.calls.map((one) => String(one.headers['idempotency-key']));
    expect(target.calls.map((one) => one.body)).toEqual(['7', '7', '8', '8']);
    expect(new Set(keys.slice(0, 2)).size).toBe(1);
    expect(new Set(keys.slice(2)).size).toBe(1);
    expect(new Set(keys).size).toBe(2);
    expect(run.steps.filter((step) => step.nodeId === 'call').map((step) => step.attempt)).toEqual([2, 2]);
  });

  it('fails with output_too_large when its rounds give more than an output may hold', async () => {
    const bench = await openEngine();
    const big = { id: 'big', type: 'code', config: { code: 'return "x".repeat(1_500_000)' } };
    const run = await runOnce(
      bench,
      makeDocument([start, loop('each', '[1, 2, 3]'), big], ['start>each', 'each:each>big']),
    );
    expect(run).toMatchObject({ status: 'failed', error: { code: 'output_too_large', nodeId: 'each' } });
  });

  it('is over after its own time: what is open in it is cancelled, and onError decides', async () => {
    const clock = createManualClock();
    const bench = await openEngine({ clock });
    const config = { timeoutSeconds: 10, onError: 'port', retry: { attempts: 3, backoffSeconds: 1 } };
    const document = makeDocument(
      [start, loop('each', '[1, 2]', config), pause('nap'), give('late', 'steps.each.error.code')],
      ['start>each', 'each:each>nap', 'each:error>late'],
    );
    const runId = await begin(bench, document);
    await untilRun(bench.engine, runId, ['waiting']);
    clock.advance(10_000);
    const run = await untilRun(bench.engine, runId);
    expect(run).toMatchObject({ status: 'succeeded', output: 'step_timeout' });
    expect(run.steps.find((step) => step.nodeId === 'nap')?.status).toBe('cancelled');
  });

  it('does not go on after the time of the run is over, nor after it was cancelled', async () => {
    const clock = createManualClock();
    const bench = await openEngine({ clock });
    const nodes = [start, loop('each', '[1, 2]', { onError: 'continue', concurrency: 2 }), pause('nap')];
    const edges = ['start>each', 'each:each>nap'];
    const timed = await begin(bench, makeDocument(nodes, edges, { timeoutSeconds: 20 }));
    const cancelled = await begin(bench, makeDocument(nodes, edges));
    await untilRun(bench.engine, timed, ['waiting']);
    await untilRun(bench.engine, cancelled, ['waiting']);
    await bench.engine.cancelRun(cancelled);
    clock.advance(20_000);
    expect(await untilRun(bench.engine, timed)).toMatchObject({
      status: 'failed',
      error: { code: 'step_timeout' },
    });
    clock.advance(100_000);
    const run = await untilRun(bench.engine, cancelled);
    expect(run.status).toBe('cancelled');
    expect(run.steps.slice(1).every((step) => step.status === 'cancelled')).toBe(true);
    expect(bench.store.read.runs.due(clock.now(), 10)).toEqual([]);
  });

  it('of more rounds than a run may execute steps fails it as run_limit, counted over restarts', async () => {
    const clock = createManualClock();
    const first = await openEngine({ clock });
    const document = makeDocument(
      [
        start,
        loop('few', '[1..100]', { onError: 'continue', concurrency: 100 }),
        pause('nap', 3_600),
        pause('gate'),
        loop('many', '[1..trigger.data.n]', { onError: 'continue' }),
        pause('rest'),
      ],
      ['start>few', 'few:each>nap', 'start>gate', 'gate>many', 'many:each>rest'],
    );
    // Made before: the start, the loop, its 100 rounds, the gate and the second loop.
    const over = await begin(first, document, { n: 10_000 - 104 + 1 });
    const within = await begin(first, document, { n: 10_000 - 104 });
    for (const id of [over, within]) {
      await until('the rounds', () => first.store.read.runs.stepCount(id) === 103);
    }
    await first.close();
    const { engine, store } = await openEngine({ clock, dataDir: first.dataDir, vault: first.vault });
    clock.advance(60_000);
    const run = await untilRun(engine, over);
    expect(run).toMatchObject({ status: 'failed', error: { code: 'run_limit', nodeId: 'many' } });
    expect(run.error?.message).toBe(
      'The run would execute more than 10,000 steps: the loop "many" has 9897 items.',
    );
    await until('the first of many rounds', () =>
      store.read.runs.steps(within).some((step) => step.nodeId === 'rest'),
    );
    expect(store.read.runs.stepCount(within)).toBe(10_000);
    await engine.cancelRun(within);
  });
});
