/** What lists of requests and runs show: order, pages, filters, failed triggers by cause. */
import { describe, expect, test } from 'vitest';
import type { Store } from '../../../src/main/store/open-store.ts';
import {
  admission,
  bytes,
  capturedRequest,
  codeOf,
  endpointRow,
  onlyDue,
  openTestStore,
  plannedRun,
  settlement,
  step,
} from './support.ts';

function refuse(
  store: Store,
  over: Parameters<typeof capturedRequest>[0],
  reason = 'unauthorized',
  status = 401,
): string {
  const request = capturedRequest(over);
  store.writeLazy('captureRefused', {
    request,
    verdict: 'rejected',
    reason,
    reasonText: `Because of ${reason}.`,
    reply: { status, headers: {}, body: '' },
    durationMs: 1,
    bodySize: request.raw.body.byteLength,
  });
  return request.id;
}

async function accept(
  store: Store,
  over: Parameters<typeof capturedRequest>[0] = {},
  url?: string,
): Promise<string> {
  const base = capturedRequest(over);
  const request = url === undefined ? base : { ...base, raw: { ...base.raw, url } };
  await store.write('admit', admission({ request, runs: [plannedRun({ next: [] })] }));
  return request.id;
}

describe('the list of requests', () => {
  test('finds words in bodies, whatever their case, and takes wildcards as they are', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const inBody = await accept(store, { body: '{"city":"Zürich","rate":"100%"}' });
    await accept(store, { body: '{"city":"Bern"}' });
    const find = (q: string): readonly string[] =>
      store.read.requests.list({ limit: 10, q }).items.map(({ id }) => id);
    expect(find('zürich')).toEqual([inBody]);
    expect(find('100%"')).toEqual([inBody]);
    expect(find('nowhere')).toEqual([]);
  });

  test('gives all of them page by page, newest first, also while more arrive', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const ids: string[] = [];
    for (let index = 0; index < 7; index += 1) ids.push(await accept(store));
    const first = store.read.requests.list({ limit: 3 });
    await accept(store);
    const second = store.read.requests.list({ limit: 3, cursor: first.nextCursor });
    const third = store.read.requests.list({ limit: 3, cursor: second.nextCursor });
    const shown = [first, second, third].flatMap((page) => page.items.map((row) => row.id));
    expect(shown).toEqual(ids.toReversed());
    expect(third.nextCursor).toBeNull();
    expect(
      await codeOf(Promise.resolve().then(() => store.read.requests.list({ limit: 3, cursor: "1' OR" }))),
    ).toBe('invalid');
  });

  test('filters by endpoint, verdict, status, method, time and text', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const orders = await accept(store, { at: 1_000 }, '/hooks/orders?source=50%_off');
    const other = await accept(store, { at: 2_000, endpointId: 'ep_two' }, '/hooks/other');
    const refused = refuse(store, { at: 3_000 });
    await store.drain();
    const ids = (query: Omit<Parameters<typeof store.read.requests.list>[0], 'limit'>): readonly string[] =>
      store.read.requests.list({ limit: 10, ...query }).items.map((row) => row.id);
    expect(ids({ endpointId: 'ep_two' })).toEqual([other]);
    expect(ids({ verdict: 'rejected' })).toEqual([refused]);
    expect(ids({ verdict: 'accepted', endpointId: 'ep_one' })).toEqual([orders]);
    expect(ids({ status: 401 })).toEqual([refused]);
    expect(ids({ method: 'GET' })).toEqual([]);
    expect(ids({ sinceAt: 2_000 })).toEqual([refused, other]);
    expect(ids({ untilAt: 2_000 })).toEqual([other, orders]);
    expect(ids({ sinceAt: 9_000 })).toEqual([]);
    expect(ids({ q: '50%_off' })).toEqual([orders]);
    expect(ids({ q: '50__off' })).toEqual([]);
    expect(ids({ q: 'x-thing' })).toHaveLength(3);
    expect(ids({ q: other })).toEqual([other]);
    const runId = store.read.requests.byId(other)?.runs[0]?.id;
    expect(ids({ runId })).toEqual([other]);
  });

  test('names the endpoint, also once it is removed', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    await store.write('insertEndpoint', endpointRow({ id: 'ep_one', name: 'Orders' }));
    const id = await accept(store);
    await store.write('removeEndpoint', { id: 'ep_one' });
    expect(store.read.requests.byId(id)?.endpointName).toBe('Orders');
  });

  test('shows a header of any kind as it came', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const base = capturedRequest();
    const headers: readonly (readonly [string, string])[] = [['X-Ünïcode\u0000', '"quoted" \u2028 \\']];
    const request = { ...base, raw: { ...base.raw, headers, body: bytes('\u0000\u00ff') } };
    await store.write('admit', admission({ request }));
    expect(store.read.requests.raw(request.id)?.headers).toEqual(headers);
  });
});

