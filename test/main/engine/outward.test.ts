/** Calls to the outside: where they may go, what they are signed with, what is never sent or kept (RELIABILITY N). */
import { createHmac } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { namedSecretPlace } from '../../../src/main/base/vault.ts';
import { checkSavable } from '../../../src/main/engine/check.ts';
import { stepRegistry } from '../../../src/main/steps/registry.ts';
import type { RunView } from '../../../src/shared/contract/views.ts';
import { type Answerer, type HttpTarget, openHttpTarget } from '../../support/http-target.ts';
import { liveWorkflow, makeDocument, openEngine, runOnce, untilRun, type Bench } from './open-engine.ts';

const start = { id: 'start', type: 'manual' };
const withCall = (config: Record<string, unknown>, settings: object = {}) =>
  makeDocument([start, { id: 'call', type: 'http', config }], ['start>call'], settings);
const stepOf = (run: RunView) => run.steps.find((step) => step.nodeId === 'call');

async function openTarget(answer?: Answerer): Promise<HttpTarget> {
  const target = await openHttpTarget(answer);
  onTestFinished(() => target.close());
  return target;
}

async function setSecret({ store, vault }: Bench, name: string, value: string, hosts: readonly string[]) {
  const sealed = vault.seal(value, namedSecretPlace(name));
  await store.write('setSecret', { name, sealed, hint: '…', hosts, at: Date.now() });
}

describe('where a step may go', () => {
  it('N1 a URL out of data reaches nothing private, and the error says what to do', async () => {
    const target = await openTarget();
    const run = await runOnce(
      await openEngine(),
      withCall({ url: '{{trigger.data.url}}', retry: { attempts: 3, backoffSeconds: 0 } }),
      { url: `${target.origin}/x` },
    );
    expect(run).toMatchObject({
      status: 'failed',
      error: {
        code: 'target_blocked',
        message: expect.stringMatching(/127\.0\.0\.1.+URL of the step.+private hosts/s),
        details: { host: '127.0.0.1' },
      },
    });
    // Final: another try would say the same.
    expect(stepOf(run)).toMatchObject({ attempt: 1, failures: [] });
    expect(target.calls).toEqual([]);
  });

  it('N5 privateHosts open a host for their own workflow alone, never metadata', async () => {
    const target = await openTarget();
    const bench = await openEngine();
    const config = { url: 'http://{{trigger.data.host}}/' };
    const opened = withCall(config, { privateHosts: [target.host, '169.254.0.0/16'] });
    expect(await runOnce(bench, opened, { host: target.host })).toMatchObject({ status: 'succeeded' });
    const blocked = { status: 'failed', error: { code: 'target_blocked' } };
    expect(await runOnce(bench, withCall(config), { host: target.host })).toMatchObject(blocked);
    expect(await runOnce(bench, opened, { host: '169.254.169.254' })).toMatchObject(blocked);
    expect(target.calls).toHaveLength(1);
    const odd = withCall(config, { privateHosts: ['nas.lan', '0x7f.1'] });
    expect(checkSavable(odd)).toMatchObject([{ path: 'settings.privateHosts[1]' }]);
  });

  it('N4 other schemes, user names and line breaks are refused when saved and at run', async () => {
    const refused: Record<string, unknown>[] = [
      { url: 'file:///etc/passwd' },
      { url: 'data:text/plain,x' },
      { url: 'ftp://127.0.0.1/' },
      { url: 'unix:/var/run/docker.sock' },
      { url: 'javascript:alert(1)' },
      { url: 'http://user:pass@127.0.0.1/' },
      { url: 'http://user@127.0.0.1/{{trigger.data.x}}' },
      { url: 'http://127.0.0.1/\r\nX: y' },
      { url: 'http://127.0.0.1/', headers: { 'X-A': 'a\r\nX-B: b' } },
      { url: 'http://127.0.0.1/', headers: { 'X-A\r\nX-B': 'b' } },
      { url: 'http://127.0.0.1/', method: 'GET / HTTP/1.1\r\nX: y' },
    ];
    for (const config of refused) {
      expect(checkSavable(withCall(config)), JSON.stringify(config)).toMatchObject([{ nodeId: 'call' }]);
    }
    for (const url of [
      'http',
      'localhost:3000',
      '{{trigger.data.url}}',
      'https://{{trigger.data.a}}@x',
      '',
    ]) {
      expect(checkSavable(withCall({ url })), url).toEqual([]);
    }
    const target = await openTarget();
    const bench = await openEngine();
    const config = { url: '{{trigger.data.url}}', headers: { 'X-A': '{{trigger.data.a}}' } };
    const values = [
      { url: 'file:///etc/passwd' },
      { url: 'unix:/var/run/docker.sock' },
      { url: target.origin.replace('//', '//user:pass@') },
      { url: `${target.origin}/`, a: 'a\r\nX-B: b' },
    ];
    const open = withCall(config, { privateHosts: ['127.0.0.1'] });
    for (const value of values) {
      expect(await runOnce(bench, open, value)).toMatchObject({
        status: 'failed',
        error: { code: 'http_failed' },
      });
    }
    expect(target.calls).toEqual([]);
  });
});

