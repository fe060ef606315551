/** Captured requests and failed triggers through `/v1` of a real host (SPEC 2, 4, 11). */
import { execFile } from 'node:child_process';
import { request as httpRequest } from 'node:http';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  bodyViewSchema,
  endpointSchema,
  failureGroupSchema,
  pageOf,
  requestSchema,
  requestSummarySchema,
  tokenSchema,
  workflowSchema,
} from '../../../src/shared/contract/views.ts';
import { simpleDocument, useApiHost } from './api-host.ts';

const api = useApiHost();
const run = promisify(execFile);
const page = pageOf(requestSummarySchema);
const judged = z.object({
  requestId: z.string().nullable(),
  status: z.number(),
  body: z.string(),
  runIds: z.array(z.string()),
});

interface Sent {
  readonly url: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Record<string, string>;
  readonly method?: string;
}

async function send({ url, body = '{"a":1}', headers = {}, method = 'POST' }: Sent) {
  const response = await fetch(url, {
    method,
    body: typeof body === 'string' ? body : Buffer.from(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
  const text = await response.text();
  return { status: response.status, text };
}

/** The newest request of an endpoint. */
async function newest(endpointId: string) {
  const { items } = await api.ok(page, 'GET', `/requests?endpoint=${endpointId}&limit=1`);
  const [item] = items;
  if (item === undefined) throw new Error('Nothing was captured.');
  return item;
}

describe('captured requests', () => {
  it('show what arrived, byte for byte, accepted and refused alike', async () => {
    const workflow = await api.live(
      simpleDocument('Captured', { auth: { scheme: 'hmac', secret: 'no matter what' } }),
    );
    const [endpoint] = workflow.endpoints;
    const body = Uint8Array.from([0x7b, 0xff, 0x00, 0x7d]);
    const { status } = await send({
      url: `${endpoint?.url}?a=1&a=2`,
      body,
      headers: { 'X-Mixed-CASE': 'Ünï' },
    });
    expect(status).toBe(401);
    const { id } = await newest(endpoint?.id ?? '');
    const request = await api.ok(requestSchema, 'GET', `/requests/${id}`);
    expect(request).toMatchObject({
      verdict: 'rejected',
      reason: 'unauthorized',
      status: 401,
      method: 'POST',
      url: '/hooks/captured?a=1&a=2',
      query: [
        ['a', '1'],
        ['a', '2'],
      ],
      clientIp: '127.0.0.1',
      bodySize: 4,
      triage: 'open',
      contentType: 'application/json',
    });
    expect(request.reasonText).toBeTruthy();
    expect(request.headers.map(([name]) => name)).toContain('X-Mixed-CASE');
    const raw = await fetch(`${api.host().receiver}/v1/requests/${id}/body`, {
      headers: { authorization: 'Bearer test-token-of-a-test-host' },
    });
    expect(raw.headers.get('content-type')).toBe('application/octet-stream');
    expect(raw.headers.get('content-disposition')).toBe(`attachment; filename="${id}.bin"`);
    expect(raw.headers.get('x-content-type-options')).toBe('nosniff');
    expect(new Uint8Array(await raw.arrayBuffer())).toEqual(body);
    const preview = await api.ok(bodyViewSchema, 'GET', `/requests/${id}/preview`);
    expect(preview).toEqual({
      size: 4,
      encoding: 'base64',
      data: Buffer.from(body).toString('base64'),
      truncated: false,
    });
  });

  it('blot out keys and credentials wherever they stand', async () => {
    const keyed = await api.live(
      simpleDocument('Blotted', {
        auth: { scheme: 'apiKey', name: 'x-my-door', key: 'open-sesame-0123456789-abcdef' },
      }),
    );
    const flowx = await api.live(simpleDocument('Blotted URL', { style: 'flowx' }));
    const { url } = await api.ok(
      z.object({ url: z.string() }),
      'GET',
      `/endpoints/${flowx.endpoints[0]?.id}/url`,
    );
    await send({
      url: keyed.endpoints[0]?.url ?? '',
      headers: {
        'X-My-Door': 'open-sesame-0123456789-abcdef',
        authorization: 'Basic b3Blbi1zZXNhbWU=',
        cookie: 'sid=1',
        'x-note': 'my key is open-sesame-0123456789-abcdef!',
      },
    });
    await send({ url });
    const ids = [await newest(keyed.endpoints[0]?.id ?? ''), await newest(flowx.endpoints[0]?.id ?? '')].map(
      ({ id }) => id,
    );
    const [first, second] = await Promise.all(
      ids.map((id) => api.ok(requestSchema, 'GET', `/requests/${id}`)),
    );
    const headers = new Map(first?.headers.map(([name, value]) => [name.toLowerCase(), value]));
    expect(headers.get('x-my-door')).toBe('***cdef');
    expect(headers.get('authorization')).toMatch(/^\*\*\*/);
    expect(headers.get('cookie')).toBe('***');
    expect(headers.get('x-note')).toBe('my key is ***!');
    expect(second?.url).toMatch(/\?flowxApiKey=\*\*\*$/);
    expect(second?.query).toEqual([['flowxApiKey', '***']]);
    const key = new URL(url).searchParams.get('flowxApiKey') ?? 'none';
    const runs = await api.ok(pageOf(z.object({ id: z.string() })), 'GET', '/workflow-runs?limit=2');
    for (const path of [
      '/requests',
      ...runs.items.map(({ id }) => `/workflow-runs/${id}`),
      ...ids.map((id) => `/requests/${id}`),
      ...ids.map((id) => `/requests/${id}/curl`),
    ]) {
      const reader = await api.ok(
        tokenSchema.extend({ token: z.string() }),
        'POST',
        '/tokens',
        { name: 'reader', scopes: ['read'] },
        201,
      );
      const { status, body } = await api.v1('GET', path, undefined, reader.token);
      expect(status).toBe(200);
      expect(JSON.stringify(body)).not.toContain('open-sesame-0123456789');
      expect(JSON.stringify(body)).not.toContain(key);
    }
  });

  it('are listed by endpoint, verdict, status, method, time and words, in pages', async () => {
    const workflow = await api.live(
      simpleDocument('Filtered', { auth: { scheme: 'apiKey', key: 'a key of the filtered one' } }),
    );
    const [endpoint] = workflow.endpoints;
    const url = endpoint?.url ?? '';
    for (let count = 0; count < 3; count += 1)
      await send({ url, headers: { 'x-api-key': 'a key of the filtered one', 'x-word': 'quokka' } });
    await send({ url });
    const ids = async (query: string): Promise<number> =>
      (await api.ok(page, 'GET', `/requests?endpoint=${endpoint?.id}${query}`)).items.length;
    expect(await ids('')).toBe(4);
    expect(await ids('&verdict=accepted')).toBe(3);
    expect(await ids('&verdict=rejected&status=401')).toBe(1);
    expect(await ids('&method=post')).toBe(4);
    expect(await ids('&q=quokka')).toBe(3);
    expect(await ids('&since=2999-01-01T00:00:00Z')).toBe(0);
    expect(await ids('&until=2999-01-01T00:00:00Z')).toBe(4);
    const first = await api.ok(page, 'GET', `/requests?endpoint=${endpoint?.id}&limit=3`);
    const second = await api.ok(
      page,
      'GET',
      `/requests?endpoint=${endpoint?.id}&limit=3&cursor=${first.nextCursor}`,
    );
    expect([first.items.length, second.items.length, second.nextCursor]).toEqual([3, 1, null]);
    await api.refused(422, 'invalid', 'GET', '/requests?verdict=lost');
    await api.refused(404, 'not_found', 'GET', '/requests/req_nobody');
    await api.refused(404, 'not_found', 'GET', '/requests/req_nobody/body');
  });

  it('are sent again with the stored bytes, each time as a run of its own', async () => {
    const workflow = await api.live(simpleDocument('Replayed', { auth: { scheme: 'none' } }));
    const [endpoint] = workflow.endpoints;
    await send({ url: endpoint?.url ?? '', body: '{"n": 1.0}', headers: { 'idempotency-key': 'once' } });
    const { id } = await newest(endpoint?.id ?? '');
    const again = await api.ok(judged, 'POST', `/requests/${id}/replay`);
    expect(again.status).toBe(200);
    expect(again.runIds).toHaveLength(1);
    const repeat = await api.ok(requestSchema, 'GET', `/requests/${again.requestId}`);
    expect(repeat).toMatchObject({ isReplay: true, verdict: 'accepted' });
    const preview = await api.ok(bodyViewSchema, 'GET', `/requests/${again.requestId}/preview`);
    expect(preview.data).toBe('{"n": 1.0}');
  });
});

describe('failed triggers', () => {
  it('are grouped by cause with words that help, judged again by the mended configuration, or dismissed', async () => {
    const document = simpleDocument('Failing', { auth: { scheme: 'hmac', secret: 'what the caller uses' } });
    const workflow = await api.live(document);
    const [endpoint] = workflow.endpoints;
    const list = (query: string) => api.ok(page, 'GET', `/failed-triggers?endpoint=${endpoint?.id}${query}`);
    const body = '{"order":7}';
    const { createHmac } = await import('node:crypto');
    const signature = createHmac('sha256', 'what the caller uses').update(body).digest('hex');
    await api.ok(
      workflowSchema,
      'PUT',
      `/workflows/${workflow.id}`,
      simpleDocument('Failing', { auth: { scheme: 'hmac', secret: 'a new secret' } }),
    );
    expect(
      (await send({ url: endpoint?.url ?? '', body, headers: { 'x-webhook-signature': signature } })).status,
    ).toBe(401);
    await send({ url: endpoint?.url ?? '', body });

    const open = await list('&state=open');
    expect(open.items).toHaveLength(2);
    const groups = await api.ok(
      z.object({ items: z.array(failureGroupSchema) }),
      'GET',
      '/failed-triggers/groups',
    );
    const group = groups.items.find(
      (one) => one.endpointId === endpoint?.id && one.reason === 'unauthorized',
    );
    expect(group).toMatchObject({ reason: 'unauthorized', count: 1, callers: 1, endpointName: 'Arrived' });
    expect(group?.title).toBeTruthy();
    expect(group?.mending).toMatch(/key|secret/);
    const old = groups.items.find((one) => one.endpointId === endpoint?.id && one.reason === 'old_secret');
    expect(old).toMatchObject({ count: 1, callers: 1, title: 'One caller still uses the old key' });

    const [, signed] = open.items;
    const still = await api.ok(judged, 'POST', `/failed-triggers/${signed?.id}/retry`);
    expect(still.status).toBe(401);
    expect((await list('&state=open')).items.map((item) => item.id)).toEqual(open.items.map(({ id }) => id));
    await api.ok(workflowSchema, 'PUT', `/workflows/${workflow.id}`, document);
    const mended = await api.ok(judged, 'POST', `/failed-triggers/${signed?.id}/retry`);
    expect(mended).toMatchObject({ status: 200, runIds: [expect.stringMatching(/^run_/)] });
    expect((await list('&state=retried')).items.map((item) => item.id)).toEqual([signed?.id]);

    const [unsigned] = open.items;
    const dismissed = await api.ok(requestSummarySchema, 'POST', `/failed-triggers/${unsigned?.id}/dismiss`);
    expect(dismissed.triage).toBe('dismissed');
    await api.refused(404, 'not_found', 'POST', `/failed-triggers/${mended.requestId}/retry`);
    await api.refused(404, 'not_found', 'POST', '/failed-triggers/req_nobody/dismiss');
  });

  it('of an endpoint that was switched off are found, and succeed once it is on', async () => {
    const workflow = await api.live(simpleDocument('Off and on', { auth: { scheme: 'none' } }));
    const [endpoint] = workflow.endpoints;
    await api.ok(endpointSchema, 'POST', `/endpoints/${endpoint?.id}/deactivate`);
    expect((await send({ url: endpoint?.url ?? '' })).status).toBe(404);
    const { items } = await api.ok(page, 'GET', `/failed-triggers?endpoint=${endpoint?.id}`);
    expect(items).toHaveLength(1);
    await api.ok(endpointSchema, 'POST', `/endpoints/${endpoint?.id}/activate`);
    const retried = await api.ok(judged, 'POST', `/failed-triggers/${items[0]?.id}/retry`);
    expect(retried.status).toBe(200);
  });
});

describe('the curl command', () => {
  it('of a captured request passes again', async () => {
    const workflow = await api.live(
      simpleDocument('Curled', { auth: { scheme: 'apiKey', key: 'the key of the curled one' } }),
    );
    const [endpoint] = workflow.endpoints;
    const target = new URL(endpoint?.url ?? '');
    await new Promise<void>((resolve, reject) => {
      const call = httpRequest(
        {
          host: target.hostname,
          port: target.port,
          path: `${target.pathname}?x=%27`,
          method: 'POST',
          headers: { 'X-API-KEY': 'the key of the curled one', 'content-type': 'text/plain' },
        },
        (response) => response.resume().on('end', () => resolve()),
      );
      call.once('error', reject);
      call.end(`it's plain`);
    });
    const { id } = await newest(endpoint?.id ?? '');
    const { curl } = await api.ok(z.object({ curl: z.string() }), 'GET', `/requests/${id}/curl`);
    const { stdout } = await run('bash', ['-c', curl.replace(/^curl/, 'curl -s')]);
    expect(stdout).toContain('"success":true');
    const preview = await api.ok(
      bodyViewSchema,
      'GET',
      `/requests/${(await newest(endpoint?.id ?? '')).id}/preview`,
    );
    expect(preview.data).toBe(`it's plain`);
  });
});
