/** `/v1/endpoints`: shared sources and the endpoints of workflows (SPEC 2, 11). */
import { describe, expect, it } from 'vitest';
import { at, listAt, textAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted, expectApiError, expectError, expectIssue } from '../support/expect-error.ts';
import type { Answer } from '../support/send.ts';
import { makeHook, makeWorkflow, outputOf } from '../support/workflows.ts';

const host = hostForThisFile();
let names = 0;
const name = (): string => {
  names += 1;
  return `Source ${names}`;
};
const post = (path: string, body: unknown = {}): Promise<Answer> =>
  host.v1('POST', `/v1/endpoints${path}`, body);
const patch = (id: string, body: unknown): Promise<Answer> => host.v1('PATCH', `/v1/endpoints/${id}`, body);
const get = (path: string): Promise<Answer> => host.v1('GET', `/v1/endpoints${path}`);

async function makeShared(more: Record<string, unknown> = {}): Promise<string> {
  const answer = await post('', { name: name(), style: 'native', auth: { scheme: 'none' }, ...more });
  if (answer.status !== 201) throw new Error(answer.text);
  return textAt(answer.json, 'id');
}

const bind = (endpointId: string, more: Record<string, unknown> = {}) =>
  makeWorkflow(host, [
    { id: 'hook', type: 'webhook', config: { endpointId, ...more } },
    { id: 'out', type: 'transform', config: { expression: '{"data": trigger.payload}' } },
  ]);

const urlOf = async (id: string): Promise<string> => textAt((await get(`/${id}/url`)).json, 'url');

describe.concurrent('a shared endpoint', () => {
  it.each(['native', 'validmind', 'metal', 'flowx', 'hap', 'flowtrux'])(
    'can be of the style %s',
    async (style) => {
      const answer = await post('', { name: name(), description: 'd', style });
      expect(answer).toMatchObject({
        status: 201,
        json: {
          id: expect.stringMatching(/^[\w-]{1,40}$/),
          style,
          description: 'd',
          state: expect.stringMatching(/^deactivated$/i),
        },
      });
    },
  );

  it.each([
    ['native', { scheme: 'apiKey', in: 'header', name: 'x-api-key' }],
    ['validmind', { scheme: 'keyPair', keyHeader: 'x-api-key', secretHeader: 'x-api-secret' }],
    ['metal', { scheme: 'hmac', header: 'X-Webhook-Signature', algorithm: 'sha256', encoding: 'hex' }],
    ['flowx', { scheme: 'apiKey', in: 'query', name: 'flowxApiKey' }],
    ['hap', { scheme: 'none' }],
    ['flowtrux', { scheme: 'hmac', header: 'X-Webhook-Signature', algorithm: 'sha256', encoding: 'hex' }],
  ])('of the style %s begins with its own auth', async (style, auth) => {
    const id = await makeShared({ style, auth: undefined });
    expect(at((await get(`/${id}`)).json, 'settings.auth')).toMatchObject(auth);
  });

  it('is read, listed and changed; its URL stays', async () => {
    const id = await makeShared({ description: 'before' });
    const url = await urlOf(id);
    expect((await patch(id, { name: 'Renamed one', description: 'after' })).json).toMatchObject({
      name: 'Renamed one',
    });
    expect((await get(`/${id}`)).json).toMatchObject({ id, name: 'Renamed one', description: 'after' });
    expect(listAt((await get('?limit=500')).json, 'items').map((one) => at(one, 'id'))).toContain(id);
    expect(await urlOf(id)).toBe(url);
  });

  it('takes its settings from its own document, at once', async () => {
    const id = await makeShared();
    await bind(id);
    await post(`/${id}/activate`);
    const url = await urlOf(id);
    expectAccepted(await host.call(url, { json: {} }));
    await patch(id, { auth: { scheme: 'apiKey', key: 'later' } });
    expectError(await host.call(url, { json: {} }), 401, 'unauthorized');
    expectAccepted(await host.call(url, { headers: { 'x-api-key': 'later' }, json: {} }));
  });

  it('that is active and bound to nothing answers 404 like any workflow that is not live', async () => {
    const id = await makeShared();
    await post(`/${id}/activate`);
    expectError(await host.call(await urlOf(id), { json: {} }), 404, 'not_found');
  });

  it('starts every workflow bound to it, each with its own run', async () => {
    const id = await makeShared();
    const [one, two, three] = [await bind(id), await bind(id), await bind(id)];
    await post(`/${id}/activate`);
    const answer = await host.call(await urlOf(id), { json: { n: 1 } });
    const ids = listAt(answer.json, 'executionIds').map(String);
    expect(new Set(ids).size).toBe(3);
    for (const run of ids) expect(await outputOf(host, run)).toEqual({ data: { n: 1 } });
    for (const made of [one, two, three]) {
      const { json } = await host.v1('GET', `/v1/workflow-runs?workflow=${made.id}`);
      expect(listAt(json, 'items')).toHaveLength(1);
    }
  });

  it('is deleted once deactivated: 404 from then on, for callers and here', async () => {
    const id = await makeShared();
    await post(`/${id}/activate`);
    const url = await urlOf(id);
    expectApiError(await host.v1('DELETE', `/v1/endpoints/${id}`), 409, 'conflict');
    await post(`/${id}/deactivate`);
    expect([200, 204]).toContain((await host.v1('DELETE', `/v1/endpoints/${id}`)).status);
    expectApiError(await get(`/${id}`), 404, 'not_found');
    expectError(await host.call(url, { json: {} }), 404, 'not_found');
  });

  it('keeps the old key for overlapSeconds at a reset', async () => {
    const id = await makeShared({ style: 'flowx', auth: undefined });
    await bind(id);
    await post(`/${id}/activate`);
    const old = await urlOf(id);
    expect((await post(`/${id}/reset-key`, { overlapSeconds: 600 })).status).toBe(200);
    const fresh = await urlOf(id);
    for (const url of [old, fresh]) expectAccepted(await host.call(url, { json: {} }));
    await post(`/${id}/reset-key`);
    for (const url of [old, fresh]) expectError(await host.call(url, { json: {} }), 401, 'unauthorized');
  });

  it.each([
    [{ colour: 'red' }, 'colour'],
    [{ style: 'zapier' }, 'style'],
    [{ auth: { scheme: 'magic' } }, /^auth/],
    [{ auth: { scheme: 'hmac', secrett: 'x' } }, /^auth/],
    [{ methods: ['FETCH'] }, /^methods/],
    [{ ipAllow: ['nowhere'] }, /^ipAllow/],
    [{ maxBodyBytes: -1 }, 'maxBodyBytes'],
    [{ filter: 'a.(' }, 'filter'],
    [{ response: { mode: 'loud' } }, 'response.mode'],
    [{ parameters: [{ name: 'a', in: 'body', type: 'string', path: 'a[' }] }, 'parameters[0].path'],
  ])('with %j is 422 with the path of the fault', async (more, path) => {
    expectIssue(await post('', { name: name(), style: 'native', ...more }), path);
    expectIssue(await patch(await makeShared(), more), path);
  });
});

