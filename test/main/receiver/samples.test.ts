import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/main/base/clock.ts';
import { call, post } from './call.ts';
import { useReceiver } from './open-receiver.ts';

/** The system's clock, set forward by hand. */
let ahead = 0;
const clock = {
  ...systemClock,
  now: () => Date.now() + ahead,
  move: (ms: number): void => {
    ahead += ms;
  },
};
const bench = useReceiver({ clock });
const minute = 60_000;

async function listen(endpointId: string, forMs = 3 * minute): Promise<void> {
  await bench().store.write('listenForSample', { endpointId, until: clock.now() + forMs });
}
const sampleOf = (endpointId: string) => bench().store.read.samples.byEndpoint(endpointId);
const takeOff = (id: string) =>
  bench().store.write('setActive', { id, version: null, enabled: false, at: clock.now() });

/** An endpoint in front of a step that gives back the parameters. */
async function echo(config: Record<string, unknown> = {}) {
  const workflow = await bench().live({
    nodes: [
      {
        id: 'hook',
        type: 'webhook',
        config: { auth: { scheme: 'none' }, response: { mode: 'lastNode' }, ...config },
      },
      { id: 'echo', type: 'transform', config: { expression: 'params' } },
    ],
    edges: ['hook>echo'],
  });
  return {
    path: workflow.paths['hook'] ?? '',
    id: workflow.endpoints['hook']?.id ?? '',
    workflowId: workflow.id,
  };
}

