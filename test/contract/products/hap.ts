/** HAP's page: GET and POST to one URL, parsed parameters, app authorization and the IP list (SPEC 3, 5, 6). */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { at, textAt, valuesOf } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted, expectError } from '../support/expect-error.ts';
import type { Answer } from '../support/send.ts';
import { curlJson } from '../support/shell.ts';
import { countRuns, type Made, makeHook, outputOf } from '../support/workflows.ts';

const host = hostForThisFile();
const echo = { id: 'echo', type: 'transform', config: { expression: 'params' } };

function hap(config: Record<string, unknown> = {}): Promise<Made> {
  return makeHook(host, { style: 'hap', ...config }, [echo]);
}

describe.concurrent('GET and POST /workflow/hooks/{endpointId}', () => {
  it('need no key by default and both start the workflow', async () => {
    const made = await hap({
      parameters: [
        { name: 'order', in: 'query', type: 'number' },
        { name: 'items', in: 'body', type: 'array' },
      ],
    });
    expect(new URL(made.url()).pathname).toBe(`/workflow/hooks/${made.endpointId()}`);
    const got = await curlJson(`curl -s "$URL?order=17"`, { URL: made.url() });
    expect(await outputOf(host, textAt(got, 'executionId'))).toMatchObject({ order: 17 });
    const posted = await curlJson(
      `curl -s "$URL?order=18" -H 'Content-Type: application/json' -d '{"items":[1,2]}'`,
      { URL: made.url() },
    );
    expect(await outputOf(host, textAt(posted, 'executionId'))).toEqual({ order: 18, items: [1, 2] });
  });

  it('take a form as well as JSON', async () => {
    const made = await hap({ parameters: [{ name: 'name', in: 'body', type: 'string' }] });
    const json = await curlJson(`curl -s "$URL" --data-urlencode 'name=Ada & Co'`, { URL: made.url() });
    expect(await outputOf(host, textAt(json, 'executionId'))).toEqual({ name: 'Ada & Co' });
  });

  it.each(['PUT', 'DELETE', 'PATCH'])('%s is 405 and names both methods', async (method) => {
    const made = await hap();
    const answer = await host.call(made.url(), { method });
    expect(answer.status).toBe(405);
    expect(String(answer.headers.allow)).toMatch(/GET/);
    expect(String(answer.headers.allow)).toMatch(/POST/);
  });
});

describe.concurrent('a required parameter', () => {
  const parameters = [
    { name: 'id', in: 'query', type: 'string', required: true },
    { name: 'qty', in: 'body', path: 'lines[0].qty', type: 'number', required: true },
    { name: 'trace', in: 'header', path: 'X-Trace', type: 'string', required: false },
  ];

  it('A13 that is missing is 400 with "Missing required parameter" and the names; nothing starts', async () => {
    const made = await hap({ parameters });
    const answer = await host.call(made.url(), { json: { lines: [] } });
    expectError(answer, 400, 'missing_parameter', {
      msg: 'Missing required parameter',
      missing: ['id', 'qty'],
    });
    expect(answer.text).toContain('"msg":"Missing required parameter"');
    expect(await countRuns(host, made.id)).toBe(0);
  });

  it('that is there is taken from where it was said to be', async () => {
    const made = await hap({ parameters });
    const id = expectAccepted(
      await host.call(`${made.url()}?id=7`, {
        headers: { 'x-trace': 'abc' },
        json: { lines: [{ qty: 3 }, { qty: 4 }] },
      }),
    );
    expect(await outputOf(host, id)).toEqual({ id: '7', qty: 3, trace: 'abc' });
  });

  it('of the body is taken from the query of a GET, since both are parsed alike; without it, it is missing', async () => {
    const made = await hap({ parameters: [{ name: 'b', in: 'body', type: 'string', required: true }] });
    const id = expectAccepted(await host.call(`${made.url()}?b=1`));
    expect(await outputOf(host, id)).toEqual({ b: '1' });
    const answer = await host.call(`${made.url()}?c=1`);
    expect(answer).toMatchObject({ status: 400, json: { error: 'missing_parameter', missing: ['b'] } });
  });
});

describe.concurrent('the full body parameter', () => {
  it('gives the whole body as one parameter beside the others', async () => {
    const made = await hap({ parameters: [{ name: 'a', in: 'body', type: 'number' }], fullBody: true });
    const id = expectAccepted(await host.call(made.url(), { json: { a: 1, b: [2] } }));
    const params = await outputOf(host, id);
    expect(at(params, 'a')).toBe(1);
    expect(valuesOf(params)).toContainEqual({ a: 1, b: [2] });
  });
});

describe.concurrent('the IP white list', () => {
  it.each([
    [['127.0.0.1'], 200],
    [['127.0.0.0/8'], 200],
    [['127.0.0.1/32'], 200],
    [['::ffff:127.0.0.1'], 200],
    [['10.0.0.0/8', '127.0.0.1'], 200],
    [['127.0.0.10'], 403],
    [['127.0.0.2/31'], 403],
    [['10.0.0.0/8'], 403],
    [['::1'], 403],
  ])('C9 %j answers a caller from 127.0.0.1 with %i', async (ipAllow, status) => {
    const made = await hap({ ipAllow });
    const answer = await host.call(made.url(), { json: {} });
    if (status === 403) expectError(answer, 403, 'ip_not_allowed');
    else expectAccepted(answer);
  });

  it.each(['127.0.0.1.evil', '10.0.0.0/33', '0x7f.1', '', 'localhost', '10.0.0'])(
    'C9 an entry %j is refused when saved, with its path',
    async (entry) => {
      const attempt = hap({ ipAllow: ['10.0.0.1', entry] });
      await expect(attempt).rejects.toThrow(/422.*nodes\[0\]\.config\.ipAllow/);
    },
  );

  it.each(['X-Forwarded-For', 'X-Real-IP', 'CF-Connecting-IP', 'True-Client-IP', 'X-Client-IP'])(
    'C11 is not talked round by %s',
    async (name) => {
      const made = await hap({ ipAllow: ['10.1.2.3'] });
      const answer = await host.call(made.url(), { headers: { [name]: '10.1.2.3' }, json: {} });
      expectError(answer, 403, 'ip_not_allowed');
    },
  );

  it('C11 is not talked round by Forwarded', async () => {
    const made = await hap({ ipAllow: ['10.1.2.3'] });
    const answer = await host.call(made.url(), { headers: { forwarded: 'for=10.1.2.3' }, json: {} });
    expectError(answer, 403, 'ip_not_allowed');
  });
});

