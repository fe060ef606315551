/** Deliveries that come before their run is there: held for it, told from those nothing could ever take (SPEC 3, P6). */
import { describe, expect, it } from 'vitest';
import { until } from '../../support/until.ts';
import { call, post } from './call.ts';
import { useReceiver, type LiveWorkflow } from './open-receiver.ts';

const bench = useReceiver();
const open = { auth: { scheme: 'none' } };
const byOrder = { correlation: { run: 'trigger.data.order', request: 'trigger.data.order' } };

/** hook → between → wait → end; `between` lasts until `gate` lets it go on. */
function slow(
  wait: Record<string, unknown>,
  start: Record<string, unknown> = {},
  seconds = 0.8,
): Promise<LiveWorkflow> {
  return bench().live({
    nodes: [
      { id: 'start', type: 'webhook', config: { ...open, ...start } },
      { id: 'tell', type: 'set', config: { fields: { url: '{{run.resumeUrl}}' } } },
      { id: 'between', type: 'delay', config: { seconds } },
      { id: 'wait', type: 'webhook', config: { ...open, ...wait, waitWhenReached: true } },
      { id: 'end', type: 'transform', config: { expression: 'steps.wait.output.payload' } },
    ],
    edges: ['start>tell', 'tell>between', 'between>wait', 'wait>end'],
  });
}

async function begin({ paths }: LiveWorkflow, body: unknown = {}): Promise<string> {
  const started = await post(bench().origin, paths['start'] ?? '', body);
  expect(started.status).toBe(200);
  return String(started.json['executionId']);
}

/** The resume URL a step before the wait was told. */
async function earlyUrl(run: string): Promise<string> {
  return until('the step before the wait to tell the URL', () => {
    const output = bench()
      .engine.describeRun(run)
      ?.steps.find(({ nodeId }) => nodeId === 'tell')?.output;
    const url = typeof output === 'object' && output !== null && 'url' in output ? String(output.url) : '';
    return url !== '' && url;
  });
}

describe('by correlation', () => {
  it('D9 is held for the run that will have its value, and is 409 for a value no run has', async () => {
    const workflow = await slow(byOrder);
    const run = await begin(workflow, { order: 'A-1' });
    const send = (order: string) =>
      post(bench().origin, workflow.paths['wait'] ?? '', { order, note: 'early' });
    expect(await send('A-2')).toMatchObject({ status: 409, json: { error: 'no_waiting_step' } });
    expect(await send('A-1')).toMatchObject({ status: 202, json: { status: 'held' } });
    expect(await bench().untilRun(run)).toMatchObject({ status: 'succeeded', output: { note: 'early' } });
    expect((await send('A-1')).status).toBe(409);
  });

  it('is held where only the run can tell its value', async () => {
    const workflow = await slow({
      correlation: { run: '$uppercase(trigger.data.order)', request: 'trigger.data.order' },
    });
    const run = await begin(workflow, { order: 'x-7' });
    const early = await post(bench().origin, workflow.paths['wait'] ?? '', { order: 'X-7', n: 1 });
    expect(early.status).toBe(202);
    expect(await bench().untilRun(run)).toMatchObject({ status: 'succeeded', output: { n: 1 } });
  });

  it('on a start with onMatch "resume" takes the run on its way instead of starting another', async () => {
    const workflow = await slow(byOrder, { ...byOrder, onMatch: 'resume' });
    const run = await begin(workflow, { order: 'S-1' });
    const other = await begin(workflow, { order: 'S-2' });
    expect(other).not.toBe(run);
    const second = await post(bench().origin, workflow.paths['start'] ?? '', { order: 'S-1', step: 2 });
    expect(second).toMatchObject({ status: 202, json: { success: true, status: 'held' } });
    expect(await bench().untilRun(run)).toMatchObject({ status: 'succeeded', output: { step: 2 } });
    await bench().untilRun(other, ['waiting']);
    expect(bench().store.read.runs.list({ limit: 10, workflowId: workflow.id }).items).toHaveLength(2);
  });

  it('of a deleted workflow becomes a failed trigger', async () => {
    const workflow = await slow(byOrder, {}, 60);
    await begin(workflow, { order: 'D' });
    expect((await post(bench().origin, workflow.paths['wait'] ?? '', { order: 'D' })).status).toBe(202);
    await bench().store.write('removeWorkflow', { id: workflow.id, at: Date.now() });
    expect(await bench().lastRequest(workflow.endpoints['wait']?.id ?? '')).toMatchObject({
      verdict: 'rejected',
      triage: 'open',
      reason: 'hold_expired',
      reasonText: 'It was held for a run to reach its wait; then the workflow was deleted.',
    });
  });

  it('D9 that is held past its time becomes a failed trigger by itself', async () => {
    const workflow = await slow({ ...byOrder, holdEarlySeconds: 1 }, {}, 60);
    await begin(workflow, { order: 'T' });
    expect((await post(bench().origin, workflow.paths['wait'] ?? '', { order: 'T' })).status).toBe(202);
    const id = workflow.endpoints['wait']?.id ?? '';
    await until('it to be given up', async () => (await bench().lastRequest(id)).triage === 'open');
    expect(await bench().lastRequest(id)).toMatchObject({ verdict: 'rejected', reason: 'hold_expired' });
  });

  it('of a run that ended elsewhere is 409, and what was held for it becomes a failed trigger', async () => {
    const workflow = await slow(byOrder, {}, 60);
    const run = await begin(workflow, { order: 'E' });
    const path = workflow.paths['wait'] ?? '';
    expect((await post(bench().origin, path, { order: 'E' })).status).toBe(202);
    await bench().engine.cancelRun(run);
    expect((await post(bench().origin, path, { order: 'E' })).status).toBe(409);
    const rows = await bench().requestsOf(workflow.endpoints['wait']?.id ?? '');
    expect(rows.map(({ verdict, triage, reason }) => ({ verdict, triage, reason }))).toEqual([
      { verdict: 'rejected', triage: 'open', reason: 'no_waiting_step' },
      { verdict: 'rejected', triage: 'open', reason: 'hold_expired' },
    ]);
  });
});

