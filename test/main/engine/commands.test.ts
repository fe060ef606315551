/** Starting, cancelling and repeating runs, and what is told of them. */
import { describe, expect, it } from 'vitest';
import { openHttpTarget } from '../../support/http-target.ts';
import { until } from '../../support/until.ts';
import { liveWorkflow, makeDocument, openEngine, runOnce, untilRun } from './open-engine.ts';

const start = { id: 'start', type: 'manual' };

describe('starting', () => {
  it('takes the manual start before a webhook, and gives the input as payload', async () => {
    const bench = await openEngine();
    const run = await runOnce(
      bench,
      makeDocument(
        [
          { id: 'hook', type: 'webhook' },
          start,
          { id: 'echo', type: 'transform', config: { expression: 'trigger.payload' } },
        ],
        ['start>echo'],
      ),
      { a: 1 },
    );
    expect(run).toMatchObject({ startNodeId: 'start', input: { a: 1 }, output: { a: 1 }, requestId: null });
  });

  it('stands in for a webhook where there is no other start', async () => {
    const run = await runOnce(await openEngine(), makeDocument([{ id: 'hook', type: 'webhook' }], []), {
      a: 1,
    });
    expect(run).toMatchObject({
      status: 'succeeded',
      output: { payload: { a: 1 }, query: {}, headers: {}, params: {} },
    });
  });

  it('refuses what is not there: workflow, version, record', async () => {
    const { store, engine } = await openEngine();
    await expect(engine.startRun({ workflowId: 'wf_none', input: 1 })).rejects.toMatchObject({
      code: 'not_found',
    });
    await store.write('insertWorkflow', {
      id: 'wf_draft',
      slug: 'draft',
      document: makeDocument([start], []),
      at: 1,
    });
    await expect(engine.startRun({ workflowId: 'wf_draft', input: 1 })).rejects.toMatchObject({
      code: 'conflict',
    });
    const workflowId = await liveWorkflow(store, makeDocument([start], []));
    const target = { entity: 'InventoryModel', cuid: 'nobody' };
    await expect(engine.startRun({ workflowId, input: 1, target })).rejects.toMatchObject({
      code: 'target_not_found',
    });
  });

  it('lets steps read the record the run works for', async () => {
    const { store, engine } = await openEngine();
    await store.write('insertRecord', {
      cuid: 'c1',
      entity: 'InventoryModel',
      data: { name: 'Model A' },
      at: 5,
    });
    const workflowId = await liveWorkflow(
      store,
      makeDocument(
        [
          start,
          {
            id: 'read',
            type: 'set',
            config: { fields: { name: '{{target.name}}', cuid: '{{target.cuid}}', data: '{{target.data}}' } },
          },
        ],
        ['start>read'],
      ),
    );
    const { runId } = await engine.startRun({
      workflowId,
      input: null,
      target: { entity: 'InventoryModel', cuid: 'c1' },
    });
    expect((await untilRun(engine, runId)).output).toEqual({
      name: 'Model A',
      cuid: 'c1',
      data: { name: 'Model A' },
    });
  });

  it('is told to who watches when the run has ended, also one that ends at once', async () => {
    const { store, engine } = await openEngine();
    const workflowId = await liveWorkflow(store, makeDocument([{ id: 'hook', type: 'webhook' }], []));
    const { document } = store.read.workflows.version(workflowId, 1)!;
    const plan = engine.planRun({
      workflowId,
      version: 1,
      document,
      startNodeId: 'hook',
      inputJson: '1',
      paramsJson: null,
      target: null,
      startOutputJson: '"out"',
    });
    const watch = engine.watchRun(plan.id);
    await store.write('startRuns', { runs: [plan], at: Date.now() });
    engine.wake();
    expect(await watch.signal).toMatchObject({ kind: 'finished', run: { id: plan.id, status: 'succeeded' } });
    expect(engine.describeRun(plan.id)?.output).toBe('out');
  });
});

