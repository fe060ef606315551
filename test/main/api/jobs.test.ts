/** Bulk retry and replay through `/v1` of a real host, killed in the middle (SPEC 2, RELIABILITY D7). */
import { createHmac } from 'node:crypto';
import { onTestFinished, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jobSchema, type JobView } from '../../../src/shared/contract/jobs.ts';
import {
  failedTriggerSchema,
  failureGroupSchema,
  pageOf,
  requestSchema,
  requestSummarySchema,
  runSchema,
  workflowSchema,
} from '../../../src/shared/contract/views.ts';
import { API_TOKEN, startHost, type TestHost } from '../../support/host.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';
import { callV1 } from '../../support/v1.ts';
import { listAll } from '../../support/v1-list.ts';
import { simpleDocument, useApiHost } from './api-host.ts';

const api = useApiHost();
const failed = pageOf(failedTriggerSchema);

/** Requests of the great bulk; more by hand: `HOOKYARD_TEST_BULK=10000`. */
const bulk = Number(process.env['HOOKYARD_TEST_BULK'] ?? 600);

async function post(url: string, body: string, headers: Record<string, string> = {}): Promise<number> {
  const answer = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  await answer.arrayBuffer();
  return answer.status;
}

/** Sends many, some at a time. */
async function postMany(url: string, count: number): Promise<void> {
  for (let from = 0; from < count; from += 50) {
    const bodies = Array.from(
      { length: Math.min(50, count - from) },
      (_, index) => `{ "n": ${from + index} }`,
    );
    await Promise.all(bodies.map((body) => post(url, body)));
  }
}

async function ended(id: string, receiver = api.host().receiver): Promise<JobView> {
  return until(
    `job ${id} to end`,
    async () => {
      const job = jobSchema.parse((await callV1(receiver, 'GET', `/v1/jobs/${id}`)).body);
      return !['queued', 'running'].includes(job.state) && job;
    },
    { deadlineMs: 120_000, everyMs: 50 },
  );
}

describe('retrying all of a cause', () => {
  it('takes those that are mended, leaves the others open with the cause of today, and counts both', async () => {
    const secret = 'what the callers use';
    const good = simpleDocument('Bulk retry', { auth: { scheme: 'hmac', secret } });
    const workflow = await api.live(good);
    const [endpoint] = workflow.endpoints;
    const url = endpoint?.url ?? '';
    const wrong = simpleDocument('Bulk retry', { auth: { scheme: 'hmac', secret: 'another' } });
    await api.ok(workflowSchema, 'PUT', `/workflows/${workflow.id}`, wrong);
    for (let n = 0; n < 5; n += 1) {
      const body = `{"n":${n}}`;
      const signature = createHmac('sha256', secret).update(body).digest('hex');
      expect(await post(url, body, { 'x-webhook-signature': signature })).toBe(401);
    }
    expect(await post(url, '{"unsigned":1}')).toBe(401);
    const groups = await api.ok(
      z.object({ items: z.array(failureGroupSchema) }),
      'GET',
      '/failed-triggers/groups',
    );
    expect(groups.items.filter((group) => group.endpointId === endpoint?.id)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ reason: 'old_secret', count: 5, callers: 1 }),
        expect.objectContaining({ reason: 'unauthorized', count: 1, callers: 1 }),
      ]),
    );

    await api.ok(workflowSchema, 'PUT', `/workflows/${workflow.id}`, good);
    const made = await api.ok(
      jobSchema,
      'POST',
      '/failed-triggers/retry-all',
      { endpoint: endpoint?.id },
      202,
    );
    expect(made).toMatchObject({ kind: 'retry', total: 6, title: 'Retry 6 failed triggers' });
    const job = await ended(made.id);
    expect(job).toMatchObject({ state: 'done', total: 6, done: 6, succeeded: 5, failed: 1 });
    expect(job.lastError).toMatch(/^req_\w+: /);
    const list = (state: string) =>
      api.ok(failed, 'GET', `/failed-triggers?endpoint=${endpoint?.id}&state=${state}`);
    const retried = await list('retried');
    expect(retried.items).toHaveLength(5);
    for (const item of retried.items) expect(item.lastRetry).toMatchObject({ taken: true, status: 200 });
    const open = await list('open');
    expect(open.items).toHaveLength(1);
    expect(open.items[0]?.lastRetry).toMatchObject({ taken: false, status: 401, reason: 'unauthorized' });
    const runs = await listAll(
      api.host().receiver,
      `/v1/workflow-runs?workflow=${workflow.id}`,
      runSchema.pick({ id: true }),
    );
    expect(runs).toHaveLength(5);

    expect(
      await api.ok(z.object({ dismissed: z.number() }), 'POST', '/failed-triggers/dismiss-all', {
        endpoint: endpoint?.id,
      }),
    ).toEqual({ dismissed: 1 });
    expect((await list('open')).items).toHaveLength(0);
    expect((await list('dismissed')).items).toHaveLength(1);
  });

  it('can sign what came with an old key by the key of today', async () => {
    const workflow = await api.live(
      simpleDocument('Bulk signed', { auth: { scheme: 'apiKey', key: 'the first key of all' } }),
    );
    const [endpoint] = workflow.endpoints;
    await api.ok(z.unknown(), 'POST', `/endpoints/${endpoint?.id}/reset-key`, {});
    const headers = { 'x-api-key': 'the first key of all' };
    for (let n = 0; n < 3; n += 1) expect(await post(endpoint?.url ?? '', '{}', headers)).toBe(401);
    const selection = { endpoint: endpoint?.id, reason: 'old_secret' };
    const asCaptured = await api.ok(jobSchema, 'POST', '/failed-triggers/retry-all', selection, 202);
    expect(await ended(asCaptured.id)).toMatchObject({ state: 'done', total: 3, failed: 3 });
    const signed = { ...selection, mode: 'signed' };
    const made = await api.ok(jobSchema, 'POST', '/failed-triggers/retry-all', signed, 202);
    expect(await ended(made.id)).toMatchObject({ state: 'done', mode: 'signed', total: 3, succeeded: 3 });
  });

  it('does nothing when there is nothing, and says so', async () => {
    const made = await api.ok(
      jobSchema,
      'POST',
      '/failed-triggers/retry-all',
      { endpoint: 'ep_nobody' },
      202,
    );
    expect(await ended(made.id)).toMatchObject({ state: 'done', total: 0, done: 0 });
    await api.refused(409, 'conflict', 'POST', `/jobs/${made.id}/cancel`);
    await api.refused(404, 'not_found', 'GET', '/jobs/job_nobody');
  });
});

