/** Parameters and the filter of an endpoint (SPEC 4.10, 6, 7). */
import { describe, expect, it } from 'vitest';
import { at, listAt, textAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted, expectError } from '../support/expect-error.ts';
import { countRuns, type Made, makeHook, outputOf } from '../support/workflows.ts';

const host = hostForThisFile();
const echo = { id: 'echo', type: 'transform', config: { expression: '{"params": params}' } };
const make = (config: Record<string, unknown>): Promise<Made> =>
  makeHook(host, { style: 'native', auth: { scheme: 'none' }, methods: ['GET', 'POST'], ...config }, [echo]);

async function paramsOf(made: Made, query: string, json?: unknown, headers = {}): Promise<unknown> {
  const answer = await host.call(made.url() + query, json === undefined ? { headers } : { json, headers });
  return at(await outputOf(host, expectAccepted(answer)), 'params');
}

describe.concurrent('a parameter from query or header', () => {
  it.each([
    ['string', '17', '17'],
    ['number', '17', 17],
    ['number', '-1.5e3', -1500],
    ['boolean', 'true', true],
    ['boolean', 'false', false],
    ['array', '[1,"a"]', [1, 'a']],
    ['object', '{"a":1}', { a: 1 }],
  ])('of type %s takes %s', async (type, text, value) => {
    const made = await make({
      parameters: [
        { name: 'q', in: 'query', type },
        { name: 'h', in: 'header', path: 'X-H', type },
      ],
    });
    const params = await paramsOf(made, `?q=${encodeURIComponent(text)}`, undefined, { 'x-h': text });
    expect(params).toEqual({ q: value, h: value });
  });

  it.each([
    ['number', 'seven'],
    ['number', '0x10'],
    ['number', 'NaN'],
    ['boolean', 'maybe'],
    ['date', 'tomorrow'],
    ['date', '2026-13-45'],
    ['object', '[1]'],
    ['array', '{"a":1}'],
    ['object', 'x'],
  ])('of type %s refuses %j with 400 invalid_parameter', async (type, text) => {
    const made = await make({ parameters: [{ name: 'q', in: 'query', type }] });
    const answer = await host.call(`${made.url()}?q=${encodeURIComponent(text)}`);
    expect(answer).toMatchObject({ status: 400, json: { success: false, error: 'invalid_parameter' } });
    expect(await countRuns(host, made.id)).toBe(0);
  });

  it('of any type but string that is empty counts as not sent: forms send every field', async () => {
    const made = await make({ parameters: [{ name: 'q', in: 'query', type: 'number' }] });
    expectAccepted(await host.call(`${made.url()}?q=`));
    const needed = await make({ parameters: [{ name: 'q', in: 'query', type: 'number', required: true }] });
    const answer = await host.call(`${needed.url()}?q=`);
    expect(answer).toMatchObject({ status: 400, json: { error: 'missing_parameter', missing: ['q'] } });
  });

  it('of type date takes a date and a moment', async () => {
    const made = await make({ parameters: [{ name: 'q', in: 'query', type: 'date' }] });
    for (const text of ['2026-03-23', '2026-03-23T15:30:00Z', '2026-03-23T15:30:00.5+02:00']) {
      expectAccepted(await host.call(`${made.url()}?q=${encodeURIComponent(text)}`));
    }
  });
});

describe.concurrent('a parameter from the body', () => {
  it.each([
    ['string', 7],
    ['number', 'x'],
    ['boolean', 1],
    ['object', []],
    ['array', {}],
    ['date', true],
  ])('of type %s refuses %j with 400 invalid_parameter', async (type, value) => {
    const made = await make({ parameters: [{ name: 'b', in: 'body', type }] });
    const answer = await host.call(made.url(), { json: { b: value } });
    expect(answer).toMatchObject({ status: 400, json: { success: false, error: 'invalid_parameter' } });
  });

  it.each([
    ['string', 'x'],
    ['string', ''],
    ['number', 0],
    ['boolean', false],
    ['object', { a: [] }],
    ['array', []],
    ['date', '2026-01-31'],
  ])('of type %s takes %j', async (type, value) => {
    const made = await make({ parameters: [{ name: 'b', in: 'body', type, required: true }] });
    expectAccepted(await host.call(made.url(), { json: { b: value } }));
    if (type !== 'date') expect(await paramsOf(made, '', { b: value })).toEqual({ b: value });
  });

  it('is found by its JSONata path', async () => {
    const made = await make({
      parameters: [
        { name: 'qty', in: 'body', path: 'lines[0].qty', type: 'number', required: true },
        { name: 'skus', in: 'body', path: 'lines.sku', type: 'array' },
      ],
    });
    const json = {
      lines: [
        { qty: 2, sku: 'a' },
        { qty: 3, sku: 'b' },
      ],
    };
    expect(await paramsOf(made, '', json)).toEqual({ qty: 2, skus: ['a', 'b'] });
  });

  it('that is missing and not required is not there', async () => {
    const made = await make({ parameters: [{ name: 'b', in: 'body', type: 'number' }] });
    expect(await paramsOf(made, '', {})).toEqual({});
  });

  it('with a path that is no JSONata is refused when saved, with its place', async () => {
    const attempt = make({ parameters: [{ name: 'b', in: 'body', path: 'a[', type: 'number' }] });
    await expect(attempt).rejects.toThrow(/422.*nodes\[0\]\.config\.parameters\[0\]\.path/);
  });

  it('named twice, of an unknown type or place is refused when saved', async () => {
    for (const parameters of [
      [
        { name: 'a', in: 'body', type: 'string' },
        { name: 'a', in: 'query', type: 'string' },
      ],
      [{ name: 'a', in: 'body', type: 'integer' }],
      [{ name: 'a', in: 'cookie', type: 'string' }],
    ]) {
      await expect(make({ parameters })).rejects.toThrow(/422.*nodes\[0\]\.config\.parameters/);
    }
  });
});