describe('N3 redirects', () => {
  it('N3 are not followed unless the step says so, and then at most so many', async () => {
    const target = await openTarget((call, response) => {
      const hop = Number(call.url.slice(1));
      if (hop === 0) response.end('there');
      else response.writeHead(302, { Location: `/${hop - 1}` }).end();
    });
    const bench = await openEngine();
    const go = (hops: number, redirects: number) =>
      runOnce(bench, withCall({ url: `${target.origin}/${hops}`, redirects }));
    expect(await go(1, 0)).toMatchObject({ error: { code: 'http_status', details: { status: 302 } } });
    expect(await go(10, 10)).toMatchObject({ status: 'succeeded', output: { status: 200, body: 'there' } });
    expect(await go(3, 2)).toMatchObject({
      error: { code: 'http_failed', message: expect.stringContaining('2 times') },
    });
    const document = withCall({ url: target.origin, redirects: 11 });
    expect(checkSavable(document)).toMatchObject([{ path: 'nodes[1].config.redirects' }]);
  });

  it('N3 keep or drop method and body by their status, and credentials stay with their origin', async () => {
    const other = await openTarget();
    const target = await openTarget((call, response) => {
      const status = Number(call.url.slice(1, 4));
      const location = call.url.endsWith('away') ? `${other.origin}/landed` : '/landed';
      if (call.url === '/landed') response.end();
      else response.writeHead(status, { Location: location }).end();
    });
    const bench = await openEngine();
    await setSecret(bench, 'KEY', 'only-for-one-host', ['127.0.0.1']);
    const settings = { privateHosts: ['127.0.0.1'] };
    const post = (path: string, more: Record<string, unknown> = {}) =>
      runOnce(
        bench,
        withCall(
          {
            method: 'POST',
            url: target.origin + path,
            redirects: 3,
            body: { a: 1 },
            headers: { 'X-Custom': 'pre {{secrets.KEY}}', Cookie: 'a=b', 'X-Plain': 'stays' },
            auth: { scheme: 'bearer', token: '{{secrets.KEY}}' },
            ...more,
          },
          settings,
        ),
      );
    const seen: (readonly [number, string | undefined, string | undefined])[] = [];
    for (const status of [301, 302, 303, 307, 308]) {
      expect(await post(`/${status}`)).toMatchObject({ status: 'succeeded' });
      const call = target.calls.at(-1);
      seen.push([status, call?.method, call?.body]);
      expect(call?.headers.authorization).toBe('Bearer only-for-one-host');
    }
    const kept = ['POST', '{"a":1}'] as const;
    expect(seen).toEqual([
      [301, 'GET', ''],
      [302, 'GET', ''],
      [303, 'GET', ''],
      [307, ...kept],
      [308, ...kept],
    ]);
    expect(await post('/307/away')).toMatchObject({ status: 'succeeded' });
    const [away] = other.calls;
    expect(away).toMatchObject({ method: 'POST', body: '{"a":1}', headers: { 'x-plain': 'stays' } });
    for (const name of ['authorization', 'cookie', 'x-custom'])
      expect(away?.headers).not.toHaveProperty(name);
    const withSecret = await post('/307/away', { body: { key: '{{secrets.KEY}}' } });
    expect(withSecret).toMatchObject({ status: 'failed', error: { code: 'target_blocked' } });
    expect(other.calls).toHaveLength(1);
  });

  it('N3 into a private network, to metadata, to another scheme or from https to http are blocked', async () => {
    const inside = await openTarget();
    let location = '';
    const target = await openTarget(
      (_call, response) => void response.writeHead(302, { Location: location }).end(),
    );
    const bench = await openEngine();
    const workflowId = await liveWorkflow(bench.store, withCall({ url: target.origin, redirects: 10 }));
    for (location of [
      `${inside.origin}/`,
      `http://localhost:${inside.host.split(':')[1]}/`,
      'http://169.254.169.254/latest/meta-data/',
      'file:///etc/passwd',
      `http://user:pass@${inside.host}/`,
    ]) {
      const { runId } = await bench.engine.startRun({ workflowId, input: null });
      const run = await untilRun(bench.engine, runId);
      expect(run, location).toMatchObject({ status: 'failed', error: { code: 'target_blocked' } });
    }
    expect(inside.calls).toEqual([]);
  });
});

