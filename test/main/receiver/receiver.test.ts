import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { call, firstAnswer, openWire, post } from './call.ts';
import { openReceiver, useReceiver } from './open-receiver.ts';

const bench = useReceiver({
  fallback: async (context, next) => {
    if (context.path === '/v1/fails') throw new Error('secret words');
    if (!context.path.startsWith('/v1')) return next();
    context.body = { from: 'the API' };
    return undefined;
  },
});

describe('what is no webhook', () => {
  it('is served by whoever is mounted, and is 404 in our form otherwise', async () => {
    expect((await call(bench().origin, '/v1/status', { method: 'GET' })).json).toEqual({ from: 'the API' });
    for (const path of [
      '/',
      '/favicon.ico',
      '/hooks',
      '/hooks/',
      '/admin',
      '/%2e%2e/etc/passwd',
      '/api/webhooks/wf_unknown',
    ]) {
      const reply = await call(bench().origin, path, { method: 'GET' });
      expect(reply, path).toMatchObject({
        status: 404,
        headers: { 'content-type': 'application/json', 'x-content-type-options': 'nosniff' },
      });
      expect(reply.json).toEqual({
        success: false,
        error: 'not_found',
        msg: 'Nothing is here.',
        requestId: expect.stringMatching(/^req_/),
      });
      expect(reply.headers['x-powered-by']).toBeUndefined();
    }
  });

  it('is 500 internal without a stack when it breaks', async () => {
    const reply = await call(bench().origin, '/v1/fails', { method: 'GET' });
    expect(reply).toMatchObject({ status: 500, json: { success: false, error: 'internal' } });
    expect(reply.text).not.toMatch(/secret words| at /);
  });

  it('tells its health', async () => {
    expect(await call(bench().origin, '/healthz', { method: 'GET' })).toMatchObject({
      status: 200,
      text: '{"status":"ok"}',
      headers: { 'content-type': 'application/json' },
    });
    expect(await call(bench().origin, '/healthz', { method: 'HEAD' })).toMatchObject({
      status: 200,
      text: '',
    });
    expect(await call(bench().origin, '/healthz')).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD' },
    });
  });
});

describe('a stored request judged again', () => {
  it('meets the configuration of today', async () => {
    const { store, receiver, origin } = bench();
    const { id, path, workflowId } = await bench().endpoint({ auth: { scheme: 'apiKey' } }, { key: 'k' });
    await store.write('setActive', { id: workflowId, version: null, enabled: false, at: Date.now() });
    expect((await post(origin, path, { a: 1 }, { 'x-api-key': 'k' })).status).toBe(404);
    const failed = await bench().lastRequest(id);
    const raw = store.read.requests.raw(failed.id);
    if (raw === undefined) throw new Error('The request is gone.');
    const judge = () => receiver.judge(raw, { replayOf: failed.id, endpointId: id });
    expect((await judge()).status).toBe(404);
    await store.write('setActive', { id: workflowId, version: 1, enabled: true, at: Date.now() });
    const reply = await judge();
    expect(reply.status).toBe(200);
    const row = store.read.requests.byId(reply.requestId);
    expect(row).toMatchObject({ verdict: 'accepted', isReplay: true, runs: [{ workflowId }] });
    expect((await bench().untilRun(row?.runs[0]?.id ?? '')).input).toEqual({ a: 1 });
    await bench().setSecret(id, 'key', 'other');
    expect((await judge()).status).toBe(401);
  });

  it('starts a new run each time, its key notwithstanding, and bends no limit', async () => {
    const { receiver, store, origin } = bench();
    const { id, path } = await bench().endpoint({ rateLimit: { perMinute: 1 } });
    await post(origin, path, { a: 1 }, { 'idempotency-key': 'once' });
    const first = await bench().lastRequest(id);
    const raw = store.read.requests.raw(first.id);
    if (raw === undefined) throw new Error('The request is gone.');
    const replies = [1, 2, 3].map(() => receiver.judge(raw, { replayOf: first.id, endpointId: id }));
    const bodies = (await Promise.all(replies)).map((reply) => String(reply.body));
    expect(new Set(bodies.map((body) => /"executionId":"(run_\w+)"/.exec(body)?.[1]))).toHaveLength(3);
    expect((await post(origin, path, { a: 1 })).status).toBe(429);
  });

  it('may be as old as it is where freshness is waived', async () => {
    const { receiver, store, origin } = bench();
    const auth = { scheme: 'hmac', signed: '{timestamp}.{body}', timestampHeader: 'X-Time' };
    const { id, path } = await bench().endpoint({ auth }, { secret: 's' });
    await post(origin, path, {});
    const failed = await bench().lastRequest(id);
    const stored = store.read.requests.raw(failed.id);
    if (stored === undefined) throw new Error('The request is gone.');
    const receivedAt = Date.now() - 3_600_000;
    const { createHmac } = await import('node:crypto');
    const time = String(Math.floor(receivedAt / 1_000));
    const signature = createHmac('sha256', 's').update(`${time}.{}`).digest('hex');
    const raw = {
      ...stored,
      receivedAt,
      headers: [
        ['Host', 'a'],
        ['Content-Type', 'application/json'],
        ['X-Time', time],
        ['X-Webhook-Signature', signature],
      ] as const,
    };
    const options = { replayOf: failed.id, endpointId: id };
    expect((await receiver.judge(raw, options)).status).toBe(401);
    expect((await receiver.judge(raw, { ...options, waiveFreshness: true })).status).toBe(200);
  });

  it('of an endpoint that is gone is 404', async () => {
    const raw = {
      method: 'POST',
      url: '/x',
      httpVersion: '1.1',
      headers: [['Host', 'a']] as const,
      body: Buffer.from(''),
      remoteIp: '127.0.0.1',
      receivedAt: Date.now(),
    };
    expect((await bench().receiver.judge(raw, { replayOf: 'req_gone', endpointId: 'ep_gone' })).status).toBe(
      404,
    );
  });
});

