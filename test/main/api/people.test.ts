/** Approvals, forms, schedules, calls and notifications through `/v1` of a real host (SPEC 8, 10, 11). */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { approvals as approvalsContract, approvalSchema } from '../../../src/shared/contract/approvals.ts';
import { notificationSchema } from '../../../src/shared/contract/notifications.ts';
import { schedulePreviewSchema } from '../../../src/shared/contract/schedules.ts';
import { triggerSchema } from '../../../src/shared/contract/triggers.ts';
import { pageOf, runSchema, type RunView } from '../../../src/shared/contract/views.ts';
import { API_TOKEN } from '../../support/host.ts';
import { until } from '../../support/until.ts';
import { useApiHost } from './api-host.ts';

const api = useApiHost();
const approvals = pageOf(approvalSchema).extend({ total: z.number() });
const notifications = pageOf(notificationSchema).extend({ unread: z.number() });
const hook = (config: object = {}) => ({
  id: 'hook',
  type: 'webhook',
  config: { style: 'native', auth: { scheme: 'none' }, ...config },
});
const asking = (name: string, start: object, config: object = {}) => ({
  name,
  nodes: [
    start,
    {
      id: 'ask',
      type: 'approval',
      name: 'Release?',
      config: {
        title: 'Release {{trigger.data.id}}?',
        fields: [{ name: 'reason', type: 'text', required: true }],
        assignee: 'ada',
        ...config,
      },
    },
    { id: 'end', type: 'set', config: { fields: { word: '{{steps.ask.output}}' } } },
  ],
  edges: [
    { source: (start as { id: string }).id, target: 'ask' },
    { source: 'ask', target: 'end' },
  ],
});
const getRun = (id: string) => api.ok(runSchema, 'GET', `/workflow-runs/${id}`);
const untilRun = (id: string, status: string): Promise<RunView> =>
  until(`run ${id} to be ${status}`, async () => {
    const run = await getRun(id);
    return run.status === status && run;
  });
const post = async (url: string, body: unknown) => {
  const answer = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
  return { status: answer.status, body: z.record(z.string(), z.unknown()).parse(await answer.json()) };
};

