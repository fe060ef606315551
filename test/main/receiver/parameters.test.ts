import { describe, expect, it } from 'vitest';
import { call, post } from './call.ts';
import { useReceiver } from './open-receiver.ts';

const bench = useReceiver();

/** An endpoint in front of a step that gives back what it is told to. */
async function echo(config: Record<string, unknown>, expression: string) {
  const workflow = await bench().live({
    nodes: [
      {
        id: 'hook',
        type: 'webhook',
        config: { auth: { scheme: 'none' }, response: { mode: 'lastNode' }, ...config },
      },
      { id: 'echo', type: 'transform', config: { expression } },
    ],
    edges: ['hook>echo'],
  });
  return { path: workflow.paths['hook'] ?? '', id: workflow.endpoints['hook']?.id ?? '' };
}

describe('parameters', () => {
  it('that are required and missing are 400 with their names, and nothing starts', async () => {
    const { path, id } = await bench().endpoint({
      style: 'hap',
      parameters: [
        { name: 'order', required: true },
        { name: 'city', path: 'address.city', required: true },
        { name: 'source', in: 'query', required: true },
        { name: 'X-Team', in: 'header', required: true },
        { name: 'note' },
      ],
    });
    const reply = await post(bench().origin, path, { address: { city: null } });
    expect(reply.status).toBe(400);
    expect(reply.json).toEqual({
      success: false,
      error: 'missing_parameter',
      msg: 'Missing required parameter',
      requestId: expect.stringMatching(/^req_/),
      missing: ['order', 'city', 'source', 'X-Team'],
    });
    expect(await bench().lastRequest(id)).toMatchObject({
      verdict: 'rejected',
      reason: 'missing_parameter',
      triage: 'open',
      runs: [],
    });
    const fine = await post(
      bench().origin,
      `${path}?source=crm`,
      { order: 'o', address: { city: 'Bern' } },
      { 'x-team': 'a' },
    );
    expect(fine.status).toBe(200);
  });

  it('reach the steps with their values and types, found by JSONata paths', async () => {
    const { path } = await echo(
      {
        parameters: [
          { name: 'qty', path: 'lines[0].qty', type: 'number' },
          { name: 'skus', path: 'lines.sku', type: 'array' },
          { name: 'total', path: '$sum(lines.qty)', type: 'number' },
          { name: 'when', type: 'date' },
          { name: 'urgent', type: 'boolean' },
          { name: 'address', type: 'object' },
          { name: 'limit', in: 'query', type: 'number' },
          { name: 'tags', in: 'query', type: 'array' },
          { name: 'agent', in: 'header', path: 'User-Agent' },
          { name: 'absent' },
        ],
        fullBody: true,
      },
      'params',
    );
    const body = {
      lines: [
        { sku: 'a', qty: 2 },
        { sku: 'b', qty: 3 },
      ],
      when: '2026-03-23T15:30:00Z',
      urgent: false,
      address: { city: 'Bern' },
    };
    const reply = await post(bench().origin, `${path}?limit=10.5&tags=x&tags=y`, body, {
      'user-agent': 'test',
    });
    expect(reply.json).toEqual({
      qty: 2,
      skus: ['a', 'b'],
      total: 5,
      when: '2026-03-23T15:30:00Z',
      urgent: false,
      address: { city: 'Bern' },
      limit: 10.5,
      tags: ['x', 'y'],
      agent: 'test',
      fullBody: body,
    });
  });

  it.each([
    ['number', 'three'],
    ['number', '3'],
    ['number', true],
    ['string', 3],
    ['boolean', 'true'],
    ['boolean', 0],
    ['date', 'yesterday'],
    ['date', '2026-13-45'],
    ['object', [1]],
    ['object', 'a'],
    ['array', { a: 1 }],
  ])('of the type %s are 400 when JSON holds %j', async (type, value) => {
    const { path } = await bench().endpoint({ parameters: [{ name: 'field', type }] });
    const reply = await post(bench().origin, path, { field: value });
    expect(reply).toMatchObject({ status: 400, json: { error: 'invalid_parameter' } });
    expect(reply.json['msg']).toContain(`field must be ${type}`);
  });

  it('of queries and forms are texts that are read as the type', async () => {
    const parameters = [
      { name: 'n', type: 'number' },
      { name: 'b', type: 'boolean' },
      { name: 'o', type: 'object' },
    ];
    const { path } = await echo({ parameters, methods: ['POST', 'GET'] }, 'params');
    const form = {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'n=-1.5e3&b=true&o=%7B%22a%22%3A1%7D',
    };
    expect((await call(bench().origin, path, form)).json).toEqual({ n: -1500, b: true, o: { a: 1 } });
    for (const body of ['n=abc', 'n=0x10', 'n=Infinity', 'b=yes', 'o=%5B1%5D']) {
      expect((await call(bench().origin, path, { ...form, body })).status, body).toBe(400);
    }
  });
});

