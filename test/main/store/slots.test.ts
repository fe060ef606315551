/**
 * Slots of workflows: random histories of runs that begin, wait, go on, end and are refused, against what must hold
 * after each step, over new starts and failed calls; and the cases people meet.
 */
import fc from 'fast-check';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createBatchRunner } from '../../../src/main/store/batch.ts';
import { toCall } from '../../../src/main/store/calls.ts';
import { makeDurable, openWriter } from '../../../src/main/store/connection.ts';
import { migrate } from '../../../src/main/store/migrate.ts';
import { migrations } from '../../../src/main/store/migrations/list.ts';
import type { Call } from '../../../src/main/store/operations.ts';
import { readRuns } from '../../../src/main/store/runs-read.ts';
import { defaultSlots } from '../../../src/main/store/slots.ts';
import { createSql } from '../../../src/main/store/sql.ts';
import { documentSchema } from '../../../src/shared/model/document.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { plannedRun, settlement, step, succeeded, waiting } from './support.ts';

const limits = { narrow: 1, wide: 3 } as const;
type WorkflowId = keyof typeof limits;

/** A store without its thread, with two workflows that have few slots. */
function openBench(file: string) {
  const db = openWriter(file);
  makeDurable(db);
  db.pragma('synchronous = OFF');
  migrate(db, file, migrations);
  const sql = createSql(db);
  let runner = createBatchRunner(db, sql);
  const runs = readRuns(sql, () => runner.live);

  /** Performs calls as one batch; answers which of them were done. */
  function perform(...calls: readonly Call[]): readonly boolean[] {
    const report = runner.run(calls.map((call, id) => ({ id, call, bodySize: -1 })));
    expect(report.storageError).toBeNull();
    return report.results.map((result) => !('error' in result));
  }

  function commit(id: string, concurrency: number | undefined): void {
    const settings = concurrency === undefined ? {} : { concurrency };
    const document = documentSchema.parse({ name: id, settings });
    perform(
      toCall('updateDraft', { id, slug: id, document, at: 1 }),
      toCall('commitVersion', { id, note: '', at: 1 }),
    );
  }

  function makeWorkflow(id: string, concurrency: number | undefined): void {
    const document = documentSchema.parse({ name: id });
    perform(toCall('insertWorkflow', { id, slug: id, document, at: 1 }));
    commit(id, concurrency);
    perform(toCall('setActive', { id, version: 1, enabled: true, at: 1 }));
  }

  const start = (workflowId: string): Call =>
    toCall('startRuns', { runs: [plannedRun({ workflowId, coming: [] })], at: 10 });
  const due = () => runs.due(1_000, 1_000);
  const held = (workflowId: string): number =>
    sql.get<{ n: number }>('SELECT count(*) AS n FROM runs WHERE held = 1 AND workflow_id = ?', workflowId)
      ?.n ?? 0;
  const busy = (workflowId: string): number =>
    sql.get<{ n: number }>(
      "SELECT count(*) AS n FROM runs WHERE held = 0 AND status IN ('queued', 'running') AND workflow_id = ?",
      workflowId,
    )?.n ?? 0;

  return {
    sql,
    runs,
    perform,
    commit,
    makeWorkflow,
    start,
    due,
    held,
    busy,
    /** What the next start of the process does. */
    restart() {
      runner = createBatchRunner(db, sql);
      perform(toCall('recoverRuns', { at: 20 }));
    },
    close: () => db.close(),
  };
}

type Bench = ReturnType<typeof openBench>;

function withBench(check: (bench: Bench) => void): void {
  const folder = makeTempDir();
  const bench = openBench(join(folder.path, 'test.db'));
  try {
    check(bench);
  } finally {
    bench.close();
    folder.remove();
  }
}

/** Ends one due step, and with it its run unless more follows. */
function settle(bench: Bench, pick: number, how: 'ends' | 'waits' | 'goes on' | 'fails' | 'retries'): void {
  const due = bench.due();
  const one = due[pick % Math.max(1, due.length)];
  if (one === undefined) return;
  const error = { code: 'x', message: 'x' };
  const outcome = {
    ends: succeeded(),
    waits: waiting({ correlation: 'c' }),
    'goes on': succeeded(),
    fails: { kind: 'failed', error, port: null, endsRun: true },
    retries: { kind: 'retry', error, dueAt: 30 },
  } as const;
  const next = how === 'goes on' ? [step('b'), step('c')] : [];
  bench.perform(toCall('settleStep', settlement(one, outcome[how], { next, at: 15 })));
}

