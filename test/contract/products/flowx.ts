/** FlowX's page: a shared Incoming Webhook from its making to its deletion (SPEC 2, 3, 11). */
import { beforeAll, describe, expect, it } from 'vitest';
import { at, listAt, sorted, textAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectApiError, expectError, expectIssue } from '../support/expect-error.ts';
import { curlJson } from '../support/shell.ts';
import { countRuns, makeWorkflow, outputOf } from '../support/workflows.ts';

const host = hostForThisFile();
let endpoint = '';
let workflows: string[] = [];

async function keyedUrl(): Promise<string> {
  return textAt((await host.v1('GET', `/v1/endpoints/${endpoint}/url`)).json, 'url');
}

const act = (what: string): Promise<{ status: number; json: unknown }> =>
  host.v1('POST', `/v1/endpoints/${endpoint}/${what}`);

const state = async (): Promise<string> =>
  textAt((await host.v1('GET', `/v1/endpoints/${endpoint}`)).json, 'state').toLowerCase();

beforeAll(async () => {
  const made = await host.v1('POST', '/v1/endpoints', {
    name: 'Payments [prod] (v1.0)_a-b',
    description: 'Payment processor',
    style: 'flowx',
  });
  endpoint = textAt(made.json, 'id');
});

describe('the life of a shared data source, in the order of the page', () => {
  it('begins Deactivated and its URL answers 404', async () => {
    expect(await state()).toBe('deactivated');
    expectError(await host.call(await keyedUrl(), { json: {} }), 404, 'not_found');
  });

  it('is bound by Webhook start nodes of two workflows, committed and activated, and still answers 404', async () => {
    workflows = [];
    for (const name of ['One', 'Two']) {
      const { id } = await makeWorkflow(host, [
        { id: 'start', type: 'webhook', name: `Message start ${name}`, config: { endpointId: endpoint } },
        { id: 'out', type: 'transform', config: { expression: `{"by": "${name}", "data": webhookData}` } },
      ]);
      workflows.push(id);
    }
    expect(await state()).toBe('deactivated');
    expectError(await host.call(await keyedUrl(), { json: {} }), 404, 'not_found');
  });

  it('is activated, and Get URL gives the URL of the page with a key of 32 bytes', async () => {
    expect((await act('activate')).status).toBe(200);
    expect(await state()).toBe('active');
    const url = new URL(await keyedUrl());
    expect(url.pathname).toMatch(new RegExp(`^/webhooks/incoming/local/default/default/${endpoint}$`));
    expect([...url.searchParams.keys()]).toEqual(['flowxApiKey']);
    expect(url.searchParams.get('flowxApiKey')).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it('starts all connected workflows with webhookData as the page shows it', async () => {
    const json = await curlJson(
      `curl -s -X POST "$URL" -H 'Content-Type: application/json' -H 'X-Custom-Header: value' \\
       -d '{"orderId": "ORD-12345", "status": "completed", "amount": 299.99}'`,
      { URL: await keyedUrl() },
    );
    const ids = listAt(json, 'executionIds').map(String);
    expect(ids).toHaveLength(2);
    expect(at(json, 'executionId')).toBe(ids[0]);
    const outputs = await Promise.all(ids.map((id) => outputOf(host, id)));
    expect(sorted(outputs.map((output) => at(output, 'by')))).toEqual(['One', 'Two']);
    for (const output of outputs) {
      expect(at(output, 'data')).toEqual({
        dateTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
        payload: { orderId: 'ORD-12345', status: 'completed', amount: 299.99 },
        headers: expect.objectContaining({ 'Content-Type': 'application/json', 'X-Custom-Header': 'value' }),
      });
    }
  });

  it('forwards a body that is not JSON as a string', async () => {
    const answer = await host.call(await keyedUrl(), {
      headers: { 'content-type': 'text/plain' },
      body: '{',
    });
    expect(answer.status).toBe(200);
    expect(at(await outputOf(host, textAt(answer.json, 'executionId')), 'data.payload')).toBe('{');
  });

  it('never keeps its key where it can be read later', async () => {
    const key = new URL(await keyedUrl()).searchParams.get('flowxApiKey') ?? '-';
    const list = await host.v1('GET', `/v1/requests?endpoint=${endpoint}`);
    const request = await host.v1('GET', `/v1/requests/${textAt(list.json, 'items.0.id')}`);
    const endpoints = await host.v1('GET', '/v1/endpoints');
    for (const answer of [list, request, endpoints]) expect(answer.text).not.toContain(key);
    expect(request.text).toContain('flowxApiKey=***');
  });

  it('Reset API Key makes the old URL 401 and a new one work', async () => {
    const old = await keyedUrl();
    expect((await act('reset-key')).status).toBe(200);
    const fresh = await keyedUrl();
    expect(fresh).not.toBe(old);
    expectError(await host.call(old, { json: {} }), 401, 'unauthorized');
    expect((await host.call(fresh, { json: {} })).status).toBe(200);
  });

  it('can not be deleted while it is active', async () => {
    expectApiError(await host.v1('DELETE', `/v1/endpoints/${endpoint}`), 409, 'conflict');
    expect(await state()).toBe('active');
  });

  it('Deactivate answers 404 whatever the key, and keeps key and URL for reactivation', async () => {
    const url = await keyedUrl();
    expect((await act('deactivate')).status).toBe(200);
    const counts = await Promise.all(workflows.map((id) => countRuns(host, id)));
    for (const where of [url, url.replace(/flowxApiKey=.*/, ''), `${url}x`]) {
      expectError(await host.call(where, { json: {} }), 404, 'not_found');
    }
    expect(await Promise.all(workflows.map((id) => countRuns(host, id)))).toEqual(counts);
    expect(await keyedUrl()).toBe(url);
    await act('activate');
    expect((await host.call(url, { json: {} })).status).toBe(200);
  });

  it('no longer starts a workflow that was deactivated', async () => {
    await host.v1('POST', `/v1/workflows/${workflows[0]}/deactivate`);
    const answer = await host.call(await keyedUrl(), { json: {} });
    expect(answer.status).toBe(200);
    expect(listAt(answer.json, 'executionIds')).toHaveLength(1);
    await host.v1('POST', `/v1/workflows/${workflows[0]}/activate`);
    expect(listAt((await host.call(await keyedUrl(), { json: {} })).json, 'executionIds')).toHaveLength(2);
  });
});

describe.concurrent('the error table of the page', () => {
  it('400 for a payload that is not valid JSON', async () => {
    const answer = await host.call(await keyedUrl(), {
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    expectError(answer, 400, 'malformed_json');
  });

  it.each([
    ['missing', ''],
    ['empty', '?flowxApiKey='],
    ['wrong', `?flowxApiKey=${'A'.repeat(43)}`],
    ['under another name', '?apiKey=x'],
  ])('401 when the key is %s', async (_what, query) => {
    const url = new URL(await keyedUrl());
    const answer = await host.call(`${url.origin}${url.pathname}${query}`, { json: {} });
    expectError(answer, 401, 'unauthorized');
  });

  it.each([
    ['organisation', '/local/', '/other/'],
    ['workspace', '/default/default/', '/other/default/'],
    ['application', '/default/default/', '/default/other/'],
  ])('404 for another %s', async (_what, from, to) => {
    const url = (await keyedUrl()).replace(from, to);
    expectError(await host.call(url, { json: {} }), 404, 'not_found');
  });

  it('413 above 1 MB, 200 at exactly 1 MB', async () => {
    const url = await keyedUrl();
    const body = (size: number): string => JSON.stringify('x'.repeat(size - 2));
    const headers = { 'content-type': 'application/json' };
    expectError(await host.call(url, { headers, body: body(1_048_577) }), 413, 'payload_too_large');
    expect((await host.call(url, { headers, body: body(1_048_576) })).status).toBe(200);
  });

  it('405 for anything but POST', async () => {
    const answer = await host.call(await keyedUrl(), { method: 'GET' });
    expect(answer).toMatchObject({ status: 405, headers: { allow: expect.stringContaining('POST') } });
  });
});

describe.concurrent('the name of a data source', () => {
  it.each(['ab', 'x'.repeat(51), 'a/b/c', 'Zahlungseingänge', 'semi;colon', '', 'line\nbreak'])(
    '%j is refused with the path of the fault',
    async (name) => {
      const answer = await host.v1('POST', '/v1/endpoints', { name, style: 'flowx' });
      expectIssue(answer, 'name');
    },
  );

  it.each(['abc', 'x'.repeat(50), 'A [b] (c) . _ - 9'])('%j is taken', async (name) => {
    expect((await host.v1('POST', '/v1/endpoints', { name, style: 'flowx' })).status).toBe(201);
  });

  it('is unique', async () => {
    await host.v1('POST', '/v1/endpoints', { name: 'Only one', style: 'flowx' });
    const answer = await host.v1('POST', '/v1/endpoints', { name: 'Only one', style: 'flowx' });
    expectApiError(answer, 409, 'conflict');
  });
});