describe('N7 targets that are down', () => {
  it('N7 a run failed while its target was down gives one success by a retry, with the same body', async () => {
    let isDown = true;
    const target = await openTarget((_call, response) => {
      if (isDown) response.writeHead(503, { 'Retry-After': '0' }).end();
      else response.end('{}');
    });
    const bench = await openEngine({ chance: () => 0 });
    const config = {
      method: 'POST',
      url: target.origin,
      body: '{{trigger.data}}',
      retry: { attempts: 3, backoffSeconds: 0.01 },
    };
    const failed = await runOnce(bench, withCall(config), { order: 7 });
    expect(failed).toMatchObject({ status: 'failed', error: { details: { status: 503 } } });
    expect(stepOf(failed)).toMatchObject({ attempt: 3 });
    isDown = false;
    const { runId } = await bench.engine.retryRun(failed.id);
    expect(await untilRun(bench.engine, runId)).toMatchObject({ status: 'succeeded' });
    expect(new Set(target.calls.map((call) => call.body))).toEqual(new Set(['{"order":7}']));
    expect(target.calls).toHaveLength(4);
  });

  it('N7 Retry-After is kept to, and 410 ends it at once', async () => {
    const target = await openTarget((call, response) => {
      if (call.url === '/gone') response.writeHead(410).end();
      else if (target.calls.length > 1) response.end();
      else response.writeHead(429, { 'Retry-After': '1' }).end();
    });
    const bench = await openEngine();
    const retry = { attempts: 5, backoffSeconds: 0 };
    const began = Date.now();
    expect(await runOnce(bench, withCall({ url: `${target.origin}/busy`, retry }))).toMatchObject({
      status: 'succeeded',
    });
    expect(Date.now() - began).toBeGreaterThanOrEqual(990);
    const gone = await runOnce(bench, withCall({ url: `${target.origin}/gone`, retry }));
    expect(gone).toMatchObject({ status: 'failed', error: { details: { status: 410 } } });
    expect(stepOf(gone)?.attempt).toBe(1);
  });
});

describe('N8 secrets that come back', () => {
  it('N8 are masked in headers, bodies, numbers, keys and errors, in every form', async () => {
    const secret = 'S3cr&t/"value"+x';
    const pin = '73519462';
    const target = await openTarget((call, response) => {
      const seen = String(call.headers['x-key']);
      const echo = {
        plain: seen,
        base64: Buffer.from(`at ${seen}`).toString('base64'),
        shifted: Buffer.from(`to${seen}!`).toString('base64url'),
        hex: Buffer.from(seen).toString('hex'),
        url: encodeURIComponent(seen).replace(/%../g, (code) => code.toLowerCase()),
        html: seen.replaceAll('&', '&amp;').replaceAll('"', '&quot;'),
        json: JSON.stringify(JSON.stringify({ seen })),
        number: Number(call.headers['x-pin']),
        [seen]: 1,
      };
      if (call.url === '/moved')
        response.writeHead(302, { Location: `/next?key=${encodeURIComponent(seen)}` }).end();
      else
        response
          .writeHead(400, { 'Content-Type': 'application/json', 'X-Echo': `a ${seen}` })
          .end(JSON.stringify(echo));
    });
    const bench = await openEngine();
    await setSecret(bench, 'KEY', secret, ['127.0.0.1']);
    await setSecret(bench, 'PIN', pin, ['127.0.0.1']);
    const headers = { 'X-Key': '{{secrets.KEY}}', 'X-Pin': '{{secrets.PIN}}' };
    for (const path of ['/', '/moved']) {
      const run = await runOnce(bench, withCall({ url: target.origin + path, headers }));
      const stored = JSON.stringify([run, bench.store.read.runs.steps(run.id)]);
      const text = Buffer.from(secret);
      const forms = [secret, pin, text.toString('hex'), 'S3cr', text.toString('base64').slice(4, 16)];
      for (const form of forms) expect(stored).not.toContain(form);
      // Each base64 text, read back, tells nothing either.
      for (const [word] of stored.matchAll(/[\w+/-]{12,}/g)) {
        expect(Buffer.from(word, 'base64').toString('latin1')).not.toContain('3cr&t/"v');
      }
    }
  });
});

