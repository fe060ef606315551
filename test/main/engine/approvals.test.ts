/** Approvals: a person's word resumes a run, once, over restarts (SPEC 8, RELIABILITY P6). */
import { describe, expect, it } from 'vitest';
import type { ApprovalWord } from '../../../src/main/engine/approvals.ts';
import { createManualClock } from './manual-clock.ts';
import { type Bench, liveWorkflow, makeDocument, openEngine, untilRun } from './open-engine.ts';

const fields = [
  { name: 'amount', type: 'number', required: true },
  { name: 'note', type: 'text' },
];

/** start → ask → paid, rejected by `refused`, late by `late`. */
function askingDocument(config: Record<string, unknown> = {}, edges: readonly string[] = []) {
  return makeDocument(
    [
      { id: 'start', type: 'manual' },
      {
        id: 'ask',
        type: 'approval',
        name: 'Pay?',
        config: { title: 'Pay {{trigger.data.amount}}?', message: 'To {{trigger.data.to}}', ...config },
      },
      { id: 'paid', type: 'set', config: { fields: { word: '{{steps.ask.output}}' } } },
      { id: 'refused', type: 'set', config: { fields: { why: '{{steps.ask.output.comment}}' } } },
      { id: 'late', type: 'set', config: { fields: { late: true } } },
    ],
    ['start>ask', 'ask>paid', ...edges],
  );
}

async function startAsking(
  bench: Bench,
  config: Record<string, unknown> = {},
  edges: readonly string[] = [],
): Promise<string> {
  const workflowId = await liveWorkflow(bench.store, askingDocument(config, edges));
  const { runId } = await bench.engine.startRun({ workflowId, input: { amount: 12, to: 'ada' } });
  await untilRun(bench.engine, runId, ['waiting', 'succeeded', 'failed']);
  return runId;
}

function word(runId: string, more: Partial<ApprovalWord> = {}): ApprovalWord {
  return { runId, nodeId: 'ask', approved: true, form: undefined, comment: '', by: 'operator', ...more };
}

