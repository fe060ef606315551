/** Waits and pauses: what resumes a run, once, early, late, or after a restart (SPEC 3, RELIABILITY P6, P7). */
import { describe, expect, it } from 'vitest';
import { hashToken } from '../../../src/main/engine/resume-token.ts';
import type { ResumeWanted, ResumeWish } from '../../../src/main/store/types.ts';
import { until } from '../../support/until.ts';
import { createManualClock } from './manual-clock.ts';
import { deliver, liveWorkflow, makeDocument, openEngine, untilRun, type Bench } from './open-engine.ts';

const hook = { id: 'hook', type: 'webhook' };
const target = { entity: 'InventoryModel', cuid: 'c1' };

/** hook → wait → end, where the wait is configured as told. */
function waitingDocument(config: Record<string, unknown> = {}, edges: readonly string[] = []) {
  return makeDocument(
    [
      hook,
      { id: 'wait', type: 'webhook', name: 'Approval', config: { waitWhenReached: true, ...config } },
      { id: 'end', type: 'set', config: { fields: { got: '{{steps.wait.output}}' } } },
      { id: 'late', type: 'set', config: { fields: { late: true } } },
    ],
    ['hook>wait', 'wait>end', ...edges],
  );
}

function wanted(workflowId: string, match: ResumeWish['match'], holdMs = 0): ResumeWanted {
  const nodes = match.kind === 'token' ? [] : [{ workflowId, nodeId: 'wait' }];
  return { wishes: [{ match, nodes, holdMs }], insteadOf: [], inputJson: null, paramsJson: '{"p":1}' };
}

async function startWaiting(
  bench: Bench,
  config: Record<string, unknown> = {},
  edges: readonly string[] = [],
) {
  const workflowId = await liveWorkflow(bench.store, waitingDocument(config, edges));
  const outcome = await deliver(bench, { body: '{"order": 17}', starts: { workflowId, target } });
  const runId = outcome.kind === 'started' ? (outcome.runIds[0] ?? '') : '';
  return { workflowId, runId, run: await untilRun(bench.engine, runId, ['waiting', 'succeeded', 'failed']) };
}