function mustHold({ sql, held, busy }: Bench, paused: ReadonlySet<string>): void {
  for (const [id, limit] of Object.entries(limits)) {
    // Nobody is held while there is a slot, and nobody begins while an older one is held.
    if (held(id) > 0) expect(paused.has(id) || busy(id) >= limit).toBe(true);
    expect(
      sql.all(
        `SELECT 1 FROM runs AS r WHERE r.workflow_id = ? AND r.status = 'queued' AND r.held = 0
           AND r.seq > (SELECT min(seq) FROM runs WHERE workflow_id = r.workflow_id AND held = 1)`,
        id,
      ),
    ).toEqual([]);
  }
  // What is held is queued and not due; every other open step is due some time, or waits.
  expect(sql.all("SELECT 1 FROM runs WHERE held = 1 AND status <> 'queued'")).toEqual([]);
  expect(
    sql.all(
      `SELECT 1 FROM steps AS s JOIN runs AS r ON r.seq = s.run_seq
       WHERE s.status = 'queued' AND (s.ready_at IS NULL) <> (r.held = 1)`,
    ),
  ).toEqual([]);
}

const workflowId = fc.constantFrom<WorkflowId>('narrow', 'wide');
const move = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('start' as const), workflowId }) },
  // A call that fails takes back what it counted, and only that.
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('start and be refused' as const), workflowId }) },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constantFrom('ends', 'waits', 'goes on', 'fails', 'retries'),
      pick: fc.nat(9),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('time out' as const), pick: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick: fc.nat(30) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('pause' as const), workflowId, paused: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
);

test('no run is held while there is a slot for it, and runs begin in their order, whatever happens', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 60 }), (moves) =>
      withBench((bench) => {
        const paused = new Set<string>();
        for (const id of Object.keys(limits) as WorkflowId[]) bench.makeWorkflow(id, limits[id]);
        for (const one of moves) {
          switch (one.kind) {
            case 'start':
              bench.perform(bench.start(one.workflowId));
              break;
            case 'start and be refused': {
              const run = plannedRun({ workflowId: one.workflowId, coming: [] });
              const twice = toCall('startRuns', { runs: [run, run], at: 10 });
              expect(bench.perform(bench.start(one.workflowId), twice)).toEqual([true, false]);
              break;
            }
            case 'cancel': {
              const { items } = bench.runs.list({ limit: 50 });
              const run = items[one.pick % Math.max(1, items.length)];
              if (run !== undefined) bench.perform(toCall('cancelRun', { id: run.id, at: 15 }));
              break;
            }
            case 'time out': {
              const waits = bench.sql.all<{ seq: number; id: string; attempt: number }>(
                `SELECT s.seq, r.id, s.attempt FROM steps AS s JOIN runs AS r ON r.seq = s.run_seq
                 WHERE s.status = 'waiting' ORDER BY s.seq`,
              );
              const wait = waits[one.pick % Math.max(1, waits.length)];
              if (wait === undefined) break;
              const place = { seq: wait.seq, runId: wait.id, attempt: wait.attempt };
              bench.perform(toCall('settleStep', settlement(place, succeeded(), { next: [step('d')] })));
              break;
            }
            case 'pause':
              bench.perform(toCall('setPaused', { id: one.workflowId, paused: one.paused, at: 15 }));
              if (one.paused) paused.add(one.workflowId);
              else paused.delete(one.workflowId);
              break;
            case 'restart':
              bench.restart();
              break;
            default:
              settle(bench, one.pick, one.kind);
          }
          mustHold(bench, paused);
        }
      }),
    ),
    { numRuns: 30 },
  );
});