describe('a listening endpoint', () => {
  it('takes the next request as its sample, starts nothing, and parses later ones by it', async () => {
    const { path, id, workflowId } = await echo();
    await listen(id);
    const body = { order: { id: 'A1', total: 12.5 }, due: '2026-03-23' };
    const taken = await post(bench().origin, `${path}?source=crm`, body, { 'x-shop-topic': 'orders/create' });
    expect(taken.status).toBe(200);
    expect(taken.json).toEqual({ success: true, sample: true });
    const row = await bench().lastRequest(id);
    expect(row).toMatchObject({
      verdict: 'sample',
      status: 200,
      runs: [],
      triage: null,
    });
    expect(Buffer.from(bench().store.read.requests.body(row.id) ?? []).toString()).toBe(JSON.stringify(body));
    expect(sampleOf(id)).toMatchObject({
      source: 'request',
      requestId: row.id,
      listeningUntil: null,
      driftSince: null,
    });
    const { path: next, json } = { path: `${path}?source=web`, json: { order: { id: 'B2', total: 1 } } };
    expect((await post(bench().origin, next, json, { 'x-shop-topic': 'orders/paid' })).json).toEqual({
      order: { id: 'B2', total: 1 },
      order_id: 'B2',
      order_total: 1,
      source: 'web',
      x_shop_topic: 'orders/paid',
    });
    expect(await post(bench().origin, path, { order: { total: 'a' } })).toMatchObject({
      status: 400,
      json: { error: 'invalid_parameter' },
    });
    // The draft states them too: they are live with the next version.
    const draft = bench().store.read.workflows.byId(workflowId)?.draft.nodes[0]?.config['parameters'];
    expect(draft).toEqual(sampleOf(id)?.parameters);
  });

  it('tells whoever watches that it arrived, once it is on the disk', async () => {
    const { path, id } = await bench().endpoint();
    await listen(id);
    const told: string[] = [];
    const stop = bench().store.feed.subscribe((events) => {
      for (const { topic, ids } of events)
        if (ids.includes(id)) told.push(`${topic} ${sampleOf(id)?.requestId}`);
    });
    await post(bench().origin, path, { a: 1 });
    stop();
    expect(told).toEqual([`endpoints ${(await bench().lastRequest(id)).id}`]);
  });

  it('takes GET as well as POST, whatever its methods, and no other', async () => {
    const { path, id } = await echo({ methods: ['POST', 'PUT'] });
    await listen(id);
    for (const method of ['DELETE', 'HEAD', 'OPTIONS', 'PATCH'])
      expect((await call(bench().origin, path, { method })).status).toBe(405);
    const put = await call(bench().origin, path, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"a":1}',
    });
    expect(put.text).toBe('{}');
    expect((await call(bench().origin, `${path}?page=1`, { method: 'GET' })).json['sample']).toBe(true);
    expect(sampleOf(id)?.parameters).toMatchObject([{ name: 'page', in: 'query', example: '1' }]);
    expect((await call(bench().origin, path, { method: 'GET' })).status).toBe(405);
  });

  it('is passed by who can not authenticate or sends what can not be read, and goes on listening', async () => {
    const { path, id } = await bench().endpoint(
      { auth: { scheme: 'apiKey' } },
      { key: 'right key of thirty-two characters' },
    );
    await listen(id);
    const key = { 'x-api-key': 'right key of thirty-two characters' };
    expect((await post(bench().origin, path, { a: 1 }, { 'x-api-key': 'wrong' })).status).toBe(401);
    expect((await post(bench().origin, path, '{', key)).status).toBe(400);
    expect(sampleOf(id)?.listeningUntil).toBeGreaterThan(clock.now());
    expect((await post(bench().origin, path, { a: 1 }, key)).json['sample']).toBe(true);
    expect(JSON.stringify(sampleOf(id))).not.toContain('right key');
    expect((await post(bench().origin, path, { a: 1 }, key)).json['executionId']).toMatch(/^run_/);
  });

  it('takes exactly one of many that come at once; the others are judged as if nobody listened', async () => {
    const { path, id } = await bench().endpoint();
    await listen(id);
    const replies = await Promise.all(Array.from({ length: 40 }, () => post(bench().origin, path, { a: 1 })));
    expect(replies.filter(({ json }) => json['sample'] === true)).toHaveLength(1);
    expect(replies.filter(({ json }) => typeof json['executionId'] === 'string')).toHaveLength(39);
    const rows = await bench().requestsOf(id);
    expect(rows.filter(({ verdict }) => verdict === 'sample').map((row) => row.id)).toEqual([
      sampleOf(id)?.requestId,
    ]);
    expect(rows.filter(({ verdict }) => verdict === 'accepted')).toHaveLength(39);
  });

  it('stops when its time is over, and when it is told to', async () => {
    const { path, id } = await bench().endpoint();
    await listen(id);
    clock.move(3 * minute + 1);
    expect((await post(bench().origin, path, {})).json['executionId']).toMatch(/^run_/);
    await listen(id);
    await bench().store.write('listenForSample', { endpointId: id, until: null });
    expect((await post(bench().origin, path, {})).json['executionId']).toMatch(/^run_/);
    expect(sampleOf(id)).toMatchObject({ source: null, parameters: null });
  });

  it('judges neither filter, parameters nor keys of deliveries of its sample', async () => {
    const config = { filter: 'false', parameters: [{ name: 'need', required: true }] };
    const { path, id } = await bench().endpoint(config);
    await listen(id);
    const key = { 'idempotency-key': 'one' };
    expect((await post(bench().origin, path, { a: 1 }, key)).json['sample']).toBe(true);
    expect(await post(bench().origin, path, { need: 'x' }, key)).toMatchObject({
      status: 200,
      json: { filtered: true },
    });
  });

  it('takes none that is sent again from here', async () => {
    const { path, id } = await bench().endpoint();
    const first = await post(bench().origin, path, { a: 1 });
    await listen(id);
    const raw = bench().store.read.requests.raw(String(first.json['requestId']));
    if (raw === undefined) throw new Error('It was not stored.');
    const again = await bench().receiver.judge(raw, {
      replayOf: String(first.json['requestId']),
      endpointId: id,
    });
    expect(again.body).toContain('executionId');
    expect(sampleOf(id)?.listeningUntil).not.toBeNull();
  });

  it('reads forms, files and encoded bodies as later requests are read', async () => {
    const { path, id } = await echo();
    await listen(id);
    const form = new FormData();
    form.append('n', '12');
    form.append('file', new File([new Uint8Array([1, 2])], 'a.bin', { type: 'application/x-thing' }));
    const encoded = new Response(form);
    const headers = { 'content-type': encoded.headers.get('content-type') ?? '' };
    const body = Buffer.from(await encoded.arrayBuffer());
    expect((await call(bench().origin, path, { headers, body })).json['sample']).toBe(true);
    expect(sampleOf(id)?.parameters).toMatchObject([
      { name: 'n', type: 'string' },
      { name: 'file', type: 'object' },
    ]);
    await listen(id);
    const zipped = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const sent = { headers: zipped, body: gzipSync('{"a":{"b":1}}') };
    expect((await call(bench().origin, path, sent)).json['sample']).toBe(true);
    expect(sampleOf(id)?.parameters?.map(({ name }) => name)).toEqual(['a', 'a_b']);
    expect((await call(bench().origin, path, sent)).json).toEqual({ a: { b: 1 }, a_b: 1 });
  });
});