describe('approvals', () => {
  it('are listed with what one has to know, and answered once', async () => {
    const workflow = await api.live(
      asking('Release', { id: 'start', type: 'manual' }, { timeoutSeconds: 3_600 }),
    );
    const started = await api.ok(
      runSchema,
      'POST',
      `/workflows/${workflow.id}/runs`,
      { input: { id: 7 } },
      202,
    );
    const run = await untilRun(started.id, 'waiting');
    expect(run).toMatchObject({ trigger: 'api', waitingFor: 'Waits for approval: Release 7?' });
    const { items, total } = await api.ok(approvals, 'GET', `/approvals?run=${run.id}`);
    expect(total).toBe(1);
    const [item] = items;
    expect(item).toMatchObject({
      runId: run.id,
      workflowId: workflow.id,
      workflowName: 'Release',
      nodeId: 'ask',
      nodeName: 'Release?',
      title: 'Release 7?',
      assignee: 'ada',
      fields: [{ name: 'reason', type: 'text', required: true }],
    });
    expect(Date.parse(item?.timeoutAt ?? '') - Date.parse(item?.waitingSince ?? '')).toBeGreaterThan(
      3_500_000,
    );
    const path = `/workflow-runs/${run.id}/steps/ask/approve`;
    const { issues } = await api.refused(422, 'invalid', 'POST', path, { form: { reasons: 'x' } });
    expect(issues?.map((issue) => issue.path)).toEqual(['form.reasons', 'form.reason']);
    await api.refused(422, 'invalid', 'POST', path, { approve: true });
    await api.refused(404, 'not_found', 'POST', '/workflow-runs/run_none/steps/ask/approve', {});
    await api.refused(404, 'not_found', 'POST', `/workflow-runs/${run.id}/steps/end/approve`, {});
    await api.ok(runSchema, 'POST', path, { form: { reason: 'tested' }, comment: 'Go.' });
    await api.refused(409, 'conflict', 'POST', path, { form: { reason: 'tested' } });
    const ended = await untilRun(run.id, 'succeeded');
    expect(ended.output).toMatchObject({
      word: { approved: true, form: { reason: 'tested' }, comment: 'Go.', by: 'token of the process' },
    });
    expect((await api.ok(approvals, 'GET', '/approvals')).total).toBe(0);
  });

  it('are answered by the command a run shows', async () => {
    const workflow = await api.live(
      asking('Command', { id: 'start', type: 'manual' }, { fields: [], title: 'It\'s "fine"?' }),
    );
    const { id } = await api.ok(runSchema, 'POST', `/workflows/${workflow.id}/runs`, {}, 202);
    const [wait] = (await untilRun(id, 'waiting')).waits;
    expect(wait).toMatchObject({ kind: 'approval', nodeId: 'ask', resumeUrl: null });
    await promisify(execFile)('sh', ['-c', wait?.curl ?? ''], {
      env: { ...process.env, HOOKYARD_API_TOKEN: API_TOKEN },
    });
    await untilRun(id, 'succeeded');
  });

  it('need the scope run', async () => {
    const { token } = await api.ok(
      z.object({ token: z.string() }),
      'POST',
      '/tokens',
      { name: 'reader', scopes: ['read'] },
      201,
    );
    const path = '/workflow-runs/run_none/steps/ask/approve';
    await api.refused(403, 'forbidden', 'POST', path, {}, token);
    await api.refused(401, 'unauthorized', 'POST', path, {}, null);
    expect(approvalsContract.list['~orpc'].route.path).toBe('/approvals');
  });

  it('answer a waiting caller 202 waiting at once', async () => {
    const workflow = await api.live(
      asking('Sync', hook({ slug: 'sync-approval', response: { mode: 'lastNode', timeoutSeconds: 20 } })),
    );
    const began = performance.now();
    const answer = await post(workflow.endpoints[0]?.url ?? '', { id: 1 });
    expect(answer).toMatchObject({ status: 202, body: { success: true, status: 'waiting' } });
    expect(performance.now() - began).toBeLessThan(5_000);
    await api.ok(runSchema, 'POST', `/workflow-runs/${String(answer.body['executionId'])}/cancel`, {});
  });
});