describe('the filter', () => {
  it('lets through what it is true for and starts nothing else', async () => {
    const { path, id } = await bench().endpoint({
      filter: 'trigger.data.amount > 100 and trigger.query.source = "crm"',
    });
    const passed = await post(bench().origin, `${path}?source=crm`, { amount: 101 });
    expect(passed.json['executionId']).toMatch(/^run_/);
    for (const [query, body] of [
      ['crm', { amount: 100 }],
      ['web', { amount: 101 }],
      ['crm', {}],
      ['crm', { amount: 'x' }],
    ] as const) {
      const reply = await post(bench().origin, `${path}?source=${query}`, body);
      if (reply.status === 200) expect(reply.text).toBe('{"success":true,"filtered":true}');
    }
    const rows = await bench().requestsOf(id);
    expect(rows.filter((row) => row.runs.length > 0)).toHaveLength(1);
    expect(rows.find((row) => row.verdict === 'filtered')).toMatchObject({
      triage: null,
      status: 200,
      reason: 'filtered',
    });
  });

  it('that fails is a failed trigger with 500, and tells the caller nothing of itself', async () => {
    const { path, id } = await bench().endpoint({ filter: '$error("secret words")' });
    const reply = await post(bench().origin, path, {});
    expect(reply).toMatchObject({ status: 500, json: { success: false, error: 'expression_failed' } });
    expect(reply.text).not.toContain('secret words');
    const row = await bench().lastRequest(id);
    expect(row).toMatchObject({ verdict: 'rejected', triage: 'open', runs: [], reason: 'expression_failed' });
    expect(row.reasonText).toContain('secret words');
  });

  it('that never ends is cut off and holds nobody up', async () => {
    const { path } = await bench().endpoint({ filter: '($f := function($n) { $f($n + 1) }; $f(0))' });
    const other = await bench().endpoint();
    const slow = post(bench().origin, path, {});
    expect((await post(bench().origin, other.path, {})).status).toBe(200);
    expect((await slow).status).toBe(500);
  });
});