describe('an endpoint that is not live', () => {
  const key = { 'x-api-key': 'right key of thirty-two characters' };
  const auth = { auth: { scheme: 'apiKey' } };
  const secrets = { key: key['x-api-key'] };

  it('takes its sample while it listens, and is 404 to all others and afterwards', async () => {
    const { path, id, workflowId } = await bench().endpoint(auth, secrets);
    await takeOff(workflowId);
    const unknown = await post(bench().origin, '/hooks/unknown', { a: 1 }, key);
    const isSame = (reply: { status: number; json: Record<string, unknown>; headers: object }) => {
      const { requestId: _, ...shown } = reply.json;
      const { requestId: __, ...expected } = unknown.json;
      expect([reply.status, shown]).toEqual([404, expected]);
      expect(Object.keys(reply.headers).toSorted()).toEqual(Object.keys(unknown.headers).toSorted());
    };
    isSame(await post(bench().origin, path, { a: 1 }, key));
    await listen(id);
    isSame(await post(bench().origin, path, { a: 1 }));
    isSame(await post(bench().origin, path, { a: 1 }, { 'x-api-key': 'wrong' }));
    isSame(await call(bench().origin, path, { method: 'PUT', headers: key }));
    isSame(await post(bench().origin, path, { a: 1 }, { ...key, origin: 'https://evil.example' }));
    isSame(await post(bench().origin, path, `"${'x'.repeat(1_048_576)}"`, key));
    // Who has the key learns what is wrong with the body.
    expect((await post(bench().origin, path, '{', key)).status).toBe(400);
    expect((await post(bench().origin, path, { a: 1 }, key)).json['sample']).toBe(true);
    isSame(await post(bench().origin, path, { a: 1 }, key));
    const rows = await bench().requestsOf(id);
    expect(rows.map((row) => String(row.reason)).toSorted((one, other) => one.localeCompare(other))).toEqual([
      'cross_site',
      'malformed_json',
      'not_live',
      'not_live',
      'not_live',
      'payload_too_large',
      'sample',
      'unauthorized',
      'unauthorized',
    ]);
  });

  it('takes one of many, and the others find nothing', async () => {
    const { path, id, workflowId } = await bench().endpoint(auth, secrets);
    await takeOff(workflowId);
    await listen(id);
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => post(bench().origin, path, { a: 1 }, key)),
    );
    expect(replies.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([
      200,
      ...Array.from({ length: 19 }, () => 404),
    ]);
  });

  it('takes it by the style and auth of its draft', async () => {
    const { path, id, workflowId } = await bench().endpoint({ style: 'hap', auth: { scheme: 'none' } });
    await takeOff(workflowId);
    await listen(id);
    expect((await call(bench().origin, `${path}?name=Ada`, { method: 'GET' })).json['sample']).toBe(true);
    expect(sampleOf(id)?.parameters).toMatchObject([{ name: 'name', in: 'query' }]);
  });

  it('takes it as a deactivated shared source, whose settings state the parameters from then on', async () => {
    const row = await bench().shared(
      'Orders',
      { style: 'flowx', auth: { scheme: 'apiKey', in: 'query', name: 'flowxApiKey' } },
      secrets,
    );
    await bench().store.write('updateEndpoint', { id: row.id, state: 'deactivated', at: clock.now() });
    await listen(row.id);
    const url = `${row.path}?flowxApiKey=${encodeURIComponent(secrets.key)}`;
    expect((await post(bench().origin, url, { orderId: 'O1' })).json['sample']).toBe(true);
    expect(bench().store.read.endpoints.byId(row.id)?.settings?.parameters).toEqual([
      { name: 'orderId', in: 'body', path: 'orderId', type: 'string', required: false, example: 'O1' },
    ]);
    expect((await post(bench().origin, url, { orderId: 'O1' })).status).toBe(404);
  });
});

