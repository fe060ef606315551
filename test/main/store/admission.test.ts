/** The one transaction behind a 2xx: each way an admission may end, and what is stored then. */
import { describe, expect, test } from 'vitest';
import type { Store } from '../../../src/main/store/open-store.ts';
import {
  admission,
  byCorrelation,
  capturedRequest,
  freshId,
  onlyDue,
  openTestStore,
  plannedRun,
  resumeBy,
  settlement,
  step,
  text,
  waiting,
} from './support.ts';

const target = { entity: 'InventoryModel', cuid: 'cuid_1' };
const dedupe = (key: string, bodyHash = 'hash', windowMs = 10_000) => ({ key, bodyHash, windowMs });

/** Starts a run whose next step is the wait, and lets it wait there. */
async function letOneWait(store: Store, outcome = waiting({ correlation: 'order-1' })): Promise<string> {
  const run = plannedRun({ next: [step('wait')] });
  await store.write('admit', admission({ runs: [run] }));
  await store.write('settleStep', settlement(onlyDue(store), outcome));
  return run.id;
}

describe('an admission that starts', () => {
  test('stores the request byte for byte, with headers in order and case', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const request = capturedRequest({ body: '{"a": 1.0}\n' });
    const outcome = await store.write('admit', admission({ request }));
    expect(outcome.kind).toBe('started');
    const row = store.read.requests.byId(request.id);
    expect(row?.raw.headers).toEqual(request.raw.headers);
    expect(row?.raw.url).toBe('/hooks/orders?source=crm');
    expect(row?.clientIp).toBe('192.0.2.7');
    expect(text(store.read.requests.body(request.id))).toBe('{"a": 1.0}\n');
    expect(store.read.requests.raw(request.id)).toEqual({
      ...request.raw,
      body: Buffer.from('{"a": 1.0}\n'),
    });
  });

  test('makes one run per workflow, each with its start step done and the next ones due', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const runs = [plannedRun(), plannedRun({ workflowId: 'wf_two', next: [step('b'), step('c')] })];
    const request = capturedRequest();
    const outcome = await store.write('admit', admission({ request, runs }));
    expect(outcome).toMatchObject({ kind: 'started', runIds: runs.map((run) => run.id) });
    expect(store.read.requests.byId(request.id)?.runs.map((run) => run.id)).toEqual(
      runs.map((run) => run.id),
    );
    const [, second] = runs;
    expect(store.read.runs.steps(second?.id ?? '')).toMatchObject([
      { nodeId: 'hook', status: 'succeeded', outputRequestId: request.id },
      { nodeId: 'b', status: 'queued', attempt: 0 },
      { nodeId: 'c', status: 'queued', attempt: 0 },
    ]);
    expect(store.read.runs.counts()).toEqual({ queued: 2, running: 0, waiting: 0 });
  });

  test('of a run without further steps has that run succeeded at once, its output the start step', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const run = plannedRun({ next: [] });
    await store.write('admit', admission({ runs: [run] }));
    const row = store.read.runs.byId(run.id);
    expect(row).toMatchObject({ status: 'succeeded', finishedAt: 1_000 });
    expect(row?.lastStepSeq).toBe(store.read.runs.steps(run.id)[0]?.seq);
    expect(store.read.runs.counts().queued).toBe(0);
  });

  test('keeps an empty body as empty', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const request = capturedRequest({ body: '' });
    await store.write('admit', admission({ request }));
    expect(store.read.requests.body(request.id)?.byteLength).toBe(0);
    expect(store.read.requests.body('req_unknown')).toBeUndefined();
  });

  test('does not take the body from the caller', async () => {
    await using opened = await openTestStore();
    const body = new Uint8Array(200_000).fill(7);
    const base = capturedRequest();
    const request = { ...base, raw: { ...base.raw, body } };
    await opened.store.write('admit', admission({ request }));
    expect(body.byteLength).toBe(200_000);
    expect(opened.store.read.requests.body(request.id)?.every((byte) => byte === 7)).toBe(true);
  });
});

