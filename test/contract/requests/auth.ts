/** The schemes none, apiKey and keyPair: right, wrong, missing, empty, another's (SPEC 4.8, 5). */
import { describe, expect, it } from 'vitest';
import { at, textAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted, expectError } from '../support/expect-error.ts';
import { makeHook } from '../support/workflows.ts';

const host = hostForThisFile();

describe.concurrent('scheme "none"', () => {
  it('asks for nothing', async () => {
    const made = await makeHook(host, { style: 'native', auth: { scheme: 'none' } });
    expectAccepted(await host.call(made.url(), { json: {} }));
  });
});

describe.concurrent('scheme "apiKey"', () => {
  it('is the default of the native style, in the header x-api-key, with a key of 32 random bytes', async () => {
    const made = await makeHook(host, { style: 'native' });
    expectError(await host.call(made.url(), { json: {} }), 401, 'unauthorized');
    const rotated = await host.v1('POST', `/v1/workflows/${made.id}/trigger/webhook-secret/rotate`, {});
    const key = textAt(rotated.json, 'secret');
    expect(key).toMatch(/[A-Za-z0-9_-]{43}$/);
    expectAccepted(await host.call(made.url(), { headers: { 'x-api-key': key }, json: {} }));
  });

  it.each([
    ['wrong', 'wrong'],
    ['empty', ''],
    ['cut', 'correct-ke'],
    ['longer', 'correct-keyy'],
    ['in another case', 'CORRECT-KEY'],
    ['of 10 KB', 'k'.repeat(10_240)],
    ['of odd bytes', 'ÿÿÿ'],
  ])('answers 401 when the key is %s', async (_what, key) => {
    const made = await makeHook(host, { style: 'native', auth: { scheme: 'apiKey', key: 'correct-key' } });
    const answer = await host.call(made.url(), { headers: { 'x-api-key': key }, json: {} });
    expectError(answer, 401, 'unauthorized');
  });

  it('takes the key from the header named, whatever its case, and only from there', async () => {
    const made = await makeHook(host, {
      style: 'native',
      auth: { scheme: 'apiKey', key: 'k1', in: 'header', name: 'X-Token' },
    });
    expectAccepted(await host.call(made.url(), { headers: { 'x-TOKEN': 'k1' }, json: {} }));
    expectError(
      await host.call(made.url(), { headers: { 'x-api-key': 'k1' }, json: {} }),
      401,
      'unauthorized',
    );
    expectError(await host.call(`${made.url()}?X-Token=k1`, { json: {} }), 401, 'unauthorized');
  });

  it('takes the key from the query where that is said, and a repeated one is 401', async () => {
    const made = await makeHook(host, {
      style: 'native',
      auth: { scheme: 'apiKey', key: 'k+/=&', in: 'query', name: 'token' },
    });
    const right = encodeURIComponent('k+/=&');
    expectAccepted(await host.call(`${made.url()}?token=${right}`, { json: {} }));
    expectError(await host.call(made.url(), { headers: { token: 'k+/=&' }, json: {} }), 401, 'unauthorized');
    const twice = await host.call(`${made.url()}?token=${right}&token=x`, { json: {} });
    expectError(twice, 401, 'unauthorized');
  });

  it('refuses the key of another endpoint', async () => {
    await makeHook(host, { style: 'native', auth: { scheme: 'apiKey', key: 'of-the-other' } });
    const made = await makeHook(host, { style: 'native', auth: { scheme: 'apiKey', key: 'mine' } });
    const answer = await host.call(made.url(), { headers: { 'x-api-key': 'of-the-other' }, json: {} });
    expectError(answer, 401, 'unauthorized');
  });
});

describe.concurrent('scheme "keyPair"', () => {
  const auth = { scheme: 'keyPair', key: 'K', secret: 'S', keyHeader: 'X-Id', secretHeader: 'X-Pass' };

  it('wants both, in the headers named', async () => {
    const made = await makeHook(host, { style: 'native', auth });
    expectAccepted(await host.call(made.url(), { headers: { 'x-id': 'K', 'x-pass': 'S' }, json: {} }));
    for (const headers of [
      { 'x-id': 'K' },
      { 'x-pass': 'S' },
      { 'x-id': 'S', 'x-pass': 'K' },
      { 'x-id': 'K', 'x-pass': 's' },
      { 'x-api-key': 'K', 'x-api-secret': 'S' },
    ]) {
      expectError(await host.call(made.url(), { headers, json: {} }), 401, 'unauthorized');
    }
  });

  it('says never which part was wrong, but the inspector knows', async () => {
    const made = await makeHook(host, { style: 'native', auth });
    const key = await host.call(made.url(), { headers: { 'x-id': 'x', 'x-pass': 'S' }, json: {} });
    const secret = await host.call(made.url(), { headers: { 'x-id': 'K', 'x-pass': 'x' }, json: {} });
    expect(key.text.replace(/req_\w+/, '')).toBe(secret.text.replace(/req_\w+/, ''));
    const seen = await host.v1('GET', `/v1/requests/${textAt(key.json, 'requestId')}`);
    expect(seen.json).toMatchObject({
      verdict: 'rejected',
      status: 401,
      reason: expect.stringMatching(/\w/),
    });
  });
});

describe.concurrent('every scheme', () => {
  it.each([
    ['a scheme there is not', { scheme: 'magic' }],
    ['a field there is not', { scheme: 'apiKey', secrett: 'x' }],
    ['no scheme', {}],
  ])('%s is refused when saved, with the path of the fault', async (_what, auth) => {
    await expect(makeHook(host, { style: 'native', auth })).rejects.toThrow(/422.*nodes\[0\]\.config\.auth/);
  });

  it('keeps a refused request with verdict, reason and bytes, and starts no run', async () => {
    const made = await makeHook(host, { style: 'native', auth: { scheme: 'apiKey', key: 'k' } });
    const answer = await host.call(made.url(), { headers: { 'X-Api-Key': 'guess' }, json: { a: 1 } });
    const id = textAt(answer.json, 'requestId');
    const seen = await host.v1('GET', `/v1/requests/${id}`);
    expect(seen.json).toMatchObject({ id, verdict: 'rejected', status: 401, method: 'POST', runs: [] });
    expect((await host.v1('GET', `/v1/requests/${id}/body`)).text).toBe('{"a":1}');
    const triggers = await host.v1('GET', `/v1/failed-triggers?endpoint=${made.endpointId()}`);
    expect(at(triggers.json, 'items.0')).toMatchObject({ state: 'open' });
  });
});
