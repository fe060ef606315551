/** Operating many runs through `/v1` of a real host: a workflow paused, runs found, repeated and cancelled in bulk. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { jobSchema, type JobView } from '../../../src/shared/contract/jobs.ts';
import {
  pageOf,
  runSchema,
  runSummarySchema,
  settingsSchema,
  workflowSchema,
  workflowSummarySchema,
  type RunSummary,
} from '../../../src/shared/contract/views.ts';
import { startHost, type TestHost } from '../../support/host.ts';
import { openHttpTarget } from '../../support/http-target.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';
import { callV1 } from '../../support/v1.ts';
import { simpleDocument, useApiHost } from './api-host.ts';

const api = useApiHost();
const runPage = pageOf(runSummarySchema);

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function post(url: string, body: unknown): Promise<Answer> {
  const answer = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function runsOf(workflow: string, filter = '', receiver = api.host().receiver): Promise<RunSummary[]> {
  const path = `/v1/workflow-runs?limit=500&workflow=${workflow}${filter}`;
  return runPage.parse((await callV1(receiver, 'GET', path)).body).items.toReversed();
}

async function endOf(job: JobView, receiver = api.host().receiver): Promise<JobView> {
  return until(`job ${job.id} to end`, async () => {
    const now = jobSchema.parse((await callV1(receiver, 'GET', `/v1/jobs/${job.id}`)).body);
    return !['queued', 'running'].includes(now.state) && now;
  });
}

/** Fails while its target says so. */
function callingDocument(name: string, url: string) {
  return {
    name,
    nodes: [
      { id: 'hook', type: 'webhook', name: 'Arrived', config: { auth: { scheme: 'none' } } },
      { id: 'first', type: 'set', name: 'First', config: { fields: { got: '{{trigger.data.n}}' } } },
      {
        id: 'call',
        type: 'http',
        name: 'Call',
        config: { method: 'POST', url, body: '{{steps.first.output}}' },
      },
    ],
    edges: [
      { source: 'hook', target: 'first' },
      { source: 'first', target: 'call' },
    ],
  };
}

describe('a paused workflow', () => {
  it('takes what comes, lets it begin when it goes on, in its order, also over a new start', async () => {
    const folder = makeTempDir();
    let host: TestHost = await startHost({ folder: folder.path });
    onTestFinished(async () => {
      await host.stop();
      folder.remove();
    });
    const v1 = (method: string, path: string, body?: unknown) =>
      callV1(host.receiver, method, `/v1${path}`, body);
    const document = simpleDocument('Paused', { auth: { scheme: 'none' } });
    const made = workflowSchema.parse((await v1('POST', '/workflows?activate=true', document)).body);
    const path = new URL(made.endpoints[0]?.url ?? '').pathname;
    expect(made.paused).toBe(false);
    expect(workflowSchema.parse((await v1('POST', `/workflows/${made.slug}/pause`)).body).paused).toBe(true);

    for (let n = 0; n < 10; n += 1) expect((await post(host.receiver + path, { n })).status).toBe(200);
    await host.kill9();
    host = await startHost({ folder: folder.path });
    for (let n = 10; n < 20; n += 1) expect((await post(host.receiver + path, { n })).status).toBe(200);
    const held = await runsOf(made.id, '', host.receiver);
    expect(held.map((run) => run.status)).toEqual(Array(20).fill('queued'));
    expect(held[0]?.waitingFor).toBe('Its workflow is paused.');
    const [listed] = pageOf(workflowSummarySchema).parse((await v1('GET', '/workflows?q=Paused')).body).items;
    expect(listed).toMatchObject({ paused: true, heldRuns: 20 });

    await v1('POST', `/workflows/${made.id}/resume`);
    const ended = await until('all to run', async () => {
      const runs = await runsOf(made.id, '', host.receiver);
      return runs.every((run) => run.status === 'succeeded') && runs;
    });
    const begun = ended.map((run) => run.startedAt ?? '');
    expect(begun).toEqual(begun.toSorted());
  });

  it('tells callers that wait for its answer at once that theirs is queued', async () => {
    const workflow = await api.live(
      simpleDocument('Paused and waited for', {
        auth: { scheme: 'none' },
        response: { mode: 'lastNode', timeoutSeconds: 30 },
      }),
    );
    const url = workflow.endpoints[0]?.url ?? '';
    await api.ok(workflowSchema, 'POST', `/workflows/${workflow.id}/pause`);
    const answer = await post(url, {});
    const id = String(answer.body['executionId']);
    expect(answer).toEqual({ status: 202, body: { success: true, executionId: id, status: 'queued' } });
    const started = await api.v1('POST', `/workflows/${workflow.id}/runs`, { wait: true });
    expect(runSchema.parse(started.body)).toMatchObject({
      status: 'queued',
      waitingFor: 'Its workflow is paused.',
    });
    await api.ok(workflowSchema, 'POST', `/workflows/${workflow.id}/resume`);
    expect((await post(url, {})).status).toBe(200);
    await until('the queued one to run', async () => {
      return (await api.ok(runSchema, 'GET', `/workflow-runs/${id}`)).status === 'succeeded';
    });
  });

  it('is paused and goes on with the scope run, and keeps its state over being edited', async () => {
    const workflow = await api.live(simpleDocument('Paused and edited', { auth: { scheme: 'none' } }));
    await api.ok(workflowSchema, 'POST', `/workflows/${workflow.id}/pause`);
    const read = await api.ok(workflowSchema, 'GET', `/workflows/${workflow.id}`);
    const edited = { ...read, description: 'Edited' };
    const saved = await api.ok(workflowSchema, 'PUT', `/workflows/${workflow.id}?activate=true`, edited);
    expect(saved).toMatchObject({ paused: true, description: 'Edited' });
    await api.refused(404, 'not_found', 'POST', '/workflows/wf_none/pause');
  });
});