describe.concurrent('the endpoint of a workflow', () => {
  it('is listed as Active while its workflow is live, and Deactivated else', async () => {
    const made = await makeHook(host, { style: 'hap' });
    const state = async (): Promise<string> =>
      textAt((await get(`/${made.endpointId()}`)).json, 'state').toLowerCase();
    expect(await state()).toBe('active');
    await host.v1('POST', `/v1/workflows/${made.id}/deactivate`);
    expect(await state()).toBe('deactivated');
  });

  it('can be deactivated and activated by itself; key and URL survive', async () => {
    const made = await makeHook(host, { style: 'native', auth: { scheme: 'apiKey', key: 'stays' } });
    const call = (): Promise<Answer> =>
      host.call(made.url(), { headers: { 'x-api-key': 'stays' }, json: {} });
    await post(`/${made.endpointId()}/deactivate`);
    expectError(await call(), 404, 'not_found');
    await post(`/${made.endpointId()}/activate`);
    expectAccepted(await call());
  });

  it('goes with its workflow, not by itself', async () => {
    const made = await makeHook(host, { style: 'hap' });
    expectApiError(await host.v1('DELETE', `/v1/endpoints/${made.endpointId()}`), 409, 'conflict');
  });
});

describe.concurrent('a node bound to a shared endpoint', () => {
  it.each([
    ['auth', { scheme: 'apiKey', key: 'k' }],
    ['ipAllow', ['10.0.0.1']],
    ['methods', ['GET']],
    ['response', { mode: 'lastNode' }],
  ])('with %s of its own, which would never be asked, is refused with the path', async (field, value) => {
    const bound = bind(await makeShared(), { [field]: value });
    await expect(bound).rejects.toThrow(new RegExp(`422.*nodes\\[0\\]\\.config\\.${field}`));
  });

  it('may say the style, and have a filter of its own', async () => {
    const id = await makeShared();
    await bind(id, { style: 'native', filter: 'trigger.data.n = 1' });
    await post(`/${id}/activate`);
    const { json } = await host.call(await urlOf(id), { json: { n: 1 } });
    expect(textAt(json, 'executionId')).toMatch(/^run_/);
  });
});

describe.concurrent('an endpoint there is not', () => {
  it('is 404 for every call', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/activate'],
      ['POST', '/deactivate'],
      ['POST', '/reset-key'],
      ['GET', '/url'],
    ] as const) {
      const answer = await host.v1(
        method,
        `/v1/endpoints/ep_nobody${path}`,
        method === 'GET' || method === 'DELETE' ? undefined : {},
      );
      expectApiError(answer, 404, 'not_found');
    }
  });

  it('can not be bound', async () => {
    await expect(bind('ep_nobody')).rejects.toThrow(/422.*nodes\[0\]\.config\.endpointId/);
  });
});
