/** The http step: what it sends, what it gives, how it tries again, and the secrets it puts in (SPEC 7, 8, 9). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpTarget, openHttpTarget } from '../../support/http-target.ts';
import { at, listAt, objectAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted } from '../support/expect-error.ts';
import { makeHook, outputOf, runIn } from '../support/workflows.ts';

const host = hostForThisFile();
const open = { style: 'native', auth: { scheme: 'none' } };
let target: HttpTarget;
const failures = new Map<string, number>();

beforeAll(async () => {
  target = await openHttpTarget((call, response) => {
    const { pathname } = new URL(call.url, target.origin);
    const left = failures.get(pathname) ?? 0;
    failures.set(pathname, left - 1);
    if (pathname === '/hang') return;
    response.statusCode = left > 0 ? 503 : pathname === '/missing' ? 404 : 200;
    response.setHeader('content-type', pathname === '/text' ? 'text/plain' : 'application/json');
    response.setHeader('x-answer', 'yes');
    response.end(
      pathname === '/text' ? 'plain words' : JSON.stringify({ echo: call.headers['authorization'] ?? null }),
    );
  });
});
afterAll(() => target.close());

const callsTo = (path: string) =>
  target.calls.filter((call) => new URL(call.url, target.origin).pathname === path);

async function http(config: Record<string, unknown>, json: unknown = {}, node: Record<string, unknown> = {}) {
  const made = await makeHook(host, open, [{ id: 'call', type: 'http', config, ...node }]);
  return expectAccepted(await host.call(made.url(), { json }));
}

describe.concurrent('what is sent and given', () => {
  it('method, URL, headers, query and body from templates; status, headers and body as output', async () => {
    const id = await http(
      {
        method: 'PUT',
        url: `${target.origin}/orders/{{trigger.data.id}}`,
        headers: { 'X-From': 'run {{trigger.data.id}}' },
        query: { who: '{{trigger.data.who}}', n: 1 },
        body: { id: '{{trigger.data.id}}', list: ['{{trigger.data.who}}'] },
      },
      { id: 7, who: 'a&b c' },
    );
    expect(await outputOf(host, id)).toMatchObject({
      status: 200,
      headers: expect.objectContaining({ 'x-answer': 'yes' }),
      body: { echo: null },
    });
    const [call] = callsTo('/orders/7');
    expect(call).toMatchObject({ method: 'PUT' });
    expect(Object.fromEntries(new URL(call?.url ?? '', target.origin).searchParams)).toEqual({
      who: 'a&b c',
      n: '1',
    });
    expect(call?.headers).toMatchObject({
      'x-from': 'run 7',
      'content-type': expect.stringMatching(/^application\/json/),
    });
    expect(JSON.parse(call?.body ?? '')).toEqual({ id: 7, list: ['a&b c'] });
    expect(call?.headers['idempotency-key']).toMatch(/\S{16,}/);
  });

  it('a text body goes out as it is, a text answer comes back as text', async () => {
    const id = await http(
      { method: 'POST', url: `${target.origin}/text`, body: 'Hi {{trigger.data.n}}' },
      { n: 1 },
    );
    expect(at(await outputOf(host, id), 'body')).toBe('plain words');
    expect(callsTo('/text')[0]?.body).toBe('Hi 1');
  });

  it('A5 a payload forwarded whole keeps its digits', async () => {
    const body = '{"big":12345678901234567890,"huge":1e400,"minus":-0,"text":"é"}';
    const made = await makeHook(host, open, [
      {
        id: 'call',
        type: 'http',
        config: { method: 'POST', url: `${target.origin}/digits`, body: '{{trigger.payload}}' },
      },
    ]);
    await outputOf(
      host,
      expectAccepted(await host.call(made.url(), { headers: { 'content-type': 'application/json' }, body })),
    );
    expect(callsTo('/digits')[0]?.body).toBe(body);
  });

  it.each([
    [
      'basic',
      { scheme: 'basic', username: 'u', password: 'p' },
      `Basic ${Buffer.from('u:p').toString('base64')}`,
    ],
    ['bearer', { scheme: 'bearer', token: 'tok' }, 'Bearer tok'],
  ])('auth %s', async (name, auth, header) => {
    await outputOf(host, await http({ method: 'GET', url: `${target.origin}/auth-${name}`, auth }));
    expect(callsTo(`/auth-${name}`)[0]?.headers.authorization).toBe(header);
  });
});

describe.concurrent('what goes wrong', () => {
  it('a refused connection fails the step with a reason', async () => {
    const run = await runIn(host, await http({ method: 'GET', url: 'http://127.0.0.1:1/' }));
    expect(run).toMatchObject({
      status: 'failed',
      error: { nodeId: 'call', message: expect.stringMatching(/\S/) },
    });
  });

  it.each(['file:///etc/passwd', 'ftp://127.0.0.1/', 'data:text/plain,x', 'unix:/tmp/x', 'no url'])(
    '%s is never called',
    async (url) => {
      const attempt = http({ method: 'GET', url: '{{trigger.data.url}}' }, { url }).then((id) =>
        runIn(host, id),
      );
      expect(await attempt).toMatchObject({ status: 'failed', error: { nodeId: 'call' } });
    },
  );

  it('a line break in a header or method comes to nothing', async () => {
    const id = await http(
      { method: 'GET', url: `${target.origin}/crlf`, headers: { 'X-A': '{{trigger.data.v}}' } },
      { v: 'a\r\nX-Injected: yes' },
    );
    await runIn(host, id);
    expect(callsTo('/crlf').filter((call) => 'x-injected' in call.headers)).toEqual([]);
  });

  it('a target that never answers fails after timeoutSeconds, in the config or on the node', async () => {
    const url = `${target.origin}/hang`;
    const startedAt = Date.now();
    const runs = await Promise.all([
      http({ method: 'GET', url, timeoutSeconds: 1 }),
      http({ method: 'GET', url }, {}, { timeoutSeconds: 1 }),
    ]);
    for (const id of runs)
      expect(await runIn(host, id)).toMatchObject({ status: 'failed', error: { nodeId: 'call' } });
    expect(Date.now() - startedAt).toBeLessThan(8_000);
  });
});

describe.concurrent('retry', () => {
  it.each([
    ['in the config', true],
    ['on the node', false],
  ])('%s tries again with the same Idempotency-Key until it works', async (where, isConfig) => {
    const path = `/flaky-${isConfig ? 'config' : 'node'}`;
    failures.set(path, 2);
    const retry = { attempts: 3, backoffSeconds: 0.1, factor: 1 };
    const base = { method: 'POST', url: target.origin + path, body: { where } };
    const id = isConfig ? await http({ ...base, retry }) : await http(base, {}, { retry });
    const run = await runIn(host, id);
    expect(run).toMatchObject({ status: 'succeeded' });
    expect(listAt(run, 'steps').at(-1)).toMatchObject({ nodeId: 'call', attempt: 3, status: 'succeeded' });
    const keys = callsTo(path).map((call) => call.headers['idempotency-key']);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  });

  it('ends after its attempts, and the run fails', async () => {
    failures.set('/always', 1000);
    const id = await http({
      method: 'GET',
      url: `${target.origin}/always`,
      retry: { attempts: 2, backoffSeconds: 0.1 },
    });
    expect(await runIn(host, id)).toMatchObject({ status: 'failed', error: { nodeId: 'call' } });
    expect(callsTo('/always')).toHaveLength(2);
  });

  it('other runs and other steps send other keys', async () => {
    for (let n = 0; n < 2; n += 1)
      await outputOf(host, await http({ method: 'GET', url: `${target.origin}/keys` }));
    expect(new Set(callsTo('/keys').map((call) => call.headers['idempotency-key'])).size).toBe(2);
  });
});

describe('secrets', () => {
  it('are put in at sending, to the hosts they are allowed for, and stored nowhere with the run', async () => {
    const value = 'out-secret-5d1c77';
    await host.v1('POST', '/v1/secrets', { name: 'OUT', value, hosts: ['127.0.0.1'] });
    const id = await http({
      method: 'POST',
      url: `${target.origin}/secret`,
      headers: { 'X-Key': '{{secrets.OUT}}' },
      auth: { scheme: 'bearer', token: '{{secrets.OUT}}' },
    });
    const run = await runIn(host, id);
    expect(run).toMatchObject({ status: 'succeeded' });
    expect(callsTo('/secret')[0]?.headers).toMatchObject({
      'x-key': value,
      authorization: `Bearer ${value}`,
    });
    expect(JSON.stringify(run)).not.toContain(value);
    expect((await host.v1('GET', '/v1/workflow-runs')).text).not.toContain(value);
  });

  it('are not sent to another host', async () => {
    const value = 'elsewhere-secret-99';
    await host.v1('POST', '/v1/secrets', { name: 'ELSEWHERE', value, hosts: ['api.example.test'] });
    const run = await runIn(
      host,
      await http({ method: 'POST', url: `${target.origin}/stolen`, body: '{{secrets.ELSEWHERE}}' }),
    );
    expect(run).toMatchObject({ status: 'failed', error: { nodeId: 'call' } });
    expect(JSON.stringify([run, callsTo('/stolen')])).not.toContain(value);
  });

  it.each([
    ['transform', { expression: 'secrets.OUT' }],
    ['set', { fields: { a: '{{secrets.OUT}}' } }],
    ['log', { message: '{{secrets.OUT}}' }],
    ['respond', { body: '{{secrets.OUT}}' }],
    ['fail', { message: '{{secrets.OUT}}' }],
  ])('never get into %s', async (type, config) => {
    await host.v1('POST', '/v1/secrets', { name: 'OUT', value: 'out-secret-5d1c77', hosts: ['127.0.0.1'] });
    const made = await makeHook(host, open, [{ id: 's', type, config }]).catch((error: unknown) =>
      String(error),
    );
    if (typeof made === 'string') expect(made).toContain('422');
    else {
      const run = await runIn(host, expectAccepted(await host.call(made.url(), { json: {} })));
      expect(JSON.stringify(run)).not.toContain('out-secret-5d1c77');
    }
  });

  it('are no part of what code can see', async () => {
    const made = await makeHook(host, open, [
      { id: 's', type: 'code', config: { code: 'return JSON.stringify(input);' } },
    ]);
    const id = expectAccepted(await host.call(made.url(), { json: {} }));
    const scope: unknown = JSON.parse(String(await outputOf(host, id)));
    expect(objectAt(scope, '')).not.toHaveProperty('secrets');
  });
});
