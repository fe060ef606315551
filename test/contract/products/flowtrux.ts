/** FlowTrux's page: openssl's signature over the raw body, {{trigger.data}} and its _query (SPEC 3, 7, 10). */
import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { textAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted, expectError } from '../support/expect-error.ts';
import type { Answer } from '../support/send.ts';
import { curlJson, runShell } from '../support/shell.ts';
import { type Made, makeHook, outputOf } from '../support/workflows.ts';

const host = hostForThisFile();
const SECRET = 'your-webhook-secret';
const hmac = { scheme: 'hmac', secret: SECRET };
const steps = [
  { id: 'shape', type: 'set', name: 'Shape', config: { fields: { event: '{{trigger.data.event}}' } } },
  {
    id: 'last',
    type: 'set',
    name: 'Last one',
    config: {
      fields: {
        all: '{{trigger.data}}',
        source: '{{trigger.data._query.source}}',
        priority: '{{trigger.data._query.priority}}',
      },
    },
  },
];
const payload = '{"event":"order_created","order_id":"12345"}';
let workflow: Made;

beforeAll(async () => {
  workflow = await makeHook(host, { style: 'flowtrux', auth: hmac }, steps);
});

const sign = (body: string | Buffer, secret = SECRET, algorithm = 'sha256'): string =>
  createHmac(algorithm, secret).update(body).digest('hex');

function post(made: Made, body: string, signature = sign(body), query = ''): Promise<Answer> {
  return host.call(made.url() + query, {
    headers: { 'Content-Type': 'application/json', 'X-Webhook-Signature': signature },
    body,
  });
}

describe.concurrent('POST /api/webhooks/{workflowId}', () => {
  it('carries the id of the workflow', () => {
    expect(new URL(workflow.url()).pathname).toBe(`/api/webhooks/${workflow.id}`);
  });

  it('answers the script of the page with the executionId, and the run finishes with {{trigger.data}}', async () => {
    const json = await curlJson(
      `PAYLOAD='{"event":"order_created","order_id":"12345"}'

SIGNATURE=$(echo -n "$PAYLOAD" | openssl dgst -sha256 -hmac "your-webhook-secret" | cut -d' ' -f2)

curl -s -X POST "$URL" \\
  -H "Content-Type: application/json" \\
  -H "X-Webhook-Signature: $SIGNATURE" \\
  -d "$PAYLOAD"`,
      { URL: workflow.url() },
    );
    expect(json).toMatchObject({ success: true, executionId: expect.stringMatching(/^run_/) });
    expect(await outputOf(host, textAt(json, 'executionId'))).toMatchObject({
      all: { event: 'order_created', order_id: '12345' },
    });
  });

  it('makes ?source=crm&priority=high resolve in {{trigger.data._query}}', async () => {
    const id = expectAccepted(await post(workflow, payload, sign(payload), '?source=crm&priority=high'));
    expect(await outputOf(host, id)).toMatchObject({
      source: 'crm',
      priority: 'high',
      all: { event: 'order_created', _query: { source: 'crm', priority: 'high' } },
    });
  });

  it('agrees with openssl on the sample of the page', async () => {
    const { stdout } = await runShell(
      `echo -n '{"event":"test"}' | openssl dgst -sha256 -hmac "your-secret" | cut -d' ' -f2`,
    );
    expect(stdout.trim()).toBe('ae73985dbf44593b8ab8007279f05bcbb47c811fa80741ccbd230e28e67d89eb');
    const made = await makeHook(host, { style: 'flowtrux', auth: { scheme: 'hmac', secret: 'your-secret' } });
    expectAccepted(await post(made, '{"event":"test"}', stdout.trim()));
  });
});

