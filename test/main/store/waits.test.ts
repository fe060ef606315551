/** Waits and early deliveries: who is resumed, and that nobody is resumed twice (SPEC 3, Waits). */
import { describe, expect, test } from 'vitest';
import type { Store } from '../../../src/main/store/open-store.ts';
import type { ResumeWanted, ResumeWish, StepSettlement } from '../../../src/main/store/types.ts';
import {
  admission,
  byCorrelation,
  capturedRequest,
  onlyDue,
  openTestStore,
  plannedRun,
  resumeBy,
  settlement,
  step,
  succeeded,
  waiting,
} from './support.ts';

const target = { entity: 'InventoryModel', cuid: 'cuid_1' };
const byTarget: ResumeWish['match'] = { kind: 'target', target };

async function start(store: Store, next = 'wait'): Promise<string> {
  const run = plannedRun({ next: [step(next)], target });
  await store.write('admit', admission({ runs: [run] }));
  return run.id;
}

async function letWait(store: Store, outcome: StepSettlement['outcome']): Promise<string> {
  const runId = await start(store);
  await store.write('settleStep', settlement(onlyDue(store, 5_000), outcome));
  return runId;
}

function deliver(store: Store, resume: ResumeWanted, request = capturedRequest()) {
  return store.write('admit', admission({ request, runs: [], resume }));
}

describe('a wait', () => {
  test('is resumed by its target, and the step is due with that request', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const runId = await letWait(store, waiting({ target }));
    expect(store.read.runs.byId(runId)?.status).toBe('waiting');
    const request = capturedRequest();
    const outcome = await deliver(
      store,
      resumeBy(byTarget, { inputJson: '{"x":1}', paramsJson: '{}' }),
      request,
    );
    expect(outcome).toMatchObject({ kind: 'resumed', runId });
    expect(onlyDue(store)).toMatchObject({
      resumedByRequestId: request.id,
      resumedInputJson: '{"x":1}',
      resumedParamsJson: '{}',
      isWaitTimeout: false,
    });
    expect(store.read.runs.byId(runId)?.status).toBe('running');
    expect(store.read.requests.byId(request.id)?.runs).toMatchObject([{ id: runId }]);
  });

  test('is consumed by one of many deliveries', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    await letWait(store, waiting({ correlation: 'order-1' }));
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () => deliver(store, resumeBy(byCorrelation('order-1')), capturedRequest())),
    );
    expect(outcomes.filter((outcome) => outcome.kind === 'resumed')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome.kind === 'no_waiting_step')).toHaveLength(49);
  });

  test('that began first is resumed first, also over several nodes', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const runs: string[] = [];
    for (const nodeId of ['wait', 'other', 'wait']) {
      runs.push(await start(store, nodeId));
      await store.write('settleStep', settlement(onlyDue(store, 5_000), waiting({ correlation: 'same' })));
    }
    const nodes = ['other', 'wait'].map((nodeId) => ({ workflowId: 'wf_one', nodeId }));
    const resumed: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      const outcome = await deliver(store, resumeBy(byCorrelation('same'), { nodes }));
      if (outcome.kind === 'resumed') resumed.push(outcome.runId);
    }
    expect(resumed).toEqual(runs);
  });

  test('is resumed by its token once, and never by another', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const runId = await letWait(store, waiting({ tokenHash: 'hash-a' }));
    const byToken = (tokenHash: string) => resumeBy({ kind: 'token', tokenHash }, { nodes: [] });
    expect((await deliver(store, byToken('hash-b'))).kind).toBe('no_waiting_step');
    expect(await deliver(store, byToken('hash-a'))).toMatchObject({ kind: 'resumed', runId });
    expect((await deliver(store, byToken('hash-a'))).kind).toBe('no_waiting_step');
    expect(store.read.runs.waitByToken('hash-a')).toEqual({
      workflowId: 'wf_one',
      version: 1,
      nodeId: 'wait',
    });
    expect(store.read.runs.waitByToken('hash-c')).toBeUndefined();
  });

  test('falls due at its time-out, and a delivery that came first fences that off', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    await letWait(store, waiting({ correlation: 'c', dueAt: 9_000 }));
    expect(store.read.runs.due(8_999, 10)).toHaveLength(0);
    expect(store.read.runs.nextDueAt(8_000)).toBe(9_000);
    const timeout = onlyDue(store, 9_000);
    expect(timeout.isWaitTimeout).toBe(true);
    expect((await deliver(store, resumeBy(byCorrelation('c')))).kind).toBe('resumed');
    const late = await store.write('settleStep', settlement(timeout, succeeded()));
    expect(late).toEqual({ applied: false, runStatus: 'running' });
    expect(await store.write('settleStep', settlement(onlyDue(store), succeeded()))).toEqual({
      applied: true,
      runStatus: 'succeeded',
    });
  });

  test('that timed out can not be resumed', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const runId = await letWait(store, waiting({ correlation: 'c', dueAt: 9_000 }));
    await store.write('settleStep', settlement(onlyDue(store, 9_000), succeeded()));
    expect((await deliver(store, resumeBy(byCorrelation('c')))).kind).toBe('no_waiting_step');
    expect(store.read.runs.steps(runId).at(-1)).toMatchObject({ status: 'succeeded', attempt: 1 });
  });

  test('goes with its cancelled run', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const runId = await letWait(store, waiting({ correlation: 'c' }));
    expect(store.read.runs.waits(runId)).toMatchObject([{ nodeId: 'wait', correlation: 'c' }]);
    await store.write('cancelRun', { id: runId, at: 3_000 });
    expect(store.read.runs.waits(runId)).toEqual([]);
    expect((await deliver(store, resumeBy(byCorrelation('c')))).kind).toBe('no_waiting_step');
    expect(store.read.runs.counts()).toEqual({ queued: 0, running: 0, waiting: 0 });
  });
});

