/**
 * Waits against a model that keeps them in plain lists: random histories of runs, deliveries early and late, time-outs,
 * cancellations, time passing and restarts. What the store answers must be what the model answers, step by step
 * (SPEC 3, Waits; RELIABILITY P6).
 */
import fc from 'fast-check';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createBatchRunner } from '../../../src/main/store/batch.ts';
import { toCall } from '../../../src/main/store/calls.ts';
import { makeDurable, openWriter } from '../../../src/main/store/connection.ts';
import { migrate } from '../../../src/main/store/migrate.ts';
import { migrations } from '../../../src/main/store/migrations/list.ts';
import type { Call } from '../../../src/main/store/operations.ts';
import { readRequests } from '../../../src/main/store/requests-read.ts';
import { readRuns } from '../../../src/main/store/runs-read.ts';
import { createSql } from '../../../src/main/store/sql.ts';
import type { AdmissionOutcome, ResumeWish } from '../../../src/main/store/types.ts';
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

type By = 'target' | 'correlation' | 'token';
type Move =
  | { readonly kind: 'start'; readonly key: number; readonly isKnown: boolean }
  | { readonly kind: 'deliver'; readonly by: By; readonly key: number; readonly holds: boolean }
  | { readonly kind: 'advance'; readonly pick: number }
  | { readonly kind: 'timeout' | 'cancel'; readonly pick: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'restart' };

const key = fc.nat(1);
const pick = fc.nat(20);
const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('start' as const), key, isKnown: fc.boolean() }) },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('deliver' as const),
        by: fc.constantFrom<By>('target', 'correlation', 'token'),
        key: fc.nat(20),
        holds: fc.boolean(),
      }),
    },
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('advance' as const), pick }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('timeout' as const), pick }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(80) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  ),
  { minLength: 30, maxLength: 80, size: 'max' },
);

const holdMs = 100;
const targetOf = (index: number) => ({ entity: 'InventoryModel', cuid: `cuid_${index}` });

interface ModelRun {
  readonly id: string;
  readonly index: number;
  readonly key: number;
  /** Whether its correlation was known when it was made. */
  readonly isKnown: boolean;
  phase: 'queued' | 'coming' | 'waiting' | 'resumed' | 'ended';
  /** The request that resumed it. */
  resumedBy: string | null;
}

interface ModelHold {
  readonly requestId: string;
  readonly by: By;
  readonly key: number;
  readonly expiresAt: number;
}

/** Plain lists in the order things happened. */
class Model {
  readonly runs: ModelRun[] = [];
  /** Runs that wait, the longest first. */
  waits: ModelRun[] = [];
  holds: ModelHold[] = [];
  now = 1_000;

  /** Whether a delivery's value is a run's. */
  meets(run: ModelRun, by: By, value: number): boolean {
    return by === 'token' ? run.index === value : run.key === value;
  }

  deliver(requestId: string, by: By, value: number, holds: boolean): AdmissionOutcome['kind'] {
    const run = this.waits.find((one) => this.meets(one, by, value));
    if (run !== undefined) {
      this.waits = this.waits.filter((one) => one !== run);
      Object.assign(run, { phase: 'resumed', resumedBy: requestId });
      return 'resumed';
    }
    const isComing = this.runs.some(
      (one) =>
        (one.phase === 'queued' || one.phase === 'coming') &&
        (this.meets(one, by, value) || (by === 'correlation' && !one.isKnown)),
    );
    const isSpent = by === 'token' && this.holds.some((one) => one.by === 'token' && one.key === value);
    if (!holds || !isComing || isSpent) return 'no_waiting_step';
    this.holds.push({ requestId, by, key: value, expiresAt: this.now + holdMs });
    return 'held';
  }

  reach(run: ModelRun): void {
    const hold = this.holds.find((one) => one.expiresAt > this.now && this.meets(run, one.by, one.key));
    if (hold === undefined) {
      run.phase = 'waiting';
      this.waits.push(run);
      return;
    }
    this.holds = this.holds.filter((one) => one !== hold);
    Object.assign(run, { phase: 'resumed', resumedBy: hold.requestId });
  }

