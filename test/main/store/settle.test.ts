/** How a step's end moves its run on, in one commit, and how a stale end is fenced off (SPEC 9). */
import { describe, expect, test } from 'vitest';
import type { Store } from '../../../src/main/store/open-store.ts';
import {
  admission,
  codeOf,
  freshId,
  onlyDue,
  openTestStore,
  plannedRun,
  settlement,
  step,
  succeeded,
  waiting,
} from './support.ts';

const error = { code: 'step_failed', message: 'It broke.', nodeId: 'a' };

async function start(store: Store, ...nodes: readonly string[]): Promise<string> {
  const run = plannedRun({ next: nodes.map((nodeId) => step(nodeId)) });
  await store.write('admit', admission({ runs: [run] }));
  return run.id;
}

describe('a settled step', () => {
  test('brings the next steps in the same commit, and the last one ends the run', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const runId = await start(store, 'a');
    expect(store.read.runs.byId(runId)).toMatchObject({ status: 'queued', startedAt: null });
    const first = await store.write(
      'settleStep',
      settlement(onlyDue(store), succeeded('{"n":1}'), {
        next: [step('b')],
        inputJson: '{"x":1}',
        logs: [{ level: 'info', text: 'hello' }],
      }),
    );
    expect(first).toEqual({ applied: true, runStatus: 'running' });
    const due = onlyDue(store);
    expect(due).toMatchObject({ nodeId: 'b', runId, workflowId: 'wf_one', version: 1, attempt: 0 });
    expect(await store.write('settleStep', settlement(due, succeeded('2')))).toEqual({
      applied: true,
      runStatus: 'succeeded',
    });
    expect(store.read.runs.byId(runId)).toMatchObject({
      status: 'succeeded',
      startedAt: 2_000,
      finishedAt: 2_001,
      lastStepSeq: due.seq,
    });
    expect(store.read.runs.steps(runId)[1]).toMatchObject({
      status: 'succeeded',
      attempt: 1,
      inputJson: '{"x":1}',
      outputJson: '{"n":1}',
      logs: [{ level: 'info', text: 'hello' }],
    });
    expect(store.read.runs.steps(runId).map((output) => output.outputJson)).toEqual([null, '{"n":1}', '2']);
  });

  test('is not applied a second time', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const runId = await start(store, 'a', 'b');
    const [due] = store.read.runs.due(5_000, 1);
    if (due === undefined) throw new Error('a step should be due');
    const end = settlement(due, succeeded('1'), { next: [step('c')] });
    expect((await store.write('settleStep', end)).applied).toBe(true);
    expect(await store.write('settleStep', end)).toEqual({ applied: false, runStatus: 'running' });
    expect(store.read.runs.steps(runId).filter((row) => row.nodeId === 'c')).toHaveLength(1);
  });

  test('of a cancelled run changes nothing', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const runId = await start(store, 'a');
    const due = onlyDue(store);
    expect(await store.write('cancelRun', { id: runId, at: 1_500 })).toEqual({ applied: true });
    expect(await store.write('settleStep', settlement(due, succeeded(), { next: [step('b')] }))).toEqual({
      applied: false,
      runStatus: 'cancelled',
    });
    expect(store.read.runs.steps(runId).map((row) => row.status)).toEqual(['succeeded', 'cancelled']);
    expect(store.read.runs.due(Date.now(), 10)).toEqual([]);
    expect(await store.write('cancelRun', { id: runId, at: 1_600 })).toEqual({ applied: false });
    expect(await codeOf(store.write('cancelRun', { id: 'run_none', at: 1 }))).toBe('not_found');
  });

  test('that fails for good ends the run, with every other open step cancelled', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const runId = await start(store, 'a', 'wait');
    const [a, wait] = store.read.runs.due(5_000, 2);
    if (a === undefined || wait === undefined) throw new Error('two steps should be due');
    await store.write('settleStep', settlement(wait, waiting({ correlation: 'c' })));
    const ended = await store.write(
      'settleStep',
      settlement(a, { kind: 'failed', error, port: null, endsRun: true }),
    );
    expect(ended).toEqual({ applied: true, runStatus: 'failed' });
    expect(store.read.runs.byId(runId)).toMatchObject({ status: 'failed', error, lastStepSeq: a.seq });
    expect(store.read.runs.steps(runId).map((row) => row.status)).toEqual([
      'succeeded',
      'failed',
      'cancelled',
    ]);
    expect(store.read.runs.waits(runId)).toEqual([]);
    expect(store.read.runs.counts()).toEqual({ queued: 0, running: 0, waiting: 0 });
  });

  test('that fails and leaves by a port lets the run go on', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const runId = await start(store, 'a');
    const due = onlyDue(store);
    const outcome = {
      kind: 'failed',
      error,
      port: 'error',
      endsRun: false,
      outputJson: '{"status":500}',
    } as const;
    await store.write('settleStep', settlement(due, outcome, { next: [step('mend')] }));
    expect(store.read.runs.steps(runId)[1]).toMatchObject({
      status: 'failed',
      port: 'error',
      outputJson: '{"status":500}',
    });
    expect((await store.write('settleStep', settlement(onlyDue(store), succeeded()))).runStatus).toBe(
      'succeeded',
    );
  });

  test('that is tried again keeps each failure and counts its tries', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const runId = await start(store, 'a');
    for (const dueAt of [3_000, 4_000]) {
      await store.write('settleStep', settlement(onlyDue(store, dueAt - 1), { kind: 'retry', error, dueAt }));
      expect(store.read.runs.due(dueAt - 1, 10)).toEqual([]);
    }
    const due = onlyDue(store, 4_000);
    expect(due.attempt).toBe(2);
    await store.write('settleStep', settlement(due, succeeded()));
    const row = store.read.runs.steps(runId)[1];
    expect(row).toMatchObject({ status: 'succeeded', attempt: 3 });
    expect(row?.failures).toEqual([
      { attempt: 1, error, startedAt: 2_000, at: 2_001 },
      { attempt: 2, error, startedAt: 2_000, at: 2_001 },
    ]);
  });

  test('that sleeps is due again at its time, with the same attempt', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const runId = await start(store, 'a');
    const due = onlyDue(store);
    const outcome = { kind: 'delayed', dueAt: 9_000, waitingFor: 'until 9' } as const;
    expect((await store.write('settleStep', settlement(due, outcome))).runStatus).toBe('waiting');
    expect(store.read.runs.counts()).toEqual({ queued: 0, running: 0, waiting: 1 });
    expect(store.read.runs.steps(runId)[1]).toMatchObject({
      status: 'waiting',
      waitingFor: 'until 9',
      dueAt: 9_000,
    });
    const again = onlyDue(store, 9_000);
    expect(again).toMatchObject({ attempt: due.attempt, isDelayOver: true, isWaitTimeout: false });
    expect((await store.write('settleStep', settlement(again, succeeded()))).runStatus).toBe('succeeded');
  });
});