describe('authentication', () => {
  const bodyOf = (config: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
    method: 'POST',
    body: { b: 2 },
    ...more,
    auth: config,
  });

  it('sends a key in the query, and never shows it', async () => {
    const target = await openTarget();
    const bench = await openEngine();
    await setSecret(bench, 'KEY', 'query-key-1', ['127.0.0.1']);
    const auth = { scheme: 'query', name: 'api_key', value: '{{secrets.KEY}}' };
    const run = await runOnce(bench, withCall({ url: `${target.origin}/?a=1`, auth }));
    expect(target.calls[0]?.url).toBe('/?a=1&api_key=query-key-1');
    expect(JSON.stringify(run)).not.toContain('query-key-1');
  });

  it('sends an API key as endpoints take it: in x-api-key, a header of another name or the query', async () => {
    const target = await openTarget();
    const bench = await openEngine();
    const key = 'literal-key-1';
    for (const more of [{}, { name: 'X-Token' }, { in: 'query', name: 'token' }]) {
      const auth = { scheme: 'apiKey', key, ...more };
      const run = await runOnce(bench, withCall({ url: target.origin, auth }));
      expect(run.status).toBe('succeeded');
      expect(JSON.stringify(run)).not.toContain(key);
    }
    const [plain, named, query] = target.calls;
    expect(plain?.headers['x-api-key']).toBe(key);
    expect(named?.headers['x-token']).toBe(key);
    expect(query?.url).toBe(`/?token=${key}`);
  });

  it('signs the body as it is sent, by HMAC or as Standard Webhooks', async () => {
    const target = await openTarget();
    const bench = await openEngine();
    await setSecret(bench, 'KEY', 'signing-key', ['127.0.0.1']);
    const hmac = {
      scheme: 'hmac',
      secret: '{{secrets.KEY}}',
      name: 'X-Hub-Signature-256',
      prefix: 'sha256=',
    };
    await runOnce(bench, withCall(bodyOf(hmac, { url: target.origin })));
    await runOnce(
      bench,
      withCall(
        bodyOf({ ...hmac, algorithm: 'sha512', encoding: 'base64', prefix: '' }, { url: target.origin }),
      ),
    );
    const [hex, base64] = target.calls.map((call) => call.headers['x-hub-signature-256']);
    expect(hex).toBe(`sha256=${createHmac('sha256', 'signing-key').update('{"b":2}').digest('hex')}`);
    expect(base64).toBe(createHmac('sha512', 'signing-key').update('{"b":2}').digest('base64'));
    const raw = Buffer.from('standard-secret-bytes');
    await setSecret(bench, 'WH', `whsec_${raw.toString('base64')}`, ['127.0.0.1']);
    await runOnce(
      bench,
      withCall(bodyOf({ scheme: 'standardwebhooks', secret: '{{secrets.WH}}' }, { url: target.origin })),
    );
    const headers = target.calls[2]?.headers ?? {};
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.{"b":2}`;
    expect(headers['webhook-id']).toBe(headers['idempotency-key']);
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', raw).update(signed).digest('base64')}`,
    );
  });

  it('fetches an OAuth 2 token once, sends it as bearer, renews it when it is refused, and stores none', async () => {
    let made = 0;
    const login = await openTarget((_call, response) => {
      made += 1;
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(
        JSON.stringify({ access_token: `tok-${made}-abcdefgh`, token_type: 'Bearer', expires_in: 3600 }),
      );
    });
    let revoked = '';
    const target = await openTarget((call, response) => {
      response.writeHead(call.headers.authorization === `Bearer ${revoked}` ? 401 : 200);
      response.end(call.headers.authorization);
    });
    const bench = await openEngine();
    await setSecret(bench, 'CS', 'client-secret-1', [login.host]);
    const auth = {
      scheme: 'oauth2',
      tokenUrl: `${login.origin}/token`,
      clientId: 'me & co',
      clientSecret: '{{secrets.CS}}',
      scope: 'a b',
    };
    const document = withCall({ url: target.origin, auth });
    const first = await runOnce(bench, document);
    expect(first).toMatchObject({ status: 'succeeded', output: { body: 'Bearer ***' } });
    await runOnce(bench, document);
    expect(made).toBe(1);
    expect(login.calls[0]).toMatchObject({
      method: 'POST',
      body: 'grant_type=client_credentials&scope=a+b',
      headers: { authorization: `Basic ${Buffer.from('me+%26+co:client-secret-1').toString('base64')}` },
    });
    revoked = 'tok-1-abcdefgh';
    expect(await runOnce(bench, document)).toMatchObject({ status: 'succeeded' });
    expect([made, target.calls.at(-1)?.headers.authorization]).toEqual([2, 'Bearer tok-2-abcdefgh']);
    const stored = JSON.stringify(bench.store.read.runs.steps(first.id));
    expect(stored).not.toMatch(/tok-1|client-secret/);
    // The secret is bound to the token server: another one does not get it.
    const elsewhere = withCall({ url: target.origin, auth: { ...auth, tokenUrl: `${target.origin}/token` } });
    expect(await runOnce(bench, elsewhere)).toMatchObject({
      error: { message: expect.stringContaining('may not be sent to') },
    });
    const inData = withCall({
      url: target.origin,
      auth: { ...auth, clientId: 'other', tokenUrl: '{{trigger.data.login}}/token' },
    });
    expect(await runOnce(bench, inData, { login: login.origin })).toMatchObject({
      error: { code: 'target_blocked' },
    });
  });

  it('tells what a token server said when it refuses', async () => {
    const login = await openTarget(
      (_call, response) =>
        void response.writeHead(400).end('{"error":"invalid_client","error_description":"no"}'),
    );
    const auth = {
      scheme: 'oauth2',
      tokenUrl: login.origin,
      clientId: 'x',
      clientSecret: 'y',
      clientAuth: 'body',
    };
    const run = await runOnce(await openEngine(), withCall({ url: login.origin, auth }));
    expect(run.error).toMatchObject({
      code: 'http_failed',
      message: 'The token server answered 400 (invalid_client).',
    });
    expect(login.calls).toHaveLength(1);
    expect(login.calls[0]?.body).toContain('client_secret=y');
  });
});

