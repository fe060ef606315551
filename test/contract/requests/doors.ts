/** Which path, which method, which page: the doors before authentication (SPEC 4.2, 4.3). */
import { beforeAll, describe, expect, it } from 'vitest';
import { at, listAt, textAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted, expectError } from '../support/expect-error.ts';
import { countRuns, type Made, makeHook, makeWorkflow } from '../support/workflows.ts';

const host = hostForThisFile();
const key = { 'x-api-key': 'good' };
const auth = { scheme: 'apiKey', key: 'good' };
let open: Made;

beforeAll(async () => {
  open = await makeHook(host, { style: 'native', auth });
});

describe('404 not_found', () => {
  it('has one body for an unknown path, a deactivated endpoint and a workflow that is not live', async () => {
    const off = await makeHook(host, { style: 'native', auth });
    await host.v1('POST', `/v1/workflows/${off.id}/deactivate`);
    const draft = await host.v1('POST', '/v1/workflows', {
      name: 'Draft',
      slug: 'only-a-draft',
      nodes: [{ id: 'hook', type: 'webhook', config: { style: 'native', auth } }],
      edges: [],
    });
    const shared = await host.v1('POST', '/v1/endpoints', { name: 'Shared one', style: 'native', auth });
    const urls = [
      '/hooks/nobody',
      '/',
      '/api/webhooks/wf_nobody',
      '/workflow/hooks/ep_nobody',
      off.url(),
      textAt(draft.json, 'endpoints.0.url'),
      textAt(shared.json, 'url').replace(/\?.*/, ''),
    ];
    const bodies = new Set<string>();
    for (const url of urls) {
      for (const headers of [key, { 'x-api-key': 'wrong' }, undefined]) {
        const answer = await host.call(url, { json: {}, ...(headers ? { headers } : {}) });
        expectError(answer, 404, 'not_found');
        bodies.add(answer.text.replace(/req_\w+/, 'req'));
      }
    }
    expect(bodies.size).toBe(1);
  });

  it('comes before the method is looked at', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
      expectError(await host.call('/hooks/nobody', { method }), 404, 'not_found');
    }
  });

  it('is kept in the inspector where the endpoint is known, with its reason', async () => {
    const off = await makeHook(host, { style: 'native', auth });
    await host.v1('POST', `/v1/workflows/${off.id}/deactivate`);
    await host.call(off.url(), { headers: key, json: { lost: true } });
    const { json } = await host.v1('GET', `/v1/requests?endpoint=${off.endpointId()}`);
    expect(listAt(json, 'items')).toHaveLength(1);
    expect(at(json, 'items.0')).toMatchObject({ verdict: 'rejected', status: 404 });
    expect(textAt(json, 'items.0.reason')).not.toBe('');
  });

  it('of a workflow activated again is gone at once', async () => {
    const made = await makeHook(host, { style: 'native', auth });
    await host.v1('POST', `/v1/workflows/${made.id}/deactivate`);
    expectError(await host.call(made.url(), { headers: key, json: {} }), 404, 'not_found');
    await host.v1('POST', `/v1/workflows/${made.id}/activate`);
    expectAccepted(await host.call(made.url(), { headers: key, json: {} }));
  });
});

describe('a method the endpoint does not take', () => {
  it.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY', 'PROPFIND'])(
    'A14 %s is 405 with Allow, before authentication, and without CORS headers',
    async (method) => {
      const answer = await host.call(open.url(), { method });
      expectError(answer, 405, 'method_not_allowed');
      expect(answer.headers.allow).toBe('POST');
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    },
  );

  it('A14 HEAD answers as GET would, without a body', async () => {
    const answer = await host.call(open.url(), { method: 'HEAD' });
    expect(answer).toMatchObject({ status: 405, text: '', headers: { allow: 'POST' } });
  });

  it('is what "methods" of the endpoint says', async () => {
    const made = await makeHook(host, { style: 'native', auth, methods: ['PUT', 'GET'] });
    expectAccepted(await host.call(made.url(), { method: 'PUT', headers: key, json: {} }));
    expectAccepted(await host.call(made.url(), { method: 'GET', headers: key }));
    const answer = await host.call(made.url(), { method: 'POST', headers: key, json: {} });
    expect(answer.status).toBe(405);
    expect(String(answer.headers.allow).split(/,\s*/).toSorted()).toEqual(
      expect.arrayContaining(['GET', 'PUT']),
    );
  });
});

