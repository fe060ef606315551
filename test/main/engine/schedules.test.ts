/** Schedules: runs at set times, by the clock of a zone, once each, late rather than never (SPEC 8, 9, J1). */
import { describe, expect, it } from 'vitest';
import type { WorkflowDocument } from '../../../src/shared/model/document.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { documentSchema } from '../../../src/shared/model/document.ts';
import { until } from '../../support/until.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { type Bench, liveWorkflow, makeDocument, openEngine } from './open-engine.ts';

const hourMs = 3_600_000;

interface LeapingClock extends ManualClock {
  /** Sets the clock to another instant; no timer is called back. */
  set(at: number): void;
}

function createLeapingClock(startAt: number): LeapingClock {
  const manual = createManualClock(startAt);
  let shift = 0;
  return {
    ...manual,
    now: () => manual.now() + shift,
    set: (at) => void (shift = at - manual.now()),
  };
}

/** Lets time pass, a fifth of a second at a time, until something holds. */
function whileTimePasses<Value>(
  clock: ManualClock,
  what: string,
  ask: () => Value | false | undefined,
): Promise<Value> {
  return until(what, () => {
    clock.advance(200);
    return ask();
  });
}

function scheduled(cron: string, timeZone = 'UTC', rest = 'set'): WorkflowDocument {
  return makeDocument(
    [
      { id: 'tick', type: 'schedule', config: { cron, timeZone } },
      {
        id: 'after',
        type: rest,
        config: rest === 'set' ? { fields: { at: '{{trigger.data.scheduledAt}}' } } : {},
      },
    ],
    ['tick>after'],
  );
}

/** Instants its runs were due at, oldest first. */
function firings({ store, engine }: Bench): readonly unknown[] {
  return store.read.runs
    .list({ limit: 500 })
    .items.map(({ id }) => engine.describeRun(id)?.input)
    .toReversed();
}

async function untilFirings(bench: Bench, clock: ManualClock, count: number): Promise<readonly unknown[]> {
  await whileTimePasses(clock, `${count} firings`, () => firings(bench).length >= count);
  return firings(bench);
}

/** Waits until the next instant of the only schedule is known. */
function untilArmed({ store }: Bench, clock: ManualClock): Promise<number> {
  return whileTimePasses(clock, 'the next instant', () => store.read.schedules.all()[0]?.nextAt ?? false);
}

async function live(bench: Bench, clock: ManualClock, document: WorkflowDocument): Promise<string> {
  const id = 'wf_scheduled';
  const at = clock.now();
  await bench.store.write('insertWorkflow', { id, slug: 'scheduled', document, at });
  const { version } = await bench.store.write('commitVersion', { id, note: '', at });
  await bench.store.write('setActive', { id, version, enabled: true, at });
  await untilArmed(bench, clock);
  return id;
}

const due = (at: string, late = false) => ({ scheduledAt: at, firedAt: expect.any(String), late });