describe('at most once', () => {
  it('sends nothing again that may have arrived, and says that it is in doubt', async () => {
    const target = await openTarget((call, response) => {
      if (call.url === '/silent') return;
      if (call.url === '/cut') response.socket?.destroy();
      else response.writeHead(503).end();
    });
    const bench = await openEngine();
    const go = (path: string) =>
      runOnce(
        bench,
        withCall({
          url: target.origin + path,
          atMostOnce: true,
          timeoutSeconds: 0.2,
          retry: { attempts: 4, backoffSeconds: 0 },
        }),
      );
    expect(await go('/silent')).toMatchObject({
      inDoubt: true,
      error: { code: 'step_timeout', details: { inDoubt: true } },
    });
    expect(await go('/cut')).toMatchObject({ error: { code: 'http_failed', details: { inDoubt: true } } });
    const refused = await go('/busy');
    expect(refused).toMatchObject({ error: { code: 'http_status' } });
    expect(refused.error?.details).not.toHaveProperty('inDoubt');
    expect(target.calls.map((call) => call.url)).toEqual(['/silent', '/cut', '/busy']);
    // Nothing was sent to who could not be reached: that is tried again.
    await target.close();
    const down = await go('/down');
    expect(stepOf(down)).toMatchObject({ attempt: 4, error: { code: 'http_failed' } });
    expect([down.inDoubt, refused.inDoubt]).toEqual([false, false]);
  });
});

describe('the definition', () => {
  it('of every outward step is known to be outward', () => {
    const outward = stepRegistry.filter((kind) => kind.definition.effect === 'outward');
    expect(outward.map((kind) => kind.definition.kind)).toContain('http');
  });
});
