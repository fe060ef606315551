/** The writer thread: commits in groups, survives a full disk, comes back when it dies, keeps lazy writes in their place. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FeedEvent } from '../../../src/main/store/types.ts';
import { until } from '../../support/until.ts';
import { admission, capturedRequest, codeOf, openAt, openTestStore, plannedRun } from './support.ts';

const limitedWriter = new URL('./limited-writer.ts', import.meta.url);
const manyPages = '1000000';

describe('writes at the same time', () => {
  test('share commits, and each resolves once its own is told', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const told: FeedEvent[][] = [];
    const stop = store.feed.subscribe((events) => void told.push([...events]));
    const ids = Array.from({ length: 200 }, (_, index) => `req_${index}`);
    await Promise.all(
      ids.map((id) =>
        store.write('admit', admission({ request: capturedRequest({ id }), runs: [plannedRun()] })),
      ),
    );
    const events = told.flat();
    const stored = events.filter((event) => event.topic === 'requests').flatMap((event) => event.ids);
    expect(stored.toSorted()).toEqual(ids.toSorted());
    expect(told.length).toBeLessThan(20);
    expect(events.map((event) => event.seq)).toEqual(
      events.map((event) => event.seq).toSorted((a, b) => a - b),
    );
    expect(store.feed.seq).toBe(events.at(-1)?.seq);
    stop();
    await store.write('setSetting', { key: 'x', value: 1 });
    expect(told.flat()).toHaveLength(events.length);
  });

  test('keep the order they were asked in', async () => {
    await using opened = await openTestStore();
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, () =>
        opened.store.write('admit', admission({ request: capturedRequest() })),
      ),
    );
    const seqs = outcomes.map((outcome) => (outcome.kind === 'busy' ? 0 : outcome.seq));
    expect(seqs).toEqual(seqs.toSorted((one, other) => one - other));
  });

  test('fail alone where their operation refuses', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const results = await Promise.allSettled([
      store.write('setSetting', { key: 'a', value: 1 }),
      store.write('removeRecord', { entity: 'InventoryModel', cuid: 'none' }),
      store.write('setSetting', { key: 'b', value: 2 }),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(store.read.settings.all()).toEqual({ a: 1, b: 2 });
  });
});

describe('the configuration version', () => {
  test('is raised by writes to configuration alone, before they resolve', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const before = store.configVersion;
    await store.write('admit', admission());
    expect(store.configVersion).toBe(before);
    await store.write('setSecret', { name: 'A', sealed: 's', hint: 'h', hosts: [], at: 1 });
    expect(store.configVersion).toBeGreaterThan(before);
  });
});

describe('a full disk', () => {
  test('refuses writes with nothing stored, keeps reads, and is noticed to be over without anyone writing', async () => {
    await using opened = await openTestStore(limitedWriter);
    const { store, dataDir } = opened;
    const kept = capturedRequest();
    await store.write('admit', admission({ request: kept }));
    writeFileSync(join(dataDir, 'disk-pages'), '1');
    const large = (): Parameters<typeof store.write<'admit'>>[1] =>
      admission({ request: capturedRequest({ body: 'x'.repeat(500_000) }), runs: [plannedRun()] });
    const refused = await until('a write the disk refuses', async () => {
      const attempt = large();
      return (await codeOf(store.write('admit', attempt))) === 'storage_unavailable' && attempt;
    });
    expect(store.health()).toMatchObject({
      writable: false,
      lastError: { message: expect.stringContaining('full') },
    });
    expect(store.read.requests.byId(refused.request.id)).toBeUndefined();
    expect(store.read.requests.byId(kept.id)).toBeDefined();
    writeFileSync(join(dataDir, 'disk-pages'), manyPages);
    await until('the store to be writable again', () => store.health().writable);
    expect((await store.write('admit', large())).kind).toBe('started');
    expect(store.read.runs.counts().queued).toBe(store.read.runs.list({ limit: 500 }).items.length);
  });
});

describe('a writer that dies', () => {
  test('fails what was waiting and is back soon, with nothing resolved lost', async () => {
    await using opened = await openTestStore(limitedWriter);
    const { store, dataDir } = opened;
    const resolved: string[] = [];
    const failures = new Set<string>();
    writeFileSync(join(dataDir, 'die'), '');
    await until('the writer to die', async () => {
      const requests = Array.from({ length: 50 }, () => capturedRequest());
      await Promise.all(
        requests.map(async (request) => {
          try {
            await store.write('admit', admission({ request, runs: [plannedRun()] }));
            resolved.push(request.id);
          } catch (error) {
            failures.add(error instanceof Error && 'code' in error ? String(error.code) : 'unknown');
          }
        }),
      );
      return !existsSync(join(dataDir, 'die')) && failures.size > 0;
    });
    expect([...failures]).toEqual(['storage_unavailable']);
    await until('the writer to be back', () => store.health().writable);
    await store.write('setSetting', { key: 'back', value: true });
    expect(resolved.filter((id) => store.read.requests.byId(id) === undefined)).toEqual([]);
    expect(store.read.runs.counts().queued).toBeGreaterThanOrEqual(resolved.length);
  });
});

describe('lazy writes', () => {
  const refusal = (over: { endpointId?: string; body?: string; verdict?: 'rejected' | 'sample' } = {}) => {
    const request = capturedRequest(over);
    return {
      request,
      verdict: over.verdict ?? ('rejected' as const),
      reason: 'unauthorized',
      reasonText: 'The signature does not match.',
      reply: { status: 401, headers: { 'content-type': 'application/json' }, body: '{}' },
      durationMs: 1.5,
      bodySize: request.raw.body.byteLength,
    };
  };

  test('are stored when drained, and soon without', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const first = refusal();
    store.writeLazy('captureRefused', first);
    await store.drain();
    expect(store.read.requests.byId(first.request.id)).toMatchObject({
      verdict: 'rejected',
      reason: 'unauthorized',
      status: 401,
      durationMs: 1.5,
      triage: 'open',
    });
    const second = refusal();
    store.writeLazy('captureRefused', second);
    await until('the refusal to be stored', () => store.read.requests.byId(second.request.id) !== undefined);
  });

  test('keep 64 KiB of a refused body and tell its size', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const refused = refusal({ body: 'x'.repeat(100_000) });
    const sample = refusal({ body: 'y'.repeat(100_000), verdict: 'sample' });
    store.writeLazy('captureRefused', refused);
    store.writeLazy('captureRefused', sample);
    await store.drain();
    expect(store.read.requests.byId(refused.request.id)).toMatchObject({
      bodySize: 100_000,
      storedBodySize: 65_536,
    });
    expect(store.read.requests.body(refused.request.id)?.byteLength).toBe(65_536);
    expect(store.read.requests.body(sample.request.id)?.byteLength).toBe(100_000);
    expect(store.read.requests.byId(sample.request.id)?.triage).toBeNull();
  });

  test('keep the newest 1,000 refusals of each endpoint, and every failed trigger that was admitted', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const target = { entity: 'InventoryModel', cuid: 'none' };
    await store.write('admit', admission({ requireTarget: target }));
    const refusals = Array.from({ length: 1_100 }, () => refusal());
    const elsewhere = refusal({ endpointId: 'ep_two' });
    store.writeLazy('captureRefused', elsewhere);
    for (const each of refusals) store.writeLazy('captureRefused', each);
    await store.drain();
    const kept: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = store.read.requests.list({
        limit: 500,
        cursor,
        endpointId: 'ep_one',
        verdict: 'rejected',
      });
      kept.push(...page.items.filter((row) => row.reason === 'unauthorized').map((row) => row.id));
      cursor = page.nextCursor;
    }
    expect(kept).toEqual(
      refusals
        .slice(100)
        .map((each) => each.request.id)
        .toReversed(),
    );
    expect(store.read.requests.failed({ limit: 5, reason: 'target_not_found' }).items).toHaveLength(1);
    expect(store.read.requests.byId(elsewhere.request.id)).toBeDefined();
    expect(store.read.requests.body(refusals[0]?.request.id ?? '')).toBeUndefined();
  });

  test('note answers given later', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const request = capturedRequest();
    await store.write('admit', admission({ request }));
    expect(store.read.requests.byId(request.id)?.status).toBeNull();
    const reply = { status: 201, headers: { 'x-flow': 'orders' }, body: '{"total":3}' };
    store.writeLazy('noteReplies', [{ id: request.id, reply, durationMs: 12.25 }]);
    await store.drain();
    expect(store.read.requests.byId(request.id)).toMatchObject({
      status: 201,
      replyHeaders: { 'x-flow': 'orders' },
      replyBody: '{"total":3}',
      durationMs: 12.25,
    });
  });

  test('leave an answer that is stored already as it is', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const request = capturedRequest();
    const reply = { status: 202, headers: { a: 'b' }, body: 'known' };
    await store.write('admit', admission({ request, reply }));
    store.writeLazy('noteReplies', [
      { id: request.id, reply: null, durationMs: 3.5 },
      { id: 'req_unknown', reply: null, durationMs: 1 },
    ]);
    await store.drain();
    expect(store.read.requests.byId(request.id)).toMatchObject({
      status: 202,
      replyHeaders: { a: 'b' },
      replyBody: 'known',
      durationMs: 3.5,
    });
    expect(store.read.requests.list({ limit: 5, status: 202 }).items).toHaveLength(1);
  });

  test('that come in a flood are dropped, and what is accepted is not kept waiting', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const shared = refusal();
    for (let index = 0; index < 20_000; index += 1)
      store.writeLazy('captureRefused', { ...shared, request: capturedRequest() });
    const order: string[] = [];
    await Promise.all([
      store.drain().then(() => order.push('lazy')),
      store.write('admit', admission()).then(() => order.push('durable')),
    ]);
    expect(order).toEqual(['durable', 'lazy']);
  });

  test('are written before the store closes', async () => {
    await using opened = await openTestStore();
    const { store, dataDir } = opened;
    store.writeLazy('captureRefused', refusal());
    await store.close();
    const again = await openAt(dataDir);
    expect(again.read.requests.countFailedOpen()).toBe(1);
    await again.close();
  });
});

test('a store that is closed refuses writes', async () => {
  await using opened = await openTestStore();
  await opened.store.close();
  expect(await codeOf(opened.store.write('setSetting', { key: 'a', value: 1 }))).toBe('storage_unavailable');
});