describe('on the resume URL of a run', () => {
  it('is held until the run is there, and taken once', async () => {
    const workflow = await slow({});
    const run = await begin(workflow);
    const url = await earlyUrl(run);
    expect(await post(bench().origin, url, { ok: 1 })).toMatchObject({
      status: 202,
      json: { success: true, status: 'held' },
    });
    // One use: the second is told so, before and after the run came there.
    expect((await post(bench().origin, url, { ok: 2 })).status).toBe(409);
    expect(await bench().untilRun(run)).toMatchObject({ status: 'succeeded', output: { ok: 1 } });
    expect((await post(bench().origin, url, { ok: 3 })).status).toBe(409);
    const rows = await bench().requestsOf(workflow.endpoints['wait']?.id ?? '');
    expect(rows.map((row) => row.verdict)).toEqual(['rejected', 'rejected', 'held']);
  });

  it('is taken once when fifty come at once', async () => {
    const run = await begin(await slow({}));
    const url = await earlyUrl(run);
    const replies = await Promise.all(Array.from({ length: 50 }, (_, n) => post(bench().origin, url, { n })));
    expect(replies.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 409)).toHaveLength(49);
    const winner = replies.findIndex(({ status }) => status === 202);
    expect(await bench().untilRun(run)).toMatchObject({ status: 'succeeded', output: { n: winner } });
  });

  it('is not held where the node holds nothing, and the URL stays good for when the run is there', async () => {
    const run = await begin(await slow({ holdEarlySeconds: 0 }));
    const url = await earlyUrl(run);
    expect((await post(bench().origin, url, {})).status).toBe(409);
    await until('the run to be there', () => bench().store.read.runs.waits(run).length === 1);
    expect((await post(bench().origin, url, { late: true })).status).toBe(200);
    expect(await bench().untilRun(run)).toMatchObject({ output: { late: true } });
  });

  it('of a run that ended without coming there is 409 and a failed trigger', async () => {
    const workflow = await slow({}, {}, 60);
    const run = await begin(workflow);
    const url = await earlyUrl(run);
    await bench().engine.cancelRun(run);
    expect((await post(bench().origin, url, {})).status).toBe(409);
    expect(await bench().lastRequest(workflow.endpoints['wait']?.id ?? '')).toMatchObject({
      triage: 'open',
      reason: 'no_waiting_step',
    });
  });

  it('C19 goes to its own run alone; bent in any way it is nobody’s, and no method but POST resumes', async () => {
    const workflow = await slow({}, {}, 60);
    const [mine, other] = [await begin(workflow), await begin(workflow)];
    const url = await earlyUrl(mine);
    const token = url.split('/').at(-1) ?? '';
    const first = `%${token.charCodeAt(0).toString(16)}`;
    const bent = [
      token.slice(0, -1),
      `${token}A`,
      `${first}${token.slice(1)}`,
      `${token}%20`,
      `${token}/`,
      `${token}%00`,
      `.${token}`,
      token.split('').toReversed().join(''),
    ];
    for (const one of bent) {
      const answer = await post(bench().origin, `/hooks/resume/${one}`, {});
      expect({ one, status: answer.status }).toEqual({ one, status: 404 });
    }
    expect((await call(bench().origin, url, { method: 'GET' })).status).toBe(405);
    expect(bench().store.read.runs.byId(mine)?.status).toBe('waiting');
    expect((await post(bench().origin, url, {})).status).toBe(202);
    await bench().engine.cancelRun(mine);
    expect(bench().store.read.runs.byId(other)?.status).toBe('waiting');
  });
});
