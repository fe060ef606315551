/** Metal's page: one signed POST to a slug starts a run; its secret is rotated through the API (SPEC 3, 11). */
import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../support/until.ts';
import { at, textAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted, expectApiError, expectError } from '../support/expect-error.ts';
import type { Answer } from '../support/send.ts';
import { curlJson } from '../support/shell.ts';
import { type Made, makeWorkflow, outputOf, runIn } from '../support/workflows.ts';

const host = hostForThisFile();
const payload = '{ "companyId": "665f1c2a9b1e4a0012a3b4c5" }';
let workflow: Made;

function make(slug: string, auth?: Record<string, unknown>): Promise<Made> {
  return makeWorkflow(
    host,
    [
      { id: 'hook', type: 'webhook', config: { style: 'metal', ...(auth ? { auth } : {}) } },
      { id: 'company', type: 'transform', config: { expression: 'trigger.data.companyId' } },
    ],
    { slug },
  );
}

function signed(made: Made, secret: string, body = payload): Promise<Answer> {
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return host.call(made.url(), {
    headers: { 'content-type': 'application/json', 'X-Webhook-Signature': signature },
    body,
  });
}

function rotate(id: string, body: unknown = {}): Promise<Answer> {
  return host.v1('POST', `/v1/workflows/${id}/trigger/webhook-secret/rotate`, body);
}

beforeAll(async () => {
  workflow = await make('your-workflow-slug', { scheme: 'hmac', secret: 'shared' });
});

describe.concurrent('POST /webhooks/workflows/{slug}', () => {
  it('is the URL of the workflow, by its slug', () => {
    expect(workflow.url()).toBe(`${host.receiver()}/webhooks/workflows/your-workflow-slug`);
  });

  it('answers the curl line of the page, signed by openssl, and the payload is the input of the run', async () => {
    const json = await curlJson(
      `BODY='${payload}'
       SIG=$(echo -n "$BODY" | openssl dgst -sha256 -hmac shared -r | cut -d' ' -f1)
       curl -s -X POST "$URL" -H "Content-Type: application/json" -H "X-Webhook-Signature: $SIG" -d "$BODY"`,
      { URL: workflow.url() },
    );
    const run = await runIn(host, textAt(json, 'executionId'));
    expect(run).toMatchObject({
      id: textAt(json, 'executionId'),
      workflowId: workflow.id,
      version: 1,
      status: 'succeeded',
      input: { companyId: '665f1c2a9b1e4a0012a3b4c5' },
      output: '665f1c2a9b1e4a0012a3b4c5',
      error: null,
    });
  });

  it('answers the very line of the page where the operator asks for no signature', async () => {
    const made = await make('unsigned', { scheme: 'none' });
    const json = await curlJson(
      `curl -s -X POST ${made.url()} \\
  -H "Content-Type: application/json" \\
  -d '{ "companyId": "665f1c2a9b1e4a0012a3b4c5" }'`,
    );
    expect(await outputOf(host, textAt(json, 'executionId'))).toBe('665f1c2a9b1e4a0012a3b4c5');
  });

  it('without its signature is 401', async () => {
    const answer = await host.call(workflow.url(), {
      headers: { 'content-type': 'application/json' },
      body: payload,
    });
    expectError(answer, 401, 'unauthorized');
  });

  it('signed with another secret is 401', async () => {
    expectError(await signed(workflow, 'guess'), 401, 'unauthorized');
  });

  it('begins with HMAC and a generated secret when the document names no auth', async () => {
    const made = await make('generated');
    expectError(await host.call(made.url(), { json: {} }), 401, 'unauthorized');
    const { json } = await rotate(made.id);
    expectAccepted(await signed(made, textAt(json, 'secret')));
  });
});

describe.concurrent('POST /v1/workflows/{id}/trigger/webhook-secret/rotate', () => {
  it('C18 gives a new secret of 32 random bytes; the old one is refused from that moment', async () => {
    const made = await make('rotated', { scheme: 'hmac', secret: 'before' });
    const answer = await rotate(made.id);
    expect(answer).toMatchObject({
      status: 200,
      json: { secret: expect.stringMatching(/[A-Za-z0-9_-]{43}$/), previousValidUntil: null },
    });
    expectError(await signed(made, 'before'), 401, 'unauthorized');
    const id = expectAccepted(await signed(made, textAt(answer.json, 'secret')));
    expect(at(await runIn(host, id), 'status')).toBe('succeeded');
  });

  it('C18 keeps the old secret valid for overlapSeconds', async () => {
    const made = await make('overlapped', { scheme: 'hmac', secret: 'before' });
    const before = Date.now();
    const { json } = await rotate(made.id, { overlapSeconds: 3600 });
    const validUntil = Date.parse(textAt(json, 'previousValidUntil'));
    expect(validUntil).toBeGreaterThanOrEqual(before + 3_600_000 - 1_000);
    expect(validUntil).toBeLessThanOrEqual(Date.now() + 3_600_000 + 1_000);
    expectAccepted(await signed(made, 'before'));
    expectAccepted(await signed(made, textAt(json, 'secret')));
    await rotate(made.id);
    expectError(await signed(made, 'before'), 401, 'unauthorized');
    expectError(await signed(made, textAt(json, 'secret')), 401, 'unauthorized');
  });

  it('C18 ends an overlap when it is over', async () => {
    const made = await make('short-overlap', { scheme: 'hmac', secret: 'before' });
    const { json } = await rotate(made.id, { overlapSeconds: 1 });
    const validUntil = Date.parse(textAt(json, 'previousValidUntil'));
    await until('the overlap to end', async () => (await signed(made, 'before')).status === 401);
    expect(Date.now()).toBeGreaterThanOrEqual(validUntil);
  });

  it('works by slug as well, and is 404 for a workflow there is not', async () => {
    await make('by-slug', { scheme: 'hmac', secret: 'before' });
    expect((await rotate('by-slug')).status).toBe(200);
    expectApiError(await rotate('nothing-here'), 404, 'not_found');
  });

  it('C18 is known at once on a connection that was open before', async () => {
    const made = await make('kept-open', { scheme: 'hmac', secret: 'before' });
    const signature = createHmac('sha256', 'before').update('{}').digest('hex');
    const kept = (): Promise<Response> =>
      fetch(made.url(), {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-webhook-signature': signature },
        body: '{}',
      });
    expect((await kept()).status).toBe(200);
    await rotate(made.id);
    expect((await kept()).status).toBe(401);
  });
});

describe.concurrent('POST /v1/workflows/{id}/runs', () => {
  const apiStarted = (): Promise<Made> =>
    makeWorkflow(host, [
      { id: 'start', type: 'api', config: {} },
      { id: 'twice', type: 'transform', config: { expression: 'trigger.data.n * 2' } },
    ]);

  it('starts a run with the input given: 202 and the run', async () => {
    const made = await apiStarted();
    const answer = await host.v1('POST', `/v1/workflows/${made.id}/runs`, { input: { n: 21 } });
    expect(answer).toMatchObject({
      status: 202,
      json: { id: expect.stringMatching(/^run_/), workflowId: made.id },
    });
    expect(await outputOf(host, textAt(answer.json, 'id'))).toBe(42);
  });

  it('with wait answers 200 and the finished run', async () => {
    const made = await apiStarted();
    const answer = await host.v1('POST', `/v1/workflows/${made.id}/runs`, { input: { n: 4 }, wait: true });
    expect(answer).toMatchObject({ status: 200, json: { status: 'succeeded', input: { n: 4 }, output: 8 } });
  });
});