describe('an approval', () => {
  it('waits for a person, says so, and makes a notification', async () => {
    const bench = await openEngine();
    const runId = await startAsking(bench);
    expect(bench.engine.describeRun(runId)).toMatchObject({
      status: 'waiting',
      waitingFor: 'Waits for approval: Pay 12?',
      resumeUrl: null,
      waits: [{ nodeId: 'ask', kind: 'approval', sentence: 'Waits for approval: Pay 12?', until: null }],
    });
    const { items } = bench.store.read.approvals.list({ limit: 10 });
    expect(items).toMatchObject([{ runId, nodeId: 'ask', nodeName: 'Pay?' }]);
    expect(JSON.parse(items[0]?.inputJson ?? '')).toEqual({ title: 'Pay 12?', message: 'To ada' });
    const [notification] = bench.store.read.notifications.list({ limit: 10 }).items;
    expect(notification).toMatchObject({ kind: 'approval', title: 'Pay 12?', message: 'To ada', runId });
    await bench.engine.approve(word(runId));
    expect(bench.store.read.notifications.unread()).toBe(0);
    expect(bench.store.read.approvals.count()).toBe(0);
  });

  it('without a title asks by the name of its step', async () => {
    const bench = await openEngine();
    const runId = await startAsking(bench, { title: undefined });
    expect(bench.engine.describeRun(runId)).toMatchObject({
      status: 'waiting',
      waitingFor: 'Waits for approval: Pay?',
    });
    expect(bench.store.read.notifications.list({ limit: 5 }).items).toMatchObject([{ title: 'Pay?' }]);
  });

  it('goes on with the answers and who gave them, and keeps what was asked', async () => {
    const bench = await openEngine();
    const runId = await startAsking(bench, { fields });
    await bench.engine.approve(word(runId, { form: { amount: 12 }, comment: 'Fine.', by: 'ada' }));
    const run = await untilRun(bench.engine, runId);
    expect(run.output).toMatchObject({
      word: {
        approved: true,
        form: { amount: 12 },
        comment: 'Fine.',
        by: 'ada',
        decidedAt: expect.stringMatching(/Z$/),
      },
    });
    const step = run.steps.find(({ nodeId }) => nodeId === 'ask');
    expect(step).toMatchObject({ status: 'succeeded', attempt: 1, input: { title: 'Pay 12?' } });
  });

  it('refuses answers that do not fit the form, and goes on waiting', async () => {
    const bench = await openEngine();
    const runId = await startAsking(bench, { fields });
    const refused = bench.engine.approve(word(runId, { form: { amount: 'much', other: 1 } }));
    await expect(refused).rejects.toMatchObject({
      code: 'invalid',
      details: {
        issues: [
          { path: 'form.other', message: 'The form has no such question.' },
          { path: 'form.amount', message: 'A number is wanted.' },
        ],
      },
    });
    await expect(bench.engine.approve(word(runId))).rejects.toMatchObject({
      details: { issues: [{ path: 'form.amount', message: 'This must be answered.' }] },
    });
    expect(bench.engine.describeRun(runId)?.status).toBe('waiting');
  });

  it('that is rejected leaves by its outlet', async () => {
    const bench = await openEngine();
    const runId = await startAsking(bench, { fields }, ['ask:rejected>refused']);
    await bench.engine.approve(word(runId, { approved: false, comment: 'Too much.' }));
    const run = await untilRun(bench.engine, runId);
    expect(run).toMatchObject({ status: 'succeeded', output: { why: 'Too much.' } });
  });

  it('that is rejected fails the run where nothing follows a rejection', async () => {
    const bench = await openEngine();
    const runId = await startAsking(bench, { retry: { attempts: 3 } });
    await bench.engine.approve(word(runId, { approved: false, comment: 'No.', by: 'ada' }));
    const run = await untilRun(bench.engine, runId);
    expect(run).toMatchObject({
      status: 'failed',
      error: { code: 'rejected', message: 'Rejected by ada: No.', nodeId: 'ask' },
    });
  });

  it('is taken once, however many answer at once', async () => {
    const bench = await openEngine();
    const runId = await startAsking(bench);
    const words = Array.from({ length: 50 }, (_, index) => word(runId, { comment: String(index) }));
    const verdicts = await Promise.allSettled(words.map((one) => bench.engine.approve(one)));
    expect(verdicts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const verdict of verdicts) {
      if (verdict.status === 'rejected') expect(verdict.reason).toMatchObject({ code: 'conflict' });
    }
    const run = await untilRun(bench.engine, runId);
    expect(run.steps.filter(({ nodeId }) => nodeId === 'paid')).toHaveLength(1);
    await expect(bench.engine.approve(word(runId))).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is not found in a run that has none, and conflicts before the run is there', async () => {
    const bench = await openEngine();
    const runId = await startAsking(bench);
    await expect(bench.engine.approve(word('run_none'))).rejects.toMatchObject({ code: 'not_found' });
    await expect(bench.engine.approve(word(runId, { nodeId: 'paid' }))).rejects.toMatchObject({
      code: 'not_found',
    });
    await bench.engine.cancelRun(runId);
    await expect(bench.engine.approve(word(runId))).rejects.toMatchObject({ code: 'conflict' });
    expect(bench.store.read.approvals.count()).toBe(0);
  });

  it('waits over a restart, and its word counts even when the end comes right after it', async () => {
    const first = await openEngine();
    const runId = await startAsking(first);
    await first.close();
    const second = await openEngine({ dataDir: first.dataDir, vault: first.vault, start: false });
    await second.store.write('decideApproval', {
      runId,
      nodeId: 'ask',
      stepSeq: null,
      valueJson: JSON.stringify({ approved: true, form: {}, comment: 'kept', decidedAt: '', by: 'ada' }),
      at: Date.now(),
    });
    await second.close();
    const third = await openEngine({ dataDir: first.dataDir, vault: first.vault });
    const run = await untilRun(third.engine, runId);
    expect(run.output).toMatchObject({ word: { comment: 'kept' } });
  });

  it('that nobody answers leaves by timeout, or fails', async () => {
    const clock = createManualClock();
    const bench = await openEngine({ clock });
    const caught = await startAsking(bench, { timeoutSeconds: 60 }, ['ask:timeout>late']);
    const failed = await startAsking(bench, { timeoutSeconds: 60 });
    expect(bench.engine.describeRun(caught)?.waits[0]?.until).toBe(
      new Date(clock.now() + 60_000).toISOString(),
    );
    clock.advance(61_000);
    expect(await untilRun(bench.engine, caught)).toMatchObject({ output: { late: true } });
    expect(await untilRun(bench.engine, failed)).toMatchObject({ error: { code: 'wait_timeout' } });
  });

  it('in a loop is asked once for each round; the oldest is answered, or the one that is named', async () => {
    const bench = await openEngine();
    const workflowId = await liveWorkflow(
      bench.store,
      makeDocument(
        [
          { id: 'start', type: 'manual' },
          { id: 'each', type: 'loop', config: { items: '[1, 2, 3]', concurrency: 3 } },
          { id: 'ask', type: 'approval', config: { title: 'Item {{item}}?' } },
          { id: 'done', type: 'set', config: { fields: { results: '{{steps.each.output.results}}' } } },
        ],
        ['start>each', 'each:each>ask', 'each:done>done'],
      ),
    );
    const { runId } = await bench.engine.startRun({ workflowId, input: null });
    const asked = () => bench.store.read.approvals.list({ limit: 10 }).items.toReversed();
    await expect.poll(() => asked().length).toBe(3);
    const [, , third] = asked();
    await bench.engine.approve(word(runId, { stepSeq: third?.seq, comment: 'third' }));
    await bench.engine.approve(word(runId, { comment: 'first' }));
    await bench.engine.approve(word(runId, { comment: 'second' }));
    const run = await untilRun(bench.engine, runId);
    expect(run.output).toMatchObject({
      results: [{ comment: 'first' }, { comment: 'second' }, { comment: 'third' }],
    });
  });
});