describe('failed triggers', () => {
  test('are counted by cause and endpoint, the newest cause first', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    refuse(store, { at: 1_000 });
    refuse(store, { at: 2_000 });
    refuse(store, { at: 1_500 }, 'malformed_json', 400);
    const dismissed = refuse(store, { at: 3_000, endpointId: 'ep_two' });
    await store.drain();
    expect(
      await store.write('setTriage', { ids: [dismissed, 'req_none'], triage: 'dismissed', at: 1 }),
    ).toEqual({
      changed: [dismissed],
    });
    expect(store.read.requests.failedGroups()).toEqual([
      {
        reason: 'unauthorized',
        endpointId: 'ep_one',
        count: 2,
        callers: 1,
        firstAt: 1_000,
        lastAt: 2_000,
        sampleText: 'Because of unauthorized.',
      },
      {
        reason: 'malformed_json',
        endpointId: 'ep_one',
        count: 1,
        callers: 1,
        firstAt: 1_500,
        lastAt: 1_500,
        sampleText: 'Because of malformed_json.',
      },
    ]);
    expect(store.read.requests.countFailedOpen()).toBe(3);
    const failed = (query: Omit<Parameters<typeof store.read.requests.failed>[0], 'limit'>): number =>
      store.read.requests.failed({ limit: 10, ...query }).items.length;
    expect([failed({}), failed({ state: 'open' }), failed({ state: 'dismissed' })]).toEqual([4, 3, 1]);
    expect(failed({ reason: 'malformed_json' })).toBe(1);
  });

  test('are none of the accepted ones', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const id = await accept(store);
    expect(await store.write('setTriage', { ids: [id], triage: 'dismissed', at: 1 })).toEqual({
      changed: [],
    });
    expect(store.read.requests.byId(id)?.triage).toBeNull();
  });
});

describe('how busy endpoints were', () => {
  test('counts accepted and refused since an instant and knows the last request', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    await store.write('insertEndpoint', endpointRow({ id: 'ep_one' }));
    await store.write('insertEndpoint', endpointRow({ id: 'ep_idle' }));
    for (const at of [1_000, 2_000, 3_000]) await accept(store, { at });
    refuse(store, { at: 4_000 });
    await store.drain();
    expect(store.read.endpoints.stats(2_000)).toEqual([
      { endpointId: 'ep_one', lastRequestAt: 4_000, accepted: 2, duplicates: 0, rejected: 1 },
    ]);
    expect(store.read.endpoints.stats(9_000)).toEqual([
      { endpointId: 'ep_one', lastRequestAt: 4_000, accepted: 0, duplicates: 0, rejected: 0 },
    ]);
  });
});

describe('the list of runs', () => {
  test('filters by workflow, status, time, request and text', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const request = capturedRequest({ at: 1_000 });
    const failing = plannedRun({ workflowId: 'wf_a' });
    await store.write('admit', admission({ request, runs: [failing] }));
    await store.write(
      'settleStep',
      settlement(onlyDue(store), {
        kind: 'failed',
        error: { code: 'http_failed', message: 'No route to shipping.example.' },
        port: null,
        endsRun: true,
      }),
    );
    const target = { entity: 'InventoryModel', cuid: 'cuid_9' };
    const live = plannedRun({ workflowId: 'wf_b', target, next: [step('a', 99)] });
    await store.write('startRuns', { runs: [live], at: 2_000 });
    const ids = (query: Omit<Parameters<typeof store.read.runs.list>[0], 'limit'>): readonly string[] =>
      store.read.runs.list({ limit: 10, ...query }).items.map((row) => row.id);
    expect(ids({})).toEqual([live.id, failing.id]);
    expect(ids({ workflowId: 'wf_a' })).toEqual([failing.id]);
    expect(ids({ status: 'queued' })).toEqual([live.id]);
    expect(ids({ status: 'failed' })).toEqual([failing.id]);
    expect(ids({ status: 'succeeded' })).toEqual([]);
    expect(ids({ sinceAt: 1_500 })).toEqual([live.id]);
    expect(ids({ untilAt: 1_500 })).toEqual([failing.id]);
    expect(ids({ requestId: request.id })).toEqual([failing.id]);
    expect(ids({ q: 'shipping' })).toEqual([failing.id]);
    expect(ids({ q: 'cuid_9' })).toEqual([live.id]);
    expect(store.read.runs.byId(live.id)?.target).toEqual(target);
  });
});
