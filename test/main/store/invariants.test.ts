/**
 * Random histories of admissions, settlements, deliveries, time-outs and cancellations, against what must hold after
 * each of them: no wait and no held delivery is used twice, and a run's state is the one its steps give it.
 */
import fc from 'fast-check';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toCall } from '../../../src/main/store/calls.ts';
import { createBatchRunner } from '../../../src/main/store/batch.ts';
import { makeDurable, openWriter } from '../../../src/main/store/connection.ts';
import { migrate } from '../../../src/main/store/migrate.ts';
import { migrations } from '../../../src/main/store/migrations/list.ts';
import type { Call } from '../../../src/main/store/operations.ts';
import { readRuns } from '../../../src/main/store/runs-read.ts';
import { createSql } from '../../../src/main/store/sql.ts';
import type { AdmissionOutcome, DueStep, ResumeWish, SettleOutcome } from '../../../src/main/store/types.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import {
  admission,
  capturedRequest,
  plannedRun,
  resumeBy,
  settlement,
  step,
  succeeded,
  waiting,
} from './support.ts';

type Move =
  | { readonly kind: 'start'; readonly key: number }
  | { readonly kind: 'deliver'; readonly key: number; readonly by: 'target' | 'correlation' | 'token' }
  | { readonly kind: 'work'; readonly pick: number; readonly twice: boolean; readonly fails: boolean }
  | { readonly kind: 'cancel'; readonly pick: number };

const key = fc.integer({ min: 0, max: 2 });
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('start' as const), key }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('deliver' as const),
      key,
      by: fc.constantFrom('target' as const, 'correlation' as const, 'token' as const),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('work' as const),
      pick: fc.nat(9),
      twice: fc.boolean(),
      fails: fc.integer({ min: 0, max: 9 }).map((roll) => roll === 0),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick: fc.nat(9) }) },
);

const targetOf = (index: number) => ({ entity: 'InventoryModel', cuid: `cuid_${index}` });

