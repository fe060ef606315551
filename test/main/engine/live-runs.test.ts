/** Every transition of a run is told in the feed once it is committed, and every try of a step can be looked at after. */
import { expect, it } from 'vitest';
import type { RunView } from '../../../src/shared/contract/views.ts';
import { openHttpTarget } from '../../support/http-target.ts';
import { createManualClock } from './manual-clock.ts';
import { deliver, liveWorkflow, makeDocument, openEngine, untilRun, type Bench } from './open-engine.ts';

const start = { id: 'start', type: 'manual' };

/** What the feed tells of runs: after each event, what stands in the store. */
function watchRuns({ store, engine }: Bench) {
  const seen = new Map<string, string[]>();
  store.feed.subscribe((events) => {
    for (const { topic, ids } of events) {
      if (topic !== 'runs') continue;
      for (const id of ids) {
        const run = engine.describeRun(id);
        const steps = run?.steps.map((step) => `${step.nodeId} ${step.status} ${step.attempt}`) ?? [];
        const state = [run?.status ?? 'gone', ...steps].join(', ');
        const states = seen.get(id) ?? [];
        if (states.at(-1) !== state) seen.set(id, [...states, state]);
      }
    }
  });
  return (id: string): readonly string[] => seen.get(id) ?? [];
}

it('tells of a start, a call that begins, a retry, a pause, a wait, a delivery and the end, each as it is committed', async () => {
  let calls = 0;
  await using target = await openHttpTarget((_call, response) => {
    calls += 1;
    response.statusCode = calls === 1 ? 503 : 200;
    response.end();
  });
  const bench = await openEngine();
  const states = watchRuns(bench);
  const document = makeDocument(
    [
      start,
      {
        id: 'call',
        type: 'http',
        config: { url: target.origin, retry: { attempts: 2, backoffSeconds: 0.2 } },
      },
      { id: 'pause', type: 'delay', config: { seconds: 0.2 } },
      { id: 'wait', type: 'webhook', config: { waitWhenReached: true } },
    ],
    ['start>call', 'call>pause', 'pause>wait'],
  );
  const workflowId = await liveWorkflow(bench.store, document);
  const { runId } = await bench.engine.startRun({ workflowId, input: null });
  await untilRun(bench.engine, runId, ['waiting']);
  await expect.poll(() => bench.store.read.runs.waits(runId).length, { timeout: 10_000 }).toBe(1);
  const [wait] = bench.store.read.runs.waits(runId);
  const match = { kind: 'token' as const, tokenHash: wait?.tokenHash ?? '' };
  await deliver(bench, {
    resume: { wishes: [{ match, nodes: [], holdMs: 0 }], insteadOf: [], inputJson: null, paramsJson: null },
  });
  await untilRun(bench.engine, runId);
  const all = states(runId);
  const begun = 'running, start succeeded 1, call running 1';
  for (const state of [
    begun,
    'running, start succeeded 1, call queued 1',
    'running, start succeeded 1, call running 2',
    'running, start succeeded 1, call succeeded 2, pause queued 0',
    'waiting, start succeeded 1, call succeeded 2, pause waiting 1',
    'waiting, start succeeded 1, call succeeded 2, pause succeeded 1, wait waiting 1',
    'succeeded, start succeeded 1, call succeeded 2, pause succeeded 1, wait succeeded 1',
  ]) {
    expect(all).toContain(state);
  }
  expect(all.indexOf(begun)).toBeLessThan(all.indexOf('running, start succeeded 1, call queued 1'));
});

it('tells of cancelling', async () => {
  const bench = await openEngine();
  const states = watchRuns(bench);
  const pause = { id: 'pause', type: 'delay', config: { seconds: 60 } };
  const workflowId = await liveWorkflow(bench.store, makeDocument([start, pause], ['start>pause']));
  const { runId } = await bench.engine.startRun({ workflowId, input: null });
  await untilRun(bench.engine, runId, ['waiting']);
  await bench.engine.cancelRun(runId);
  await expect.poll(() => states(runId).at(-1)).toBe('cancelled, start succeeded 1, pause cancelled 1');
});

it('keeps of each try when it began, when it ended and why it failed', async () => {
  const clock = createManualClock();
  let calls = 0;
  await using target = await openHttpTarget((_call, response) => {
    calls += 1;
    response.statusCode = calls < 3 ? 500 + calls : 200;
    response.end();
  });
  const bench = await openEngine({ clock, chance: () => 0 });
  const retry = { attempts: 3, backoffSeconds: 10, factor: 1 };
  const call = { id: 'call', type: 'http', config: { url: target.origin, retry } };
  const workflowId = await liveWorkflow(bench.store, makeDocument([start, call], ['start>call']));
  const { runId } = await bench.engine.startRun({ workflowId, input: null });
  const stepOf = (run: RunView | undefined) => run?.steps.find((step) => step.nodeId === 'call');
  for (const tries of [1, 2]) {
    await expect
      .poll(() => stepOf(bench.engine.describeRun(runId))?.failures.length, { timeout: 10_000 })
      .toBe(tries);
    clock.advance(10_000);
    bench.engine.wake();
  }
  const step = stepOf(await untilRun(bench.engine, runId));
  expect(step).toMatchObject({ status: 'succeeded', attempt: 3, error: null });
  expect(step?.failures.map(({ attempt, error }) => [attempt, error.details?.['status']])).toEqual([
    [1, 501],
    [2, 502],
  ]);
  const times = [
    ...(step?.failures ?? []).flatMap(({ startedAt, at }) => [startedAt, at]),
    step?.startedAt,
    step?.finishedAt,
  ].map((time) => Date.parse(time ?? ''));
  const began = times[0] ?? Number.NaN;
  expect(times.map((time) => time - began)).toEqual([0, 0, 10_000, 10_000, 20_000, 20_000]);
});
