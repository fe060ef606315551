import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { call, post } from './call.ts';
import { useReceiver } from './open-receiver.ts';

const bench = useReceiver();
const withoutId = (json: Record<string, unknown>) => ({ ...json, requestId: 'req' });

describe('a path nobody answers at', () => {
  it('is 404 with the same body for unknown, deactivated and not live, whatever the key', async () => {
    const { store, origin } = bench();
    const config = { auth: { scheme: 'apiKey' } };
    const deactivated = await bench().endpoint(config, { key: 'k' });
    const notLive = await bench().endpoint(config, { key: 'k' });
    const at = Date.now();
    await store.write('updateEndpoint', { id: deactivated.id, state: 'deactivated', at });
    await store.write('setActive', { id: notLive.workflowId, version: null, enabled: false, at });
    const bodies: unknown[] = [];
    for (const path of ['/hooks/unknown', deactivated.path, notLive.path]) {
      for (const key of ['k', 'wrong']) {
        for (const method of ['POST', 'GET', 'DELETE']) {
          const reply = await call(origin, path, {
            method,
            headers: { 'x-api-key': key, 'content-type': 'application/json' },
            body: '{"a":',
          });
          expect(reply.status).toBe(404);
          expect(reply.headers['content-type']).toBe('application/json');
          expect(Object.keys(reply.headers).toSorted()).toEqual([
            'connection',
            'content-length',
            'content-type',
            'date',
            'x-content-type-options',
          ]);
          bodies.push(withoutId(reply.json));
        }
      }
    }
    expect(new Set(bodies.map((body) => JSON.stringify(body)))).toEqual(
      new Set([
        JSON.stringify({ success: false, error: 'not_found', msg: 'Nothing is here.', requestId: 'req' }),
      ]),
    );
    expect(await bench().lastRequest(deactivated.id)).toMatchObject({
      verdict: 'rejected',
      reason: 'deactivated',
      triage: 'open',
      bodySize: 5,
    });
    expect(await bench().lastRequest(notLive.id)).toMatchObject({ verdict: 'rejected', reason: 'not_live' });
    expect((await bench().lastRequest(notLive.id)).reasonText).toBe(
      'No live workflow listens at this endpoint.',
    );
  });

  it('takes requests again as soon as it is live again, with the same key', async () => {
    const { store, origin } = bench();
    const { id, path } = await bench().endpoint({ auth: { scheme: 'apiKey' } }, { key: 'k' });
    const send = async () => (await post(origin, path, {}, { 'x-api-key': 'k' })).status;
    expect(await send()).toBe(200);
    await store.write('updateEndpoint', { id, state: 'deactivated', at: Date.now() });
    expect(await send()).toBe(404);
    await store.write('updateEndpoint', { id, state: 'active', at: Date.now() });
    expect(await send()).toBe(200);
  });
});

describe('methods', () => {
  it('other than those of the endpoint are 405 with Allow and nothing of CORS', async () => {
    const { path, id } = await bench().endpoint();
    for (const method of ['PUT', 'DELETE', 'PATCH', 'TRACE', 'QUERY', 'GET', 'OPTIONS']) {
      const reply = await call(bench().origin, path, { method });
      expect(reply, method).toMatchObject({
        status: 405,
        json: { error: 'method_not_allowed' },
        headers: { allow: 'POST' },
      });
      expect(Object.keys(reply.headers).some((name) => name.startsWith('access-control'))).toBe(false);
    }
    const head = await call(bench().origin, path, { method: 'HEAD' });
    expect([head.status, head.text, head.headers.allow]).toEqual([405, '', 'POST']);
    expect((await bench().requestsOf(id)).every((row) => row.runs.length === 0)).toBe(true);
  });

  it('are set per endpoint', async () => {
    const { path } = await bench().endpoint({ methods: ['GET', 'PUT'] });
    expect((await call(bench().origin, path, { method: 'PUT' })).status).toBe(200);
    expect((await call(bench().origin, path, { method: 'GET' })).status).toBe(200);
    expect((await call(bench().origin, path)).headers.allow).toBe('GET, PUT, HEAD');
  });

  it('HEAD is answered like GET without a body and starts nothing', async () => {
    const { path, id } = await bench().endpoint({
      methods: ['GET'],
      response: { headers: { 'X-Flow': 'a' }, status: 201 },
    });
    const head = await call(bench().origin, path, { method: 'HEAD' });
    expect(head).toMatchObject({
      status: 201,
      text: '',
      headers: { 'x-flow': 'a', 'content-type': 'application/json' },
    });
    expect(await bench().lastRequest(id)).toMatchObject({ runs: [], triage: null });
  });

  it('HEAD needs the key like any other', async () => {
    const { path } = await bench().endpoint({ methods: ['GET'], auth: { scheme: 'apiKey' } }, { key: 'k' });
    expect((await call(bench().origin, path, { method: 'HEAD' })).status).toBe(401);
    expect((await call(bench().origin, path, { method: 'HEAD', headers: { 'x-api-key': 'k' } })).status).toBe(
      200,
    );
  });
});