describe('a waiting caller', () => {
  const pausing = (slug: string, seconds: number, timeoutSeconds: number) => ({
    name: slug,
    nodes: [
      hook({ slug, response: { mode: 'lastNode', timeoutSeconds } }),
      { id: 'sleep', type: 'delay', config: { seconds } },
      { id: 'end', type: 'set', config: { fields: { done: true } } },
    ],
    edges: [
      { source: 'hook', target: 'sleep' },
      { source: 'sleep', target: 'end' },
    ],
  });

  it('is told 202 at once when the run pauses for longer than any caller may wait', async () => {
    const { endpoints } = await api.live(pausing('long-pause', 900, 10));
    const began = performance.now();
    expect(await post(endpoints[0]?.url ?? '', {})).toMatchObject({
      status: 202,
      body: { status: 'waiting' },
    });
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('waits over a shorter pause', async () => {
    const { endpoints } = await api.live(pausing('short-pause', 0.3, 20));
    expect(await post(endpoints[0]?.url ?? '', {})).toEqual({ status: 200, body: { done: true } });
  });

  it('is told 202 when a run that is waited for pauses', async () => {
    await api.live(asking('Asks below', { id: 'start', type: 'manual' }, { title: 'Well?' }));
    const { endpoints } = await api.live({
      name: 'Asks through another',
      nodes: [
        hook({ slug: 'asks-through', response: { mode: 'lastNode', timeoutSeconds: 20 } }),
        { id: 'call', type: 'workflow', config: { workflow: 'asks-below' } },
      ],
      edges: [{ source: 'hook', target: 'call' }],
    });
    const began = performance.now();
    const answer = await post(endpoints[0]?.url ?? '', {});
    expect(answer).toMatchObject({ status: 202, body: { status: 'waiting' } });
    expect(performance.now() - began).toBeLessThan(5_000);
    const run = await getRun(String(answer.body['executionId']));
    const [child] = run.children;
    await api.ok(runSchema, 'POST', `/workflow-runs/${child?.runId}/steps/ask/approve`, {
      form: { reason: 'r' },
    });
    expect((await untilRun(run.id, 'succeeded')).output).toMatchObject({ status: 'succeeded' });
  });
});

describe('forms of starts', () => {
  it('are judged before a run begins', async () => {
    const workflow = await api.live({
      name: 'Form',
      nodes: [
        {
          id: 'start',
          type: 'manual',
          config: {
            fields: [
              { name: 'count', type: 'number', required: true },
              { name: 'size', type: 'select', options: ['S', 'L'] },
              { name: 'day', type: 'date' },
            ],
          },
        },
      ],
      edges: [],
    });
    const path = `/workflows/${workflow.id}/runs`;
    for (const [input, paths] of [
      [undefined, ['input.count']],
      ['text', ['input']],
      [{ count: '3', size: 'M', day: 'soon' }, ['input.count', 'input.size', 'input.day']],
      [{ count: 3, cuont: 4 }, ['input.cuont']],
    ] as const) {
      const { issues } = await api.refused(422, 'invalid', 'POST', path, { input });
      expect(issues?.map((issue) => issue.path)).toEqual(paths);
    }
    const run = await api.ok(
      runSchema,
      'POST',
      path,
      { input: { count: 3, size: 'L', day: '2026-03-23' } },
      202,
    );
    expect(run.status).toBe('succeeded');
  });

  it('begin where the caller says, or at the start meant for it', async () => {
    const workflow = await api.live({
      name: 'Several starts',
      nodes: [
        { id: 'byHand', type: 'manual' },
        { id: 'byProgram', type: 'api' },
      ],
    });
    const path = `/workflows/${workflow.id}/runs`;
    expect((await api.ok(runSchema, 'POST', path, {}, 202)).startNodeId).toBe('byProgram');
    expect((await api.ok(runSchema, 'POST', path, { start: 'byHand' }, 202)).startNodeId).toBe('byHand');
    await api.refused(409, 'conflict', 'POST', path, { start: 'nowhere' });
  });

  it('are refused when their questions make no sense', async () => {
    const { issues } = await api.refused(422, 'invalid', 'POST', '/workflows?activate=true', {
      name: 'Bad form',
      nodes: [
        {
          id: 'start',
          type: 'api',
          config: {
            fields: [
              { name: 'a', type: 'select' },
              { name: 'a', type: 'text' },
            ],
          },
        },
      ],
    });
    expect(issues?.map((issue) => issue.path)).toEqual([
      'nodes[0].config.fields[0].options',
      'nodes[0].config.fields[1].name',
    ]);
  });
});

describe('schedules', () => {
  it('say when a pattern comes next, or what is wrong with it', async () => {
    const preview = (query: string) => api.ok(schedulePreviewSchema, 'GET', `/schedules/preview?${query}`);
    expect(
      await preview('cron=30+2+*+*+*&timeZone=Europe/Berlin&after=2026-03-28T12:00:00Z&count=2'),
    ).toEqual({
      fault: null,
      faultIn: null,
      timeZone: 'Europe/Berlin',
      next: ['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z'],
    });
    expect((await preview('cron=*/10+*+*+*+*+*')).next).toHaveLength(5);
    expect(await preview('cron=61+*+*+*+*')).toMatchObject({
      fault: 'Invalid value for minute: 61.',
      faultIn: 'cron',
    });
    expect(await preview('cron=tomorrow')).toMatchObject({ faultIn: 'cron', next: [] });
    expect(await preview('cron=0+0+30+2+*')).toMatchObject({
      fault: 'This never comes: there is no such day.',
    });
    expect(await preview('cron=*+*+*+*+*&timeZone=Mars/Phobos')).toMatchObject({ faultIn: 'timeZone' });
  });

  it('are refused at a commit when they can not be read', async () => {
    const { issues } = await api.refused(422, 'invalid', 'POST', '/workflows?activate=true', {
      name: 'Bad schedule',
      nodes: [{ id: 'tick', type: 'schedule', config: { cron: '0 25 * * *', timeZone: 'Nowhere' } }],
    });
    expect(issues?.map((issue) => issue.path)).toEqual(['nodes[0].config.cron', 'nodes[0].config.timeZone']);
  });

  it('come, and stand among the triggers with their next time', async () => {
    const workflow = await api.live({
      name: 'Ticks',
      nodes: [{ id: 'tick', type: 'schedule', config: { cron: '* * * * * *', timeZone: 'UTC' } }],
    });
    const trigger = () =>
      api
        .ok(pageOf(triggerSchema), 'GET', '/triggers?type=schedule')
        .then(({ items }) => items.find(({ id }) => id === `${workflow.id}.tick`));
    expect(await trigger()).toMatchObject({
      type: 'schedule',
      state: 'active',
      schedule: { cron: '* * * * * *', timeZone: 'UTC' },
      nextAt: expect.stringMatching(/Z$/),
    });
    await until('a run', async () => (await trigger())?.lastCallAt ?? false);
    await api.ok(z.unknown(), 'POST', `/workflows/${workflow.id}/deactivate`, {});
    expect(await trigger()).toMatchObject({ state: 'deactivated', nextAt: null });
  });
});

describe('workflows that are called', () => {
  it('have to be there at a commit; the own one is', async () => {
    const document = (workflow: string, settings: object = {}) => ({
      name: 'Calls itself',
      nodes: [
        { id: 'start', type: 'manual' },
        { id: 'call', type: 'workflow', config: { workflow, wait: false } },
      ],
      edges: [{ source: 'start', target: 'call' }],
      settings,
    });
    const { issues } = await api.refused(
      422,
      'invalid',
      'POST',
      '/workflows?activate=true',
      document('nobody', { onFailure: 'none-such' }),
    );
    expect(issues?.map((issue) => issue.path)).toEqual(['nodes[1].config.workflow', 'settings.onFailure']);
    await api.live(document('calls-itself', { onFailure: 'calls-itself' }));
  });
});

describe('notifications', () => {
  it('are kept with the step that tells them, read and cleared', async () => {
    const workflow = await api.live({
      name: 'Tells',
      nodes: [
        { id: 'start', type: 'manual' },
        {
          id: 'tell',
          type: 'notify',
          config: { title: 'Order {{trigger.data.id}}', message: 'paid', level: 'success' },
        },
      ],
      edges: [{ source: 'start', target: 'tell' }],
    });
    await api.ok(notifications.partial().loose(), 'POST', '/notifications/clear', {});
    const run = await api.ok(
      runSchema,
      'POST',
      `/workflows/${workflow.id}/runs`,
      { input: { id: 7 }, wait: true },
      200,
    );
    expect(run.output).toEqual({ level: 'success', title: 'Order 7', message: 'paid' });
    const page = await api.ok(notifications, 'GET', '/notifications');
    expect(page).toMatchObject({
      unread: 1,
      items: [
        {
          kind: 'notify',
          level: 'success',
          title: 'Order 7',
          message: 'paid',
          runId: run.id,
          nodeId: 'tell',
          workflowName: 'Tells',
          isRead: false,
        },
      ],
    });
    const ids = page.items.map(({ id }) => id);
    expect(await api.ok(z.unknown(), 'POST', '/notifications/read', { ids })).toEqual({ count: 1 });
    expect(await api.ok(notifications, 'GET', '/notifications?unread=true')).toMatchObject({
      items: [],
      unread: 0,
    });
    expect(await api.ok(z.unknown(), 'POST', '/notifications/clear', {})).toEqual({ count: 1 });
    await api.refused(422, 'invalid', 'POST', '/notifications/read', { ids: ['x'] });
  });
});