describe('cancelling', () => {
  it('ends the run at once, cuts off its call, and nothing comes after', async () => {
    let hungUp = 0;
    await using target = await openHttpTarget(
      (_call, response) => void response.on('close', () => (hungUp += 1)),
    );
    const { store, engine } = await openEngine();
    const workflowId = await liveWorkflow(
      store,
      makeDocument(
        [
          start,
          { id: 'call', type: 'http', config: { url: target.origin, onError: 'continue' } },
          { id: 'after', type: 'log', config: { message: 'x' } },
        ],
        ['start>call', 'call>after'],
      ),
    );
    const { runId } = await engine.startRun({ workflowId, input: null });
    await until('the call', () => target.calls.length === 1);
    const watch = engine.watchRun(runId);
    await engine.cancelRun(runId);
    expect(await watch.signal).toMatchObject({ kind: 'finished', run: { status: 'cancelled' } });
    await until('the call to be cut off', () => hungUp === 1);
    const run = engine.describeRun(runId);
    expect(run?.steps.map((step) => [step.nodeId, step.status])).toEqual([
      ['start', 'succeeded'],
      ['call', 'cancelled'],
    ]);
    await expect(engine.cancelRun(runId)).rejects.toMatchObject({ code: 'conflict' });
    await expect(engine.cancelRun('run_none')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('racing with the steps leaves every run either finished or cancelled, never between', async () => {
    const { store, engine } = await openEngine();
    const steps = Array.from({ length: 5 }, (_, index) => ({
      id: `s${index}`,
      type: 'log',
      config: { message: 'x' },
    }));
    const workflowId = await liveWorkflow(
      store,
      makeDocument([start, ...steps], ['start>s0', 's0>s1', 's1>s2', 's2>s3', 's3>s4']),
    );
    const ids = await Promise.all(
      Array.from({ length: 60 }, () => engine.startRun({ workflowId, input: null })),
    );
    const cancelled = await Promise.allSettled(ids.map(({ runId }) => engine.cancelRun(runId)));
    for (const [index, { runId }] of ids.entries()) {
      const run = await untilRun(engine, runId);
      expect(run.status).toBe(cancelled[index]?.status === 'fulfilled' ? 'cancelled' : 'succeeded');
      expect(run.steps.every((step) => step.status === 'succeeded' || step.status === 'cancelled')).toBe(
        true,
      );
    }
    expect(store.read.runs.counts()).toEqual({ queued: 0, running: 0, waiting: 0 });
  });
});

describe('repeating', () => {
  const document = makeDocument(
    [
      start,
      { id: 'first', type: 'set', config: { fields: { n: '{{trigger.data.n}}' } } },
      { id: 'check', type: 'condition', config: { expression: '$exists(steps.first.output.n)' } },
      { id: 'end', type: 'set', config: { fields: { from: '{{steps.first.output.n}}' } } },
      { id: 'side', type: 'log', config: { message: 'side' } },
    ],
    ['start>first', 'first>check', 'check:true>end', 'start>side'],
  );

  it('does the run again from its start with the same input', async () => {
    const bench = await openEngine();
    const run = await runOnce(bench, document, { n: 5 });
    const { runId } = await bench.engine.retryRun(run.id);
    const again = await untilRun(bench.engine, runId);
    expect(again).toMatchObject({ status: 'succeeded', input: { n: 5 } });
    expect(again.steps).toHaveLength(5);
    expect(again.id).not.toBe(run.id);
  });

  it('keeps what came before the step it begins at', async () => {
    const bench = await openEngine();
    const run = await runOnce(bench, document, { n: 5 });
    const { runId } = await bench.engine.retryRun(run.id, { fromStep: 'check' });
    const again = await untilRun(bench.engine, runId);
    expect(again.steps.map((step) => step.nodeId)).toEqual(['start', 'first', 'side', 'check', 'end']);
    expect(again.steps[1]?.startedAt).toBe(run.steps.find((step) => step.nodeId === 'first')?.startedAt);
    expect(again.output).toEqual({ from: 5 });
    await expect(bench.engine.retryRun(run.id, { fromStep: 'nowhere' })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(bench.engine.retryRun('run_none')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('takes up branches that the failure had cut off', async () => {
    const bench = await openEngine();
    const failing = makeDocument(
      [
        start,
        { id: 'bad', type: 'fail' },
        { id: 'pause', type: 'delay', config: { seconds: 0.05 } },
        { id: 'end', type: 'log', config: { message: 'x' } },
      ],
      ['start>bad', 'start>pause', 'pause>end'],
    );
    const run = await runOnce(bench, failing);
    expect(run.status).toBe('failed');
    const { runId } = await bench.engine.retryRun(run.id, { fromStep: 'bad' });
    const again = await untilRun(bench.engine, runId);
    expect(again.steps.filter((step) => step.nodeId === 'pause')).toHaveLength(1);
  });

  it('is refused while the run goes on', async () => {
    const { store, engine } = await openEngine();
    const workflowId = await liveWorkflow(
      store,
      makeDocument([start, { id: 'pause', type: 'delay', config: { seconds: 60 } }], ['start>pause']),
    );
    const { runId } = await engine.startRun({ workflowId, input: null });
    await expect(engine.retryRun(runId)).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('stopping', () => {
  it('lets what is under way settle, and leaves the rest to the next start', async () => {
    await using target = await openHttpTarget(
      (_call, response) => void setTimeout(() => response.end('"late"'), 300),
    );
    const bench = await openEngine();
    const workflowId = await liveWorkflow(
      bench.store,
      makeDocument(
        [
          start,
          { id: 'call', type: 'http', config: { url: target.origin } },
          { id: 'after', type: 'log', config: { message: 'x' } },
        ],
        ['start>call', 'call>after'],
      ),
    );
    const { runId } = await bench.engine.startRun({ workflowId, input: null });
    await until('the call', () => target.calls.length === 1);
    await bench.engine.stop();
    expect(bench.store.read.runs.steps(runId).map((step) => [step.nodeId, step.status])).toEqual([
      ['start', 'succeeded'],
      ['call', 'succeeded'],
      ['after', 'queued'],
    ]);
    await bench.close();
    const next = await openEngine({ dataDir: bench.dataDir, vault: bench.vault });
    expect(await untilRun(next.engine, runId)).toMatchObject({ status: 'succeeded' });
    expect(target.calls).toHaveLength(1);
  });
});