/** A store without its thread, and the history it has seen. */
function createHistory(file: string) {
  const db = openWriter(file);
  makeDurable(db);
  db.pragma('synchronous = OFF');
  migrate(db, file, migrations);
  const sql = createSql(db);
  const runner = createBatchRunner(db, sql);
  const runs = readRuns(sql, () => runner.live);
  const now = 1_000_000;
  const runIds: string[] = [];
  /** Waits begun, by step and the number of the wait. */
  const waits = new Set<string>();
  const resumes: string[] = [];
  const heldRequests = new Set<string>();
  const usedHolds: string[] = [];

  function perform(calls: readonly Call[]): readonly unknown[] {
    const report = runner.run(calls.map((call, id) => ({ id, call, bodySize: -1 })));
    expect(report.storageError).toBeNull();
    return report.results.map((result) => {
      if ('error' in result) throw new Error(result.error.message);
      return result.value;
    });
  }

  function matchOf(by: 'target' | 'correlation' | 'token', index: number): ResumeWish['match'] {
    if (by === 'target') return { kind: 'target', target: targetOf(index) };
    if (by === 'correlation') return { kind: 'correlation', value: `c${index}` };
    return { kind: 'token', tokenHash: `t${index}` };
  }

  function deliver(by: 'target' | 'correlation' | 'token', index: number): void {
    const request = capturedRequest();
    const resume = resumeBy(matchOf(by, index), { holdMs: now });
    const input = admission({ request, runs: [], resume });
    const before = sql.all<{ id: number }>('SELECT seq AS id FROM waits').length;
    const [outcome] = perform([toCall('admit', input)]) as readonly [AdmissionOutcome];
    const after = sql.all<{ id: number }>('SELECT seq AS id FROM waits').length;
    expect(before - after).toBe(outcome.kind === 'resumed' ? 1 : 0);
    if (outcome.kind === 'resumed') resumes.push(request.id);
    if (outcome.kind === 'held') heldRequests.add(request.id);
  }

  /** What an engine would do with a due step; with `twice` it does so again, as after a crash. */
  function work(due: DueStep, twice: boolean, fails: boolean): void {
    const run = runs.byId(due.runId);
    const index = Number(run?.target?.cuid.slice(-1) ?? 0);
    const begins = due.nodeId === 'wait' && due.resumedByRequestId === null && !due.isWaitTimeout;
    const outcome = fails
      ? ({ kind: 'failed', error: { code: 'x', message: 'x' }, port: null, endsRun: true } as const)
      : begins
        ? waiting({
            target: targetOf(index),
            correlation: `c${index}`,
            // A token belongs to one run: the index of its step keeps it apart.
            tokenHash: sql.get('SELECT 1 FROM waits WHERE token_hash = ?', `t${index}`) ? null : `t${index}`,
            dueAt: index === 2 ? now : null,
          })
        : succeeded();
    const next = due.nodeId === 'a' && !fails ? [step('wait'), ...(index === 1 ? [step('b')] : [])] : [];
    const call: Call = { name: 'settleStep', input: settlement(due, outcome, { next }) };
    const results = perform(twice ? [call, call] : [call]) as readonly SettleOutcome[];
    expect(results[0]?.applied).toBe(true);
    if (twice && !begins) expect(results[1]?.applied).toBe(false);
    const after = runs.steps(due.runId).find((row) => row.seq === due.seq);
    if (after?.status === 'waiting') waits.add(`${due.seq}`);
    const taken = runs.due(now, 100).find((row) => row.seq === due.seq)?.resumedByRequestId;
    if (begins && taken !== null && taken !== undefined && heldRequests.has(taken)) usedHolds.push(taken);
  }

  function check(): void {
    expect(new Set(resumes).size).toBe(resumes.length);
    expect(new Set(usedHolds).size).toBe(usedHolds.length);
    // A wait is taken once at most: as many steps carry a delivery as deliveries were taken.
    const carried = sql.all<{ id: string }>(
      'SELECT resumed_by AS id FROM steps WHERE resumed_by IS NOT NULL',
    );
    expect(new Set(carried.map((row) => row.id)).size).toBe(carried.length);
    const live = { queued: 0, running: 0, waiting: 0 };
    for (const run of sql.all<{
      seq: number;
      id: string;
      status: string;
      open_steps: number;
      waiting_steps: number;
    }>('SELECT seq, id, status, open_steps, waiting_steps FROM runs')) {
      const steps = runs.steps(run.id);
      const open = steps.filter((row) => ['queued', 'running', 'waiting'].includes(row.status));
      const asleep = open.filter((row) => row.status === 'waiting');
      expect([run.open_steps, run.waiting_steps]).toEqual([open.length, asleep.length]);
      if (run.status === 'queued' || run.status === 'running' || run.status === 'waiting') {
        live[run.status] += 1;
        expect(open.length).toBeGreaterThan(0);
        expect(run.status === 'waiting').toBe(asleep.length === open.length);
      } else {
        expect(open).toEqual([]);
      }
      const waiting = sql.all<{ step_seq: number }>('SELECT step_seq FROM waits WHERE run_seq = ?', run.seq);
      expect(new Set(waiting.map((row) => row.step_seq))).toEqual(new Set(asleep.map((row) => row.seq)));
    }
    expect(runner.live).toEqual(live);
  }

  function play(each: Move): void {
    switch (each.kind) {
      case 'start': {
        const run = plannedRun({ target: targetOf(each.key), next: [step('a')] });
        perform([toCall('admit', admission({ request: capturedRequest(), runs: [run] }))]);
        runIds.push(run.id);
        return;
      }
      case 'deliver':
        deliver(each.by, each.key);
        return;
      case 'work': {
        const due = runs.due(now, 100);
        const picked = due[each.pick % Math.max(due.length, 1)];
        if (picked !== undefined) work(picked, each.twice, each.fails);
        return;
      }
      case 'cancel': {
        const id = runIds[each.pick % Math.max(runIds.length, 1)];
        if (id !== undefined) perform([{ name: 'cancelRun', input: { id, at: now } }]);
      }
    }
  }

  return { play, check, close: () => db.close(), seen: () => ({ resumes, usedHolds, waits }) };
}

test('whatever happens in whatever order, nothing is taken twice and every run is where its steps are', () => {
  const seen = { resumes: 0, holds: 0, waits: 0 };
  fc.assert(
    fc.property(fc.array(move, { minLength: 40, maxLength: 80 }), (moves) => {
      using folder = makeTempDir();
      const history = createHistory(join(folder.path, 'history.db'));
      try {
        for (const each of moves) {
          history.play(each);
          history.check();
        }
      } finally {
        history.close();
      }
      const { resumes, usedHolds, waits } = history.seen();
      seen.resumes += resumes.length;
      seen.holds += usedHolds.length;
      seen.waits += waits.size;
    }),
    { numRuns: 40 },
  );
  // The histories have to reach what they are about.
  expect(seen.resumes).toBeGreaterThan(20);
  expect(seen.holds).toBeGreaterThan(5);
  expect(seen.waits).toBeGreaterThan(50);
});
