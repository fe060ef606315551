/** Runs that call runs: what comes back, how deep, and what ends with what (SPEC 8, `workflow`, `onFailure`). */
import { describe, expect, it } from 'vitest';
import { documentSchema, type WorkflowDocument } from '../../../src/shared/model/document.ts';
import { until } from '../../support/until.ts';
import { createManualClock } from './manual-clock.ts';
import { type Bench, liveWorkflow, makeDocument, openEngine, untilRun } from './open-engine.ts';

const start = { id: 'start', type: 'manual' };

/** start → call → after. */
function callingDocument(
  workflow: string,
  config: Record<string, unknown> = {},
  edges: readonly string[] = [],
) {
  return makeDocument(
    [
      start,
      { id: 'call', type: 'workflow', config: { workflow, ...config } },
      { id: 'after', type: 'set', config: { fields: { got: '{{steps.call.output}}' } } },
      { id: 'caught', type: 'set', config: { fields: { error: '{{steps.call.error.code}}' } } },
    ],
    ['start>call', 'call>after', ...edges],
  );
}

const doubling = makeDocument(
  [start, { id: 'double', type: 'transform', config: { expression: '{"n": trigger.data.n * 2}' } }],
  ['start>double'],
);
const failing = makeDocument(
  [start, { id: 'stop', type: 'fail', config: { message: 'Out of stock.' } }],
  ['start>stop'],
);
const sleeping = makeDocument(
  [start, { id: 'sleep', type: 'delay', config: { seconds: 3_600 } }],
  ['start>sleep'],
);

async function run(bench: Bench, document: WorkflowDocument, input: unknown = null) {
  const workflowId = await liveWorkflow(bench.store, document);
  const { runId } = await bench.engine.startRun({ workflowId, input });
  return runId;
}

/** The id of the first run a run made. */
function untilChild({ engine }: Bench, runId: string): Promise<string> {
  return until('a child', () => engine.describeRun(runId)?.children[0]?.runId);
}