describe('waits', () => {
  it('say what they wait for and how to resume them', async () => {
    const bench = await openEngine();
    const { run } = await startWaiting(bench);
    expect(run).toMatchObject({
      status: 'waiting',
      waitingFor: 'Waits for a request at "Approval".',
      resumeUrl: expect.stringMatching(/^\/hooks\/resume\/[\w-]{43}$/),
    });
  });

  it('are resumed by their target, and the request is their output', async () => {
    const bench = await openEngine();
    const { workflowId, runId } = await startWaiting(bench);
    const other = await deliver(bench, {
      resume: wanted(workflowId, { kind: 'target', target: { ...target, cuid: 'c2' } }),
    });
    expect(other.kind).toBe('no_waiting_step');
    const outcome = await deliver(bench, {
      body: '{"ok": true}',
      url: '/x?by=ada',
      resume: wanted(workflowId, { kind: 'target', target }),
    });
    expect(outcome).toMatchObject({ kind: 'resumed', runId });
    const run = await untilRun(bench.engine, runId);
    expect(run.output).toMatchObject({
      got: { payload: { ok: true }, query: { by: 'ada' }, method: 'POST', params: { p: 1 } },
    });
    expect(run.steps.find((step) => step.nodeId === 'wait')).toMatchObject({
      status: 'succeeded',
      attempt: 1,
    });
    const again = await deliver(bench, { resume: wanted(workflowId, { kind: 'target', target }) });
    expect(again.kind).toBe('no_waiting_step');
  });

  it('are resumed by equal correlation values', async () => {
    const bench = await openEngine();
    const { workflowId, runId } = await startWaiting(bench, {
      correlation: { run: 'trigger.data.order', request: 'trigger.data.id' },
    });
    expect(
      (await deliver(bench, { resume: wanted(workflowId, { kind: 'correlation', value: '18' }) })).kind,
    ).toBe('no_waiting_step');
    expect(
      await deliver(bench, { resume: wanted(workflowId, { kind: 'correlation', value: '17' }) }),
    ).toMatchObject({ kind: 'resumed', runId });
    expect(await untilRun(bench.engine, runId)).toMatchObject({ status: 'succeeded' });
  });

  it('fail when their correlation has no value', async () => {
    const { run } = await startWaiting(await openEngine(), {
      correlation: { run: 'trigger.data.nothing', request: 'x' },
    });
    expect(run).toMatchObject({ status: 'failed', error: { code: 'step_failed', nodeId: 'wait' } });
  });

  it('are resumed once by the URL a step before them could tell', async () => {
    const bench = await openEngine({ publicOrigin: () => 'https://hooks.example.com' });
    const document = makeDocument(
      [
        hook,
        { id: 'tell', type: 'set', config: { fields: { url: '{{run.resumeUrl}}', id: '{{run.id}}' } } },
        { id: 'wait', type: 'webhook', config: { waitWhenReached: true } },
        { id: 'end', type: 'set', config: { fields: { url: '{{run.resumeUrl}}' } } },
      ],
      ['hook>tell', 'tell>wait', 'wait>end'],
    );
    const workflowId = await liveWorkflow(bench.store, document);
    const outcome = await deliver(bench, { starts: { workflowId } });
    const runId = outcome.kind === 'started' ? (outcome.runIds[0] ?? '') : '';
    const run = await untilRun(bench.engine, runId, ['waiting']);
    expect(run.steps[1]?.output).toEqual({ url: `https://hooks.example.com${run.resumeUrl}`, id: runId });
    const token = run.resumeUrl?.split('/').at(-1) ?? '';
    expect(JSON.stringify(bench.store.read.runs.waits(runId))).not.toContain(token);
    const match = { kind: 'token', tokenHash: hashToken(token) } as const;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => deliver(bench, { resume: wanted(workflowId, match) })),
    );
    expect(answers.filter((answer) => answer.kind === 'resumed')).toHaveLength(1);
    expect((await untilRun(bench.engine, runId)).output).toEqual({});
  });

  it('of one node reached twice each have a token of their own', async () => {
    const bench = await openEngine();
    const document = makeDocument(
      [
        hook,
        { id: 'a', type: 'log', config: { message: 'a' } },
        { id: 'b', type: 'log', config: { message: 'b' } },
        { id: 'wait', type: 'webhook', config: { waitWhenReached: true } },
      ],
      ['hook>a', 'hook>b', 'a>wait', 'b>wait'],
    );
    const outcome = await deliver(bench, {
      starts: { workflowId: await liveWorkflow(bench.store, document) },
    });
    const runId = outcome.kind === 'started' ? (outcome.runIds[0] ?? '') : '';
    await until('both to wait', () => bench.store.read.runs.waits(runId).length === 2);
    expect(new Set(bench.store.read.runs.waits(runId).map((wait) => wait.tokenHash)).size).toBe(2);
  });

  it('take a delivery that came early, once', async () => {
    const bench = await openEngine({ start: false });
    const workflowId = await liveWorkflow(bench.store, waitingDocument());
    const first = await deliver(bench, { starts: { workflowId, target } });
    const second = await deliver(bench, { starts: { workflowId, target } });
    const early = await deliver(bench, {
      body: '{"early": 1}',
      resume: wanted(workflowId, { kind: 'target', target }, 60_000),
    });
    expect(early.kind).toBe('held');
    await bench.engine.start();
    const ids = [first, second].flatMap((outcome) => (outcome.kind === 'started' ? outcome.runIds : []));
    const runs = await Promise.all(ids.map((id) => untilRun(bench.engine, id, ['succeeded', 'waiting'])));
    expect(runs.map((run) => run.status).toSorted()).toEqual(['succeeded', 'waiting']);
    expect(runs.find((run) => run.status === 'succeeded')?.output).toMatchObject({
      got: { payload: { early: 1 } },
    });
  });

  it('are expected of runs started by hand and of repeated ones too', async () => {
    const bench = await openEngine();
    const document = makeDocument(
      [
        { id: 'hook', type: 'manual' },
        { id: 'pause', type: 'delay', config: { seconds: 60 } },
        {
          id: 'wait',
          type: 'webhook',
          config: { waitWhenReached: true, correlation: { run: 'trigger.data.order', request: 'x' } },
        },
      ],
      ['hook>pause', 'pause>wait'],
    );
    const workflowId = await liveWorkflow(bench.store, document);
    const early = async (value: string) =>
      (await deliver(bench, { resume: wanted(workflowId, { kind: 'correlation', value }, 60_000) })).kind;
    const { runId } = await bench.engine.startRun({ workflowId, input: { order: 7 } });
    expect([await early('8'), await early('7')]).toEqual(['no_waiting_step', 'held']);
    await bench.engine.cancelRun(runId);
    expect(await early('7')).toBe('no_waiting_step');
    const again = await bench.engine.retryRun(runId, { fromStep: 'pause' });
    expect([await early('8'), await early('7')]).toEqual(['no_waiting_step', 'held']);
    await bench.engine.cancelRun(again.runId);
  });

  it('fail with wait_timeout when their time is over, and a delivery then finds nothing', async () => {
    const clock = createManualClock();
    const bench = await openEngine({ clock });
    const { workflowId, runId } = await startWaiting(bench, { timeoutSeconds: 30 });
    clock.advance(30_000);
    expect(await untilRun(bench.engine, runId)).toMatchObject({
      status: 'failed',
      error: { code: 'wait_timeout', nodeId: 'wait' },
    });
    expect((await deliver(bench, { resume: wanted(workflowId, { kind: 'target', target }) })).kind).toBe(
      'no_waiting_step',
    );
  });

  it('leave by the outlet timeout where an edge does', async () => {
    const clock = createManualClock();
    const bench = await openEngine({ clock });
    const { runId } = await startWaiting(bench, { timeoutSeconds: 30 }, ['wait:timeout>late']);
    clock.advance(30_000);
    expect(await untilRun(bench.engine, runId)).toMatchObject({
      status: 'succeeded',
      output: { late: true },
    });
  });

  it('are not there for nodes that do not wait: the run passes through', async () => {
    const { run } = await startWaiting(await openEngine(), { waitWhenReached: false });
    expect(run).toMatchObject({ status: 'succeeded', output: {} });
  });

  it('tell who waits for the run that it pauses', async () => {
    const bench = await openEngine();
    const workflowId = await liveWorkflow(bench.store, waitingDocument());
    const { document } = bench.store.read.workflows.version(workflowId, 1)!;
    const plan = bench.engine.planRun({
      workflowId,
      version: 1,
      document,
      startNodeId: 'hook',
      inputJson: '1',
      paramsJson: null,
      target: null,
      startOutputJson: '1',
    });
    const watch = bench.engine.watchRun(plan.id);
    await bench.store.write('startRuns', { runs: [plan], at: Date.now() });
    bench.engine.wake();
    expect(await watch.signal).toEqual({ kind: 'waiting' });
  });

  it('go on after a restart, with the same resume URL', async () => {
    const bench = await openEngine();
    const { workflowId, runId, run } = await startWaiting(bench);
    await bench.close();
    const next = await openEngine({ dataDir: bench.dataDir, vault: bench.vault });
    expect(next.engine.describeRun(runId)?.resumeUrl).toBe(run.resumeUrl);
    await deliver(next, { body: '{"after": 1}', resume: wanted(workflowId, { kind: 'target', target }) });
    expect(await untilRun(next.engine, runId)).toMatchObject({
      status: 'succeeded',
      output: { got: { payload: { after: 1 } } },
    });
  });
});