describe.concurrent('the signature', () => {
  it.each<[string, (good: string) => string]>([
    ['in upper case', (good) => good.toUpperCase()],
    ['with sha256= before it', (good) => `sha256=${good}`],
  ])('C5 %s is accepted', async (_what, change) => {
    expectAccepted(await post(workflow, payload, change(sign(payload))));
  });

  it.each<[string, (good: string) => string]>([
    ['empty', () => ''],
    ['one character short', (good) => good.slice(1)],
    ['one character long', (good) => `${good}0`],
    ['with a tail that is no hex', (good) => `${good}zz`],
    ['of one character', () => 'a'],
    ['not hex at all', () => 'z'.repeat(64)],
    ['by another secret', () => sign(payload, 'other')],
    ['by SHA-1', () => sign(payload, SECRET, 'sha1')],
    ['in base64', (good) => Buffer.from(good, 'hex').toString('base64')],
    ['of the body without its spaces', () => sign(`${payload} `)],
    ['with another prefix', (good) => `sha1=${good}`],
    ['of 10 KB', () => 'a'.repeat(10_240)],
  ])('C5 %s is 401', async (_what, change) => {
    expectError(await post(workflow, payload, change(sign(payload))), 401, 'unauthorized');
  });

  it('missing and wrong are told apart by nobody outside', async () => {
    const wrong = await post(workflow, payload, sign('x'));
    const missing = await host.call(workflow.url(), {
      headers: { 'content-type': 'application/json' },
      body: payload,
    });
    const bare = (answer: Answer): string => answer.text.replace(/req_\w+/, '');
    expect(bare(missing)).toBe(bare(wrong));
  });

  it('C4 is over the raw bytes: the same value serialised otherwise is 401', async () => {
    expectError(
      await post(workflow, '{"event": "order_created"}', sign('{"event":"order_created"}')),
      401,
      'unauthorized',
    );
  });

  it('covers bytes that are no JSON: right signature, then 400', async () => {
    expectError(await post(workflow, '{', sign('{')), 400, 'malformed_json');
    expectError(await post(workflow, '{', sign('}')), 401, 'unauthorized');
  });

  it('fits a body that came gzipped by its bytes as received or is refused, never half', async () => {
    const { gzipSync } = await import('node:zlib');
    const packed = gzipSync(payload);
    const answer = await host.call(workflow.url(), {
      headers: {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        'x-webhook-signature': sign(packed),
      },
      body: packed,
    });
    expectAccepted(answer);
  });

  it('twice in one request is 400 or 401, never accepted', async () => {
    const answer = await host.call(workflow.url(), {
      headers: [
        'Content-Type',
        'application/json',
        'X-Webhook-Signature',
        sign(payload),
        'X-Webhook-Signature',
        sign('x'),
      ],
      body: payload,
    });
    expect([400, 401]).toContain(answer.status);
  });
});

describe.concurrent('further HMAC settings', () => {
  it.each([
    ['sha1 in hex', { algorithm: 'sha1' }, (body: string) => sign(body, SECRET, 'sha1')],
    ['sha512 in hex', { algorithm: 'sha512' }, (body: string) => sign(body, SECRET, 'sha512')],
    ['base64', { encoding: 'base64' }, (body: string) => Buffer.from(sign(body), 'hex').toString('base64')],
    ['a prefix', { prefix: 'v0=' }, (body: string) => `v0=${sign(body)}`],
    ['another string signed', { signed: '{method}:{body}' }, (body: string) => sign(`POST:${body}`)],
  ])('%s', async (_what, more, signature) => {
    const made = await makeHook(host, { style: 'flowtrux', auth: { ...hmac, ...more } });
    expectAccepted(await post(made, payload, signature(payload)));
    expectError(await post(made, payload, signature(`${payload} `)), 401, 'unauthorized');
  });

  it('a set prefix must be there', async () => {
    const made = await makeHook(host, { style: 'flowtrux', auth: { ...hmac, prefix: 'v0=' } });
    expectError(await post(made, payload, sign(payload)), 401, 'unauthorized');
  });

  it('C3 GitHub answers its known vector with prefix and another header', async () => {
    const made = await makeHook(host, {
      style: 'flowtrux',
      auth: { scheme: 'hmac', secret: "It's a Secret to Everybody", header: 'X-Hub-Signature-256' },
    });
    const known = '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    for (const signature of [known, `sha256=${known}`]) {
      const answer = await host.call(made.url(), {
        headers: { 'content-type': 'text/plain', 'x-hub-signature-256': signature },
        body: 'Hello, World!',
      });
      expectAccepted(answer);
    }
  });

  it('C7 a signed timestamp outside toleranceSeconds is 401 on either side', async () => {
    const auth = { ...hmac, signed: '{timestamp}.{body}', timestampHeader: 'X-Time', toleranceSeconds: 300 };
    const made = await makeHook(host, { style: 'flowtrux', auth });
    const at = (time: string): Promise<Answer> =>
      host.call(made.url(), {
        headers: {
          'content-type': 'application/json',
          'x-time': time,
          'x-webhook-signature': sign(`${time}.${payload}`),
        },
        body: payload,
      });
    const now = Math.floor(Date.now() / 1000);
    for (const good of [now, now - 295, now + 295]) expectAccepted(await at(String(good)));
    for (const bad of [now - 305, now + 305, 'NaN', '', `${now}x`]) {
      expectError(await at(String(bad)), 401, 'unauthorized');
    }
  });
});