describe('a delivery that comes again', () => {
  const key = { 'Idempotency-Key': 'delivery-1' };

  it('is 200 with the first run and duplicate, and starts nothing', async () => {
    const { path, id } = await bench().endpoint({ response: { status: 201 } });
    const first = await post(bench().origin, path, { a: 1 }, key);
    expect(first.status).toBe(201);
    const again = await post(bench().origin, path, { a: 1 }, key);
    expect(again.status).toBe(200);
    expect(again.json).toEqual({
      success: true,
      executionId: first.json['executionId'],
      executionIds: first.json['executionIds'],
      requestId: expect.stringMatching(/^req_/),
      duplicate: true,
    });
    expect(again.json['requestId']).not.toBe(first.json['requestId']);
    expect(await bench().lastRequest(id)).toMatchObject({ verdict: 'duplicate', triage: null, status: 200 });
    expect(
      bench().store.read.runs.list({
        limit: 10,
        cursor: undefined,
        requestId: String(again.json['requestId']),
      }).items,
    ).toEqual([]);
  });

  it('starts one run however many come at once', async () => {
    const { path, id, workflowId } = await bench().endpoint();
    const replies = await Promise.all(
      Array.from({ length: 100 }, () => post(bench().origin, path, { a: 1 }, key)),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(replies.map(({ json }) => json['executionId']))).toHaveLength(1);
    expect(replies.filter(({ json }) => json['duplicate'] === true)).toHaveLength(99);
    expect(bench().store.read.runs.list({ limit: 10, cursor: undefined, workflowId }).items).toHaveLength(1);
    expect(await bench().requestsOf(id)).toHaveLength(100);
  });

  it('with another body is 422 and starts nothing', async () => {
    const { path, id } = await bench().endpoint();
    await post(bench().origin, path, { a: 1 }, key);
    expect(await post(bench().origin, path, { a: 2 }, key)).toMatchObject({
      status: 422,
      json: { success: false, error: 'idempotency_mismatch' },
    });
    expect(await bench().lastRequest(id)).toMatchObject({
      verdict: 'rejected',
      triage: 'open',
      status: 422,
      runs: [],
    });
  });

  it('is known by webhook-id as well, per endpoint, and never by its body', async () => {
    const one = await bench().endpoint();
    const two = await bench().endpoint();
    const send = async (path: string, headers: Record<string, string>) =>
      (await post(bench().origin, path, { a: 1 }, headers)).json['duplicate'];
    expect(await send(one.path, { 'webhook-id': 'm' })).toBeUndefined();
    expect(await send(one.path, { 'webhook-id': 'm' })).toBe(true);
    expect(await send(two.path, { 'webhook-id': 'm' })).toBeUndefined();
    expect(await send(two.path, {})).toBeUndefined();
    expect(await send(two.path, {})).toBeUndefined();
  });

  it('is known by the key the endpoint makes, where that has a value', async () => {
    const { path } = await bench().endpoint({ dedupe: { key: '{{trigger.data.order.id}}' } });
    const send = async (body: unknown, headers = {}) =>
      (await post(bench().origin, path, body, headers)).json;
    expect((await send({ order: { id: 7 } }))['duplicate']).toBeUndefined();
    expect((await send({ order: { id: 7 } }))['duplicate']).toBe(true);
    expect((await send({ order: { id: 8 } }))['duplicate']).toBeUndefined();
    expect((await send({ order: {} }))['duplicate']).toBeUndefined();
    expect((await send({ order: {} }))['duplicate']).toBeUndefined();
  });

  it('is not held back by refusals before it', async () => {
    const { path } = await bench().endpoint(
      { auth: { scheme: 'apiKey' }, parameters: [{ name: 'a', required: true }] },
      { key: 'k' },
    );
    const good = { ...key, 'x-api-key': 'k' };
    expect((await post(bench().origin, path, { a: 'x' }, { ...key, 'x-api-key': 'bad' })).status).toBe(401);
    expect((await post(bench().origin, path, '{', good)).status).toBe(400);
    expect((await post(bench().origin, path, { b: 'x' }, good)).status).toBe(400);
    const reply = await post(bench().origin, path, { a: 'x' }, good);
    expect([reply.status, reply.json['duplicate']]).toEqual([200, undefined]);
  });

  it('with two keys is none that could be judged', async () => {
    const { path } = await bench().endpoint();
    const reply = await call(bench().origin, path, { headers: { 'idempotency-key': ['a', 'b'] } });
    expect(reply.status).toBe(400);
  });
});

describe('addresses, through the front door', () => {
  it('are those of the socket while no hop is trusted', async () => {
    const { path, id } = await bench().endpoint({ ipAllow: ['10.0.0.0/8'] });
    for (const headers of [
      {},
      { 'x-forwarded-for': '10.1.2.3' },
      { forwarded: 'for=10.1.2.3' },
      { 'x-real-ip': '10.1.2.3' },
    ]) {
      expect(await post(bench().origin, path, {}, headers)).toMatchObject({
        status: 403,
        json: { error: 'ip_not_allowed' },
      });
    }
    expect((await bench().lastRequest(id)).clientIp).toBe('127.0.0.1');
  });

  it('are counted from the right past trusted hops', async () => {
    const { path, id } = await bench().endpoint({ ipAllow: ['10.0.0.0/8'] });
    bench().settings.trustedHops = 1;
    const send = async (forwarded?: string) =>
      (await post(bench().origin, path, {}, forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }))
        .status;
    expect([
      await send('10.1.2.3, 203.0.113.1'),
      await send('203.0.113.1, 10.1.2.3'),
      await send(),
      await send('nonsense'),
    ]).toEqual([403, 200, 403, 403]);
    bench().settings.trustedHops = 0;
    expect((await bench().requestsOf(id)).map((row) => row.clientIp)).toContain('10.1.2.3');
  });
});