describe.concurrent('"Use App Authorization"', () => {
  const auth = { scheme: 'appSign', appKey: 'appKey', secretKey: 'secretKey' };
  const sign = (at: number | string, appKey = 'appKey', secretKey = 'secretKey'): string =>
    Buffer.from(
      createHash('sha256').update(`AppKey=${appKey}&SecretKey=${secretKey}&Timestamp=${at}`).digest('hex'),
    ).toString('base64');
  const fields = (timestamp = Date.now()): Record<string, string> => ({
    AppKey: 'appKey',
    Sign: sign(timestamp),
    Timestamp: String(timestamp),
  });

  it('signs as HAP does: the known answer', () => {
    expect(sign(1700000000000)).toBe(
      'ZWFmZjljZGMzZmY1MDE5NDBjMjNjOGIyZGQwZGI3NTU2MTdmMTAzZjVmOGI0MGMyYzQ1Y2U5MjAzNzEwY2M1NA==',
    );
  });

  it('C8 is taken from the query, the body or the headers', async () => {
    const made = await hap({ auth });
    const query = `?${new URLSearchParams(fields()).toString()}`;
    expectAccepted(await host.call(made.url() + query));
    expectAccepted(await host.call(made.url() + query, { json: { a: 1 } }));
    expectAccepted(await host.call(made.url(), { json: { ...fields(), a: 1 } }));
    expectAccepted(await host.call(made.url(), { headers: fields(), json: {} }));
    const form = new URLSearchParams(fields()).toString();
    expectAccepted(
      await host.call(made.url(), {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: form,
      }),
    );
  });

  it('is taken from a multipart form, with a file beside it or cut off behind it', async () => {
    const made = await hap({ auth });
    const part = (name: string, rest: string, value: string): string =>
      `--cut\r\nContent-Disposition: form-data; name="${name}"${rest}\r\n\r\n${value}\r\n`;
    const texts = (given: Record<string, string>): string =>
      Object.entries(given)
        .map(([name, value]) => part(name, '', value))
        .join('');
    const send = (body: string): Promise<Answer> =>
      host.call(made.url(), { headers: { 'content-type': 'multipart/form-data; boundary=cut' }, body });
    const file = part('photo', '; filename="a.png"', 'bytes');
    expectAccepted(await send(`${file}${texts(fields())}--cut--\r\n`));
    const wrong = { ...fields(), Sign: sign(Date.now(), 'appKey', 'another') };
    expectError(await send(`${texts(wrong)}--cut--\r\n`), 401, 'unauthorized');
    expectError(await send(`${file}--cut--\r\n`), 401, 'unauthorized');
    expectError(await send(texts(fields()) + file), 400, 'malformed_body');
    expectError(await send('no form'), 401, 'unauthorized');
  });

  it('C7 allows five minutes to either side', async () => {
    const made = await hap({ auth });
    for (const away of [-290_000, 290_000]) {
      expectAccepted(await host.call(made.url(), { headers: fields(Date.now() + away), json: {} }));
    }
    for (const away of [-310_000, 310_000]) {
      const answer = await host.call(made.url(), { headers: fields(Date.now() + away), json: {} });
      expectError(answer, 401, 'unauthorized');
    }
  });

  it.each<[string, () => Record<string, string>]>([
    ['nothing', () => ({})],
    ['no Sign', () => ({ AppKey: 'appKey', Timestamp: String(Date.now()) })],
    ['another AppKey', () => ({ ...fields(), AppKey: 'other', Sign: sign(Date.now(), 'other') })],
    ['a Sign by another secret', () => ({ ...fields(), Sign: sign(Date.now(), 'appKey', 'guess') })],
    ['a Sign of another moment', () => ({ ...fields(), Sign: sign(Date.now() - 5_000) })],
    [
      'a Timestamp in seconds',
      () => {
        const seconds = Math.floor(Date.now() / 1000);
        return { AppKey: 'appKey', Sign: sign(seconds), Timestamp: String(seconds) };
      },
    ],
    ['a Timestamp that is no number', () => ({ AppKey: 'appKey', Sign: sign('NaN'), Timestamp: 'NaN' })],
    ['an empty Sign', () => ({ ...fields(), Sign: '' })],
    [
      'the bare hex instead of its base64',
      () => {
        const now = Date.now();
        return { ...fields(now), Sign: Buffer.from(sign(now), 'base64').toString() };
      },
    ],
  ])('C8 with %s is 401', async (_what, headers) => {
    const made = await hap({ auth });
    expectError(await host.call(made.url(), { headers: headers(), json: {} }), 401, 'unauthorized');
  });

  it('C10 and an IP list must both hold', async () => {
    const made = await hap({ auth, ipAllow: ['10.0.0.1'] });
    expectError(await host.call(made.url(), { headers: fields(), json: {} }), 403, 'ip_not_allowed');
  });
});