describe.concurrent('several faults', () => {
  it('name every required parameter that is missing', async () => {
    const made = await make({
      parameters: ['a', 'b', 'c'].map((name) => ({ name, in: 'body', type: 'string', required: true })),
    });
    const answer = await host.call(made.url(), { json: { b: 'x' } });
    expectError(answer, 400, 'missing_parameter', { msg: 'Missing required parameter', missing: ['a', 'c'] });
  });
});

describe.concurrent('the filter', () => {
  const filter = 'trigger.data.type = "order"';

  it('lets through what it is true for', async () => {
    const made = await make({ filter });
    expectAccepted(await host.call(made.url(), { json: { type: 'order' } }));
  });

  it('answers anything else 200 filtered, captures it as filtered and starts nothing', async () => {
    const made = await make({ filter });
    const answer = await host.call(made.url(), { json: { type: 'ping' } });
    expect(answer).toMatchObject({ status: 200, json: { success: true, filtered: true } });
    expect(at(answer.json, 'executionId')).toBeUndefined();
    expect(await countRuns(host, made.id)).toBe(0);
    const { json } = await host.v1('GET', `/v1/requests?endpoint=${made.endpointId()}&verdict=filtered`);
    expect(listAt(json, 'items')).toHaveLength(1);
    expect(at(json, 'items.0')).toMatchObject({ verdict: 'filtered', status: 200, runs: [] });
    const failed = await host.v1('GET', `/v1/failed-triggers?endpoint=${made.endpointId()}`);
    expect(listAt(failed.json, 'items')).toEqual([]);
  });

  it.each(['false', 'null', '0', '""', 'trigger.data.nothing'])(
    '%s is not true: filtered',
    async (expression) => {
      const made = await make({ filter: expression });
      expect((await host.call(made.url(), { json: {} })).json).toMatchObject({ filtered: true });
    },
  );

  it('that fails is 500 and a failed trigger, never a silent pass', async () => {
    const made = await make({ filter: '$number(trigger.data.n) > 1' });
    expectAccepted(await host.call(made.url(), { json: { n: '2' } }));
    const answer = await host.call(made.url(), { json: { n: 'two' } });
    expect(answer).toMatchObject({
      status: 500,
      json: {
        success: false,
        error: expect.any(String),
        msg: expect.any(String),
        requestId: expect.any(String),
      },
    });
    expect(answer.text).not.toMatch(/\bat .*\.(ts|js):/);
    expect(await countRuns(host, made.id)).toBe(1);
    const failed = await host.v1('GET', `/v1/failed-triggers?endpoint=${made.endpointId()}`);
    expect(at(failed.json, 'items.0')).toMatchObject({ id: textAt(answer.json, 'requestId'), state: 'open' });
  });

  it('that never ends is cut off, and the receiver goes on', async () => {
    const made = await make({ filter: '($f := function($n) { $f($n + 1) }; $f(0)) = 1' });
    expect((await host.call(made.url(), { json: {} })).status).toBe(500);
    expect((await host.call('/healthz')).status).toBe(200);
  });

  it('that is no JSONata is refused when saved, with its path', async () => {
    await expect(make({ filter: 'trigger.data.(' })).rejects.toThrow(/422.*nodes\[0\]\.config\.filter/);
  });

  it('sees the query, the headers and the parameters', async () => {
    const made = await make({
      parameters: [{ name: 'n', in: 'query', type: 'number' }],
      filter:
        'trigger.query.n = "5" and trigger.headers."x-a" = "b" and params.n = 5 and trigger.method = "POST"',
    });
    const url = `${made.url()}?n=5`;
    expectAccepted(await host.call(url, { headers: { 'X-A': 'b' }, json: {} }));
    expect((await host.call(url, { headers: { 'X-A': 'c' }, json: {} })).json).toMatchObject({
      filtered: true,
    });
  });
});