describe('HEAD', () => {
  it('on an endpoint that takes GET answers as GET, without body, and starts no run', async () => {
    const made = await makeHook(host, { style: 'hap' });
    const answer = await host.call(made.url(), { method: 'HEAD' });
    expect(answer).toMatchObject({ status: 200, text: '' });
    expect(await countRuns(host, made.id)).toBe(0);
    expectAccepted(await host.call(made.url(), { method: 'GET' }));
    expect(await countRuns(host, made.id)).toBe(1);
  });
});

describe('a web page of another site', () => {
  it.each([
    ['by Origin', { origin: 'https://evil.test' }],
    ['by an opaque Origin', { origin: 'null' }],
    ['by Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site' }],
    ['by both', { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }],
    ['on another port of this machine', { origin: 'http://127.0.0.1:1' }],
  ])('is 403 %s, though the key is right, and starts nothing', async (_what, headers) => {
    const before = await countRuns(host, open.id);
    const answer = await host.call(open.url(), { headers: { ...key, ...headers }, json: {} });
    expect(answer).toMatchObject({ status: 403, json: { success: false, error: expect.any(String) } });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(await countRuns(host, open.id)).toBe(before);
  });

  it('is 403 on an endpoint that needs no key, too', async () => {
    const made = await makeHook(host, { style: 'hap' });
    for (const method of ['GET', 'POST']) {
      const answer = await host.call(made.url(), { method, headers: { origin: 'https://evil.test' } });
      expect(answer.status).toBe(403);
    }
    expect(await countRuns(host, made.id)).toBe(0);
  });

  it('of the receiver itself is no other site', async () => {
    const headers = { ...key, origin: host.receiver(), 'sec-fetch-site': 'same-origin' };
    expectAccepted(await host.call(open.url(), { headers, json: {} }));
  });
});

describe('an endpoint that allows origins', () => {
  let made: Made;
  const app = 'https://app.example';
  beforeAll(async () => {
    made = await makeHook(host, { style: 'native', auth, cors: { origins: [app] } });
  });

  it('answers the preflight with the origin, the methods and the headers asked for', async () => {
    const answer = await host.call(made.url(), {
      method: 'OPTIONS',
      headers: {
        origin: app,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-api-key',
      },
    });
    expect([200, 204]).toContain(answer.status);
    expect(answer.text).toBe('');
    expect(answer.headers['access-control-allow-origin']).toBe(app);
    expect(answer.headers['access-control-allow-methods']).toMatch(/POST/);
    expect(String(answer.headers['access-control-allow-headers']).toLowerCase()).toContain('x-api-key');
    expect(String(answer.headers.vary).toLowerCase()).toContain('origin');
  });

  it('answers the call itself with the origin, refusals too', async () => {
    const good = await host.call(made.url(), { headers: { ...key, origin: app }, json: {} });
    expectAccepted(good);
    const bad = await host.call(made.url(), { headers: { origin: app }, json: {} });
    expectError(bad, 401, 'unauthorized');
    for (const answer of [good, bad]) expect(answer.headers['access-control-allow-origin']).toBe(app);
  });

  it.each(['https://app.example.evil.test', 'http://app.example', 'https://app.example:8443', 'null'])(
    'gives %s nothing',
    async (origin) => {
      const preflight = await host.call(made.url(), {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
      const call = await host.call(made.url(), { headers: { ...key, origin }, json: {} });
      expect(call.status).toBe(403);
      for (const answer of [preflight, call]) {
        expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      }
    },
  );

  it('starts nothing by OPTIONS', async () => {
    const before = await countRuns(host, made.id);
    await host.call(made.url(), { method: 'OPTIONS', headers: { origin: app } });
    expect(await countRuns(host, made.id)).toBe(before);
  });
});

describe('the slug', () => {
  it('of another workflow can not be taken: 409 conflict', async () => {
    const slug = 'taken-once';
    await makeWorkflow(host, [{ id: 'hook', type: 'webhook', config: { style: 'native' } }], { slug });
    await expect(
      makeWorkflow(host, [{ id: 'hook', type: 'webhook', config: { style: 'native' } }], { slug }),
    ).rejects.toThrow(/409/);
  });
});