describe('a page in a browser', () => {
  it.each([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('of another site is 403: %j', async (headers) => {
    const { path, id } = await bench().endpoint();
    const reply = await post(bench().origin, path, {}, headers);
    expect(reply).toMatchObject({ status: 403, json: { error: 'cross_site' } });
    expect(await bench().lastRequest(id)).toMatchObject({ reason: 'cross_site', runs: [] });
  });

  it('of our own may call, unless its name could have been pointed here', async () => {
    const { path } = await bench().endpoint();
    const { origin, port } = bench();
    expect((await post(origin, path, {}, { origin, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    const rebound = {
      host: `evil.example:${port}`,
      origin: `http://evil.example:${port}`,
      'sec-fetch-site': 'same-origin',
    };
    expect((await post(origin, path, {}, rebound)).status).toBe(403);
  });

  it('of an allowed origin may call and read, and no other', async () => {
    const { path } = await bench().endpoint({ cors: { origins: ['https://app.example'] } });
    const fine = await post(
      bench().origin,
      path,
      {},
      { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' },
    );
    expect(fine).toMatchObject({
      status: 200,
      headers: { 'access-control-allow-origin': 'https://app.example', vary: 'Origin' },
    });
    const broken = await post(bench().origin, path, '{', { origin: 'https://app.example' });
    expect(broken).toMatchObject({
      status: 400,
      headers: { 'access-control-allow-origin': 'https://app.example' },
    });
    for (const origin of ['https://app.example.evil', 'http://app.example', 'https://APP.example']) {
      expect((await post(bench().origin, path, {}, { origin })).status).toBe(403);
    }
  });

  it('gets its preflight answered where origins are allowed', async () => {
    const { path, id } = await bench().endpoint({ cors: { origins: ['*'] } });
    const headers = {
      origin: 'https://any.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-api-key',
    };
    const reply = await call(bench().origin, path, { method: 'OPTIONS', headers });
    expect(reply).toMatchObject({
      status: 204,
      text: '',
      headers: {
        'access-control-allow-origin': 'https://any.example',
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'x-api-key',
      },
    });
    expect(await bench().lastRequest(id)).toMatchObject({ verdict: 'handshake', triage: null, runs: [] });
    // OPTIONS that no browser sent, and that of an endpoint which allows nobody, are methods like any other.
    const { path: nobody } = await bench().endpoint({ cors: { origins: [] } });
    for (const to of [path, nobody]) {
      const plain = await call(bench().origin, to, {
        method: 'OPTIONS',
        ...(to === nobody ? { headers } : {}),
      });
      expect(plain).toMatchObject({ status: 405, headers: { allow: 'POST' } });
      expect(plain.headers).not.toHaveProperty('access-control-allow-origin');
    }
    const { path: closed } = await bench().endpoint({ cors: { origins: ['https://app.example'] } });
    expect((await call(bench().origin, closed, { method: 'OPTIONS', headers })).status).toBe(403);
  });
});

describe('an allow list', () => {
  it('C13 with this machine on it lets nobody in who came through a tunnel or proxy', async () => {
    const { path, id } = await bench().endpoint({ ipAllow: ['127.0.0.1', '::1'] });
    bench().settings.publicUrl = 'https://hooks.example.test/in';
    const tunnelled: Record<string, string>[] = [
      { 'x-forwarded-for': '127.0.0.1' },
      { 'cf-ray': '8f1-FRA' },
      { forwarded: 'for=127.0.0.1' },
      { host: 'hooks.example.test' },
      { host: 'abc.tunnel.example' },
    ];
    for (const headers of tunnelled) {
      const reply = await post(bench().origin, path, {}, headers);
      expect(reply, JSON.stringify(headers)).toMatchObject({
        status: 403,
        json: { error: 'ip_not_allowed' },
      });
    }
    expect((await post(bench().origin, path, {})).status).toBe(200);
    bench().settings.publicUrl = null;
    const notes = (await bench().requestsOf(id)).map(
      (row) => row.stages.find(({ stage }) => stage === 'address')?.note ?? '',
    );
    expect(notes).toContain('127.0.0.1 is on the allow list. The other end of the connection.');
    expect(notes.filter((note) => note.includes('passed on by a proxy or tunnel'))).toHaveLength(5);
  });
});

describe('the rate of an endpoint', () => {
  it('tells callers how much of the minute is left', async () => {
    const { path } = await bench().endpoint({ rateLimit: { perMinute: 3 } });
    const lefts: unknown[] = [];
    for (let round = 0; round < 3; round++) {
      lefts.push((await post(bench().origin, path, {})).headers['ratelimit-remaining']);
    }
    expect(lefts).toEqual(['2', '1', '0']);
    const { path: free } = await bench().endpoint();
    expect((await post(bench().origin, free, {})).headers).not.toHaveProperty('ratelimit-limit');
  });

  it('is 429 with Retry-After past the limit, for that endpoint only', async () => {
    const { path, id } = await bench().endpoint({ rateLimit: { perMinute: 3 } });
    const other = await bench().endpoint({ rateLimit: { perMinute: 3 } });
    const statuses: number[] = [];
    for (let round = 0; round < 3; round++) statuses.push((await post(bench().origin, path, {})).status);
    expect(statuses).toEqual([200, 200, 200]);
    const limited = await post(bench().origin, path, {});
    expect(limited.headers).toMatchObject({ 'ratelimit-limit': '3', 'ratelimit-remaining': '0' });
    expect(limited.headers['ratelimit-reset']).toBe(limited.headers['retry-after']);
    expect(limited).toMatchObject({ status: 429, json: { success: false, error: 'rate_limited' } });
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(limited.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect((await post(bench().origin, other.path, {})).status).toBe(200);
    // A change of the configuration does not give a new minute.
    await bench().endpoint();
    expect((await post(bench().origin, path, {})).status).toBe(429);
    expect(await bench().lastRequest(id)).toMatchObject({ reason: 'rate_limited', status: 429 });
  });

  it('of wrong keys is 30 in a minute for one caller at one endpoint', async () => {
    bench().settings.trustedHops = 1;
    const { path } = await bench().endpoint({ auth: { scheme: 'apiKey' } }, { key: 'k' });
    const other = await bench().endpoint({ auth: { scheme: 'apiKey' } }, { key: 'k' });
    const send = (to: string, key: string, ip: string) =>
      post(bench().origin, to, {}, { 'x-api-key': key, 'x-forwarded-for': ip });
    for (let round = 0; round < 30; round++) expect((await send(path, 'bad', '192.0.2.1')).status).toBe(401);
    const limited = await send(path, 'bad', '192.0.2.1');
    expect(limited.status).toBe(429);
    expect(limited.headers['retry-after']).toBeDefined();
    expect((await send(path, 'k', '192.0.2.1')).status).toBe(429);
    expect((await send(path, 'k', '192.0.2.2')).status).toBe(200);
    expect((await send(other.path, 'k', '192.0.2.1')).status).toBe(200);
    bench().settings.trustedHops = 0;
  });
});

describe('room', () => {
  it('for no more runs is 503 busy with Retry-After, and there is none of the request but its refusal', async () => {
    const { path, id } = await bench().endpoint();
    bench().settings.queueLimit = 0;
    const reply = await post(bench().origin, path, {});
    bench().settings.queueLimit = 100_000;
    expect(reply).toMatchObject({
      status: 503,
      json: { success: false, error: 'busy' },
      headers: { 'retry-after': '5' },
    });
    expect(await bench().lastRequest(id)).toMatchObject({ verdict: 'rejected', reason: 'busy', runs: [] });
    expect((await post(bench().origin, path, {})).status).toBe(200);
  });
});

describe('authentication', () => {
  it('is 401 without a word on what was wrong, and the inspector knows', async () => {
    const { path, id } = await bench().endpoint({ auth: { scheme: 'keyPair' } }, { key: 'k', secret: 's' });
    const wrong: Record<string, string>[] = [
      {},
      { 'x-api-key': 'k' },
      { 'x-api-key': 'k', 'x-api-secret': 'bad' },
      { 'x-api-key': 's', 'x-api-secret': 'k' },
      { 'x-api-key': '', 'x-api-secret': '' },
      { 'x-api-key': 'k'.repeat(10_000), 'x-api-secret': 's' },
    ];
    const bodies = new Set<string>();
    for (const headers of wrong) {
      const reply = await post(bench().origin, path, {}, headers);
      expect(reply.status).toBe(401);
      bodies.add(JSON.stringify(withoutId(reply.json)));
    }
    expect([...bodies]).toEqual([
      '{"success":false,"error":"unauthorized","msg":"Authentication is missing or wrong.","requestId":"req"}',
    ]);
    const reasons = (await bench().requestsOf(id)).map((row) => row.reasonText);
    expect(reasons).toContain('The key fits; the header x-api-secret holds another secret.');
    expect(
      (await bench().requestsOf(id)).every((row) => row.triage === 'open' && row.runs.length === 0),
    ).toBe(true);
  });

  it('refuses a good and a bad key sent together', async () => {
    const { path } = await bench().endpoint({ auth: { scheme: 'apiKey' } }, { key: 'k' });
    const reply = await call(bench().origin, path, {
      headers: { 'x-api-key': ['k', 'bad'], 'content-type': 'application/json' },
      body: '{}',
    });
    expect(reply.status).toBe(401);
  });

  it('comes before the body is judged', async () => {
    const { path } = await bench().endpoint({ auth: { scheme: 'apiKey' } }, { key: 'k' });
    expect((await post(bench().origin, path, '{')).status).toBe(401);
    expect((await post(bench().origin, path, '{', { 'x-api-key': 'k' })).status).toBe(400);
  });

  it('is over the bytes as received, text or not', async () => {
    const { path } = await bench().endpoint({ auth: { scheme: 'hmac' } }, { secret: 's' });
    const body = Buffer.from([0x22, 0xff, 0x22]);
    const headers = {
      'content-type': 'application/octet-stream',
      'x-webhook-signature': createHmac('sha256', 's').update(body).digest('hex'),
    };
    expect((await call(bench().origin, path, { headers, body })).status).toBe(200);
    expect(
      (await call(bench().origin, path, { headers, body: Buffer.from([0x22, 0xfe, 0x22]) })).status,
    ).toBe(401);
  });

  it('is 503 while a secret is missing or can not be opened, never 200 and never 401', async () => {
    const missing = await bench().endpoint({ auth: { scheme: 'hmac' } });
    expect(
      await post(bench().origin, missing.path, {}, { 'x-webhook-signature': 'a'.repeat(64) }),
    ).toMatchObject({
      status: 503,
      json: { success: false, error: 'endpoint_misconfigured' },
    });
    const broken = await bench().endpoint({ auth: { scheme: 'apiKey' } }, { key: 'k' });
    await bench().store.write('setEndpointSecret', {
      endpointId: broken.id,
      field: 'key',
      sealed: 'v1.nokey.AAAA',
      overlapMs: 0,
      at: Date.now(),
    });
    expect((await post(bench().origin, broken.path, {}, { 'x-api-key': 'k' })).status).toBe(503);
    expect(await bench().lastRequest(broken.id)).toMatchObject({
      reason: 'endpoint_misconfigured',
      runs: [],
    });
  });

  it('is 503 while the settings are none that could be meant', async () => {
    for (const config of [
      { auth: { scheme: 'unheard-of' } },
      { auth: { scheme: 'apiKey', colour: 'red' } },
    ]) {
      const { path } = await bench().endpoint(config, { key: 'k' });
      expect((await post(bench().origin, path, {}, { 'x-api-key': 'k' })).status).toBe(503);
    }
    const { path } = await bench().endpoint({ ipAllow: ['everybody'] });
    expect([403, 503]).toContain((await post(bench().origin, path, {})).status);
  });

  it('takes the previous secret while it overlaps, and no longer', async () => {
    const { path, id } = await bench().endpoint({ auth: { scheme: 'apiKey' } }, { key: 'old' });
    const send = async (key: string) => (await post(bench().origin, path, {}, { 'x-api-key': key })).status;
    await bench().setSecret(id, 'key', 'new', 60_000);
    expect([await send('new'), await send('old')]).toEqual([200, 200]);
    await bench().store.drain();
    expect(bench().store.read.endpoints.secrets(id)[0]?.previousUsedAt).not.toBeNull();
    await bench().setSecret(id, 'key', 'newer');
    expect([await send('newer'), await send('new'), await send('old')]).toEqual([200, 401, 401]);
  });

  it('never trusts a key of another endpoint', async () => {
    const one = await bench().endpoint({ auth: { scheme: 'apiKey' } }, { key: 'one' });
    const two = await bench().endpoint({ auth: { scheme: 'apiKey' } }, { key: 'two' });
    expect((await post(bench().origin, one.path, {}, { 'x-api-key': 'two' })).status).toBe(401);
    expect((await post(bench().origin, two.path, {}, { 'x-api-key': 'two' })).status).toBe(200);
  });

  it('needs every given condition', async () => {
    const { path } = await bench().endpoint(
      { auth: { scheme: 'apiKey' }, ipAllow: ['192.0.2.0/24'] },
      { key: 'k' },
    );
    expect((await post(bench().origin, path, {}, { 'x-api-key': 'k' })).status).toBe(403);
    const both = await bench().endpoint({ auth: { scheme: 'apiKey' }, ipAllow: ['127.0.0.1'] }, { key: 'k' });
    expect((await post(bench().origin, both.path, {}, { 'x-api-key': 'bad' })).status).toBe(401);
    expect((await post(bench().origin, both.path, {}, { 'x-api-key': 'k' })).status).toBe(200);
  });
});
