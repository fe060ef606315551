/** Joins, and runs with loops and joins that are repeated (SPEC 8, 11). */
import { describe, expect, it } from 'vitest';
import { until } from '../../support/until.ts';
import { createManualClock } from './manual-clock.ts';
import { liveWorkflow, makeDocument, openEngine, runOnce, untilRun } from './open-engine.ts';

const start = { id: 'start', type: 'manual' };
const give = (id: string, expression: string, config: Record<string, unknown> = {}) => ({
  id,
  type: 'transform',
  config: { expression, ...config },
});
const pause = (id: string, seconds: number) => ({ id, type: 'delay', config: { seconds } });
const join = (id: string, mode?: string) => ({
  id,
  type: 'join',
  config: mode === undefined ? {} : { mode },
});
const idsOf = (run: { readonly steps: readonly { readonly nodeId: string }[] }) =>
  run.steps.map((step) => step.nodeId);

describe('a join', () => {
  it('of all waits for every branch under way and no other, runs once and gives what each gave', async () => {
    const bench = await openEngine();
    const document = makeDocument(
      [
        start,
        give('a', '1'),
        pause('slow', 0.05),
        give('b', '2'),
        { id: 'if', type: 'condition', config: { expression: 'false' } },
        give('never', '3'),
        join('all'),
        give('end', 'steps.all.output'),
      ],
      [
        'start>a',
        'start>slow',
        'slow>b',
        'start>if',
        'if:true>never',
        'a>all',
        'b>all',
        'never>all',
        'start>all',
        'all>end',
      ],
    );
    const run = await runOnce(bench, document, { n: 1 });
    expect(run.output).toEqual({ start: { n: 1 }, a: 1, b: 2 });
    expect(idsOf(run).filter((id) => id === 'all' || id === 'end')).toEqual(['all', 'end']);
    expect(run.steps.at(-1)?.nodeId).toBe('end');
  });

  it('that not all came to in its time fails as step_timeout, and onError decides; who comes later is swallowed', async () => {
    const clock = createManualClock();
    const bench = await openEngine({ clock });
    const late = (onError: string) =>
      makeDocument(
        [
          start,
          give('a', '1'),
          pause('slow', 60),
          { id: 'all', type: 'join', config: { timeoutSeconds: 5, onError } },
          give('end', '"late"'),
        ],
        ['start>a', 'start>slow', 'a>all', 'slow>all', onError === 'port' ? 'all:error>end' : 'all>end'],
      );
    for (const [onError, status] of [
      ['fail', 'failed'],
      ['port', 'succeeded'],
    ] as const) {
      const workflowId = await liveWorkflow(bench.store, late(onError));
      const { runId } = await bench.engine.startRun({ workflowId, input: null });
      await untilRun(bench.engine, runId, ['waiting']);
      clock.advance(5_000);
      if (status === 'succeeded') {
        await until('the branch of the time-out to end', () =>
          bench.engine.describeRun(runId)?.steps.some((step) => step.nodeId === 'end'),
        );
        clock.advance(60_000);
      }
      const run = await untilRun(bench.engine, runId, [status]);
      const join = run.steps.filter((step) => step.nodeId === 'all');
      expect(join.map((step) => [step.status, step.error?.code])).toEqual([['failed', 'step_timeout']]);
    }
  });

  it('of any goes on with the first branch, and the run ends when the others have ended', async () => {
    const clock = createManualClock();
    const bench = await openEngine({ clock });
    const document = makeDocument(
      [start, give('a', '1'), pause('slow', 60), join('any', 'any'), give('end', 'steps.any.output')],
      ['start>a', 'start>slow', 'a>any', 'slow>any', 'any>end'],
    );
    const workflowId = await liveWorkflow(bench.store, document);
    const { runId } = await bench.engine.startRun({ workflowId, input: null });
    const run = await untilRun(bench.engine, runId, ['waiting']);
    expect(run.steps.find((step) => step.nodeId === 'end')?.output).toEqual({ a: 1 });
    clock.advance(60_000);
    expect(idsOf(await untilRun(bench.engine, runId)).filter((id) => id === 'end')).toHaveLength(1);
  });

  it('that waits is told of by what it waits for, and survives a restart', async () => {
    const clock = createManualClock();
    const first = await openEngine({ clock });
    const document = makeDocument(
      [start, give('a', '1'), pause('slow', 60), join('all'), give('end', '$keys(steps.all.output)')],
      ['start>a', 'start>slow', 'a>all', 'slow>all', 'all>end'],
    );
    const workflowId = await liveWorkflow(first.store, document);
    const { runId } = await first.engine.startRun({ workflowId, input: null });
    const waiting = await untilRun(first.engine, runId, ['waiting']);
    expect(waiting.waitingFor).toMatch(/^Pauses until [^"]*$/);
    await first.close();
    const { engine } = await openEngine({ clock, dataDir: first.dataDir, vault: first.vault });
    clock.advance(60_000);
    expect((await untilRun(engine, runId)).output).toEqual(['a', 'slow']);
  });
});

describe('a repeated run', () => {
  it('from a step before a join keeps what the other branches brought there', async () => {
    const bench = await openEngine();
    const document = makeDocument(
      [start, give('a', '"a"'), give('b', '"b"'), join('all'), give('end', 'steps.all.output')],
      ['start>a', 'start>b', 'a>all', 'b>all', 'all>end'],
    );
    const run = await runOnce(bench, document);
    const { runId } = await bench.engine.retryRun(run.id, { fromStep: 'b' });
    const again = await untilRun(bench.engine, runId);
    expect(again.output).toEqual({ a: 'a', b: 'b' });
    expect(idsOf(again)).toEqual(['start', 'a', 'b', 'all', 'end']);
    const step = (one: typeof run, id: string) => one.steps.find(({ nodeId }) => nodeId === id);
    expect(step(again, 'a')?.startedAt).toBe(step(run, 'a')?.startedAt);
    const joined = await bench.engine.retryRun(run.id, { fromStep: 'all' });
    expect(await untilRun(bench.engine, joined.runId)).toMatchObject({ output: { a: 'a', b: 'b' } });
  });

  it('from a step inside a loop begins the loop anew; loops that are kept keep their rounds', async () => {
    const bench = await openEngine();
    const loop = (id: string) => ({ id, type: 'loop', config: { items: '[1, 2]' } });
    const document = makeDocument(
      [
        start,
        loop('one'),
        give('in1', 'item'),
        loop('two'),
        give('in2', 'item * 10'),
        give('end', '[steps.one.output.results, steps.two.output.results]'),
      ],
      ['start>one', 'one:each>in1', 'one:done>two', 'two:each>in2', 'two:done>end'],
    );
    const run = await runOnce(bench, document);
    expect(run.output).toEqual([1, 2, 10, 20]);
    const { runId } = await bench.engine.retryRun(run.id, { fromStep: 'in2' });
    const again = await untilRun(bench.engine, runId);
    const shape = (one: typeof run) =>
      one.steps.map(({ nodeId, iteration, output }) => [nodeId, iteration, output]);
    expect(shape(again)).toEqual(shape(run));
    const startedOf = (one: typeof run, id: string) =>
      one.steps.filter(({ nodeId }) => nodeId === id).map(({ startedAt }) => startedAt);
    expect(startedOf(again, 'in1')).toEqual(startedOf(run, 'in1'));
    const whole = await bench.engine.retryRun(run.id);
    expect(shape(await untilRun(bench.engine, whole.runId))).toEqual(shape(run));
  });

  it('comes to a step as often as before when one of the ways there is repeated', async () => {
    const bench = await openEngine();
    const document = makeDocument(
      [start, give('a', '1'), give('b', '2'), give('c', '3')],
      ['start>a', 'start>b', 'a>c', 'b>c'],
    );
    const run = await runOnce(bench, document);
    const { runId } = await bench.engine.retryRun(run.id, { fromStep: 'a' });
    const again = await untilRun(bench.engine, runId);
    expect(idsOf(again).toSorted()).toEqual(['a', 'b', 'c', 'c', 'start']);
  });

  it('does the step anew whose failure had ended it, also when it begins elsewhere', async () => {
    const bench = await openEngine();
    const document = makeDocument(
      [start, give('a', '1'), give('bad', '$error("no")')],
      ['start>a', 'start>bad'],
    );
    const run = await runOnce(bench, document);
    const { runId } = await bench.engine.retryRun(run.id, { fromStep: 'a' });
    const again = await untilRun(bench.engine, runId);
    expect(again).toMatchObject({ status: 'failed', error: { nodeId: 'bad' } });
    expect(again.steps.find((step) => step.nodeId === 'bad')?.startedAt).not.toBe(
      run.steps.find((step) => step.nodeId === 'bad')?.startedAt,
    );
  });
});
