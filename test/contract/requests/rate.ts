/** Rate limits, and the client's address behind trusted proxies (SPEC 4.4, 4.5). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted, expectError } from '../support/expect-error.ts';
import { countRuns, type Made, makeHook } from '../support/workflows.ts';

const host = hostForThisFile();
const open = { style: 'native', auth: { scheme: 'none' } };

describe('a rate limit', () => {
  it('E3 answers what is above it 429 with Retry-After, stores no run, and leaves others alone', async () => {
    const made = await makeHook(host, { ...open, rateLimit: { perMinute: 3 } });
    const other = await makeHook(host, { ...open, rateLimit: { perMinute: 3 } });
    for (let n = 0; n < 3; n += 1) expectAccepted(await host.call(made.url(), { json: {} }));
    const answer = await host.call(made.url(), { json: {} });
    expectError(answer, 429, 'rate_limited');
    const wait = Number(answer.headers['retry-after']);
    expect(Number.isInteger(wait) && wait >= 1 && wait <= 60).toBe(true);
    expect(await countRuns(host, made.id)).toBe(3);
    expectAccepted(await host.call(other.url(), { json: {} }));
  });

  it('of nothing or less is refused when saved', async () => {
    for (const perMinute of [0, -1, 'many']) {
      await expect(makeHook(host, { ...open, rateLimit: { perMinute } })).rejects.toThrow(/422.*rateLimit/);
    }
  });
});

describe('with one trusted hop', () => {
  let made: Made;
  beforeAll(async () => {
    made = await makeHook(host, { ...open, ipAllow: ['10.1.2.3', '2001:db8::/32'] });
    await host.v1('PATCH', '/v1/settings', { trustedHops: 1 });
  });
  afterAll(async () => {
    await host.v1('PATCH', '/v1/settings', { trustedHops: 0 });
  });

  it.each([
    ['10.1.2.3', 200],
    ['1.2.3.4, 10.1.2.3', 200],
    ['10.1.2.3, 1.2.3.4', 403],
    ['10.1.2.3,', 403],
    ['::ffff:10.1.2.3', 200],
    ['2001:db8::7', 200],
    ['10.1.2.3:5555', 200],
    ['[2001:db8::7]:443', 200],
    ['unknown', 403],
    ['010.1.2.3', 403],
    ['0x0a.1.2.3', 403],
    ['127.0.0.1', 403],
  ])('C12 X-Forwarded-For: %s is %i', async (forwarded, status) => {
    const answer = await host.call(made.url(), { headers: { 'x-forwarded-for': forwarded }, json: {} });
    expect(answer.status, answer.text).toBe(status);
  });

  it('C12 its absence is 403, and a thousand entries are judged by the last', async () => {
    expectError(await host.call(made.url(), { json: {} }), 403, 'ip_not_allowed');
    const long = `${'1.1.1.1,'.repeat(1000)}10.1.2.3`;
    expectAccepted(await host.call(made.url(), { headers: { 'x-forwarded-for': long }, json: {} }));
  });

  it('the request keeps both addresses', async () => {
    const answer = await host.call(made.url(), { headers: { 'x-forwarded-for': '10.1.2.3' }, json: {} });
    const id = String(at(answer.json, 'requestId'));
    const seen = await host.v1('GET', `/v1/requests/${id}`);
    expect(seen.json).toMatchObject({ clientIp: '10.1.2.3', remoteIp: '127.0.0.1' });
  });
});
