/** What is judged first when a request is wrong in several ways (SPEC 4, its numbers). */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted, expectError } from '../support/expect-error.ts';
import type { Answer } from '../support/send.ts';
import { type Made, makeHook } from '../support/workflows.ts';

const host = hostForThisFile();
const auth = { scheme: 'hmac', secret: 'shared' };
const big = 'x'.repeat(101);
const json = { 'content-type': 'application/json' };

const make = (more: Record<string, unknown> = {}): Promise<Made> =>
  makeHook(host, { style: 'native', auth, maxBodyBytes: 100, ...more });

function post(
  made: Made,
  body: string,
  headers: Record<string, string> = {},
  signed = true,
): Promise<Answer> {
  const signature = createHmac('sha256', 'shared').update(body).digest('hex');
  return host.call(made.url(), {
    headers: { ...json, ...(signed ? { 'x-webhook-signature': signature } : {}), ...headers },
    body,
  });
}

describe.concurrent('the first fault in the order of the contract decides', () => {
  it('method (405) before another site (403)', async () => {
    const made = await make();
    const answer = await host.call(made.url(), { method: 'PUT', headers: { origin: 'https://evil.test' } });
    expectError(answer, 405, 'method_not_allowed');
  });

  it('method (405) before IP (403)', async () => {
    const made = await make({ ipAllow: ['10.0.0.1'] });
    expectError(await host.call(made.url(), { method: 'PUT' }), 405, 'method_not_allowed');
  });

  it('another site (403) before IP (403 ip_not_allowed)', async () => {
    const made = await make({ ipAllow: ['10.0.0.1'] });
    const answer = await post(made, '{}', { origin: 'https://evil.test' });
    expect(answer).toMatchObject({
      status: 403,
      json: { error: expect.not.stringMatching('ip_not_allowed') },
    });
  });

  it('IP (403) before rate (429)', async () => {
    const made = await make({ ipAllow: ['10.0.0.1'], rateLimit: { perMinute: 1 } });
    for (let n = 0; n < 3; n += 1) expectError(await post(made, '{}'), 403, 'ip_not_allowed');
  });

  it('IP (403) before size (413)', async () => {
    expectError(await post(await make({ ipAllow: ['10.0.0.1'] }), big), 403, 'ip_not_allowed');
  });

  it('rate (429) before size (413)', async () => {
    const made = await make({ rateLimit: { perMinute: 1 } });
    expectAccepted(await post(made, '{}'));
    expectError(await post(made, big), 429, 'rate_limited');
  });

  it('size (413) before authentication (401)', async () => {
    expectError(await post(await make(), big, {}, false), 413, 'payload_too_large');
  });

  it('encoding (415) before authentication (401)', async () => {
    expect((await post(await make(), '{}', { 'content-encoding': 'zstd' }, false)).status).toBe(415);
  });

  it('authentication (401) before the body (400)', async () => {
    expectError(await post(await make(), '{', {}, false), 401, 'unauthorized');
  });

  it('the body (400) before the parameters (400 missing_parameter)', async () => {
    const made = await make({ parameters: [{ name: 'id', in: 'query', type: 'string', required: true }] });
    expectError(await post(made, '{'), 400, 'malformed_json');
    expectError(await post(made, '{}'), 400, 'missing_parameter', {
      msg: 'Missing required parameter',
      missing: ['id'],
    });
  });

  it('the parameters (400) before the duplicate (200)', async () => {
    const made = await make({ parameters: [{ name: 'id', in: 'body', type: 'number', required: true }] });
    const once = { 'idempotency-key': 'k' };
    expectAccepted(await post(made, '{"id":1}', once));
    expectError(await post(made, '{"id":"x"}', once), 400, 'invalid_parameter');
  });

  it('authentication (401) before the duplicate (200)', async () => {
    const made = await make();
    expectAccepted(await post(made, '{}', { 'idempotency-key': 'k' }));
    expectError(await post(made, '{}', { 'idempotency-key': 'k' }, false), 401, 'unauthorized');
  });
});