describe('a schedule', () => {
  it('makes a run at its times, and says which', async () => {
    const clock = createLeapingClock(Date.UTC(2026, 0, 1, 8, 59, 50));
    const bench = await openEngine({ clock });
    await live(bench, clock, scheduled('0 9 * * *'));
    expect(firings(bench)).toEqual([]);
    expect(await untilFirings(bench, clock, 1)).toEqual([due('2026-01-01T09:00:00.000Z')]);
    const [run] = bench.store.read.runs.list({ limit: 1 }).items;
    expect(bench.engine.describeRun(run?.id ?? '')).toMatchObject({ trigger: 'schedule', parent: null });
    expect(await untilArmed(bench, clock)).toBe(Date.UTC(2026, 0, 2, 9));
  });

  it('may name seconds', async () => {
    const clock = createLeapingClock(Date.UTC(2026, 0, 1));
    const bench = await openEngine({ clock });
    await live(bench, clock, scheduled('*/20 * * * * *'));
    clock.set(Date.UTC(2026, 0, 1, 0, 0, 19));
    await untilFirings(bench, clock, 1);
    await until(
      'the next',
      () => bench.store.read.schedules.all()[0]?.nextAt === Date.UTC(2026, 0, 1, 0, 0, 40),
    );
    clock.set(Date.UTC(2026, 0, 1, 0, 0, 39));
    expect(await untilFirings(bench, clock, 2)).toEqual([
      due('2026-01-01T00:00:20.000Z'),
      due('2026-01-01T00:00:40.000Z'),
    ]);
  });

  it('that was missed while the app was off comes once, late', async () => {
    const clock = createLeapingClock(Date.UTC(2026, 0, 1, 8, 30));
    const first = await openEngine({ clock });
    await live(first, clock, scheduled('0 * * * *'));
    await first.close();
    clock.set(clock.now() + 30 * 24 * hourMs);
    const second = await openEngine({ clock, dataDir: first.dataDir, vault: first.vault });
    expect(await untilFirings(second, clock, 1)).toEqual([due('2026-01-01T09:00:00.000Z', true)]);
    await until('the next', () => second.store.read.schedules.all()[0]?.nextAt === Date.UTC(2026, 0, 31, 9));
    await second.close();
    const third = await openEngine({ clock, dataDir: first.dataDir, vault: first.vault });
    clock.advance(2_000);
    expect(firings(third)).toHaveLength(1);
  });

  it('follows the clock of its zone into summer time and out of it', async () => {
    for (const [from, wanted] of [
      // The hour from 2 to 3 is skipped: it comes when the clock goes on.
      [Date.UTC(2026, 2, 28, 12), ['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z']],
      // The hour from 2 to 3 is there twice: it comes in the first.
      [Date.UTC(2026, 9, 24, 12), ['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z']],
    ] as const) {
      const clock = createLeapingClock(from);
      const bench = await openEngine({ clock });
      await live(bench, clock, scheduled('30 2 * * *', 'Europe/Berlin'));
      for (const [index, at] of wanted.entries()) {
        expect(new Date(await untilArmed(bench, clock)).toISOString()).toBe(at);
        clock.set(Date.parse(at) - 500);
        await whileTimePasses(clock, `firing ${index}`, () => firings(bench).length > index);
        await until('the next', () => bench.store.read.schedules.all()[0]?.nextAt !== Date.parse(at));
      }
      expect(firings(bench)).toEqual(wanted.map((at) => due(at)));
      await bench.close();
    }
  });

  it('never comes twice for one instant when the clock is set back, nor is put off when it was set forth', async () => {
    const clock = createLeapingClock(Date.UTC(2026, 0, 1, 8, 59, 50));
    const bench = await openEngine({ clock });
    const nextIs = (at: number) => () => bench.store.read.schedules.all()[0]?.nextAt === at;
    await live(bench, clock, scheduled('0 * * * *'));
    await whileTimePasses(clock, '9:00', nextIs(Date.UTC(2026, 0, 1, 10)));
    // Back an hour, and nine o'clock comes again.
    clock.set(Date.UTC(2026, 0, 1, 8, 59, 55));
    for (let second = 0; second < 10; second += 1) {
      clock.advance(1_000);
      await Promise.resolve();
    }
    expect(firings(bench)).toEqual([due('2026-01-01T09:00:00.000Z')]);
    // A year ahead by mistake: what is due comes once, late.
    clock.set(Date.UTC(2027, 0, 1, 9, 30));
    await whileTimePasses(clock, "ten o'clock", nextIs(Date.UTC(2027, 0, 1, 10)));
    expect(firings(bench)).toMatchObject([{}, due('2026-01-01T10:00:00.000Z', true)]);
    clock.set(Date.UTC(2026, 0, 1, 9, 30));
    await whileTimePasses(clock, '11:00', nextIs(Date.UTC(2026, 0, 1, 11)));
    clock.set(Date.UTC(2026, 0, 1, 10, 59, 59));
    await whileTimePasses(clock, '12:00', nextIs(Date.UTC(2026, 0, 1, 12)));
    expect(firings(bench)).toMatchObject([{}, {}, due('2026-01-01T11:00:00.000Z')]);
  });

  it('is gone with what is live, keeps its time over a version that leaves it as it is, and rests while paused', async () => {
    const clock = createLeapingClock(Date.UTC(2026, 0, 1, 8, 30));
    const bench = await openEngine({ clock });
    const id = await live(bench, clock, scheduled('0 * * * *'));
    const schedules = () => bench.store.read.schedules.all();
    const edited = documentSchema.parse({ ...scheduled('0 * * * *'), description: 'Edited' });
    const commit = async (document: WorkflowDocument): Promise<void> => {
      const at = clock.now();
      await bench.store.write('updateDraft', { id, slug: 'scheduled', document, at });
      const { version } = await bench.store.write('commitVersion', { id, note: '', at });
      await bench.store.write('setActive', { id, version, enabled: true, at });
    };
    await commit(edited);
    expect(schedules()).toMatchObject([{ version: 2, nextAt: Date.UTC(2026, 0, 1, 9) }]);
    await commit(scheduled('15 * * * *'));
    expect(schedules()).toMatchObject([{ version: 3, cron: '15 * * * *', nextAt: null }]);
    clock.advance(1_000);
    expect(await untilArmed(bench, clock)).toBe(Date.UTC(2026, 0, 1, 9, 15));
    await bench.store.write('setPaused', { id, paused: true, at: clock.now() });
    clock.set(clock.now() + 3 * hourMs);
    clock.advance(5_000);
    expect(firings(bench)).toEqual([]);
    await bench.store.write('setPaused', { id, paused: false, at: clock.now() });
    clock.advance(1_000);
    expect(await untilFirings(bench, clock, 1)).toEqual([due('2026-01-01T09:15:00.000Z', true)]);
    await bench.store.write('setActive', { id, version: null, enabled: false, at: clock.now() });
    expect(schedules()).toEqual([]);
    await bench.store.write('setActive', { id, version: 3, enabled: true, at: clock.now() });
    expect(schedules()).toHaveLength(1);
    await bench.store.write('removeWorkflow', { id, at: clock.now() });
    expect(schedules()).toEqual([]);
    clock.set(clock.now() + hourMs);
    clock.advance(5_000);
    expect(firings(bench)).toHaveLength(1);
  });

  it('is fenced: two that saw the same instant make one run', async () => {
    const clock = createLeapingClock(Date.UTC(2026, 0, 1, 8, 30));
    const bench = await openEngine({ clock });
    const other = await openEngine({ clock });
    await live(bench, clock, scheduled('0 * * * *'));
    await other.close();
    const [fence] = bench.store.read.schedules.all();
    if (fence === undefined) throw new Error('There is no schedule.');
    const version = bench.store.read.workflows.version(fence.workflowId, 1);
    if (version === undefined) throw new Error('There is no version.');
    const fire = () =>
      bench.store.write('fireSchedule', {
        fence,
        nextAt: Date.UTC(2026, 0, 1, 10),
        run: bench.engine.planRun({
          workflowId: fence.workflowId,
          version: 1,
          document: version.document,
          startNodeId: 'tick',
          inputJson: '{}',
          paramsJson: null,
          target: null,
          startOutputJson: '{}',
        }),
        at: clock.now(),
      });
    const outcomes = await Promise.all([fire(), fire(), fire()]);
    expect(outcomes.map(({ applied }) => applied)).toEqual([true, false, false]);
    expect(firings(bench)).toHaveLength(1);
  });

  it('makes one run when the store made it and then said it could not', async () => {
    const clock = createLeapingClock(Date.UTC(2026, 0, 1, 8, 59, 55));
    let lies = 2;
    const bench = await openEngine({
      clock,
      wrapStore: (store) => ({
        ...store,
        async write(name, input) {
          const output = await store.write(name, input);
          if (name !== 'fireSchedule' || lies === 0) return output;
          lies -= 1;
          throw new AppError({ code: 'storage_unavailable' });
        },
      }),
    });
    await live(bench, clock, scheduled('0 * * * *'));
    await untilFirings(bench, clock, 1);
    await whileTimePasses(clock, 'the end of the lies', () => lies === 0);
    await whileTimePasses(
      clock,
      'the end',
      () => bench.store.read.runs.list({ limit: 1 }).items[0]?.finishedAt ?? false,
    );
    expect(firings(bench)).toEqual([due('2026-01-01T09:00:00.000Z')]);
  });

  it('starts workflows through the API of the engine like any start', async () => {
    const bench = await openEngine();
    const workflowId = await liveWorkflow(bench.store, scheduled('0 9 * * *'));
    const { runId } = await bench.engine.startRun({ workflowId, input: { by: 'hand' } });
    expect(bench.engine.describeRun(runId)).toMatchObject({ startNodeId: 'tick', input: { by: 'hand' } });
  });
});
