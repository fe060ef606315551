/** Retention: what is over a limit goes with all that hangs on it, what must stay stays, and nothing is left behind. */
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createSilentLogger } from '../../../src/main/base/logger.ts';
import type { Clock } from '../../../src/main/base/clock.ts';
import type { Store } from '../../../src/main/store/open-store.ts';
import { createReserve } from '../../../src/main/store/reserve.ts';
import { createRetention } from '../../../src/main/store/retention.ts';
import type { RetentionLimits } from '../../../src/main/store/retention.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';
import { documentSchema } from '../../../src/shared/model/document.ts';
import { createManualClock } from '../engine/manual-clock.ts';
import { leftBehind } from './left-behind.ts';
import {
  admission,
  byCorrelation,
  bytes,
  capturedRequest,
  endpointRow,
  freshId,
  openTestStore,
  plannedRun,
  resumeBy,
  settlement,
  step,
  succeeded,
  waiting,
} from './support.ts';

const dayMs = 86_400_000;
const now = 100 * dayMs;
const wide: RetentionLimits = { days: 30, requestsPerEndpoint: 100_000, databaseBytes: null };
const limitedWriter = new URL('./limited-writer.ts', import.meta.url);

function retentionOf(
  store: Store,
  dataDir: string,
  limits: Partial<RetentionLimits>,
  clock: Clock = { now: () => now, after: () => () => undefined },
) {
  return createRetention({
    store,
    dataDir,
    clock,
    logger: createSilentLogger(),
    limits: () => ({ ...wide, ...limits }),
  });
}

/** Stores a request so many days ago. */
async function accept(
  store: Store,
  daysAgo: number,
  over: { endpointId?: string; body?: string; live?: boolean } = {},
) {
  const { live = false, ...rest } = over;
  const request = capturedRequest({ ...rest, at: now - daysAgo * dayMs });
  const run = plannedRun({ next: live ? [step('a', now * 2)] : [] });
  await store.write('admit', admission({ request, runs: [run] }));
  return { id: request.id, runId: run.id };
}

async function refuse(store: Store, daysAgo: number, endpointId = 'ep_one'): Promise<string> {
  const request = capturedRequest({ endpointId, at: now - daysAgo * dayMs });
  store.writeLazy('captureRefused', {
    request,
    verdict: 'rejected',
    reason: 'unauthorized',
    reasonText: null,
    reply: { status: 401, headers: {}, body: '' },
    durationMs: 1,
    bodySize: request.raw.body.byteLength,
  });
  await store.drain();
  return request.id;
}

const kept = (store: Store): readonly string[] =>
  store.read.requests.list({ limit: 500 }).items.map((row) => row.id);