  /** Ends a run; answers the deliveries that were held for it and that no other run is on its way to take. */
  end(run: ModelRun): readonly string[] {
    run.phase = 'ended';
    this.waits = this.waits.filter((one) => one !== run);
    const mayMeet = (one: ModelRun, { by, key: value }: ModelHold): boolean =>
      this.meets(one, by, value) || (by === 'correlation' && !one.isKnown);
    const lost = this.holds.filter(
      (hold) =>
        mayMeet(run, hold) &&
        !this.runs.some((one) => (one.phase === 'queued' || one.phase === 'coming') && mayMeet(one, hold)),
    );
    this.holds = this.holds.filter((hold) => !lost.includes(hold));
    return lost.map((hold) => hold.requestId);
  }

  expire(): readonly string[] {
    const stale = this.holds.filter((one) => one.expiresAt <= this.now);
    this.holds = this.holds.filter((one) => one.expiresAt > this.now);
    return stale.map((one) => one.requestId);
  }
}

function openHistory(file: string) {
  const db = openWriter(file);
  makeDurable(db);
  db.pragma('synchronous = OFF');
  migrate(db, file, migrations);
  const sql = createSql(db);
  const runner = createBatchRunner(db, sql);
  return {
    runs: readRuns(sql, () => runner.live),
    requests: readRequests(sql),
    perform(call: Call): unknown {
      const report = runner.run([{ id: 0, call, bodySize: -1 }]);
      expect(report.storageError).toBeNull();
      const [result] = report.results;
      if (result === undefined || 'error' in result) throw new Error(result?.error.message);
      return result.value;
    },
    close: () => db.close(),
  };
}

/** What came of deliveries, over all histories. */
const seen = new Map<string, number>();

