/** The clock goes wrong and the machine sleeps; nothing fires early, nothing twice, nothing is lost (RELIABILITY J). */
import { describe, expect, it } from 'vitest';
import { openHttpTarget } from '../../support/http-target.ts';
import { until } from '../../support/until.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { liveWorkflow, makeDocument, openEngine, untilRun, type Bench } from './open-engine.ts';

const hourMs = 3_600_000;
const start = { id: 'start', type: 'manual' };
const set = { id: 'set', type: 'set', config: { fields: { done: 'yes' } } };
const sleep = (seconds: number) => ({ id: 'sleep', type: 'delay', config: { seconds } });

async function openAt(at: number): Promise<Bench & { clock: ManualClock }> {
  const clock = createManualClock(at);
  return { ...(await openEngine({ clock })), clock };
}

async function startSleeper({ store, engine }: Bench, seconds: number): Promise<string> {
  const workflowId = await liveWorkflow(
    store,
    makeDocument([start, sleep(seconds), set], ['start>sleep', 'sleep>set']),
  );
  const { runId } = await engine.startRun({ workflowId, input: null });
  await untilRun(engine, runId, ['waiting']);
  return runId;
}

/** Everything that is due by now has been done. */
async function settled({ store, engine }: Bench, clock: ManualClock): Promise<void> {
  engine.wake();
  await until('nothing to be due', () => store.read.runs.due(clock.now(), 1).length === 0);
}

const now = Date.UTC(2026, 0, 1, 12);

describe('a clock that is set back', () => {
  it('J1 keeps nothing waiting that was ready, and lets nothing fire early or twice', async () => {
    const bench = await openAt(now);
    const { store, engine, clock } = bench;
    const sleeper = await startSleeper(bench, 60);
    const workflowId = await liveWorkflow(store, makeDocument([start, set], ['start>set']));

    // On their way into the store while the clock is set: they carry an instant an hour ahead of it.
    const document = makeDocument([start, set], ['start>set']);
    const planned = Array.from({ length: 50 }, () =>
      engine.planRun({
        workflowId,
        version: 1,
        document,
        startNodeId: 'start',
        inputJson: 'null',
        startOutputJson: 'null',
        paramsJson: null,
        target: null,
      }),
    );
    clock.set(now - hourMs);
    await store.write('startRuns', { runs: planned, at: now });
    engine.wake();
    for (const { id } of planned) expect(await untilRun(engine, id)).toMatchObject({ status: 'succeeded' });

    // What came later is later, whatever its time says.
    const { runId } = await engine.startRun({ workflowId, input: null });
    await untilRun(engine, runId);
    const [newest, before] = store.read.runs.list({ workflowId, limit: 2 }).items;
    expect(newest?.id).toBe(runId);
    expect(newest?.seq).toBeGreaterThan(before?.seq ?? Infinity);
    expect(newest?.createdAt).toBeLessThan(before?.createdAt ?? 0);

    clock.advance(hourMs + 59_000);
    await settled(bench, clock);
    expect(engine.describeRun(sleeper)?.status).toBe('waiting');
    clock.advance(1_000);
    const woken = await untilRun(engine, sleeper);
    expect(woken.steps.map((step) => [step.nodeId, step.attempt])).toEqual([
      ['start', 1],
      ['sleep', 1],
      ['set', 1],
    ]);
  });

  it('before the next start keeps nothing waiting either, and a retry not yet due stays so', async () => {
    await using target = await openHttpTarget((_call, response) => void response.writeHead(503).end());
    const first = await openEngine({ clock: createManualClock(now) });
    const call = { url: target.origin, retry: { attempts: 2, backoffSeconds: 600 } };
    const calling = await liveWorkflow(
      first.store,
      makeDocument([start, { id: 'call', type: 'http', config: call }], ['start>call']),
    );
    const called = await first.engine.startRun({ workflowId: calling, input: null });
    await until('the first try', () => first.store.read.runs.steps(called.runId)[1]?.failures.length === 1);
    await first.engine.stop();
    const workflowId = await liveWorkflow(first.store, makeDocument([start, set], ['start>set']));
    const { runId } = await first.engine.startRun({ workflowId, input: null });
    await first.close();

    const clock = createManualClock(now - hourMs);
    const next = await openEngine({ clock, dataDir: first.dataDir, vault: first.vault });
    expect(await untilRun(next.engine, runId)).toMatchObject({ status: 'succeeded' });
    await settled(next, clock);
    expect(target.calls).toHaveLength(1);
    clock.advance(2 * hourMs);
    await until('the second try', () => target.calls.length === 2);
  });
});