describe('where it listens', () => {
  it('is told when the port is taken', async () => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, '127.0.0.1', () => {
        const address = taken.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    onTestFinished(() => void taken.close());
    const own = await openReceiver();
    onTestFinished(() => own.close());
    await expect(own.receiver.listen({ host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'port_in_use',
      details: { port },
    });
    // It stays where it was.
    expect(own.receiver.state()).toMatchObject({ listening: true, port: own.port });
    expect((await call(own.origin, '/healthz', { method: 'GET' })).status).toBe(200);
  });

  it('may move, to another address of the same port too', async () => {
    const own = await openReceiver();
    onTestFinished(() => own.close());
    await own.receiver.listen({ host: '0.0.0.0', port: own.port });
    expect((await call(own.origin, '/healthz', { method: 'GET' })).status).toBe(200);
    const { port } = await own.receiver.listen({ host: '127.0.0.1', port: 0 });
    expect((await call(`http://127.0.0.1:${port}`, '/healthz', { method: 'GET' })).status).toBe(200);
    await expect(call(own.origin, '/healthz', { method: 'GET' })).rejects.toThrow();
  });

  it('gives one answer over IPv4 and IPv6 and records the plain address', async () => {
    const own = await openReceiver();
    onTestFinished(() => own.close());
    const { port } = await own.receiver.listen({ host: '::', port: 0 });
    const { id, path } = await own.endpoint();
    expect((await post(`http://127.0.0.1:${port}`, path, {})).status).toBe(200);
    expect((await post(`http://[::1]:${port}`, path, {})).status).toBe(200);
    expect((await own.requestsOf(id)).map((row) => row.raw.remoteIp).toSorted()).toEqual([
      '127.0.0.1',
      '::1',
    ]);
  });
});

describe('the end', () => {
  it('answers what is in flight and takes nothing more', async () => {
    const own = await openReceiver();
    const { path, id } = await own.endpoint();
    const wire = await openWire(own.port);
    wire.send(
      `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{"a"`,
    );
    await expect.poll(() => own.receiver.state().inFlight).toBe(1);
    const closed = own.receiver.close();
    wire.send(':1}');
    const received = await wire.closed();
    expect(firstAnswer(received).status).toBe(200);
    expect(received.toLowerCase()).toContain('connection: close');
    await closed;
    expect(own.receiver.state()).toMatchObject({ listening: false, inFlight: 0 });
    await expect(post(own.origin, path, {})).rejects.toThrow();
    expect((await own.requestsOf(id)).map((row) => row.verdict)).toEqual(['accepted']);
    await own.close();
  });

  it('tells who still waits for a run where to look for it', async () => {
    const own = await openReceiver({ limits: { graceMs: 600 } });
    const slow = 'const until = Date.now() + 1500; while (Date.now() < until); return 1;';
    const { paths } = await own.live({
      nodes: [
        { id: 'hook', type: 'webhook', config: { auth: { scheme: 'none' }, response: { mode: 'lastNode' } } },
        { id: 'slow', type: 'code', config: { code: slow } },
      ],
      edges: ['hook>slow'],
    });
    const waiting = post(own.origin, paths['hook'] ?? '', {});
    await expect.poll(() => own.receiver.state().inFlight).toBe(1);
    await expect
      .poll(() => own.store.read.runs.counts().running + own.store.read.runs.counts().queued)
      .toBe(1);
    await own.receiver.close();
    const reply = await waiting;
    expect(reply).toMatchObject({ status: 504, json: { error: 'run_timeout', status: 'running' } });
    expect(reply.headers.location).toBe(`/v1/workflow-runs/${String(reply.json['executionId'])}`);
    await own.close();
  });

  it('lets idle connections go at once', async () => {
    const own = await openReceiver();
    const wire = await openWire(own.port);
    wire.send('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
    await wire.until((text) => text.includes('ok'));
    const startedAt = performance.now();
    await own.close();
    await wire.closed();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

describe('a defect', () => {
  it('is 500 internal to the caller, without a word of it, and recorded', async () => {
    const own = await openReceiver();
    onTestFinished(() => own.close());
    const { path, id } = await own.endpoint();
    Object.assign(own.engine, {
      planRun: () => {
        throw new TypeError('secret words');
      },
    });
    const reply = await post(own.origin, path, {});
    expect(reply).toMatchObject({
      status: 500,
      json: { success: false, error: 'internal', requestId: expect.stringMatching(/^req_/) },
    });
    expect(reply.text).not.toMatch(/secret words| at /);
    expect(await own.lastRequest(id)).toMatchObject({
      verdict: 'rejected',
      reason: 'internal',
      status: 500,
      triage: 'open',
    });
  });
});

describe('a store that can not be written', () => {
  it('is 503 with Retry-After, nothing is said to be taken, and health tells', async () => {
    const own = await openReceiver();
    onTestFinished(() => own.close());
    const { path } = await own.endpoint();
    const health = own.store.health();
    const fail = { ...health, writable: false, lastError: { at: 0, message: 'disk full' } };
    const broken = Object.assign(own.store, { health: () => fail });
    await expect.poll(async () => (await post(own.origin, path, {})).status).toBe(503);
    expect(await post(own.origin, path, {})).toMatchObject({
      status: 503,
      json: { error: 'storage_unavailable' },
      headers: { 'retry-after': '5' },
    });
    expect(await call(own.origin, '/healthz', { method: 'GET' })).toMatchObject({
      status: 503,
      json: { reason: 'disk full' },
    });
    Object.assign(broken, { health: () => health });
    await expect.poll(async () => (await post(own.origin, path, {})).status).toBe(200);
  });
});

describe('endpoints that can not be read', () => {
  it('are 500 internal, and the receiver goes on', async () => {
    const own = await openReceiver();
    onTestFinished(() => own.close());
    const { path } = await own.endpoint();
    const { list } = own.store.read.endpoints;
    Object.assign(own.store.read.endpoints, {
      list: () => {
        throw new Error('database disk image is malformed');
      },
    });
    await own.setSecret('ep_other', 'key', 'k');
    const reply = await post(own.origin, path, {});
    expect(reply).toMatchObject({ status: 500, json: { success: false, error: 'internal' } });
    expect(reply.text).not.toContain('malformed');
    Object.assign(own.store.read.endpoints, { list });
    expect((await post(own.origin, path, {})).status).toBe(200);
  });
});

describe('a large body at a path nobody has', () => {
  it('is 404 all the same, not a broken connection', async () => {
    const reply = await post(bench().origin, '/nothing', JSON.stringify('x'.repeat(3_000_000)));
    expect(reply.status).toBe(404);
  });
});
