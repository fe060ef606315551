/** The watch over silence on a real store, with a clock that is moved by hand. */
import { expect, it } from 'vitest';
import { createSilentLogger } from '../../../../src/main/base/logger.ts';
import type { Clock } from '../../../../src/main/base/clock.ts';
import { createSilenceWatch } from '../../../../src/main/api/health/silence-watch.ts';
import type { Store } from '../../../../src/main/store/open-store.ts';
import { documentSchema } from '../../../../src/shared/model/document.ts';
import { until } from '../../../support/until.ts';
import { admission, capturedRequest, endpointRow, openAt, openTestStore } from '../../store/support.ts';

const hourMs = 3_600_000;

/** A clock that stands until it is moved; timers fire when their time has come. */
function handClock(startAt = 1_000 * hourMs): Clock & { move(hours: number): void } {
  let now = startAt;
  let timers: { readonly at: number; readonly callback: () => void }[] = [];
  return {
    now: () => now,
    after(delayMs, callback) {
      const timer = { at: now + delayMs, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    move(hours) {
      now += hours * hourMs;
      const due = timers.filter(({ at }) => at <= now);
      timers = timers.filter(({ at }) => at > now);
      for (const { callback } of due) callback();
    },
  };
}

async function goLive(
  store: Store,
  settings: Record<string, unknown> = { silenceAlarmHours: 24 },
): Promise<void> {
  const document = documentSchema.parse({
    name: 'Orders',
    nodes: [{ id: 'hook', type: 'webhook' }],
    settings,
  });
  await store.write('insertWorkflow', { id: 'wf_one', slug: 'orders', document, at: 1 });
  const { version } = await store.write('commitVersion', { id: 'wf_one', note: '', at: 1 });
  await store.write('saveEndpoints', { workflowId: 'wf_one', endpoints: [endpointRow({ id: 'ep_one' })] });
  await store.write('setActive', { id: 'wf_one', version, enabled: true, at: 1 });
}

const call = (store: Store, clock: Clock) =>
  store.write('admit', admission({ request: capturedRequest({ endpointId: 'ep_one', at: clock.now() }) }));

function refuse(store: Store, clock: Clock): Promise<void> {
  store.writeLazy('captureRefused', {
    request: capturedRequest({ endpointId: 'ep_one', at: clock.now() }),
    verdict: 'rejected',
    reason: 'unauthorized',
    reasonText: null,
    reply: null,
    durationMs: 1,
    bodySize: 0,
  });
  return store.drain();
}

const watchOver = (store: Store, clock: Clock) =>
  createSilenceWatch({ store, clock, logger: createSilentLogger() });
const silentSince = (store: Store): number | null | undefined =>
  store.read.health.byId('ep_one')?.silentSince;

it('falls silent after the hours, once, and speaks again with the next request that is not refused', async () => {
  await using opened = await openTestStore();
  const { store } = opened;
  const clock = handClock();
  await goLive(store);
  const told: string[] = [];
  store.feed.subscribe((events) =>
    told.push(...events.flatMap(({ topic, ids }) => (topic === 'alarms' ? ids : []))),
  );
  const watch = watchOver(store, clock);
  await call(store, clock);
  const lastAt = clock.now();
  await watch.look();
  clock.move(23.9);
  await refuse(store, clock);
  await watch.look();
  expect([silentSince(store), told]).toEqual([null, []]);
  clock.move(0.1);
  await watch.look();
  await watch.look();
  expect([silentSince(store), told]).toEqual([lastAt, ['ep_one']]);
  await refuse(store, clock);
  await watch.look();
  expect(silentSince(store)).toBe(lastAt);
  await call(store, clock);
  await watch.look();
  expect([silentSince(store), told]).toEqual([null, ['ep_one', 'ep_one']]);
});

it('is not fired for an endpoint that was never called until it was live for so long', async () => {
  await using opened = await openTestStore();
  const { store } = opened;
  const clock = handClock();
  await goLive(store);
  const watch = watchOver(store, clock);
  await watch.look();
  const armedAt = clock.now();
  clock.move(23);
  await watch.look();
  expect(silentSince(store)).toBeNull();
  clock.move(1);
  await watch.look();
  expect(silentSince(store)).toBe(armedAt);
});

it('starts anew when the workflow was off meanwhile, and keeps nothing of what is not watched', async () => {
  await using opened = await openTestStore();
  const { store } = opened;
  const clock = handClock();
  await goLive(store);
  const watch = watchOver(store, clock);
  await call(store, clock);
  await watch.look();
  await store.write('setActive', { id: 'wf_one', version: 1, enabled: false, at: 2 });
  clock.move(100);
  await watch.look();
  expect(store.read.health.list()).toEqual([]);
  await store.write('setActive', { id: 'wf_one', version: 1, enabled: true, at: 3 });
  await watch.look();
  clock.move(23);
  await watch.look();
  expect(silentSince(store)).toBeNull();
  clock.move(1);
  await watch.look();
  expect(silentSince(store)).not.toBeNull();
});

it('goes on over a restart, and without the requests themselves', async () => {
  await using opened = await openTestStore();
  const clock = handClock();
  await goLive(opened.store);
  await call(opened.store, clock);
  const lastAt = clock.now();
  await watchOver(opened.store, clock).look();
  await opened.store.close();
  clock.move(24);
  const store = await openAt(opened.dataDir);
  await watchOver(store, clock).look();
  expect(store.read.health.byId('ep_one')).toMatchObject({ lastAt, silentSince: lastAt });
  await store.close();
});

it('looks by itself every half minute until it is stopped', async () => {
  await using opened = await openTestStore();
  const { store } = opened;
  const clock = handClock();
  await goLive(store, { silenceAlarmHours: 1 });
  const watch = watchOver(store, clock);
  watch.start();
  await until('the first look', () => store.read.health.byId('ep_one') !== undefined);
  await until('the alarm', () => {
    clock.move(1);
    return typeof silentSince(store) === 'number';
  });
  await watch.stop();
});

it('leaves endpoints without an alarm alone', async () => {
  await using opened = await openTestStore();
  const clock = handClock();
  await goLive(opened.store, {});
  await watchOver(opened.store, clock).look();
  expect(opened.store.read.health.list()).toEqual([]);
});