describe('retention', () => {
  test('deletes by age and by count what a plain list of rules says, and leaves no loose ends', async () => {
    const history = fc.array(
      fc.record({
        endpointId: fc.constantFrom('ep_a', 'ep_b'),
        daysAgo: fc.nat(60),
        kind: fc.constantFrom('done', 'live', 'open', 'dismissed', 'retried'),
      }),
      { maxLength: 25 },
    );
    const limits = fc.record({
      days: fc.integer({ min: 1, max: 60 }),
      requestsPerEndpoint: fc.integer({ min: 1, max: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(history, limits, async (sent, given) => {
        await using opened = await openTestStore();
        const { store, dataDir } = opened;
        for (const id of ['ep_a', 'ep_b']) await store.write('insertEndpoint', endpointRow({ id }));
        const model: { id: string; endpointId: string; daysAgo: number; stays: boolean }[] = [];
        // The order of history is that of arrival, the oldest first.
        for (const { endpointId, daysAgo, kind } of sent.toSorted(
          (one, other) => other.daysAgo - one.daysAgo,
        )) {
          if (kind === 'done' || kind === 'live') {
            const { id } = await accept(store, daysAgo, { endpointId, live: kind === 'live' });
            model.push({ id, endpointId, daysAgo, stays: kind === 'live' });
          } else {
            const id = await refuse(store, daysAgo, endpointId);
            if (kind !== 'open') await store.write('setTriage', { ids: [id], triage: kind, at: now });
            model.push({ id, endpointId, daysAgo, stays: kind === 'open' });
          }
        }
        const last = await accept(store, 0, { endpointId: 'ep_last' });

        const young = model.filter((row) => row.stays || row.daysAgo <= given.days);
        const expected = young.filter((row) => {
          const newer = young
            .slice(young.indexOf(row) + 1)
            .filter((other) => other.endpointId === row.endpointId);
          return row.stays || newer.length < given.requestsPerEndpoint;
        });
        const done = await retentionOf(store, dataDir, given).prune();
        expect(kept(store)).toEqual([...expected.map(({ id }) => id), last.id].toReversed());
        expect(done.requests).toBe(model.length - expected.length);
        expect(leftBehind(dataDir)).toEqual([]);
        expect(store.read.overview.totals().requests).toBe(expected.length + 1);
        expect(await retentionOf(store, dataDir, given).prune()).toEqual({ requests: 0, runs: 0 });
      }),
      { numRuns: 12 },
    );
  }, 120_000);

  test('keeps a request while a run it started or resumed is not over, or was until lately', async () => {
    await using opened = await openTestStore();
    const { store, dataDir } = opened;
    const { id, runId } = await accept(store, 50, { live: true });
    await accept(store, 0);
    const retention = retentionOf(store, dataDir, {});
    await retention.prune();
    expect(kept(store)).toContain(id);
    await store.write('cancelRun', { id: runId, at: now - 10 * dayMs });
    await retentionOf(store, dataDir, {}).prune();
    expect(store.read.runs.byId(runId)?.status).toBe('cancelled');
    await retentionOf(store, dataDir, { days: 5 }).prune();
    expect(store.read.runs.byId(runId)).toBeUndefined();
    expect(store.read.runs.steps(runId)).toEqual([]);
    expect(kept(store)).not.toContain(id);
    expect(leftBehind(dataDir)).toEqual([]);
  });

  test('deletes runs without a request by their age', async () => {
    await using opened = await openTestStore();
    const { store, dataDir } = opened;
    const old = plannedRun({ next: [] });
    const live = plannedRun({ next: [step('a', now * 2)] });
    const young = plannedRun({ next: [] });
    await store.write('startRuns', { runs: [old, live], at: now - 40 * dayMs });
    await store.write('startRuns', { runs: [young, plannedRun({ next: [] })], at: now - dayMs });
    expect(await retentionOf(store, dataDir, {}).prune()).toEqual({ requests: 0, runs: 1 });
    expect([old, live, young].map(({ id }) => store.read.runs.byId(id)?.id)).toEqual([
      undefined,
      live.id,
      young.id,
    ]);
    expect(store.read.overview.totals().runs).toBe(3);
    expect(store.read.retention.last()).toEqual({ at: now, requests: 0, runs: 1 });
  });

  test('keeps what a bulk job has yet to do, and runs that wait for a slot', async () => {
    await using opened = await openTestStore();
    const { store, dataDir } = opened;
    const request = await accept(store, 50);
    const run = plannedRun({ next: [] });
    const held = plannedRun({ workflowId: 'wf_held' });
    await store.write('insertWorkflow', {
      id: 'wf_held',
      slug: 'held',
      document: documentSchema.parse({ name: 'Held' }),
      at: 1,
    });
    await store.write('setPaused', { id: 'wf_held', paused: true, at: 1 });
    await store.write('startRuns', { runs: [run, held], at: now - 50 * dayMs });
    await accept(store, 0);
    const seqOf = (id: string): number => store.read.runs.byId(id)?.seq ?? 0;
    for (const [id, kind, itemSeq] of [
      ['job_1', 'replay', store.read.requests.byId(request.id)?.seq ?? 0],
      ['job_2', 'retryRuns', seqOf(run.id)],
    ] as const) {
      await store.write('insertJob', { id, kind, mode: 'asCaptured', title: '', at: 1 });
      await store.write('addJobItems', { id, itemSeqs: [itemSeq] });
      await store.write('openJob', { id });
    }
    expect(await retentionOf(store, dataDir, {}).prune()).toEqual({ requests: 0, runs: 0 });
    await store.write('endJob', { id: 'job_1', state: 'done', at: 1 });
    await store.write('endJob', { id: 'job_2', state: 'done', at: 1 });
    expect(await retentionOf(store, dataDir, {}).prune()).toEqual({ requests: 1, runs: 2 });
    expect(seqOf(held.id)).toBeGreaterThan(0);
    expect(leftBehind(dataDir)).toEqual([]);
  });

  test('keeps the request a run was resumed by while another repeats that run', async () => {
    await using opened = await openTestStore();
    const { store, dataDir } = opened;
    const { id, runId } = await accept(store, 50, { live: true });
    const due = store.read.runs.due(now * 3, 10)[0];
    if (due === undefined) throw new Error('nothing is due');
    await store.write('settleStep', settlement(due, waiting({ correlation: 'c' })));
    const second = capturedRequest({ at: now - 49 * dayMs });
    const resume = resumeBy(byCorrelation('c'), { nodes: [{ workflowId: 'wf_one', nodeId: 'a' }] });
    await store.write('admit', admission({ request: second, runs: [], resume }));
    const resumed = store.read.runs.due(now * 3, 10)[0];
    if (resumed === undefined) throw new Error('nothing was resumed');
    const outcome = { ...succeeded(), outputJson: null, outputRequestId: second.id } as const;
    await store.write('settleStep', settlement(resumed, outcome));
    // Repeated by a run that is repeated in turn, and that one waits.
    let source = runId;
    for (const newId of ['run_again', 'run_once_more']) {
      const keepStepSeqs = store.read.runs.steps(source).map((one) => one.seq);
      const next = newId === 'run_again' ? [] : [step('b', now * 2)];
      const plan = { id: source, newId, keepStepSeqs, next, coming: [], at: now - 40 * dayMs };
      await store.write('retryRun', plan);
      source = newId;
    }
    await accept(store, 0);
    await retentionOf(store, dataDir, {}).prune();
    expect(kept(store)).toContain(second.id);
    expect(kept(store)).toContain(id);
    await store.write('cancelRun', { id: source, at: now - 35 * dayMs });
    await retentionOf(store, dataDir, {}).prune();
    expect(kept(store)).toHaveLength(1);
    expect(leftBehind(dataDir)).toEqual([]);
  });

  test('deletes a run of thousands of steps in pieces', async () => {
    await using opened = await openTestStore();
    const { store, dataDir } = opened;
    const steps = Array.from({ length: 5_000 }, (_, index) => step(`s${index}`));
    const run = plannedRun({ next: steps });
    await store.write('startRuns', { runs: [run], at: now - 40 * dayMs });
    await store.write('cancelRun', { id: run.id, at: now - 40 * dayMs });
    await accept(store, 0);
    const calls: number[] = [];
    for (let after: number | null = 0; after !== null && calls.length < 100; ) {
      const done: { readonly after: number | null; readonly runs: number } = await store.write('pruneRuns', {
        after,
        before: 1_000,
        olderThanAt: now - 30 * dayMs,
      });
      calls.push(done.runs);
      after = done.after;
      expect(leftBehind(dataDir)).toEqual([]);
    }
    expect(calls.at(-1)).toBe(1);
    expect(store.read.runs.byId(run.id)).toBeUndefined();
  });

  test('deletes the oldest while the database is too large, and gives the room back', async () => {
    await using opened = await openTestStore();
    const { store, dataDir } = opened;
    const body = 'x'.repeat(100_000);
    const ids: string[] = [];
    for (let index = 0; index < 120; index += 1) ids.push((await accept(store, 1, { body })).id);
    const before = store.read.retention.pages();
    await retentionOf(store, dataDir, { databaseBytes: 4_000_000 }).prune();
    const after = store.read.retention.pages();
    expect(after.usedBytes).toBeLessThan(4_000_000);
    expect(after.pages).toBeLessThan(before.pages / 2);
    const left = kept(store);
    expect(left.length).toBeGreaterThan(10);
    expect(left).toEqual(ids.slice(-left.length).toReversed());
    expect(leftBehind(dataDir)).toEqual([]);
  });

  test('shortens the life of everything alike while the database is too large', async () => {
    await using opened = await openTestStore();
    const { store, dataDir } = opened;
    const startOutputJson = JSON.stringify('x'.repeat(100_000));
    for (let daysAgo = 20; daysAgo > 0; daysAgo -= 1) {
      await accept(store, daysAgo, { body: 'x'.repeat(100_000) });
      const runs = [plannedRun({ next: [], startOutputJson })];
      await store.write('startRuns', { runs, at: now - daysAgo * dayMs });
    }
    const before = store.read.retention.pages().usedBytes;
    await retentionOf(store, dataDir, { databaseBytes: Math.floor(before * 0.7) }).prune();
    expect(store.read.retention.pages().usedBytes).toBeLessThan(before * 0.7);
    // About as many requests as runs without one are left, and neither are gone altogether.
    const requests = kept(store).length;
    const runs = store.read.runs.list({ limit: 500 }).items.filter((run) => run.requestId === null).length;
    expect(Math.abs(requests - runs)).toBeLessThanOrEqual(3);
    expect(requests).toBeGreaterThan(5);
    expect(leftBehind(dataDir)).toEqual([]);
  });

  test('forgets idempotency keys whose window is over, and no others', async () => {
    await using opened = await openTestStore();
    const { store, dataDir } = opened;
    const db = new Database(join(dataDir, 'hookyard.db'));
    const insert = db.prepare('INSERT INTO dedupe_keys VALUES (?, ?, ?, ?)');
    db.transaction(() => {
      for (let index = 0; index < 5_000; index += 1) {
        insert.run(Buffer.from(freshId('mark')), 'b', index, index % 2 === 0 ? now : now + 1);
      }
    })();
    await retentionOf(store, dataDir, {}).prune();
    expect(db.prepare('SELECT count(*), min(expires_at) FROM dedupe_keys').raw().get()).toEqual([
      2_500,
      now + 1,
    ]);
    db.close();
  });

  test('lets requests in while it deletes', async () => {
    await using opened = await openTestStore();
    const { store, dataDir } = opened;
    for (let index = 0; index < 60; index += 1) {
      await Promise.all(Array.from({ length: 50 }, () => accept(store, 40)));
    }
    const spans: number[] = [];
    let isDone = false;
    const pruned = retentionOf(store, dataDir, {})
      .prune()
      .finally(() => (isDone = true));
    let accepted = 0;
    while (!isDone) {
      const beganAt = performance.now();
      await accept(store, 0);
      spans.push(performance.now() - beganAt);
      accepted += 1;
    }
    // One of the old ones may have been the newest when the limit was drawn.
    expect((await pruned).requests).toBeGreaterThanOrEqual(2_999);
    expect(accepted).toBeGreaterThan(10);
    expect(spans.toSorted((one, other) => one - other)[Math.floor(spans.length / 2)]).toBeLessThan(100);
    expect(leftBehind(dataDir)).toEqual([]);
  });

  test('looks every minute, and ends when it is stopped', async () => {
    await using opened = await openTestStore();
    const { store, dataDir } = opened;
    const clock = createManualClock(now);
    await accept(store, 40);
    await accept(store, 0);
    const retention = retentionOf(store, dataDir, {}, clock);
    retention.start();
    clock.advance(60_000);
    await until('the old one to be gone', () => kept(store).length === 1);
    await until('the note of it', () => store.read.retention.last() !== undefined);
    await retention.stop();
    await accept(store, 41);
    await accept(store, 0);
    clock.advance(600_000);
    expect(kept(store)).toHaveLength(3);
  });
});

describe('the reserve', () => {
  test('takes its room on the disk and gives it back', async () => {
    using folder = makeTempDir();
    const reserve = createReserve(folder.path);
    const path = join(folder.path, 'hookyard.reserve');
    expect(await reserve.release()).toBe(false);
    await reserve.hold();
    expect(statSync(path).size).toBe(67_108_864);
    expect(statSync(path).blocks * 512).toBeGreaterThanOrEqual(67_108_864);
    expect(await reserve.release()).toBe(true);
    expect(existsSync(path)).toBe(false);
  });

  test('is given up when the disk is full, so that old requests make room for new ones', async () => {
    await using opened = await openTestStore(limitedWriter);
    const { store, dataDir } = opened;
    const clock = createManualClock(now);
    await createReserve(dataDir).hold();
    const body = 'x'.repeat(50_000);
    for (let index = 0; index < 40; index += 1) await accept(store, 40, { body });
    writeFileSync(join(dataDir, 'disk-pages'), String(store.read.retention.pages().pages));
    await until('the disk to be full', () =>
      accept(store, 0, { body }).then(
        () => false,
        () => true,
      ),
    );
    expect(store.health().writable).toBe(false);
    const retention = retentionOf(store, dataDir, {}, clock);
    retention.start();
    clock.advance(60_000);
    await until('old requests to be gone', () => kept(store).length < 20);
    await until('the store to take requests', () => store.health().writable);
    await accept(store, 0, { body });
    await until('the reserve to be there again', () => existsSync(join(dataDir, 'hookyard.reserve')));
    await retention.stop();
    expect(leftBehind(dataDir)).toEqual([]);
    expect(bytes(body)).toHaveLength(50_000);
  });
});