describe('a delivery before its wait', () => {
  test('is held while a live run of that target has yet to reach the node, and consumed once', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const runs = [await start(store, 'a'), await start(store, 'b')];
    const early = capturedRequest();
    expect((await deliver(store, resumeBy(byTarget, { holdMs: 60_000 }), early)).kind).toBe('held');
    expect(store.read.requests.byId(early.id)).toMatchObject({ verdict: 'held', triage: null, runs: [] });
    for (const due of store.read.runs.due(5_000, 10)) {
      await store.write('settleStep', settlement(due, succeeded(), { next: [step('wait')] }));
    }
    const [first, second] = store.read.runs.due(5_000, 10);
    if (first === undefined || second === undefined) throw new Error('two steps should be due');
    expect((await store.write('settleStep', settlement(first, waiting({ target })))).runStatus).toBe(
      'running',
    );
    expect((await store.write('settleStep', settlement(second, waiting({ target })))).runStatus).toBe(
      'waiting',
    );
    const resumed = onlyDue(store);
    expect(resumed).toMatchObject({ runId: runs[0], resumedByRequestId: early.id, isWaitTimeout: false });
    expect(store.read.requests.byId(early.id)?.runs).toMatchObject([{ id: runs[0] }]);
    expect((await store.write('settleStep', settlement(resumed, succeeded()))).runStatus).toBe('succeeded');
  });

  test('is refused when every live run is past the node', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    await letWait(store, waiting({ target: { entity: 'InventoryModel', cuid: 'another' } }));
    expect((await deliver(store, resumeBy(byTarget, { holdMs: 60_000 }))).kind).toBe('no_waiting_step');
  });

  test('is refused for a target no live run works for', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    await start(store, 'a');
    const other = resumeBy({ kind: 'target', target: { ...target, cuid: 'other' } }, { holdMs: 60_000 });
    expect((await deliver(store, other)).kind).toBe('no_waiting_step');
  });

  test('by correlation is held for any live run of those workflows', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    await start(store, 'a');
    const held = await deliver(store, resumeBy(byCorrelation('later'), { holdMs: 60_000 }));
    expect(held.kind).toBe('held');
    await store.write('settleStep', settlement(onlyDue(store), succeeded(), { next: [step('wait')] }));
    await store.write('settleStep', settlement(onlyDue(store), waiting({ correlation: 'later' })));
    expect(onlyDue(store).resumedByRequestId).not.toBeNull();
  });

  test('is not held when the endpoint holds nothing', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    await start(store, 'a');
    expect((await deliver(store, resumeBy(byTarget, { holdMs: 0 }))).kind).toBe('no_waiting_step');
  });

  test('becomes a failed trigger when nobody took it in time', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    await start(store, 'a');
    const early = capturedRequest({ at: 1_000 });
    await deliver(store, resumeBy(byTarget, { holdMs: 500 }), early);
    expect(await store.write('expireHolds', { at: 1_499 })).toEqual({ requestIds: [] });
    expect(await store.write('expireHolds', { at: 1_500 })).toEqual({ requestIds: [early.id] });
    expect(store.read.requests.byId(early.id)).toMatchObject({ triage: 'open', reason: 'hold_expired' });
    await store.write('settleStep', settlement(onlyDue(store), succeeded(), { next: [step('wait')] }));
    expect((await store.write('settleStep', settlement(onlyDue(store), waiting({ target })))).runStatus).toBe(
      'waiting',
    );
  });
});
