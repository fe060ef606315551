/** Duplicates, by explicit keys only (SPEC 4.11). */
import { describe, expect, it } from 'vitest';
import { until } from '../../support/until.ts';
import { at, listAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted, expectError } from '../support/expect-error.ts';
import type { Answer } from '../support/send.ts';
import { countRuns, type Made, makeHook } from '../support/workflows.ts';

const host = hostForThisFile();
const make = (config: Record<string, unknown> = {}): Promise<Made> =>
  makeHook(host, { style: 'native', auth: { scheme: 'apiKey', key: 'k' }, ...config });

function post(made: Made, json: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return host.call(made.url(), { headers: { 'x-api-key': 'k', ...headers }, json });
}

function expectDuplicate(answer: Answer, executionId: string): void {
  expect(answer).toMatchObject({ status: 200, json: { success: true, executionId, duplicate: true } });
}

describe.concurrent('the same key again', () => {
  it.each(['Idempotency-Key', 'webhook-id'])(
    'D1 in %s is 200 with the first executionId; nothing starts',
    async (name) => {
      const made = await make();
      const first = expectAccepted(await post(made, { a: 1 }, { [name]: 'delivery-1' }));
      for (let n = 0; n < 2; n += 1) {
        expectDuplicate(await post(made, { a: 1 }, { [name]: 'delivery-1' }), first);
      }
      expect(await countRuns(host, made.id)).toBe(1);
    },
  );

  it('D1 a hundred times at once starts one run, and everyone gets its id', async () => {
    const made = await make();
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => post(made, { a: 1 }, { 'idempotency-key': 'storm' })),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 100 }, () => 200));
    expect(new Set(answers.map((answer) => at(answer.json, 'executionId'))).size).toBe(1);
    expect(answers.filter((answer) => at(answer.json, 'duplicate') === true)).toHaveLength(99);
    expect(await countRuns(host, made.id)).toBe(1);
  });

  it('D3 with another body is 422 idempotency_mismatch and starts nothing', async () => {
    const made = await make();
    expectAccepted(await post(made, { a: 1 }, { 'idempotency-key': 'x' }));
    expectError(await post(made, { a: 2 }, { 'idempotency-key': 'x' }), 422, 'idempotency_mismatch');
    expect(await countRuns(host, made.id)).toBe(1);
  });

  it('D3 at another endpoint is no duplicate', async () => {
    const [one, two] = [await make(), await make()];
    expectAccepted(await post(one, {}, { 'idempotency-key': 'same' }));
    expectAccepted(await post(two, {}, { 'idempotency-key': 'same' }));
  });

  it('is captured as a duplicate', async () => {
    const made = await make();
    const first = expectAccepted(await post(made, {}, { 'idempotency-key': 'seen' }));
    expectDuplicate(await post(made, {}, { 'idempotency-key': 'seen' }), first);
    const { json } = await host.v1('GET', `/v1/requests?endpoint=${made.endpointId()}&verdict=duplicate`);
    expect(listAt(json, 'items')).toHaveLength(1);
  });
});

describe.concurrent('no key', () => {
  it('D6 is no dedupe: equal bodies start as many runs', async () => {
    const made = await make();
    const ids = await Promise.all(
      [1, 2, 3].map(async () => expectAccepted(await post(made, { same: true }))),
    );
    expect(new Set(ids).size).toBe(3);
  });

  it('an empty key is none', async () => {
    const made = await make();
    for (let n = 0; n < 2; n += 1) expectAccepted(await post(made, {}, { 'idempotency-key': '' }));
  });
});

describe.concurrent('a key is recorded only by a request that was accepted', () => {
  it('D2 not by one that failed authentication', async () => {
    const made = await make();
    expectError(await post(made, {}, { 'idempotency-key': 'a', 'x-api-key': 'wrong' }), 401, 'unauthorized');
    expectAccepted(await post(made, {}, { 'idempotency-key': 'a' }));
  });

  it('D2 not by one that was malformed or too large', async () => {
    const made = await make({ maxBodyBytes: 50 });
    const headers = { 'x-api-key': 'k', 'idempotency-key': 'b', 'content-type': 'application/json' };
    expectError(await host.call(made.url(), { headers, body: '{' }), 400, 'malformed_json');
    expectError(await host.call(made.url(), { headers, json: 'x'.repeat(50) }), 413, 'payload_too_large');
    expectAccepted(await post(made, { good: true }, { 'idempotency-key': 'b' }));
  });
});

describe.concurrent("the endpoint's own key template", () => {
  it('decides, from the body', async () => {
    const made = await make({ dedupe: { key: '{{trigger.data.id}}' } });
    const first = expectAccepted(await post(made, { id: 7, n: 1 }));
    expectDuplicate(await post(made, { id: 7, n: 1 }), first);
    expectAccepted(await post(made, { id: 8, n: 1 }));
    expectError(await post(made, { id: 7, n: 2 }), 422, 'idempotency_mismatch');
  });

  it('that gives nothing is no key', async () => {
    const made = await make({ dedupe: { key: '{{trigger.data.id}}' } });
    for (let n = 0; n < 2; n += 1) expectAccepted(await post(made, { n: 1 }));
  });

  it('D4 holds for windowSeconds', async () => {
    const made = await make({ dedupe: { key: '{{trigger.data.id}}', windowSeconds: 1 } });
    const first = expectAccepted(await post(made, { id: 1 }));
    expectDuplicate(await post(made, { id: 1 }), first);
    await until('the window to be over', async () => {
      return at((await post(made, { id: 1 })).json, 'duplicate') === undefined;
    });
  });
});