describe('pauses', () => {
  const document = (config: Record<string, unknown>) =>
    makeDocument(
      [
        { id: 'start', type: 'manual' },
        { id: 'pause', type: 'delay', config },
        { id: 'end', type: 'log', config: { message: 'on' } },
      ],
      ['start>pause', 'pause>end'],
    );

  it('end at their moment, not before, and once, also over restarts', async () => {
    const clock = createManualClock();
    const bench = await openEngine({ clock });
    const workflowId = await liveWorkflow(bench.store, document({ seconds: '{{trigger.data.wait}}' }));
    const { runId } = await bench.engine.startRun({ workflowId, input: { wait: 90 } });
    await untilRun(bench.engine, runId, ['waiting']);
    await bench.close();
    clock.advance(60_000);
    const again = await openEngine({ clock, dataDir: bench.dataDir, vault: bench.vault });
    expect(again.engine.describeRun(runId)).toMatchObject({
      status: 'waiting',
      waitingFor: 'Pauses until 2026-01-01T00:01:30.000Z.',
    });
    await again.close();
    clock.advance(60_000);
    const last = await openEngine({ clock, dataDir: bench.dataDir, vault: bench.vault });
    const run = await untilRun(last.engine, runId);
    expect(run.steps.map((step) => [step.nodeId, step.status, step.attempt])).toEqual([
      ['start', 'succeeded', 1],
      ['pause', 'succeeded', 1],
      ['end', 'succeeded', 1],
    ]);
  });

  it('last until a moment, and not at all when it has passed', async () => {
    const clock = createManualClock();
    const { store, engine } = await openEngine({ clock });
    const workflowId = await liveWorkflow(store, document({ until: '{{trigger.data.at}}' }));
    const { runId } = await engine.startRun({ workflowId, input: { at: '2026-01-01T01:00:10+01:00' } });
    await untilRun(engine, runId, ['waiting']);
    clock.advance(10_000);
    expect(await untilRun(engine, runId)).toMatchObject({ status: 'succeeded' });
    const past = await engine.startRun({ workflowId, input: { at: '2020-01-01' } });
    expect(await untilRun(engine, past.runId)).toMatchObject({ status: 'succeeded' });
    const unreadable = await engine.startRun({ workflowId, input: { at: '2026-01-01T10:00' } });
    expect(await untilRun(engine, unreadable.runId)).toMatchObject({
      status: 'failed',
      error: { code: 'step_failed' },
    });
  });
});