describe('an outward step', () => {
  test('commits that a try begins, and only the try that began may settle', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const runId = await start(store, 'a');
    const due = onlyDue(store);
    const begin = { stepSeq: due.seq, attempt: 1, at: 1_700, inputJson: '{"url":"x"}' };
    expect(await store.write('startStep', begin)).toEqual({ applied: true });
    expect(await store.write('startStep', begin)).toEqual({ applied: false });
    expect(store.read.runs.due(Date.now(), 10)).toEqual([]);
    expect(store.read.runs.byId(runId)).toMatchObject({ status: 'running', startedAt: 1_700 });
    expect((await store.write('settleStep', settlement(due, succeeded()))).applied).toBe(false);
    const tried = { ...due, attempt: 1 };
    expect((await store.write('settleStep', settlement(tried, succeeded()))).runStatus).toBe('succeeded');
    expect(store.read.runs.steps(runId)[1]?.attempt).toBe(1);
  });

  test('cut off by the end of the process is due again and marked, until its next try begins', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const runId = await start(store, 'a');
    const due = onlyDue(store);
    await store.write('startStep', { stepSeq: due.seq, attempt: 1, at: 1_700, inputJson: null });
    const place = { stepSeq: due.seq, runId, workflowId: 'wf_one', version: 1, nodeId: 'a', attempt: 1 };
    for (let again = 0; again < 2; again += 1) {
      const { requeued } = await store.write('recoverRuns', { at: 1_800 + again });
      expect(requeued).toMatchObject([place]);
    }
    const recovered = onlyDue(store);
    expect(recovered).toMatchObject({ attempt: 1, isInterrupted: true });
    await store.write('startStep', { stepSeq: due.seq, attempt: 2, at: 1_900, inputJson: null });
    expect((await store.write('settleStep', settlement({ ...due, attempt: 2 }, succeeded()))).applied).toBe(
      true,
    );
    expect((await store.write('recoverRuns', { at: 2_000 })).requeued).toEqual([]);
  });

  test('of a cancelled run can not begin', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const runId = await start(store, 'a');
    const due = onlyDue(store);
    await store.write('cancelRun', { id: runId, at: 1 });
    const begun = await store.write('startStep', { stepSeq: due.seq, attempt: 1, at: 2, inputJson: null });
    expect(begun).toEqual({ applied: false });
  });
});

