/** Who may call `/v1`: tokens, scopes, secrets; and the pages of its lists (SPEC 11). */
import { beforeAll, describe, expect, it } from 'vitest';
import { at, listAt, textAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectApiError, expectIssue } from '../support/expect-error.ts';
import { type Answer, send } from '../support/send.ts';
import { type Made, makeHook } from '../support/workflows.ts';

const host = hostForThisFile();
let made: Made;

beforeAll(async () => {
  made = await makeHook(host, { style: 'native', auth: { scheme: 'none' } });
});

const withToken = (token: string, method: string, path: string, body?: unknown): Promise<Answer> =>
  send(host.receiver() + path, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { json: body }),
  });

async function newToken(scopes: string[]): Promise<{ id: string; token: string }> {
  const { json, status } = await host.v1('POST', '/v1/tokens', { name: scopes.join(' '), scopes });
  expect(status).toBe(201);
  return { id: textAt(json, 'id'), token: textAt(json, 'token') };
}

describe('the token', () => {
  it.each<[string, Record<string, string>]>([
    ['missing', {}],
    ['wrong', { authorization: 'Bearer nonsense' }],
    ['empty', { authorization: 'Bearer ' }],
    ['of another scheme', { authorization: 'Basic dG9rOnRvaw==' }],
    ['in another header', { 'x-api-key': 'tok-of-the-contract-tests' }],
  ])('%s is 401 on every path of /v1', async (_what, headers) => {
    for (const path of [
      '/v1/workflows',
      '/v1/status',
      '/v1/openapi.json',
      '/v1/nothing',
      '/v1/requests/x/body',
    ]) {
      expectApiError(await host.call(path, { headers }), 401, 'unauthorized');
    }
  });

  it('is not taken from the query', async () => {
    for (const name of ['token', 'access_token', 'authorization']) {
      expect((await host.call(`/v1/status?${name}=tok-of-the-contract-tests`)).status).toBe(401);
    }
  });

  it('is shown once, listed without its value, and dead once deleted', async () => {
    const { id, token } = await newToken(['read']);
    expect((await withToken(token, 'GET', '/v1/status')).status).toBe(200);
    const list = await host.v1('GET', '/v1/tokens');
    expect(listAt(list.json, 'items').map((one) => at(one, 'id'))).toContain(id);
    expect(list.text).not.toContain(token);
    expect([200, 204]).toContain((await host.v1('DELETE', `/v1/tokens/${id}`)).status);
    expectApiError(await withToken(token, 'GET', '/v1/status'), 401, 'unauthorized');
  });

  it('needs a scope there is, with the path', async () => {
    expectIssue(await host.v1('POST', '/v1/tokens', { name: 'x', scopes: ['root'] }), 'scopes[0]');
    expectIssue(await host.v1('POST', '/v1/tokens', { name: 'x', scopes: [] }), 'scopes');
  });
});

describe('the scope', () => {
  const reading = [
    '/v1/workflows',
    '/v1/workflow-runs',
    '/v1/endpoints',
    '/v1/requests',
    '/v1/failed-triggers',
    '/v1/entities',
    '/v1/entities/InventoryModel/records',
    '/v1/status',
    '/v1/openapi.json',
  ];

  it('read reads, and does nothing else: 403', async () => {
    const { token } = await newToken(['read']);
    for (const path of reading)
      expect({ path, status: (await withToken(token, 'GET', path)).status }).toEqual({ path, status: 200 });
    for (const [method, path, body] of [
      ['POST', '/v1/workflows', { name: 'x' }],
      ['DELETE', `/v1/workflows/${made.id}`, undefined],
      ['POST', `/v1/workflows/${made.id}/runs`, {}],
      ['POST', `/v1/workflows/${made.id}/activate`, {}],
      ['POST', `/v1/workflows/${made.id}/trigger/webhook-secret/rotate`, {}],
      ['POST', '/v1/endpoints', { name: 'abc' }],
      ['GET', `/v1/endpoints/${made.endpointId()}/url`, undefined],
      ['POST', '/v1/tokens', { name: 'x', scopes: ['admin'] }],
      ['POST', '/v1/secrets', { name: 'X', value: 'y' }],
      ['POST', '/v1/entities', { name: 'Xx' }],
    ] as const) {
      expectApiError(await withToken(token, method, path, body), 403, 'forbidden');
    }
  });

  it('run starts runs, and changes no workflow: 403', async () => {
    const { token } = await newToken(['run']);
    expect((await withToken(token, 'POST', `/v1/workflows/${made.id}/runs`, {})).status).toBe(202);
    expectApiError(await withToken(token, 'POST', '/v1/workflows', { name: 'x' }), 403, 'forbidden');
    expectApiError(await withToken(token, 'GET', '/v1/tokens'), 403, 'forbidden');
  });

  it('too small is told even for things that are not there', async () => {
    const { token } = await newToken(['read']);
    expectApiError(await withToken(token, 'DELETE', '/v1/workflows/wf_nobody'), 403, 'forbidden');
  });

  it('admin may all of it', async () => {
    const { token } = await newToken(['admin']);
    expect((await withToken(token, 'GET', `/v1/endpoints/${made.endpointId()}/url`)).status).toBe(200);
    expect((await withToken(token, 'GET', '/v1/tokens')).status).toBe(200);
  });
});