describe('a workflow step', () => {
  it('gives the output of the run it called, and both know each other', async () => {
    const bench = await openEngine();
    const child = await liveWorkflow(bench.store, doubling);
    const runId = await run(bench, callingDocument(child, { input: { n: '{{trigger.data.count}}' } }), {
      count: 21,
    });
    const parent = await untilRun(bench.engine, runId);
    const [made] = parent.children;
    expect(parent).toMatchObject({
      status: 'succeeded',
      trigger: 'api',
      parent: null,
      output: { got: { runId: made?.runId, status: 'succeeded', output: { n: 42 } } },
      children: [{ nodeId: 'call', status: 'succeeded', trigger: 'workflow', awaited: true }],
    });
    expect(bench.engine.describeRun(made?.runId ?? '')).toMatchObject({
      trigger: 'workflow',
      parent: { runId, nodeId: 'call' },
      input: { n: 21 },
    });
  });

  it('goes on when the run it called had nothing to do', async () => {
    const bench = await openEngine();
    const child = await liveWorkflow(bench.store, makeDocument([start], []));
    const parent = await untilRun(bench.engine, await run(bench, callingDocument(child), { a: 1 }));
    expect(parent.output).toMatchObject({ got: { status: 'succeeded', output: { a: 1 } } });
  });

  it('goes on at once when it does not wait', async () => {
    const clock = createManualClock();
    const bench = await openEngine({ clock });
    const child = await liveWorkflow(bench.store, sleeping);
    const parent = await untilRun(bench.engine, await run(bench, callingDocument(child, { wait: false })));
    expect(parent.output).toMatchObject({ got: { status: 'queued', output: null } });
    await untilRun(bench.engine, parent.children[0]?.runId ?? '', ['waiting']);
  });

  it('fails with the run it called, unless that is caught; a retry calls anew', async () => {
    const bench = await openEngine();
    const child = await liveWorkflow(bench.store, failing);
    const failed = await untilRun(
      bench.engine,
      await run(bench, callingDocument(child, { retry: { attempts: 2, backoffSeconds: 0 } })),
    );
    expect(failed).toMatchObject({
      status: 'failed',
      error: { code: 'run_failed', message: expect.stringContaining('Out of stock.'), nodeId: 'call' },
    });
    expect(failed.children.map(({ status }) => status)).toEqual(['failed', 'failed']);
    const caught = await untilRun(
      bench.engine,
      await run(bench, callingDocument(child, { onError: 'port' }, ['call:error>caught'])),
    );
    expect(caught).toMatchObject({ status: 'succeeded', output: { error: 'run_failed' } });
  });

  it('says what it waits for', async () => {
    const bench = await openEngine();
    const child = await liveWorkflow(bench.store, sleeping);
    const runId = await run(bench, callingDocument(child));
    const childId = await untilChild(bench, runId);
    expect(await untilRun(bench.engine, runId, ['waiting'])).toMatchObject({
      waitingFor: `Waits for the run ${childId} of "${child}".`,
      waits: [{ kind: 'workflow', childRunId: childId, nodeId: 'call' }],
    });
    expect(await untilRun(bench.engine, childId, ['waiting'])).toMatchObject({
      waits: [{ kind: 'delay', nodeId: 'sleep', until: expect.stringMatching(/Z$/) }],
    });
  });

  it('goes on after a restart, when the run it called ends then', async () => {
    const clock = createManualClock();
    const first = await openEngine({ clock });
    const child = await liveWorkflow(first.store, sleeping);
    const runId = await run(first, callingDocument(child));
    await untilRun(first.engine, await untilChild(first, runId), ['waiting']);
    await first.close();
    clock.advance(7_200_000);
    const second = await openEngine({ clock, dataDir: first.dataDir, vault: first.vault });
    expect(await untilRun(second.engine, runId)).toMatchObject({ status: 'succeeded' });
  });

  it('cancels what it called when its own run is cancelled, all the way down', async () => {
    const bench = await openEngine();
    const grandchild = await liveWorkflow(bench.store, sleeping);
    const child = await liveWorkflow(bench.store, callingDocument(grandchild));
    const runId = await run(bench, callingDocument(child));
    const childId = await untilChild(bench, runId);
    const grandchildId = await untilChild(bench, childId);
    await untilRun(bench.engine, grandchildId, ['waiting']);
    await bench.engine.cancelRun(runId);
    for (const id of [runId, childId, grandchildId]) {
      expect(bench.engine.describeRun(id)).toMatchObject({ status: 'cancelled', waits: [] });
    }
    expect(bench.store.read.runs.counts()).toEqual({ queued: 0, running: 0, waiting: 0 });
  });

  it('fails when the run it called is cancelled', async () => {
    const bench = await openEngine();
    const child = await liveWorkflow(bench.store, sleeping);
    const runId = await run(bench, callingDocument(child));
    const childId = await untilChild(bench, runId);
    await untilRun(bench.engine, childId, ['waiting']);
    await bench.engine.cancelRun(childId);
    expect(await untilRun(bench.engine, runId)).toMatchObject({
      error: { code: 'run_failed', message: `The run ${childId} was cancelled.` },
    });
  });

  it('cancels what takes too long, and leaves by timeout', async () => {
    const clock = createManualClock();
    const bench = await openEngine({ clock });
    const child = await liveWorkflow(bench.store, sleeping);
    const runId = await run(bench, callingDocument(child, { timeoutSeconds: 60 }, ['call:timeout>caught']));
    const childId = await untilChild(bench, runId);
    await untilRun(bench.engine, childId, ['waiting']);
    clock.advance(61_000);
    expect(await untilRun(bench.engine, runId)).toMatchObject({ status: 'succeeded' });
    expect(await untilRun(bench.engine, childId)).toMatchObject({ status: 'cancelled' });
  });

  it('in a loop calls one run for each round; those of a run that fails are cancelled', async () => {
    const bench = await openEngine();
    const child = await liveWorkflow(
      bench.store,
      makeDocument(
        [
          start,
          { id: 'which', type: 'condition', config: { expression: 'trigger.data.item = 2' } },
          { id: 'stop', type: 'fail', config: { message: 'Two.' } },
          { id: 'sleep', type: 'delay', config: { seconds: 3_600 } },
        ],
        ['start>which', 'which:true>stop', 'which:false>sleep'],
      ),
    );
    const looping = (config: object) =>
      makeDocument(
        [
          start,
          { id: 'each', type: 'loop', config: { items: 'trigger.data', concurrency: 3, ...config } },
          { id: 'call', type: 'workflow', config: { workflow: child, input: { item: '{{item}}' } } },
        ],
        ['start>each', 'each:each>call'],
      );
    const failed = await untilRun(bench.engine, await run(bench, looping({}), [1, 2, 3]));
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'run_failed', nodeId: 'call' } });
    expect(failed.children.map(({ status }) => status)).toEqual(['cancelled', 'failed', 'cancelled']);
    // A loop that goes on after failures: the other rounds go on waiting.
    const runId = await run(bench, looping({ onError: 'continue' }), [1, 2]);
    await until('the failure of one', () => {
      const states = bench.engine.describeRun(runId)?.children.map(({ status }) => status);
      return states?.join() === 'waiting,failed';
    });
    expect(await untilRun(bench.engine, runId, ['waiting'])).toMatchObject({ status: 'waiting' });
    await bench.engine.cancelRun(runId);
    expect(bench.engine.describeRun(runId)?.children[0]?.status).toBe('cancelled');
  });

  it('may call its own workflow, 20 deep and no deeper', async () => {
    const bench = await openEngine();
    const document = documentSchema.parse({ ...callingDocument('endless'), slug: 'endless' });
    const id = 'wf_endless';
    await bench.store.write('insertWorkflow', { id, slug: 'endless', document, at: 1 });
    const { version } = await bench.store.write('commitVersion', { id, note: '', at: 1 });
    await bench.store.write('setActive', { id, version, enabled: true, at: 1 });
    const { runId } = await bench.engine.startRun({ workflowId: id, input: null });
    const top = await untilRun(bench.engine, runId);
    expect(top).toMatchObject({ status: 'failed', error: { code: 'run_failed' } });
    const { items } = bench.store.read.runs.list({ limit: 100 });
    expect(items).toHaveLength(21);
    expect(items[0]?.error).toMatchObject({ code: 'run_limit' });
  });

  it('names a workflow that is not there, and a form its input does not fit', async () => {
    const bench = await openEngine();
    expect(await untilRun(bench.engine, await run(bench, callingDocument('nobody')))).toMatchObject({
      error: { code: 'step_failed', message: 'There is no workflow "nobody".' },
    });
    const asking = makeDocument(
      [{ id: 'start', type: 'manual', config: { fields: [{ name: 'n', type: 'number', required: true }] } }],
      [],
    );
    const child = await liveWorkflow(bench.store, asking);
    expect(await untilRun(bench.engine, await run(bench, callingDocument(child), {}))).toMatchObject({
      error: { code: 'invalid', message: 'input.n: This must be answered.' },
    });
  });
});