describe('a delivery with a known key', () => {
  test('starts nothing and answers the runs of the first', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const first = await store.write('admit', admission({ dedupe: dedupe('k') }));
    const twin = capturedRequest();
    const again = await store.write('admit', admission({ request: twin, dedupe: dedupe('k') }));
    expect(first.kind === 'started' && again.kind === 'duplicate' && again.runIds).toEqual(
      first.kind === 'started' ? first.runIds : [],
    );
    expect(store.read.requests.byId(twin.id)).toMatchObject({ verdict: 'duplicate', triage: null });
    expect(store.read.requests.byId(twin.id)?.runs).toHaveLength(1);
    expect(store.read.runs.counts().queued).toBe(1);
  });

  test('is started once however many arrive at the same time', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, () =>
        store.write(
          'admit',
          admission({ request: capturedRequest(), runs: [plannedRun()], dedupe: dedupe('same') }),
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome.kind === 'started')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome.kind === 'duplicate')).toHaveLength(99);
    expect(store.read.runs.list({ limit: 500 }).items).toHaveLength(1);
  });

  test('and another body is a mismatch and a failed trigger', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    await store.write('admit', admission({ dedupe: dedupe('k', 'one') }));
    const other = capturedRequest();
    const outcome = await store.write('admit', admission({ request: other, dedupe: dedupe('k', 'two') }));
    expect(outcome.kind).toBe('mismatch');
    expect(store.read.requests.byId(other.id)).toMatchObject({
      verdict: 'rejected',
      reason: 'idempotency_mismatch',
      triage: 'open',
    });
  });

  test('counts for its own endpoint alone', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    await store.write('admit', admission({ dedupe: dedupe('k') }));
    const elsewhere = capturedRequest({ endpointId: 'ep_two' });
    expect((await store.write('admit', admission({ request: elsewhere, dedupe: dedupe('k') }))).kind).toBe(
      'started',
    );
  });

  test('starts again once the window is over, measured at receipt', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const at = (when: number) => capturedRequest({ at: when });
    await store.write('admit', admission({ request: at(1_000), dedupe: dedupe('k', 'h', 500) }));
    expect(
      (await store.write('admit', admission({ request: at(1_499), dedupe: dedupe('k', 'h', 500) }))).kind,
    ).toBe('duplicate');
    expect(
      (await store.write('admit', admission({ request: at(1_500), dedupe: dedupe('k', 'h', 500) }))).kind,
    ).toBe('started');
    expect(
      (await store.write('admit', admission({ request: at(1_600), dedupe: dedupe('k', 'h', 500) }))).kind,
    ).toBe('duplicate');
  });

  test('of a refused first delivery may come again', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const attempt = () =>
      admission({
        request: capturedRequest(),
        runs: [],
        resume: resumeBy(byCorrelation('x')),
        dedupe: dedupe('k'),
      });
    expect((await store.write('admit', attempt())).kind).toBe('no_waiting_step');
    expect((await store.write('admit', attempt())).kind).toBe('no_waiting_step');
  });

  test('of a resume answers the run that was resumed', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const runId = await letOneWait(store);
    const deliver = () =>
      store.write(
        'admit',
        admission({
          request: capturedRequest(),
          runs: [],
          resume: resumeBy(byCorrelation('order-1')),
          dedupe: dedupe('d'),
        }),
      );
    expect(await deliver()).toMatchObject({ kind: 'resumed', runId });
    expect(await deliver()).toMatchObject({ kind: 'duplicate', runIds: [runId] });
  });
});

describe('an admission that is refused', () => {
  test('for a record that does not exist is stored as a failed trigger', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const request = capturedRequest();
    const outcome = await store.write('admit', admission({ request, requireTarget: target }));
    expect(outcome.kind).toBe('target_not_found');
    expect(store.read.requests.byId(request.id)).toMatchObject({
      verdict: 'rejected',
      reason: 'target_not_found',
    });
    await store.write('insertRecord', { ...target, data: {}, at: 1 });
    expect((await store.write('admit', admission({ requireTarget: target }))).kind).toBe('started');
  });

  test('because the queue is full stores nothing', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    await store.write('admit', admission({ queueLimit: 1 }));
    const late = capturedRequest();
    expect(await store.write('admit', admission({ request: late, queueLimit: 1 }))).toEqual({ kind: 'busy' });
    expect(store.read.requests.byId(late.id)).toBeUndefined();
  });

  test('leaves runs that wait out of the queue', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    await letOneWait(store);
    expect((await store.write('admit', admission({ queueLimit: 1 }))).kind).toBe('started');
  });

  test('because nothing waits keeps the request', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const request = capturedRequest();
    const resume = resumeBy(byCorrelation('nobody'), { holdMs: 60_000 });
    const outcome = await store.write('admit', admission({ request, runs: [], resume }));
    expect(outcome.kind).toBe('no_waiting_step');
    expect(store.read.requests.byId(request.id)).toMatchObject({
      verdict: 'rejected',
      reason: 'no_waiting_step',
      triage: 'open',
    });
  });

  test('leaves its neighbours in the same commit alone when it fails', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const id = freshId('req');
    const results = await Promise.allSettled([
      store.write('admit', admission({ request: capturedRequest({ id }) })),
      store.write('admit', admission({ request: capturedRequest({ id }) })),
      store.write('admit', admission()),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(store.read.requests.list({ limit: 10 }).items).toHaveLength(2);
    expect(store.read.runs.counts().queued).toBe(2);
  });
});

describe('one URL that starts or resumes', () => {
  test('resumes while something waits, else starts', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const waitingRun = await letOneWait(store);
    const deliver = () =>
      store.write(
        'admit',
        admission({
          request: capturedRequest(),
          runs: [plannedRun()],
          resume: resumeBy(byCorrelation('order-1')),
        }),
      );
    expect(await deliver()).toMatchObject({ kind: 'resumed', runId: waitingRun });
    expect((await deliver()).kind).toBe('started');
  });
});