describe('secrets', () => {
  it('are saved, listed without their value, replaced and deleted', async () => {
    const value = 'hush-0123456789-hush';
    const saved = await host.v1('POST', '/v1/secrets', { name: 'API_KEY', value });
    expect([200, 201]).toContain(saved.status);
    const list = await host.v1('GET', '/v1/secrets');
    expect(listAt(list.json, 'items').map((one) => at(one, 'name'))).toEqual(['API_KEY']);
    expect(saved.text + list.text).not.toContain(value);
    expect([200, 201]).toContain(
      (await host.v1('POST', '/v1/secrets', { name: 'API_KEY', value: 'other' })).status,
    );
    expect([200, 204]).toContain((await host.v1('DELETE', '/v1/secrets/API_KEY')).status);
    expect(listAt((await host.v1('GET', '/v1/secrets')).json, 'items')).toEqual([]);
  });

  it('need a name expressions can say, and a value', async () => {
    expectIssue(await host.v1('POST', '/v1/secrets', { name: 'a b', value: 'x' }), 'name');
    expectIssue(await host.v1('POST', '/v1/secrets', { name: 'OK' }), 'value');
    expectApiError(await host.v1('DELETE', '/v1/secrets/NOBODY'), 404, 'not_found');
  });
});

describe('pages of a list', () => {
  const ids = (answer: Answer): unknown[] => listAt(answer.json, 'items').map((one) => at(one, 'id'));

  it('are newest first, without gap or repetition, and stand still while new things arrive', async () => {
    const other = await makeHook(host, { style: 'native', auth: { scheme: 'none' } });
    const path = `/v1/requests?endpoint=${other.endpointId()}&limit=3`;
    const sent: unknown[] = [];
    for (let n = 0; n < 8; n += 1)
      sent.unshift(at((await host.call(other.url(), { json: { n } })).json, 'requestId'));
    const seen: unknown[] = [];
    let cursor = '';
    do {
      const page = await host.v1(
        'GET',
        cursor === '' ? path : `${path}&cursor=${encodeURIComponent(cursor)}`,
      );
      expect(ids(page).length).toBeLessThanOrEqual(3);
      seen.push(...ids(page));
      const next = at(page.json, 'nextCursor');
      cursor = typeof next === 'string' ? next : '';
      await host.call(other.url(), { json: { late: true } });
    } while (cursor !== '');
    expect(seen).toEqual(sent);
  });

  it('hold 50 unless told, and 500 at most', async () => {
    const entity = { name: 'Many', fields: [] };
    await host.v1('POST', '/v1/entities', entity);
    await Promise.all(Array.from({ length: 60 }, () => host.v1('POST', '/v1/entities/Many/records', {})));
    const first = await host.v1('GET', '/v1/entities/Many/records');
    expect(listAt(first.json, 'items')).toHaveLength(50);
    expect(at(first.json, 'nextCursor')).not.toBeNull();
    const all = await host.v1('GET', '/v1/entities/Many/records?limit=500');
    expect(listAt(all.json, 'items')).toHaveLength(60);
    expect(at(all.json, 'nextCursor')).toBeNull();
  });

  it('refuse a limit or a cursor that is none, with the path', async () => {
    for (const path of [
      '/v1/workflows',
      '/v1/workflow-runs',
      '/v1/requests',
      '/v1/endpoints',
      '/v1/failed-triggers',
    ]) {
      for (const limit of ['0', '501', '-1', 'many', '1.5'])
        expectIssue(await host.v1('GET', `${path}?limit=${limit}`), 'limit');
      expectIssue(await host.v1('GET', `${path}?cursor=%27%3B--`), 'cursor');
    }
  });
});

describe('a body', () => {
  it('with a misspelt key, or no object, is refused with the path, and nothing is done by default instead', async () => {
    const { id } = made;
    const misspelt = [
      [`/v1/workflows/${id}/commit`, 'nte'],
      [`/v1/workflows/${id}/activate`, 'versoin'],
      [`/v1/workflows/${id}/trigger/webhook-secret/rotate`, 'overlapSecs'],
      ['/v1/workflow-runs/run_x/retry', 'fromstep'],
      ['/v1/requests/req_x/replay', 'endpiont'],
      ['/v1/failed-triggers/req_x/retry', 'singed'],
    ] as const;
    for (const [path, key] of misspelt) expectIssue(await host.v1('POST', path, { [key]: 1 }), key);
    for (const body of [[], 5, 'x', null])
      expectIssue(await host.v1('POST', `/v1/workflows/${id}/activate`, body), '');
  });
});

describe('what there is not', () => {
  it('is 404 not_found for a call, 404 or 405 for a method', async () => {
    expectApiError(await host.v1('GET', '/v1/nothing'), 404, 'not_found');
    expectApiError(await host.v1('GET', '/v1/workflows/x/y/z'), 404, 'not_found');
    expect([404, 405]).toContain((await host.v1('PATCH', '/v1/workflows')).status);
  });
});