describe('runs without a request', () => {
  test('start with what they are given', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const run = plannedRun({
      inputJson: '{"a":1}',
      startOutputJson: '{"payload":{"a":1}}',
      startType: 'manual',
    });
    expect(await store.write('startRuns', { runs: [run], at: 5 })).toEqual({ runIds: [run.id] });
    expect(store.read.runs.byId(run.id)).toMatchObject({
      requestId: null,
      inputJson: '{"a":1}',
      createdAt: 5,
    });
    expect(store.read.runs.steps(run.id)[0]?.outputJson).toBe('{"payload":{"a":1}}');
  });

  test('repeat another with the steps that are kept, and the first delivery still answers its own run', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const dedupe = { key: 'k', bodyHash: 'h', windowMs: 10_000 };
    const source = plannedRun({ next: [step('a')], inputJson: '{"a":1}' });
    await store.write('admit', admission({ runs: [source], dedupe }));
    const done = onlyDue(store);
    await store.write('settleStep', settlement(done, succeeded('"kept"'), { next: [step('b')] }));
    const failing = onlyDue(store);
    await store.write(
      'settleStep',
      settlement(failing, { kind: 'failed', error, port: null, endsRun: true }),
    );
    const newId = freshId('run');
    const [startStep] = store.read.runs.steps(source.id);
    await store.write('retryRun', {
      id: source.id,
      newId,
      keepStepSeqs: [startStep?.seq ?? 0, done.seq],
      next: [step('b')],
      coming: [],
      at: 3_000,
    });
    expect(store.read.runs.byId(newId)).toMatchObject({
      status: 'queued',
      inputJson: '{"a":1}',
      requestId: store.read.runs.byId(source.id)?.requestId,
    });
    expect(store.read.runs.steps(newId).map((row) => [row.nodeId, row.status, row.outputJson])).toEqual([
      ['hook', 'succeeded', null],
      ['a', 'succeeded', '"kept"'],
      ['b', 'queued', null],
    ]);
    const twin = await store.write('admit', admission({ dedupe, runs: [plannedRun()] }));
    expect(twin).toMatchObject({ kind: 'duplicate', runIds: [source.id] });
  });
});

describe('due work', () => {
  test('comes in the order it fell due, without the workflows that have to wait', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const run = (workflowId: string, dueAt: number) => plannedRun({ workflowId, next: [step('a', dueAt)] });
    await store.write('startRuns', {
      runs: [run('wf_a', 30), run('wf_b', 10), run('wf_a', 20), run('wf_c', 99)],
      at: 1,
    });
    expect(store.read.runs.due(50, 10).map((due) => due.dueAt)).toEqual([10, 20, 30]);
    expect(store.read.runs.due(50, 2).map((due) => due.dueAt)).toEqual([10, 20]);
    expect(store.read.runs.due(50, 10, ['wf_a']).map((due) => due.workflowId)).toEqual(['wf_b']);
    expect(store.read.runs.nextDueAt(50)).toBe(99);
    expect(store.read.runs.nextDueAt(99)).toBeUndefined();
  });
});