describe('a clock that is set on, and a machine that slept', () => {
  it('J1 J3 fire what fell due meanwhile once, in the order it fell due', async () => {
    const bench = await openAt(now);
    const { engine, clock } = bench;
    const seconds = [7_200, 60, 3_600, 86_000, 600];
    const sleepers = new Map<number, string>();
    for (const one of seconds) sleepers.set(one, await startSleeper(bench, one));
    const later = await startSleeper(bench, 90_000);
    clock.set(now + 24 * hourMs);
    engine.wake();
    const ended: { seconds: number; seq: number }[] = [];
    for (const [one, runId] of sleepers) {
      const run = await untilRun(engine, runId);
      expect(run.steps.map((step) => step.attempt)).toEqual([1, 1, 1]);
      // The step after the sleep was made when the sleep was over.
      ended.push({ seconds: one, seq: bench.store.read.runs.steps(runId)[2]?.seq ?? 0 });
    }
    const inOrder = ended.toSorted((one, other) => one.seq - other.seq);
    expect(inOrder.map((one) => one.seconds)).toEqual(seconds.toSorted((one, other) => one - other));
    expect(engine.describeRun(later)?.status).toBe('waiting');
  });

  it('J3 set off no storm: what was to call somebody calls 20 at a time', async () => {
    let isDown = true;
    const hanging: (() => void)[] = [];
    await using target = await openHttpTarget((_call, response) => {
      if (isDown) response.writeHead(503).end();
      else hanging.push(() => response.end('{}'));
    });
    const bench = await openAt(now);
    const { store, engine, clock } = bench;
    const retry = { attempts: 2, backoffSeconds: 3_600, maxSeconds: 3_600 };
    const call = { id: 'call', type: 'http', config: { url: target.origin, retry } };
    const runIds: string[] = [];
    for (let workflow = 0; workflow < 4; workflow += 1) {
      const workflowId = await liveWorkflow(store, makeDocument([start, call], ['start>call']));
      for (let run = 0; run < 15; run += 1) {
        runIds.push((await engine.startRun({ workflowId, input: null })).runId);
      }
    }
    const callsOf = (id: string) => store.read.runs.steps(id)[1];
    await until('all to have failed once', () => runIds.every((id) => callsOf(id)?.failures.length === 1));
    isDown = false;
    clock.set(now + 8 * hourMs);
    engine.wake();
    await until('twenty to call', () => hanging.length === 20);
    // A try is stored as begun before it calls.
    expect(runIds.filter((id) => callsOf(id)?.status === 'running')).toHaveLength(20);
    await until('all to end', () => {
      for (const answer of hanging.splice(0)) answer();
      return runIds.every((id) => engine.describeRun(id)?.status === 'succeeded');
    });
    for (const id of runIds) expect(callsOf(id)?.attempt).toBe(2);
    expect(target.calls).toHaveLength(120);
  });
});

describe('far instants', () => {
  it.each([
    ['the end of 32-bit time', Date.UTC(2038, 0, 19, 3, 14, 5)],
    ['the year 2100', Date.UTC(2100, 1, 28, 23, 59, 58)],
    ['the night summer time begins', Date.UTC(2026, 2, 29, 0, 59, 58)],
    ['the night summer time ends', Date.UTC(2026, 9, 25, 0, 59, 58)],
  ])('J1 are like any other: %s', async (_name, at) => {
    const bench = await openAt(at);
    const { engine, clock } = bench;
    const runId = await startSleeper(bench, 10);
    clock.advance(9_000);
    await settled(bench, clock);
    expect(engine.describeRun(runId)?.status).toBe('waiting');
    clock.advance(1_000);
    const run = await untilRun(engine, runId);
    expect(run.finishedAt).toBe(new Date(at + 10_000).toISOString());
  });
});
