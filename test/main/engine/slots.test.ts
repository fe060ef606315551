/** Limits on what is under way at once, and that a busy workflow does not starve the others (SPEC 9). */
import { describe, expect, it } from 'vitest';
import { defaultSlots } from '../../../src/main/store/slots.ts';
import { openHttpTarget } from '../../support/http-target.ts';
import { until } from '../../support/until.ts';
import { liveWorkflow, makeDocument, openEngine, untilRun, type Bench } from './open-engine.ts';

const start = { id: 'start', type: 'manual' };
const set = (id: string) => ({ id, type: 'set', config: { fields: { id } } });

/** Makes many runs of a workflow in a few commits. */
async function startMany({ store, engine }: Bench, workflowId: string, count: number): Promise<void> {
  const document = store.read.workflows.version(workflowId, 1)?.document;
  if (document === undefined) throw new Error('no version');
  const plan = () =>
    engine.planRun({
      workflowId,
      version: 1,
      document,
      startNodeId: 'start',
      inputJson: 'null',
      startOutputJson: 'null',
      paramsJson: null,
      target: null,
    });
  for (let from = 0; from < count; from += 2_000) {
    const runs = Array.from({ length: Math.min(2_000, count - from) }, plan);
    await store.write('startRuns', { runs, at: Date.now() });
  }
}

describe('a busy workflow', () => {
  it('lets another one through: behind 20,000 runs it waits for some hundreds of their steps', async () => {
    const bench = await openEngine({ start: false });
    const { store, engine } = bench;
    const busy = await liveWorkflow(store, makeDocument([start, set('a')], ['start>a']));
    const steps = ['b1', 'b2', 'b3'];
    const quiet = await liveWorkflow(
      store,
      makeDocument([start, ...steps.map(set)], ['start>b1', 'b1>b2', 'b2>b3']),
    );
    await startMany(bench, busy, 20_000);
    const { runId } = await engine.startRun({ workflowId: quiet, input: null });
    await engine.start();
    await untilRun(engine, runId);
    const done = 20_000 - store.read.runs.counts().queued - store.read.runs.counts().running;
    // What is ready before each of its steps, and what the pump has at hand.
    expect(done).toBeLessThan(steps.length * 2 * defaultSlots + defaultSlots);
    expect(done).toBeGreaterThan(0);
  });

  it('leaves room for the slow steps of others, and for the quick ones of all', async () => {
    await using target = await openHttpTarget(() => undefined);
    const bench = await openEngine({ stepsAtOnce: () => 20 });
    const { store, engine } = bench;
    const call = { id: 'call', type: 'http', config: { url: target.origin } };
    const hanging = await liveWorkflow(store, makeDocument([start, call], ['start>call']));
    await startMany(bench, hanging, 100);
    engine.wake();
    await until('calls to hang', () => target.calls.length === 4);
    const other = await liveWorkflow(store, makeDocument([start, call], ['start>call']));
    await startMany(bench, other, 100);
    engine.wake();
    await until('others to call', () => target.calls.length === 8);
    const quick = await liveWorkflow(store, makeDocument([start, set('a')], ['start>a']));
    const { runId } = await engine.startRun({ workflowId: quick, input: null });
    await untilRun(engine, runId);
    expect(target.calls).toHaveLength(8);
    for (const id of [hanging, other]) {
      const { cancelledRunIds } = await store.write('removeWorkflow', { id, at: Date.now() });
      engine.noteCancelled(cancelledRunIds);
    }
  });
});

describe('settings.concurrency', () => {
  it('lets so many runs be under way, in the order they came', async () => {
    const bench = await openEngine();
    const { store, engine } = bench;
    const nap = { id: 'nap', type: 'code', config: { code: 'return 1' } };
    const workflowId = await liveWorkflow(
      store,
      makeDocument([start, nap, set('b')], ['start>nap', 'nap>b'], { concurrency: 1 }),
    );
    await startMany(bench, workflowId, 30);
    engine.wake();
    await until('all to end', () => store.read.runs.counts().queued + store.read.runs.counts().running === 0);
    const runs = store.read.runs.list({ workflowId, limit: 100 }).items.toReversed();
    expect(runs.map((run) => run.status)).toEqual(Array(30).fill('succeeded'));
    for (const [index, run] of runs.entries()) {
      expect(run.startedAt ?? 0).toBeGreaterThanOrEqual(runs[index - 1]?.finishedAt ?? 0);
    }
  });

  it('does not count runs that wait, and is not asked when they go on', async () => {
    const bench = await openEngine();
    const { store, engine } = bench;
    const sleep = { id: 'sleep', type: 'delay', config: { seconds: 0.3 } };
    const workflowId = await liveWorkflow(
      store,
      makeDocument([start, sleep], ['start>sleep'], { concurrency: 1 }),
    );
    await startMany(bench, workflowId, 20);
    engine.wake();
    await until('all to sleep at once', () => store.read.runs.counts().waiting === 20);
    await until(
      'all to end',
      () => store.read.runs.list({ status: 'succeeded', limit: 50 }).items.length === 20,
    );
  });

  it('says of a run that is held back what it waits for', async () => {
    const { store, engine } = await openEngine({ start: false });
    const workflowId = await liveWorkflow(
      store,
      makeDocument([start, set('a')], ['start>a'], { concurrency: 1 }),
    );
    await engine.startRun({ workflowId, input: null });
    const { runId } = await engine.startRun({ workflowId, input: null });
    expect(engine.describeRun(runId)).toMatchObject({
      status: 'queued',
      waitingFor: 'Waits for another run of its workflow to end: as many as may are under way.',
    });
    await store.write('setPaused', { id: workflowId, paused: true, at: Date.now() });
    expect(engine.describeRun(runId)).toMatchObject({ waitingFor: 'Its workflow is paused.' });
  });
});