describe('settings.onFailure', () => {
  const failingWith = (onFailure: string) =>
    makeDocument(
      [start, { id: 'stop', type: 'fail', name: 'Stop', config: { message: 'Out of stock.' } }],
      ['start>stop'],
      { onFailure },
    );

  it('starts its workflow with the failed run, in the transaction that fails it', async () => {
    const bench = await openEngine();
    const handler = await liveWorkflow(bench.store, makeDocument([start], []));
    const failed = await untilRun(bench.engine, await run(bench, failingWith(handler), { order: 7 }));
    expect(failed.children).toMatchObject([{ trigger: 'failure', awaited: false, nodeId: 'stop' }]);
    const told = bench.engine.describeRun(failed.children[0]?.runId ?? '');
    expect(told).toMatchObject({
      trigger: 'failure',
      parent: { runId: failed.id, nodeId: 'stop' },
      input: {
        id: failed.id,
        workflowId: failed.workflowId,
        version: 1,
        status: 'failed',
        error: { code: 'step_failed', message: 'Out of stock.', nodeId: 'stop' },
        input: { order: 7 },
        startedAt: failed.startedAt,
        finishedAt: failed.finishedAt,
        steps: [
          { nodeId: 'start', status: 'succeeded' },
          {
            nodeId: 'stop',
            name: 'Stop',
            status: 'failed',
            attempt: 1,
            error: { message: 'Out of stock.' },
            finishedAt: failed.finishedAt,
          },
        ],
      },
    });
  });

  it('starts nothing for a run that itself was started by a failure, nor when its workflow is gone', async () => {
    const bench = await openEngine();
    const lost = await untilRun(bench.engine, await run(bench, failingWith('nobody')));
    expect(lost).toMatchObject({ status: 'failed', children: [] });
    const document = documentSchema.parse({ ...failingWith('ouroboros'), slug: 'ouroboros' });
    const id = 'wf_ouroboros';
    await bench.store.write('insertWorkflow', { id, slug: 'ouroboros', document, at: 1 });
    const { version } = await bench.store.write('commitVersion', { id, note: '', at: 1 });
    await bench.store.write('setActive', { id, version, enabled: true, at: 1 });
    const { runId } = await bench.engine.startRun({ workflowId: id, input: null });
    const failed = await untilRun(bench.engine, runId);
    const told = await untilRun(bench.engine, failed.children[0]?.runId ?? '');
    expect(told).toMatchObject({ status: 'failed', trigger: 'failure', children: [] });
  });
});
