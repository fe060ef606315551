/** What becomes of failures, time-outs and limits in real runs. */
import { describe, expect, it } from 'vitest';
import { until } from '../../support/until.ts';
import { createManualClock } from './manual-clock.ts';
import { liveWorkflow, makeDocument, openEngine, runOnce, untilRun } from './open-engine.ts';

const start = { id: 'start', type: 'manual' };
const failing = { expression: '$error("no")' };

describe('failures', () => {
  it('fail the run and cancel what is open beside, unless told otherwise', async () => {
    const run = await runOnce(
      await openEngine(),
      makeDocument(
        [
          start,
          { id: 'bad', type: 'transform', config: failing },
          { id: 'after', type: 'set', config: { fields: {} } },
          { id: 'pause', type: 'delay', config: { seconds: 60 } },
        ],
        ['start>pause', 'start>bad', 'bad>after'],
      ),
    );
    expect(run).toMatchObject({ status: 'failed', error: { code: 'expression_failed', nodeId: 'bad' } });
    expect(run.steps.map((step) => [step.nodeId, step.status])).toEqual([
      ['start', 'succeeded'],
      ['pause', 'cancelled'],
      ['bad', 'failed'],
    ]);
  });

  it('are passed over with onError continue, and leave by the outlet error with onError port', async () => {
    const bench = await openEngine();
    const after = {
      id: 'after',
      type: 'set',
      config: { fields: { code: '{{steps.bad.error.code}}', output: '{{steps.bad.output}}' } },
    };
    const passed = await runOnce(
      bench,
      makeDocument(
        [start, { id: 'bad', type: 'transform', config: { ...failing, onError: 'continue' } }, after],
        ['start>bad', 'bad>after'],
      ),
    );
    expect(passed).toMatchObject({ status: 'succeeded', output: { code: 'expression_failed' } });
    expect(passed.steps[1]).toMatchObject({ status: 'failed', port: 'out' });
    const caught = await runOnce(
      bench,
      makeDocument(
        [
          start,
          { id: 'bad', type: 'condition', config: { ...failing, onError: 'port' } },
          after,
          { ...after, id: 'yes' },
        ],
        ['start>bad', 'bad:true>yes', 'bad:error>after'],
      ),
    );
    expect(caught.steps.map((step) => step.nodeId)).toEqual(['start', 'bad', 'after']);
    const asFalse = await runOnce(
      bench,
      makeDocument(
        [
          start,
          { id: 'bad', type: 'condition', config: { ...failing, onError: 'continue' } },
          after,
          { ...after, id: 'yes' },
        ],
        ['start>bad', 'bad:true>yes', 'bad:false>after'],
      ),
    );
    expect(asFalse.steps.map((step) => step.nodeId)).toEqual(['start', 'bad', 'after']);
  });

  it('are tried again after the backoff, neither earlier nor more often than told', async () => {
    const clock = createManualClock();
    const { store, engine } = await openEngine({ clock, chance: () => 0 });
    const retry = { attempts: 3, backoffSeconds: 10, factor: 2 };
    const workflowId = await liveWorkflow(
      store,
      makeDocument([start, { id: 'bad', type: 'transform', config: { ...failing, retry } }], ['start>bad']),
    );
    const { runId } = await engine.startRun({ workflowId, input: null });
    const failuresOf = () => engine.describeRun(runId)?.steps[1]?.failures.length;
    await until('the first failure', () => failuresOf() === 1);
    clock.advance(9_999);
    engine.wake();
    await until('the engine to have looked', () => store.read.runs.due(clock.now(), 10).length === 0);
    expect(failuresOf()).toBe(1);
    clock.advance(1);
    await until('the second failure', () => failuresOf() === 2);
    clock.advance(20_000);
    const run = await untilRun(engine, runId);
    expect(run).toMatchObject({ status: 'failed', error: { code: 'expression_failed' } });
    expect(run.steps[1]).toMatchObject({ attempt: 3, failures: [{ attempt: 1 }, { attempt: 2 }] });
  });

  it('name a step that ran out of its time', async () => {
    const run = await runOnce(
      await openEngine(),
      makeDocument(
        [start, { id: 'code', type: 'code', config: { code: 'for (;;);', timeoutSeconds: 0.2 } }],
        ['start>code'],
      ),
    );
    expect(run.status).toBe('failed');
    expect(['step_timeout', 'code_timeout']).toContain(run.error?.code);
  });

  it('come of a pause that would outlast the time of its step, at once', async () => {
    const pauseFor = (seconds: number, config: Record<string, unknown> = {}) =>
      makeDocument(
        [start, { id: 'pause', type: 'delay', config: { seconds, timeoutSeconds: 1, ...config } }],
        ['start>pause'],
      );
    const bench = await openEngine();
    expect(await runOnce(bench, pauseFor(30))).toMatchObject({
      status: 'failed',
      error: { code: 'step_timeout', nodeId: 'pause' },
    });
    expect(await runOnce(bench, pauseFor(30, { onError: 'continue' }))).toMatchObject({
      status: 'succeeded',
    });
    expect(await runOnce(bench, pauseFor(0.05))).toMatchObject({ status: 'succeeded' });
  });

  it('end a run that takes longer than its workflow allows, even in a pause', async () => {
    const clock = createManualClock();
    const { store, engine } = await openEngine({ clock });
    const workflowId = await liveWorkflow(
      store,
      makeDocument([start, { id: 'pause', type: 'delay', config: { seconds: 1_000 } }], ['start>pause'], {
        timeoutSeconds: 60,
      }),
    );
    const { runId } = await engine.startRun({ workflowId, input: null });
    await untilRun(engine, runId, ['waiting']);
    clock.advance(59_000);
    expect(engine.describeRun(runId)?.status).toBe('waiting');
    clock.advance(1_000);
    expect(await untilRun(engine, runId)).toMatchObject({
      status: 'failed',
      error: { code: 'step_timeout', message: 'The run took longer than its 60 s.' },
    });
  });

  it('are not of a run that was held back for longer than it may take', async () => {
    const clock = createManualClock();
    const { store, engine } = await openEngine({ clock });
    const workflowId = await liveWorkflow(
      store,
      makeDocument([start, { id: 'pause', type: 'delay', config: { seconds: 30 } }], ['start>pause'], {
        timeoutSeconds: 60,
      }),
    );
    await store.write('setPaused', { id: workflowId, paused: true, at: clock.now() });
    const { runId } = await engine.startRun({ workflowId, input: null });
    clock.advance(3_600_000);
    await store.write('setPaused', { id: workflowId, paused: false, at: clock.now() });
    engine.wake();
    await untilRun(engine, runId, ['waiting']);
    clock.advance(30_000);
    expect(await untilRun(engine, runId)).toMatchObject({ status: 'succeeded' });
  });

  it('come of outputs over 4 MiB', async () => {
    const run = await runOnce(
      await openEngine(),
      makeDocument(
        [
          start,
          { id: 'big', type: 'set', config: { fields: { a: '{{trigger.data}}', b: '{{trigger.data}}' } } },
        ],
        ['start>big'],
      ),
      'x'.repeat(2_200_000),
    );
    expect(run).toMatchObject({ status: 'failed', error: { code: 'output_too_large', nodeId: 'big' } });
  });

  it('end a run that would make more than 10,000 steps, though its graph has no circle', async () => {
    const layers = Array.from({ length: 14 }, (_, layer) => layer);
    const nodes = layers.flatMap((layer) => [
      { id: `a${layer}`, type: 'log', config: { message: 'a' } },
      { id: `b${layer}`, type: 'log', config: { message: 'b' } },
    ]);
    const edges = layers
      .slice(1)
      .flatMap((layer) =>
        ['a', 'b'].flatMap((from) => ['a', 'b'].map((to) => `${from}${layer - 1}>${to}${layer}`)),
      );
    const { store, engine } = await openEngine();
    const workflowId = await liveWorkflow(
      store,
      makeDocument([start, ...nodes], ['start>a0', 'start>b0', ...edges]),
    );
    const { runId } = await engine.startRun({ workflowId, input: null });
    const run = await until(
      'the run to end',
      () => store.read.runs.byId(runId)?.status === 'failed' && store.read.runs.byId(runId),
      { deadlineMs: 25_000 },
    );
    expect(run).toMatchObject({ status: 'failed', error: { code: 'run_limit' } });
    expect(store.read.runs.steps(runId).length).toBeLessThanOrEqual(10_000);
  });

  it('of a version that is gone fail the run as workflow_missing', async () => {
    const { store, engine } = await openEngine();
    const at = Date.now();
    await store.write('startRuns', {
      runs: [
        {
          id: 'run_lost',
          workflowId: 'wf_gone',
          version: 1,
          startNodeId: 'a',
          startName: 'a',
          startType: 'manual',
          inputJson: null,
          paramsJson: null,
          target: null,
          startOutputJson: null,
          next: [{ nodeId: 'b', name: 'b', type: 'set', dueAt: at }],
          coming: [],
        },
      ],
      at,
    });
    engine.wake();
    expect(await untilRun(engine, 'run_lost')).toMatchObject({
      status: 'failed',
      error: { code: 'workflow_missing', nodeId: 'b' },
    });
  });

  it('of names like __proto__ do not come about: they are data', async () => {
    const input: unknown = JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}');
    const run = await runOnce(
      await openEngine(),
      makeDocument(
        [
          start,
          {
            id: 'constructor',
            type: 'transform',
            name: '__proto__',
            config: { expression: 'trigger.data.constructor' },
          },
          {
            id: 'end',
            type: 'set',
            config: { fields: { own: '{{steps.constructor.output}}', whole: '{{trigger.payload}}' } },
          },
        ],
        ['start>constructor', 'constructor>end'],
      ),
      input,
    );
    expect(run.status).toBe('succeeded');
    expect(JSON.stringify(run.output)).toBe('{"own":2,"whole":{"__proto__":{"x":1},"constructor":2}}');
  });
});

