/** Tokens, scopes, secrets, records, settings, status, the OpenAPI document and `/docs`, through a real host. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  entitySchema,
  pageOf,
  recordSchema,
  secretSchema,
  settingsSchema,
  statusSchema,
  tokenSchema,
  workflowSummarySchema,
} from '../../../src/shared/contract/views.ts';
import { errorSchema, simpleDocument, useApiHost } from './api-host.ts';

const api = useApiHost();
const freshToken = tokenSchema.extend({ token: z.string() });

async function tokenWith(...scopes: string[]): Promise<string> {
  return (await api.ok(freshToken, 'POST', '/tokens', { name: scopes.join(), scopes }, 201)).token;
}

function keysOf({ id, name, version }: Record<string, unknown>): unknown {
  return id ?? name ?? version;
}

describe('tokens', () => {
  it('are shown once, kept as hashes, and open nothing once revoked', async () => {
    const made = await api.ok(freshToken, 'POST', '/tokens', { name: 'CI', scopes: ['read'] }, 201);
    expect(made.token).toMatch(/^hky_[A-Za-z0-9_-]{43}$/);
    const { status } = await api.v1('GET', '/status', undefined, made.token);
    expect(status).toBe(200);
    const listed = await api.v1('GET', '/tokens');
    expect(JSON.stringify(listed.body)).toContain(made.id);
    expect(JSON.stringify(listed.body)).not.toContain(made.token);
    const folder = join(api.folder(), 'data');
    for (const name of await readdir(folder)) {
      expect((await readFile(join(folder, name))).includes(made.token), name).toBe(false);
    }
    await api.ok(z.object({ id: z.literal(made.id) }), 'DELETE', `/tokens/${made.id}`);
    await api.refused(401, 'unauthorized', 'GET', '/status', undefined, made.token);
    await api.refused(404, 'not_found', 'DELETE', `/tokens/${made.id}`);
    await api.refused(422, 'invalid', 'POST', '/tokens', { name: 'none', scopes: [] });
  });

  it('are asked for by every call, whatever it is', async () => {
    for (const [method, path] of [
      ['GET', '/workflows'],
      ['POST', '/workflows'],
      ['GET', '/openapi.json'],
      ['GET', '/requests/req_1/body'],
      ['GET', '/no/such/call'],
    ] as const) {
      await api.refused(401, 'unauthorized', method, path, undefined, null);
      await api.refused(401, 'unauthorized', method, path, undefined, 'wrong');
    }
    const odd = await fetch(`${api.host().receiver}/v1/status`, {
      headers: { authorization: 'Basic dGVzdA==' },
    });
    expect(odd.status).toBe(401);
    expect(odd.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('may do what their scopes say and nothing else', async () => {
    const [reader, runner, admin] = [
      await tokenWith('read'),
      await tokenWith('run'),
      await tokenWith('admin'),
    ];
    const workflow = await api.live(simpleDocument('Scopes', { style: 'flowx' }));
    const id = workflow.endpoints[0]?.id ?? '';
    const needs: readonly (readonly ['read' | 'run' | 'admin', string, string, unknown?])[] = [
      ['read', 'GET', '/workflows'],
      ['read', 'GET', `/workflows/${workflow.id}`],
      ['read', 'GET', '/workflow-runs'],
      ['read', 'GET', '/endpoints'],
      ['read', 'GET', '/requests'],
      ['read', 'GET', '/failed-triggers'],
      ['read', 'GET', '/entities'],
      ['read', 'GET', '/status'],
      ['read', 'GET', '/openapi.json'],
      ['run', 'POST', `/workflows/${workflow.id}/runs`, {}],
      ['admin', 'POST', '/workflows', { name: 'By scope' }],
      ['admin', 'DELETE', '/workflows/nobody'],
      ['admin', 'POST', `/workflows/${workflow.id}/deactivate`],
      ['admin', 'POST', `/workflows/${workflow.id}/trigger/webhook-secret/rotate`],
      ['admin', 'GET', `/endpoints/${id}/url`],
      ['admin', 'GET', `/endpoints/${id}/credentials`],
      ['admin', 'POST', `/endpoints/${id}/snippets`],
      ['admin', 'POST', `/endpoints/${id}/reset-key`],
      ['admin', 'GET', '/secrets'],
      ['admin', 'GET', '/tokens'],
      ['admin', 'GET', '/settings'],
      ['admin', 'POST', '/entities/InventoryModel/records', {}],
    ];
    for (const [scope, method, path, body] of needs) {
      for (const [own, token] of [
        ['read', reader],
        ['run', runner],
        ['admin', admin],
      ] as const) {
        const { status, body: said } = await api.v1(method, path, body, token);
        const isRefused = own !== 'admin' && own !== scope;
        expect(status === 403, `${own} ${method} ${path} ${status}`).toBe(isRefused);
        expect(status, `${own} ${method} ${path}`).not.toBe(401);
        expect(status, `${own} ${method} ${path}`).not.toBe(500);
        if (isRefused) expect(errorSchema.parse(said).error).toBe('forbidden');
      }
    }
    // A stranger to a call does not even learn what its input should have been.
    await api.refused(403, 'forbidden', 'POST', '/workflows', { nonsense: true }, reader);
  });
});

describe('calls that are none', () => {
  it('are answered in the form of every error', async () => {
    await api.refused(404, 'not_found', 'GET', '/nothing');
    await api.refused(404, 'not_found', 'GET', '/workflows/');
    for (const [method, path, allow] of [
      ['DELETE', '/status', 'GET, HEAD'],
      ['PATCH', '/workflows', 'GET, HEAD, POST'],
      ['OPTIONS', '/workflows/any', 'DELETE, GET, HEAD, PUT'],
      ['GET', '/workflows/any/commit', 'POST'],
      ['POST', '/requests/any/body', 'GET, HEAD'],
      ['PUT', '/openapi.json', 'GET, HEAD'],
    ] as const) {
      await api.refused(405, 'method_not_allowed', method, path);
      expect((await api.v1(method, path)).headers.get('allow'), path).toBe(allow);
    }
    const post = (body: string | Buffer, headers: Record<string, string> = {}) =>
      fetch(`${api.host().receiver}/v1/workflows`, {
        method: 'POST',
        body,
        headers: { authorization: 'Bearer test-token-of-a-test-host', ...headers },
      });
    const cases: readonly [Response, number, string][] = [
      [await post('{"name"'), 400, 'malformed_json'],
      [await post(Buffer.from([0x22, 0xff, 0x22])), 400, 'malformed_json'],
      [await post('['.repeat(101) + ']'.repeat(101)), 400, 'too_deep'],
      [
        await post(`{${Array.from({ length: 50_001 }, (_, at) => `"k${at}":1`).join()}}`),
        400,
        'too_many_keys',
      ],
      [await post('x'.repeat(5 * 1_048_576 + 1)), 413, 'payload_too_large'],
      [await post('{}', { 'content-encoding': 'gzip' }), 415, 'unsupported_media_type'],
      [await post('[]'), 422, 'invalid'],
      [await post('"text"'), 422, 'invalid'],
      [await post(''), 422, 'invalid'],
    ];
    for (const [response, status, code] of cases) {
      const error = errorSchema.parse(await response.json());
      expect([response.status, error.error]).toEqual([status, code]);
    }
  });

  it('L9 are all those of the admin port: the port callers reach has no interface', async () => {
    const { receiver, ready } = api.host();
    const page = await (await fetch(ready.admin ?? '')).text();
    const files = [...page.matchAll(/(?:src|href)="\.?(\/[^"]+)"/g)].map((match) => match[1] ?? '');
    for (const path of ['/', '/index.html', '/rpc', ...files]) {
      const answer = await fetch(receiver + path);
      expect(answer.status, path).toBe(404);
      expect(errorSchema.parse(await answer.json()).error).toBe('not_found');
    }
  });

  it('take hostile names for names', async () => {
    const made = await api.v1(
      'POST',
      '/entities/InventoryModel/records',
      JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
    );
    expect([201, 422]).toContain(made.status);
    await api.v1('GET', '/workflows?__proto__[polluted]=1&constructor[prototype][polluted]=1&q[a]=1');
    const { status } = await api.v1('GET', '/status');
    expect(status).toBe(200);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('answer HEAD like GET, without a body', async () => {
    const response = await fetch(`${api.host().receiver}/v1/status`, {
      method: 'HEAD',
      headers: { authorization: 'Bearer test-token-of-a-test-host' },
    });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });
});

describe('records', () => {
  it('are rows of typed fields: made, read, changed, found and deleted', async () => {
    const fields = [
      { name: 'title', type: 'string' },
      { name: 'price', type: 'number' },
      { name: 'sold', type: 'boolean' },
      { name: 'day', type: 'date' },
      { name: 'extra', type: 'json' },
    ];
    const entity = await api.ok(entitySchema, 'POST', '/entities', { name: 'Book', fields }, 201);
    expect(entity).toMatchObject({ name: 'Book', fields, count: 0 });
    await api.refused(409, 'conflict', 'POST', '/entities', { name: 'Book' });
    await api.refused(422, 'invalid', 'POST', '/entities', { name: 'no spaces' });
    await api.refused(422, 'invalid', 'POST', '/entities', { name: 'Twice', fields: [fields[0], fields[0]] });

    const { issues } = await api.refused(422, 'invalid', 'POST', '/entities/Book/records', {
      title: 1,
      price: '9',
      sold: 'yes',
      day: 'soon',
      extra: { any: ['thing'] },
    });
    expect(issues?.map((issue) => issue.path)).toEqual(['title', 'price', 'sold', 'day']);
    const data = { title: 'Ünïcode', price: 9.5, sold: false, day: '2026-03-23', extra: [1] };
    const made = await api.ok(recordSchema, 'POST', '/entities/Book/records', data, 201);
    expect(made).toMatchObject({ entity: 'Book', data });
    const path = `/entities/Book/records/${made.cuid}`;
    const changed = await api.ok(recordSchema, 'PATCH', path, { price: 10, day: null });
    expect(changed.data).toEqual({ title: 'Ünïcode', price: 10, sold: false, extra: [1] });
    await api.refused(422, 'invalid', 'PATCH', path, { price: 'ten' });
    const found = await api.ok(pageOf(recordSchema), 'GET', '/entities/Book/records?q=Ünïcode');
    expect(found.items).toEqual([changed]);
    await api.ok(z.object({ cuid: z.literal(made.cuid) }), 'DELETE', path);
    for (const method of ['GET', 'DELETE'] as const) await api.refused(404, 'not_found', method, path);
    await api.refused(404, 'not_found', 'GET', '/entities/Nobody/records');
    const entities = await api.ok(pageOf(entitySchema), 'GET', '/entities');
    expect(entities.items.map((one) => one.name)).toContain('InventoryModel');
  });
});

describe('a record', () => {
  it('may be written as it is read, its values below data, unless that is a field', async () => {
    await api.ok(entitySchema, 'POST', '/entities', { name: 'Crate' }, 201);
    const made = await api.ok(
      recordSchema,
      'POST',
      '/entities/Crate/records',
      { data: { of: 'plums' } },
      201,
    );
    expect(made.data).toEqual({ of: 'plums' });
    const path = `/entities/Crate/records/${made.cuid}`;
    const changed = await api.ok(recordSchema, 'PATCH', path, { data: { kilos: 3 } });
    expect(changed.data).toEqual({ of: 'plums', kilos: 3 });
    const beside = await api.ok(recordSchema, 'PATCH', path, { data: { kilos: 4 }, note: 'heavy' });
    expect(beside.data).toEqual({ of: 'plums', kilos: 3, data: { kilos: 4 }, note: 'heavy' });

    const fields = [{ name: 'data', type: 'json' }];
    await api.ok(entitySchema, 'POST', '/entities', { name: 'Box', fields }, 201);
    const boxed = await api.ok(recordSchema, 'POST', '/entities/Box/records', { data: { of: 'tea' } }, 201);
    expect(boxed.data).toEqual({ data: { of: 'tea' } });
  });
});

describe('short lists', () => {
  it('are paged like every other: of entities, secrets, tokens and versions', async () => {
    const { id } = await api.live(simpleDocument('Paged'));
    for (const name of ['A', 'B', 'C']) {
      await api.ok(entitySchema, 'POST', '/entities', { name: `Paged${name}` }, 201);
      await api.ok(secretSchema, 'POST', '/secrets', { name: `PAGED_${name}`, value: 'v' }, 201);
      await api.ok(freshToken, 'POST', '/tokens', { name, scopes: ['read'] }, 201);
      await api.v1('POST', `/workflows/${id}/commit`, {});
    }
    for (const list of ['/entities', '/secrets', '/tokens', `/workflows/${id}/versions`]) {
      const page = pageOf(z.record(z.string(), z.unknown()));
      const whole = await api.ok(page, 'GET', list);
      const found: Record<string, unknown>[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const piece: z.infer<typeof page> = await api.ok(page, 'GET', `${list}?limit=2${query}`);
        expect(piece.items.length, list).toBeLessThanOrEqual(2);
        found.push(...piece.items);
        cursor = piece.nextCursor;
      }
      expect(found.length).toBeGreaterThan(2);
      expect(JSON.stringify(found.map(keysOf))).toBe(JSON.stringify(whole.items.map(keysOf)));
      for (const wrong of ['limit=501', 'limit=0', 'cursor=none-such']) {
        expect((await api.v1('GET', `${list}?${wrong}`)).status, `${list} ${wrong}`).toBe(422);
      }
    }
  });
});

describe('secrets', () => {
  it('are never shown again, and nowhere on the disk in clear', async () => {
    const value = 'canary-93c1-value-of-a-named-secret';
    const made = await api.ok(
      secretSchema,
      'POST',
      '/secrets',
      { name: 'API_KEY', value, hosts: ['api.example.com'] },
      201,
    );
    expect(made).toMatchObject({ name: 'API_KEY', hint: 'ca…cret', hosts: ['api.example.com'] });
    const listed = await api.v1('GET', '/secrets');
    expect(JSON.stringify(listed.body)).not.toContain(value);
    const folder = join(api.folder(), 'data');
    for (const name of await readdir(folder)) {
      expect((await readFile(join(folder, name))).includes(value), name).toBe(false);
    }
    await api.refused(422, 'invalid', 'POST', '/secrets', { name: 'no spaces', value: 'x' });
    await api.ok(z.object({ name: z.literal('API_KEY') }), 'DELETE', '/secrets/API_KEY');
    await api.refused(404, 'not_found', 'DELETE', '/secrets/API_KEY');
    expect(api.host().log()).not.toContain(value);
  });
});

describe('status', () => {
  it('tells how the app is doing', async () => {
    const status = await api.ok(statusSchema, 'GET', '/status');
    expect(status).toMatchObject({
      version: '0.1.0',
      lastError: null,
      receiver: { listening: true, host: '127.0.0.1', error: null },
      dataDir: join(api.folder(), 'data'),
    });
    expect(status.receiver.addresses).toEqual({ local: api.host().receiver, lan: [], public: null });
    expect(status.disk.databaseBytes).toBeGreaterThan(0);
    expect(status.disk.freeBytes).toBeGreaterThan(0);
    expect(status.requestsPerMinute).toHaveLength(30);
    expect(status.vault).toContain('key');
  });

  it('answers to anyone who asks whether it is well', async () => {
    const response = await fetch(`${api.host().receiver}/healthz`);
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
  });
});

describe('first start', () => {
  it('brings a sample that is live and a curl line that runs it, for this user only', async () => {
    const file = join(api.folder(), 'data', 'sample-curl.txt');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const line = await readFile(file, 'utf8');
    const key = /x-api-key: ([\w-]+)/.exec(line)?.[1] ?? '';
    const body = /--data-raw '([^']+)'/.exec(line)?.[1] ?? '';
    expect(line).toContain(`${api.host().receiver}/hooks/order-intake`);
    const response = await fetch(`${api.host().receiver}/hooks/order-intake`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'x-api-key': key },
    });
    expect(await response.json()).toMatchObject({ order: 'A-1001', total: 124, decision: 'review' });
    const list = await api.ok(pageOf(workflowSummarySchema), 'GET', '/workflows?q=order-intake');
    expect(list.items[0]).toMatchObject({ name: 'Order intake', enabled: true, activeVersion: 1 });
    const records = await api.ok(pageOf(recordSchema), 'GET', '/entities/InventoryModel/records?q=Sample');
    expect(records.items).toHaveLength(1);
  });
});

describe('the documentation', () => {
  it('is shown offline, from files of ours, under a strict policy', async () => {
    const { receiver } = api.host();
    const page = await fetch(`${receiver}/docs`);
    const html = await page.text();
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    const links = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1] ?? '');
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) {
      const file = await fetch(receiver + link);
      expect(file.status, link).toBe(200);
      expect((await file.text()).length).toBeGreaterThan(50);
      expect(file.headers.get('x-content-type-options')).toBe('nosniff');
    }
    expect(html).not.toMatch(/(?:src|href)="https?:/);
    for (const path of ['/docs/package.json', '/docs/..%2f..%2fpackage.json', '/docs/swagger-ui.js']) {
      expect((await fetch(receiver + path)).status, path).toBe(404);
    }
  });
});

describe('settings', () => {
  it('move the receiver at once, and leave it where it is when the new port is taken', async () => {
    const before = await api.ok(settingsSchema, 'GET', '/settings');
    const blocker = createServer();
    const taken = await new Promise<number>((resolve) => {
      blocker.listen(0, '127.0.0.1', () => {
        const address = blocker.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    const error = await api.refused(409, 'conflict', 'PATCH', '/settings', { receiverPort: taken });
    expect(error.msg).toContain(String(taken));
    expect(await api.ok(settingsSchema, 'GET', '/settings')).toEqual(before);
    await new Promise((resolve) => blocker.close(resolve));

    const moved = await api.ok(settingsSchema, 'PATCH', '/settings', {
      receiverPort: taken,
      publicUrl: 'https://hooks.example.com/',
    });
    expect(moved).toMatchObject({ receiverPort: taken, publicUrl: 'https://hooks.example.com' });
    const old = Number(new URL(api.host().receiver).port);
    await expect(reach(old)).rejects.toThrow('ECONNREFUSED');
    api.host().receiver = `http://127.0.0.1:${taken}`;
    const status = await api.ok(statusSchema, 'GET', '/status');
    expect(status.receiver).toMatchObject({
      port: taken,
      addresses: { public: 'https://hooks.example.com' },
    });
    const workflow = await api.live(simpleDocument('Public', { auth: { scheme: 'none' } }));
    expect(workflow.endpoints[0]?.url).toBe('https://hooks.example.com/hooks/public');

    for (const [change, path] of [
      [{ publicUrl: 'ftp://x' }, 'publicUrl'],
      [{ receiverHost: 'example.com' }, 'receiverHost'],
      [{ receiverHost: '192.0.2.77' }, 'receiverHost'],
      [{ receiverPort: 70_000 }, 'receiverPort'],
      [{ trustedHops: -1 }, 'trustedHops'],
      [{ colour: 'red' }, 'colour'],
    ] as const) {
      const refusal = await api.refused(422, 'invalid', 'PATCH', '/settings', change);
      expect(refusal.issues?.[0]?.path).toBe(path);
    }
    expect(await api.ok(settingsSchema, 'PATCH', '/settings', { publicUrl: null })).toMatchObject({
      publicUrl: null,
    });
  });
});

function reach(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', (error) => reject(new Error(String(error))));
  });
}