describe('replaying all that filters choose', () => {
  it('D7 repeats each once, linked to it, and takes nothing that comes later', async () => {
    const workflow = await api.live(
      simpleDocument('Bulk replay', { auth: { scheme: 'none' }, response: { mode: 'lastNode' } }),
    );
    const [endpoint] = workflow.endpoints;
    await postMany(endpoint?.url ?? '', 20);
    const list = () =>
      listAll(api.host().receiver, `/v1/requests?endpoint=${endpoint?.id}`, requestSummarySchema);
    const originals = await list();
    const made = await api.ok(
      jobSchema,
      'POST',
      '/requests/replay-all',
      { endpoint: endpoint?.id, verdict: 'accepted' },
      202,
    );
    expect(made).toMatchObject({ kind: 'replay', total: 20, title: 'Replay 20 requests' });
    expect(await ended(made.id)).toMatchObject({ state: 'done', succeeded: 20, failed: 0, lastError: null });
    const all = await list();
    expect(all).toHaveLength(40);
    const repeats = all.filter((row) => row.isReplay);
    expect(repeats).toHaveLength(20);
    expect(repeats.every((row) => row.runs.length === 1)).toBe(true);
    // Oldest first, so the order is that of the first time.
    const replayed = await Promise.all(
      repeats.map((row) => api.ok(requestSchema, 'GET', `/requests/${row.id}`)),
    );
    const of = replayed.map((row) => /req_\w+/.exec(row.stages[0]?.note ?? '')?.[0]);
    expect(new Set(of)).toEqual(new Set(originals.map((row) => row.id)));
    const listed = await api.ok(pageOf(jobSchema), 'GET', '/jobs?limit=1');
    expect(listed.items[0]?.id).toBe(made.id);
  });

  it('D7 ends when it is cancelled', async () => {
    const workflow = await api.live(simpleDocument('Bulk cancel', { auth: { scheme: 'none' } }));
    const [endpoint] = workflow.endpoints;
    await postMany(endpoint?.url ?? '', 300);
    const made = await api.ok(jobSchema, 'POST', '/requests/replay-all', { endpoint: endpoint?.id }, 202);
    const cancelled = await api.ok(jobSchema, 'POST', `/jobs/${made.id}/cancel`, {});
    expect(cancelled).toMatchObject({ state: 'cancelled', finishedAt: expect.any(String) });
    expect(cancelled.done).toBeLessThan(300);
    // Another job made after it ends; what the first had left is never done.
    const next = await api.ok(
      jobSchema,
      'POST',
      '/failed-triggers/retry-all',
      { endpoint: 'ep_nobody' },
      202,
    );
    await ended(next.id);
    const all = await listAll(
      api.host().receiver,
      `/v1/requests?endpoint=${endpoint?.id}`,
      requestSummarySchema,
    );
    const { done } = await api.ok(jobSchema, 'GET', `/jobs/${made.id}`);
    expect(all.filter((row) => row.isReplay)).toHaveLength(done);
  });

  it('D7 lets callers go first, and tells its progress to whoever listens', async () => {
    const workflow = await api.live(simpleDocument('Bulk pace', { auth: { scheme: 'none' } }));
    const [endpoint] = workflow.endpoints;
    const url = endpoint?.url ?? '';
    await postMany(url, 300);
    const listening = new AbortController();
    const stream = await fetch(`${api.host().receiver}/v1/changes`, {
      headers: { authorization: `Bearer ${API_TOKEN}` },
      signal: listening.signal,
    });
    const { id } = await api.ok(jobSchema, 'POST', '/requests/replay-all', { endpoint: endpoint?.id }, 202);
    const told = (async () => {
      let text = '';
      for await (const chunk of stream.body ?? []) {
        text += Buffer.from(chunk).toString('utf8');
        if (text.includes(id)) return true;
      }
      return false;
    })();
    const durations: number[] = [];
    let isRunning = true;
    while (isRunning) {
      const from = performance.now();
      expect(await post(url, '{"live":true}')).toBe(200);
      durations.push(performance.now() - from);
      const { state } = await api.ok(jobSchema, 'GET', `/jobs/${id}`);
      isRunning = state === 'queued' || state === 'running';
    }
    expect(await told).toBe(true);
    listening.abort();
    expect(durations.length).toBeGreaterThan(1);
    expect(Math.max(...durations)).toBeLessThan(2_000);
    expect(await ended(id)).toMatchObject({ total: 300, succeeded: 300 });
  });

  it(`D7 of ${bulk} requests goes on after kill -9, and starts nothing twice and loses nothing`, {
    timeout: 240_000 + bulk * 60,
  }, async () => {
    const folder = makeTempDir();
    let host: TestHost = await startHost({ folder: folder.path });
    onTestFinished(async () => {
      await host.stop();
      folder.remove();
    });
    const call = async <Body>(schema: z.ZodType<Body>, method: string, path: string, body?: unknown) =>
      schema.parse((await callV1(host.receiver, method, `/v1${path}`, body)).body);
    const document = simpleDocument('Killed replay', { auth: { scheme: 'none' } });
    const workflow = await call(workflowSchema, 'POST', '/workflows?activate=true', document);
    const [endpoint] = workflow.endpoints;
    await postMany(endpoint?.url ?? '', bulk);
    const { id } = await call(jobSchema, 'POST', '/requests/replay-all', { endpoint: endpoint?.id });

    const kills = 3;
    for (let kill = 1; kill <= kills; kill += 1) {
      const share = Math.floor((bulk * kill) / (kills + 1));
      const before = await until(
        `the job to be at ${share}`,
        async () => {
          const job = await call(jobSchema, 'GET', `/jobs/${id}`);
          return job.done >= share && job;
        },
        { deadlineMs: 60_000, everyMs: 5 },
      );
      await host.kill9();
      host = await startHost({ folder: folder.path });
      expect((await call(jobSchema, 'GET', `/jobs/${id}`)).done).toBeGreaterThanOrEqual(before.done);
    }
    expect(await ended(id, host.receiver)).toMatchObject({
      state: 'done',
      total: bulk,
      succeeded: bulk,
      failed: 0,
    });
    const all = await listAll(host.receiver, `/v1/requests?endpoint=${endpoint?.id}`, requestSummarySchema);
    const started = all.filter((row) => row.isReplay && row.verdict === 'accepted');
    expect(started).toHaveLength(bulk);
    // What was taken and not yet counted when the process ended is told to be a twin.
    const twins = all.filter((row) => row.isReplay && row.verdict !== 'accepted');
    expect(twins.every((row) => row.verdict === 'duplicate')).toBe(true);
    expect(all).toHaveLength(2 * bulk + twins.length);
    const runs = await listAll(
      host.receiver,
      `/v1/workflow-runs?workflow=${workflow.id}`,
      runSchema.pick({ id: true }),
    );
    expect(runs).toHaveLength(2 * bulk);
  });
});