describe('many runs', () => {
  it('are run again as a job, from their start or from where they failed, each once over a kill', async () => {
    let isDown = true;
    await using target = await openHttpTarget((_call, response) => {
      response.writeHead(isDown ? 400 : 200, { 'content-type': 'application/json' }).end('{}');
    });
    const folder = makeTempDir();
    let host: TestHost = await startHost({ folder: folder.path });
    onTestFinished(async () => {
      await host.stop();
      folder.remove();
    });
    const v1 = (method: string, path: string, body?: unknown) =>
      callV1(host.receiver, method, `/v1${path}`, body);
    const document = callingDocument('Calls', target.origin);
    const made = workflowSchema.parse((await v1('POST', '/workflows?activate=true', document)).body);
    const url = made.endpoints[0]?.url ?? '';
    const since = new Date().toISOString();
    for (let n = 0; n < 60; n += 1) await post(url, { n });
    await until('all to fail', async () => {
      return (await runsOf(made.id, '&status=failed', host.receiver)).length === 60;
    });
    isDown = false;
    target.calls.length = 0;
    const retry = { workflow: made.slug, since, from: 'failedStep' };
    const answer = await v1('POST', '/workflow-runs/retry-all', retry);
    expect(answer.status).toBe(202);
    const job = jobSchema.parse(answer.body);
    expect(job).toMatchObject({ kind: 'continueRuns', total: 60 });
    await until('some to be done', () => target.calls.length >= 5);
    await host.kill9();
    host = await startHost({ folder: folder.path });
    expect(await endOf(job, host.receiver)).toMatchObject({ state: 'done', succeeded: 60, failed: 0 });
    const again = await until('all to succeed', async () => {
      const runs = await runsOf(made.id, '&trigger=retry', host.receiver);
      return runs.length >= 60 && runs.every((run) => run.status === 'succeeded') && runs;
    });
    // Each failed run was repeated by one other; what came before the failed step was kept.
    expect(new Set(again.map((run) => run.retryOf)).size).toBe(60);
    expect(again).toHaveLength(60);
    const first = runSchema.parse((await v1('GET', `/workflow-runs/${again[0]?.id}`)).body);
    const source = runSchema.parse((await v1('GET', `/workflow-runs/${first.retryOf}`)).body);
    expect(first.steps[1]?.startedAt).toBe(source.steps[1]?.startedAt);
    // The target may have been called once more by a run that was cut off.
    expect(target.calls.length).toBeGreaterThanOrEqual(60);
  });

  it('are cancelled as a job, also when nothing else gets on', async () => {
    const workflow = await api.live(simpleDocument('Cancelled', { auth: { scheme: 'none' } }));
    const url = workflow.endpoints[0]?.url ?? '';
    await api.ok(workflowSchema, 'POST', `/workflows/${workflow.id}/pause`);
    const ids: string[] = [];
    for (let n = 0; n < 300; n += 1) ids.push(String((await post(url, { n })).body['executionId']));
    const job = await api.ok(
      jobSchema,
      'POST',
      '/workflow-runs/cancel-all',
      { workflow: workflow.id, status: 'queued' },
      202,
    );
    expect(job).toMatchObject({ kind: 'cancelRuns', total: 300, title: 'Cancel 300 runs' });
    expect(await endOf(job)).toMatchObject({ state: 'done', succeeded: 300, failed: 0 });
    const runs = await runsOf(workflow.id);
    expect(runs.map((run) => run.status)).toEqual(Array(300).fill('cancelled'));
    await api.ok(workflowSchema, 'POST', `/workflows/${workflow.id}/resume`);
    expect((await post(url, {})).status).toBe(200);
  });

  it('are found by what started them and by their record', async () => {
    const workflow = await api.live(simpleDocument('Found', { auth: { scheme: 'none' } }));
    const created = await api.v1('POST', '/entities/InventoryModel/records', { name: 'One' });
    const { cuid } = created.body as { cuid: string };
    await post(workflow.endpoints[0]?.url ?? '', {});
    await api.v1('POST', `/workflows/${workflow.id}/runs`, { target: cuid });
    const found = async (filter: string): Promise<readonly (string | null)[]> =>
      (await runsOf(workflow.id, filter)).map((run) => run.trigger);
    expect(await found('')).toHaveLength(2);
    expect(await found('&trigger=webhook')).toEqual(['webhook']);
    expect(await found('&trigger=api')).toEqual(['api']);
    expect(await found('&trigger=schedule')).toEqual([]);
    expect(await found(`&target=${cuid}`)).toEqual(['api']);
    expect(await found('&inDoubt=true')).toEqual([]);
    expect(await found('&inDoubt=false')).toHaveLength(2);
  });
});

describe('the steps at once of all workflows', () => {
  it('are a setting within bounds, kept and used at once', async () => {
    const before = await api.ok(settingsSchema, 'GET', '/settings');
    expect(before.stepsAtOnce).toBe(320);
    expect(await api.ok(settingsSchema, 'PATCH', '/settings', { stepsAtOnce: 1 })).toMatchObject({
      stepsAtOnce: 1,
    });
    const workflow = await api.live(simpleDocument('One at a time', { auth: { scheme: 'none' } }));
    for (let n = 0; n < 5; n += 1) await post(workflow.endpoints[0]?.url ?? '', { n });
    await until('all to end', async () =>
      (await runsOf(workflow.id)).every((run) => run.status === 'succeeded'),
    );
    await api.refused(422, 'invalid', 'PATCH', '/settings', { stepsAtOnce: 0 });
    await api.ok(settingsSchema, 'PATCH', '/settings', { stepsAtOnce: 320 });
  });
});