describe('the slots of a workflow', () => {
  test('are as many as its settings say, in the version that is live', () => {
    withBench((bench) => {
      bench.makeWorkflow('wf', 2);
      for (let count = 0; count < 9; count += 1) bench.perform(bench.start('wf'));
      expect([bench.busy('wf'), bench.held('wf')]).toEqual([2, 7]);
      // A newer version means nothing before it is live; then more may begin at once.
      bench.commit('wf', 5);
      expect(bench.busy('wf')).toBe(2);
      bench.perform(toCall('setActive', { id: 'wf', version: 2, enabled: true, at: 2 }));
      expect([bench.busy('wf'), bench.held('wf')]).toEqual([5, 4]);
      // Fewer slots end nothing.
      bench.perform(toCall('setActive', { id: 'wf', version: 1, enabled: true, at: 3 }));
      expect([bench.busy('wf'), bench.held('wf')]).toEqual([5, 4]);
      settle(bench, 0, 'ends');
      expect([bench.busy('wf'), bench.held('wf')]).toEqual([4, 4]);
    });
  });

  test('are some hundreds where its settings say nothing', () => {
    withBench((bench) => {
      bench.makeWorkflow('wf', undefined);
      bench.perform(...Array.from({ length: defaultSlots + 10 }, () => bench.start('wf')));
      expect([bench.busy('wf'), bench.held('wf')]).toEqual([defaultSlots, 10]);
    });
  });

  test('are given back until another try where they are there for the sake of others only', () => {
    withBench((bench) => {
      bench.makeWorkflow('own', 1);
      bench.makeWorkflow('other', undefined);
      bench.perform(bench.start('own'), bench.start('own'));
      settle(bench, 0, 'retries');
      expect([bench.busy('own'), bench.held('own')]).toEqual([1, 1]);

      const count = defaultSlots + 10;
      bench.perform(...Array.from({ length: count }, () => bench.start('other')));
      for (let index = 0; index < 5; index += 1) settle(bench, 0, 'retries');
      expect([bench.busy('other'), bench.held('other')]).toEqual([defaultSlots, 5]);
      // Over a new start, and when they have their try.
      bench.restart();
      expect([bench.busy('other'), bench.held('other')]).toEqual([defaultSlots, 5]);
      const resting = bench.sql.all<{ id: string; seq: number; attempt: number }>(
        `SELECT r.id, s.seq, s.attempt FROM runs AS r JOIN steps AS s ON s.run_seq = r.seq
         WHERE r.held = 2 AND s.status = 'queued' ORDER BY r.seq`,
      );
      expect(resting).toHaveLength(5);
      const [first, second, third] = resting;
      if (first === undefined || second === undefined || third === undefined) return;
      const place = { seq: first.seq, runId: first.id, attempt: first.attempt };
      bench.perform(toCall('settleStep', settlement(place, succeeded(), { next: [step('b')] })));
      expect([bench.busy('other'), bench.held('other')]).toEqual([defaultSlots + 1, 5]);
      const call = { stepSeq: second.seq, attempt: second.attempt + 1, at: 40, inputJson: null };
      bench.perform(toCall('startStep', call));
      expect([bench.busy('other'), bench.held('other')]).toEqual([defaultSlots + 2, 5]);
      // One that is cancelled meanwhile has nothing to give back.
      bench.perform(toCall('cancelRun', { id: third.id, at: 41 }));
      expect([bench.busy('other'), bench.held('other')]).toEqual([defaultSlots + 2, 5]);
    });
  });

  test('are given back by a run that waits, and taken again by it although there is none', () => {
    withBench((bench) => {
      bench.makeWorkflow('wf', 1);
      bench.perform(bench.start('wf'), bench.start('wf'), bench.start('wf'));
      expect([bench.busy('wf'), bench.held('wf')]).toEqual([1, 2]);
      settle(bench, 0, 'waits');
      expect([bench.busy('wf'), bench.held('wf')]).toEqual([1, 1]);
      const wait = bench.sql.get<{ seq: number; attempt: number; id: string }>(
        `SELECT s.seq, s.attempt, r.id FROM steps AS s JOIN runs AS r ON r.seq = s.run_seq
         WHERE s.status = 'waiting'`,
      );
      expect(wait).toBeDefined();
      if (wait === undefined) return;
      const place = { seq: wait.seq, runId: wait.id, attempt: wait.attempt };
      bench.perform(toCall('settleStep', settlement(place, succeeded(), { next: [step('b')] })));
      expect([bench.busy('wf'), bench.held('wf')]).toEqual([2, 1]);
      settle(bench, 0, 'ends');
      expect([bench.busy('wf'), bench.held('wf')]).toEqual([1, 1]);
      settle(bench, 0, 'ends');
      expect([bench.busy('wf'), bench.held('wf')]).toEqual([1, 0]);
    });
  });

  test('are none while it is paused: what has begun goes on, what comes is held over a new start', () => {
    withBench((bench) => {
      bench.makeWorkflow('wf', 2);
      bench.perform(bench.start('wf'));
      bench.perform(toCall('setPaused', { id: 'wf', paused: true, at: 2 }));
      bench.perform(bench.start('wf'), bench.start('wf'), bench.start('wf'));
      expect([bench.busy('wf'), bench.held('wf')]).toEqual([1, 3]);
      settle(bench, 0, 'ends');
      bench.restart();
      expect([bench.busy('wf'), bench.held('wf'), bench.due().length]).toEqual([0, 3, 0]);
      bench.perform(toCall('setPaused', { id: 'wf', paused: false, at: 30 }));
      expect([bench.busy('wf'), bench.held('wf')]).toEqual([2, 1]);
      const ids = bench.runs
        .list({ limit: 10 })
        .items.map((run) => run.id)
        .toReversed();
      expect(bench.due().map((due) => due.runId)).toEqual(ids.slice(1, 3));
    });
  });

  test('go to nobody when it is removed: all its runs are cancelled', () => {
    withBench((bench) => {
      bench.makeWorkflow('wf', 1);
      for (let count = 0; count < 5; count += 1) bench.perform(bench.start('wf'));
      bench.perform(toCall('removeWorkflow', { id: 'wf', at: 2 }));
      expect([bench.busy('wf'), bench.held('wf'), bench.due().length]).toEqual([0, 0, 0]);
      expect(bench.sql.all("SELECT 1 FROM runs WHERE status = 'cancelled'")).toHaveLength(5);
    });
  });
});
