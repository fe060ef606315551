/** The HTTP step against a real server: what is sent, what is kept, what is never kept. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { namedSecretPlace } from '../../../src/main/base/vault.ts';
import type { RunView } from '../../../src/shared/contract/views.ts';
import { openHttpTarget, type Answerer, type HttpTarget } from '../../support/http-target.ts';
import {
  deliver,
  liveWorkflow,
  makeDocument,
  openEngine,
  runOnce,
  untilRun,
  type Bench,
} from './open-engine.ts';

const start = { id: 'start', type: 'manual' };
const withCall = (config: Record<string, unknown>) =>
  makeDocument([start, { id: 'call', type: 'http', config }], ['start>call']);

async function openTarget(answer?: Answerer): Promise<HttpTarget> {
  const target = await openHttpTarget(answer);
  onTestFinished(() => target.close());
  return target;
}

async function setSecret(
  { store, vault }: Bench,
  name: string,
  value: string,
  hosts: readonly string[],
): Promise<void> {
  const sealed = vault.seal(value, namedSecretPlace(name));
  await store.write('setSecret', { name, sealed, hint: '…', hosts, at: Date.now() });
}

const stepOf = (run: RunView) => run.steps.find((step) => step.nodeId === 'call');

describe('the HTTP step', () => {
  it('sends method, query, headers, JSON body and one Idempotency-Key, and gives status, headers and parsed body', async () => {
    const target = await openTarget((_call, response) => {
      response.writeHead(201, {
        'Content-Type': 'application/json; charset=utf-8',
        'X-Reply': 'yes',
        'Set-Cookie': ['a=1', 'b=2'],
      });
      response.end('{"id": 5}');
    });
    const run = await runOnce(
      await openEngine(),
      withCall({
        method: 'POST',
        url: `${target.origin}/orders/{{trigger.data.id}}?v=1%202`,
        query: { tag: ['{{trigger.data.id}}', 'x&y'], none: '{{trigger.data.missing}}' },
        headers: { 'X-Id': 'id {{trigger.data.id}}', 'X-None': '{{trigger.data.missing}}' },
        body: { id: '{{trigger.data.id}}', text: 'n{{trigger.data.id}}' },
      }),
      { id: 7 },
    );
    expect(run.status).toBe('succeeded');
    expect(run.output).toMatchObject({
      status: 201,
      body: { id: 5 },
      headers: { 'x-reply': 'yes', 'set-cookie': ['a=1', 'b=2'] },
    });
    const [call] = target.calls;
    expect(call).toMatchObject({
      method: 'POST',
      url: '/orders/7?v=1%202&tag=7&tag=x%26y',
      headers: {
        'x-id': 'id 7',
        'content-type': 'application/json',
        'idempotency-key': expect.stringMatching(/^[\w-]{43}$/),
      },
      body: '{"id":7,"text":"n7"}',
    });
    expect(call?.headers).not.toHaveProperty('x-none');
    expect(stepOf(run)?.input).toEqual({
      method: 'POST',
      url: `${target.origin}/orders/7?v=1%202`,
      query: { tag: ['7', 'x&y'] },
      headers: { 'X-Id': 'id 7' },
      body: { id: 7, text: 'n7' },
    });
  });

  it('fails on any answer but 2xx, keeps the answer, and does not follow redirects', async () => {
    const target = await openTarget((call, response) => {
      if (call.url === '/moved') response.writeHead(302, { Location: '/elsewhere' }).end();
      else response.writeHead(404, { 'Content-Type': 'text/plain' }).end('no such order');
    });
    const bench = await openEngine();
    const missing = await runOnce(
      bench,
      withCall({ url: `${target.origin}/x`, retry: { attempts: 3, backoffSeconds: 0 } }),
    );
    expect(missing).toMatchObject({
      status: 'failed',
      error: { code: 'http_status', nodeId: 'call', details: { status: 404 } },
    });
    expect(stepOf(missing)).toMatchObject({ attempt: 1, output: { status: 404, body: 'no such order' } });
    const moved = await runOnce(bench, withCall({ url: `${target.origin}/moved` }));
    expect(moved).toMatchObject({
      status: 'failed',
      error: { code: 'http_status', message: expect.stringContaining('/elsewhere') },
    });
    expect(target.calls.map((call) => call.url)).toEqual(['/x', '/moved']);
    const fine = await runOnce(bench, withCall({ url: `${target.origin}/x`, failOnStatus: false }));
    expect(fine).toMatchObject({ status: 'succeeded', output: { status: 404 } });
  });

  it('tries again after 5xx with the same key, and gives each failure to the history', async () => {
    let left = 2;
    const target = await openTarget((_call, response) => {
      response.writeHead(left-- > 0 ? 503 : 200).end();
    });
    const run = await runOnce(
      await openEngine(),
      withCall({ url: target.origin, retry: { attempts: 4, backoffSeconds: 0.01 } }),
    );
    expect(run.status).toBe('succeeded');
    expect(stepOf(run)).toMatchObject({
      attempt: 3,
      failures: [{ attempt: 1, error: { code: 'http_status' } }, { attempt: 2 }],
    });
    expect(new Set(target.calls.map((call) => call.headers['idempotency-key'])).size).toBe(1);
  });

  it('gives up after timeoutSeconds, and tells a refused connection in plain words', async () => {
    const target = await openTarget(() => undefined);
    const bench = await openEngine();
    const late = await runOnce(bench, withCall({ url: target.origin, timeoutSeconds: 0.1 }));
    expect(late).toMatchObject({ status: 'failed', error: { code: 'step_timeout' } });
    expect(stepOf(late)?.input).toMatchObject({ method: 'GET' });
    await target.close();
    const refused = await runOnce(bench, withCall({ url: target.origin }));
    expect(refused).toMatchObject({
      status: 'failed',
      error: { code: 'http_failed', message: 'The host refused the connection.' },
    });
  });

  it('goes on by the error outlet with what the call gave', async () => {
    const target = await openTarget(
      (_call, response) =>
        void response.writeHead(409, { 'Content-Type': 'application/json' }).end('{"why":"taken"}'),
    );
    const document = makeDocument(
      [
        start,
        { id: 'call', type: 'http', config: { url: target.origin, onError: 'port' } },
        {
          id: 'caught',
          type: 'set',
          config: { fields: { why: '{{steps.call.output.body.why}}', code: '{{steps.call.error.code}}' } },
        },
        { id: 'fine', type: 'set', config: { fields: {} } },
      ],
      ['start>call', 'call>fine', 'call:error>caught'],
    );
    expect(await runOnce(await openEngine(), document)).toMatchObject({
      status: 'succeeded',
      output: { why: 'taken', code: 'http_status' },
    });
  });

  it('sends secrets to allowed hosts only, and keeps neither them nor their echo', async () => {
    const secret = 'c4nary/s3cret+value';
    const echoes = [
      secret,
      Buffer.from(secret).toString('base64'),
      encodeURIComponent(secret),
      Buffer.from(`ada:${secret}`).toString('base64'),
    ];
    const target = await openTarget((call, response) => {
      response.writeHead(500, { 'Content-Type': 'application/json', 'X-Echo': secret });
      response.end(JSON.stringify({ echoes, auth: call.headers.authorization, [secret]: 1 }));
    });
    const bench = await openEngine();
    await setSecret(bench, 'KEY', secret, [target.host]);
    await setSecret(bench, 'OTHER', 'for-another-host', ['api.example.com']);
    const config = {
      method: 'POST',
      url: `${target.origin}/{{secrets.KEY}}`,
      query: { key: '{{secrets.KEY}}' },
      headers: { 'X-Key': 'key {{secrets.KEY}}', Authorization: 'Bearer literal-token' },
      body: { deep: [{ key: '{{secrets.KEY}}' }], note: '{{trigger.data.note}}' },
    };
    const run = await runOnce(bench, withCall(config), { note: '{{secrets.KEY}}' });
    const [call] = target.calls;
    expect(call?.headers['x-key']).toBe(`key ${secret}`);
    expect(call?.url).toContain(`key=${encodeURIComponent(secret)}`);
    // What came as data is data: never read as a template.
    expect(JSON.parse(call?.body ?? '')).toEqual({ deep: [{ key: secret }], note: '{{secrets.KEY}}' });
    const stored = JSON.stringify([run, bench.store.read.runs.steps(run.id)]);
    for (const form of [...echoes.slice(0, 3), 'literal-token'])
      expect(stored).not.toContain(form.slice(0, 12));
    expect(stepOf(run)?.input).toMatchObject({
      url: `${target.origin}/{{secrets.KEY}}`,
      headers: { 'X-Key': 'key {{secrets.KEY}}', Authorization: '***' },
    });

    const basic = await runOnce(
      bench,
      withCall({
        url: target.origin,
        auth: { scheme: 'basic', username: 'ada', password: '{{secrets.KEY}}' },
      }),
    );
    expect(target.calls[1]?.headers.authorization).toBe(
      `Basic ${Buffer.from(`ada:${secret}`).toString('base64')}`,
    );
    expect(JSON.stringify(basic)).not.toContain(echoes[3]);
    expect(stepOf(basic)?.input).toMatchObject({
      auth: { scheme: 'basic', username: 'ada', password: '{{secrets.KEY}}' },
    });

    const forbidden = await runOnce(bench, withCall({ url: `${target.origin}/?k={{secrets.OTHER}}` }));
    expect(forbidden).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('may not be sent to 127.0.0.1') },
    });
    const moved = await runOnce(bench, withCall({ url: 'http://{{trigger.data.host}}/{{secrets.KEY}}' }), {
      host: 'evil.example',
    });
    expect(moved).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('evil.example') },
    });
    expect(JSON.stringify([forbidden, moved])).not.toContain('for-another-host');
    expect(target.calls).toHaveLength(2);
  });

  it('forwards a whole payload with the digits it arrived with', async () => {
    const target = await openTarget();
    const bench = await openEngine();
    const body = '{"big": 12345678901234567890, "tiny": 0.1e-400, "minus": -0}';
    for (const forwarded of ['{{trigger.payload}}', '{{webhookData.payload}}', '{{trigger.data}}']) {
      const document = makeDocument(
        [
          { id: 'hook', type: 'webhook' },
          { id: 'call', type: 'http', config: { method: 'POST', url: target.origin, body: forwarded } },
        ],
        ['hook>call'],
      );
      const outcome = await deliver(bench, {
        body,
        url: '/hooks/x?a=1',
        starts: { workflowId: await liveWorkflow(bench.store, document) },
      });
      await untilRun(bench.engine, outcome.kind === 'started' ? (outcome.runIds[0] ?? '') : '');
    }
    expect(target.calls.map((call) => call.body)).toEqual([
      body,
      body,
      `${body.slice(0, -1)},"_query":{"a":"1"}}`,
    ]);
  });

  it('decodes answers within limits and keeps odd ones as text or base64', async () => {
    const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    const target = await openTarget((call, response) => {
      if (call.url === '/gzip')
        response
          .writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Type': 'application/json' })
          .end(gzipSync('[1]'));
      else if (call.url === '/bomb')
        response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(Buffer.alloc(20_000_000)));
      else if (call.url === '/endless') {
        const more = (): void => {
          while (response.write(Buffer.alloc(65_536)));
          response.once('drain', more);
        };
        more();
      } else if (call.url === '/deep')
        response.writeHead(200, { 'Content-Type': 'application/json' }).end(deep);
      else if (call.url === '/bytes')
        response.writeHead(200, { 'Content-Type': 'image/png' }).end(Buffer.from([255, 254, 0]));
      else if (call.url === '/latin')
        response.writeHead(200, { 'Content-Type': 'text/plain; charset=latin1' }).end(Buffer.from([0xe9]));
      else response.writeHead(200, { 'Content-Type': 'application/json' }).end('{broken');
    });
    const bench = await openEngine();
    const bodyOf = async (path: string) => {
      const run = await runOnce(bench, withCall({ url: target.origin + path }));
      return run.status === 'succeeded' &&
        run.output !== null &&
        typeof run.output === 'object' &&
        'body' in run.output
        ? run.output.body
        : run.error;
    };
    expect(await bodyOf('/gzip')).toEqual([1]);
    expect(await bodyOf('/deep')).toBe(deep);
    expect(await bodyOf('/bytes')).toBe('//4A');
    expect(await bodyOf('/latin')).toBe('é');
    expect(await bodyOf('/broken')).toBe('{broken');
    for (const path of ['/bomb', '/endless']) {
      expect(await bodyOf(path)).toMatchObject({
        code: 'http_failed',
        message: 'The answer is larger than 10 MB.',
      });
    }
  });

  it('refuses URLs that are no plain http, without telling secrets', async () => {
    const bench = await openEngine();
    await setSecret(bench, 'KEY', 'never-shown', ['*.example.com']);
    for (const url of [
      'file:///etc/passwd',
      'ftp://x.example.com',
      'http://u:p@x.example.com',
      'no url {{secrets.KEY}}',
    ]) {
      const run = await runOnce(bench, withCall({ url }));
      expect(run).toMatchObject({ status: 'failed', error: { code: 'http_failed' } });
      expect(JSON.stringify(run)).not.toContain('never-shown');
    }
    const broken = await runOnce(
      bench,
      withCall({ url: 'http://127.0.0.1:1', headers: { 'X-Bad': '{{trigger.data.v}}' } }),
      { v: 'a\r\nb: c' },
    );
    expect(broken).toMatchObject({ status: 'failed', error: { code: 'http_failed' } });
  });
});