/** Plays a history on both; throws where they differ. */
function play(file: string, history: readonly Move[]): void {
  const model = new Model();
  let store = openHistory(file);
  const stepOf = (run: ModelRun) => {
    const due = store.runs.due(Number.MAX_SAFE_INTEGER, 1_000).find((one) => one.runId === run.id);
    if (due === undefined) throw new Error(`${run.id} has nothing to do`);
    return due;
  };
  const pickRun = (index: number, phases: readonly ModelRun['phase'][]): ModelRun | undefined => {
    const found = model.runs.filter((run) => phases.includes(run.phase));
    return found[index % Math.max(1, found.length)];
  };
  const settle = (run: ModelRun, ...[outcome, over]: [Parameters<typeof settlement>[1], object?]) => {
    const due = stepOf(run);
    store.perform(toCall('settleStep', settlement(due, outcome, { at: model.now, ...over })));
  };

  function start({ key: value, isKnown }: Extract<Move, { kind: 'start' }>): void {
    const index = model.runs.length;
    const coming = [{ nodeId: 'wait', correlation: isKnown ? `c${value}` : null, tokenHash: `t${index}` }];
    const run = plannedRun({ next: [step('a')], target: targetOf(value), coming });
    store.perform(toCall('admit', admission({ request: capturedRequest({ at: model.now }), runs: [run] })));
    model.runs.push({ id: run.id, index, key: value, isKnown, phase: 'queued', resumedBy: null });
  }

  function deliver({ by, key: wished, holds }: Extract<Move, { kind: 'deliver' }>): void {
    // Tokens name one run each, values are shared by several.
    const value = by === 'token' ? wished % Math.max(1, model.runs.length) : wished % 2;
    const matches: Record<By, ResumeWish['match']> = {
      target: { kind: 'target', target: targetOf(value) },
      correlation: { kind: 'correlation', value: `c${value}` },
      token: { kind: 'token', tokenHash: `t${value}` },
    };
    const request = capturedRequest({ at: model.now });
    const over = { holdMs: holds ? holdMs : 0, ...(by === 'token' ? { nodes: [] } : {}) };
    const input = admission({ request, runs: [], resume: resumeBy(matches[by], over) });
    const outcome = store.perform(toCall('admit', input)) as AdmissionOutcome;
    expect(outcome.kind).toBe(model.deliver(request.id, by, value, holds));
    seen.set(outcome.kind, (seen.get(outcome.kind) ?? 0) + 1);
    if (outcome.kind !== 'resumed') return;
    expect(model.runs.find((run) => run.id === outcome.runId)?.resumedBy).toBe(request.id);
  }

  function end(run: ModelRun): void {
    for (const id of model.end(run))
      expect(store.requests.byId(id)).toMatchObject({ verdict: 'rejected', triage: 'open', runs: [] });
  }

  /** Does the next step of a run, as an engine would. */
  function advance(run: ModelRun): void {
    if (run.phase === 'queued') {
      settle(run, succeeded(), { next: [step('wait')] });
      run.phase = 'coming';
    } else if (run.phase === 'coming') {
      const keys = { target: targetOf(run.key), correlation: `c${run.key}`, tokenHash: `t${run.index}` };
      settle(run, waiting({ ...keys, dueAt: 1_000_000 }));
      model.reach(run);
    } else {
      expect(stepOf(run).resumedByRequestId).toBe(run.resumedBy);
      settle(run, succeeded());
      end(run);
    }
  }

  function compare(): void {
    for (const run of model.runs) {
      expect(store.runs.waits(run.id)).toHaveLength(run.phase === 'waiting' ? 1 : 0);
      const taken = run.resumedBy === null ? undefined : store.requests.byId(run.resumedBy);
      if (run.resumedBy !== null) expect(taken?.runs.map(({ id }) => id)).toEqual([run.id]);
    }
    for (const hold of model.holds)
      expect(store.requests.byId(hold.requestId)).toMatchObject({ verdict: 'held', triage: null, runs: [] });
  }

  for (const move of history) {
    const open = ['queued', 'coming', 'waiting', 'resumed'] as const;
    if (move.kind === 'start') start(move);
    else if (move.kind === 'deliver') deliver(move);
    else if (move.kind === 'pass') {
      model.now += move.ms;
      const given = store.perform(toCall('expireHolds', { at: model.now })) as { requestIds: string[] };
      const lost = model.expire();
      expect(given.requestIds.toSorted()).toEqual([...lost].toSorted());
      for (const id of lost) expect(store.requests.byId(id)).toMatchObject({ triage: 'open', runs: [] });
    } else if (move.kind === 'restart') {
      store.close();
      store = openHistory(file);
      store.perform(toCall('recoverRuns', { at: model.now }));
    } else if (move.kind === 'cancel') {
      const run = pickRun(move.pick, open);
      if (run === undefined) continue;
      store.perform(toCall('cancelRun', { id: run.id, at: model.now }));
      end(run);
    } else if (move.kind === 'timeout') {
      const run = pickRun(move.pick, ['waiting']);
      if (run === undefined) continue;
      expect(stepOf(run).isWaitTimeout).toBe(true);
      settle(run, succeeded());
      end(run);
    } else {
      const run = pickRun(move.pick, ['queued', 'coming', 'resumed']);
      if (run !== undefined) advance(run);
    }
    compare();
  }
  store.close();
}

test('waits, holds, time-outs and restarts in any order are what a plain list says', {
  timeout: 120_000,
}, () => {
  const folder = makeTempDir();
  let count = 0;
  fc.assert(
    fc.property(moves, (history) => {
      count += 1;
      play(join(folder.path, `${count}.db`), history);
    }),
    { numRuns: 50 },
  );
  folder.remove();
  // Histories in which nothing meets would show nothing.
  for (const kind of ['resumed', 'held', 'no_waiting_step']) expect(seen.get(kind)).toBeGreaterThan(20);
});