describe('many runs', () => {
  it('a workflow whose calls hang does not keep others from running', async () => {
    const { openHttpTarget } = await import('../../support/http-target.ts');
    await using target = await openHttpTarget(() => undefined);
    const bench = await openEngine();
    const { store, engine } = bench;
    const hanging = await liveWorkflow(
      store,
      makeDocument([start, { id: 'call', type: 'http', config: { url: target.origin } }], ['start>call']),
    );
    await Promise.all(
      Array.from({ length: 400 }, () => engine.startRun({ workflowId: hanging, input: null })),
    );
    await until('calls to hang', () => target.calls.length >= 64);
    const other = await runOnce(
      bench,
      makeDocument(
        [start, { id: 'call', type: 'http', config: { url: target.origin, timeoutSeconds: 0.2 } }],
        ['start>call'],
      ),
    );
    expect(other).toMatchObject({ status: 'failed', error: { code: 'step_timeout' } });
    expect(
      await runOnce(
        bench,
        makeDocument([start, { id: 'log', type: 'log', config: { message: 'x' } }], ['start>log']),
      ),
    ).toMatchObject({ status: 'succeeded' });
    await store
      .write('removeWorkflow', { id: hanging, at: Date.now() })
      .then(({ cancelledRunIds }) => engine.noteCancelled(cancelledRunIds));
  });
});