describe('parameters of a sample', () => {
  it('are made of a huge body in no time', async () => {
    const { path, id } = await bench().endpoint();
    await listen(id);
    let deep: unknown = Array.from({ length: 40_000 }, (_, index) => ({ [`k${index}`]: index }));
    for (let level = 0; level < 20; level++) deep = { [`level${level}`]: deep, text: 'x'.repeat(1_000) };
    const startedAt = performance.now();
    expect((await post(bench().origin, path, deep)).json['sample']).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(JSON.stringify(sampleOf(id)).length).toBeLessThan(200_000);
  });

  it('give way to those the live version states, and are in the draft for the next one', async () => {
    const { path, id, workflowId } = await echo({ parameters: [{ name: 'old', path: 'a' }] });
    await listen(id);
    await post(bench().origin, path, { a: 'x', b: 1 });
    expect((await post(bench().origin, path, { a: 'x', b: 1 })).json).toEqual({ old: 'x' });
    const { version } = await bench().store.write('commitVersion', {
      id: workflowId,
      note: '',
      at: clock.now(),
    });
    await bench().store.write('setActive', { id: workflowId, version, enabled: true, at: clock.now() });
    // A name people gave stays with its field.
    expect((await post(bench().origin, path, { a: 'x', b: 1 })).json).toEqual({ old: 'x', b: 1 });
  });

  it('are found in query and body alike where GET and POST are', async () => {
    const { path, id } = await echo({ style: 'hap', methods: ['GET', 'POST'] });
    await listen(id);
    await post(bench().origin, path, { name: 'Ada', amount: 12.5 });
    expect((await call(bench().origin, `${path}?name=Bob&amount=3`, { method: 'GET' })).json).toEqual({
      name: 'Bob',
      amount: 3,
    });
    await listen(id);
    await call(bench().origin, `${path}?name=Ada`, { method: 'GET' });
    expect((await post(bench().origin, path, { name: 'Eve' })).json).toEqual({ name: 'Eve' });
    const rows = await bench().requestsOf(id);
    expect(rows[0]?.drift).toBeNull();
  });

  it('find odd keys', async () => {
    const { path, id } = await echo();
    const body = { 'Order No.': 1, 'x`y': 2, '': 3, and: 4, 'a.b': { 'c d': 5 }, __proto__: undefined };
    await listen(id);
    await post(bench().origin, path, body);
    expect((await post(bench().origin, path, body)).json).toEqual({
      Order_No: 1,
      x_y: 2,
      field: 3,
      _and: 4,
      a_b: { 'c d': 5 },
      a_b_c_d: 5,
    });
  });
});

describe('drift', () => {
  it('is noticed once a request was answered, refused ones too, and since when', async () => {
    const { path, id } = await bench().endpoint();
    await listen(id);
    await post(bench().origin, path, { a: 1, b: { c: 'x' } });
    await post(bench().origin, path, { a: 2, b: { c: 'y' } });
    expect((await bench().requestsOf(id)).map((row) => row.drift)).toEqual([null, null]);
    expect(sampleOf(id)?.driftSince).toBeNull();
    clock.move(1_000);
    await post(bench().origin, path, { a: 2, more: 1 });
    expect((await post(bench().origin, path, { a: 'two', b: { c: 'y' } })).status).toBe(400);
    const rows = await bench().requestsOf(id);
    expect(rows.map((row) => row.drift)).toEqual([1, 2, null, null]);
    expect(sampleOf(id)?.driftSince).toBe(rows[1]?.raw.receivedAt);
    await listen(id);
    await post(bench().origin, path, { a: 2, more: 1 });
    expect(sampleOf(id)?.driftSince).toBeNull();
  });
});
