/** Samples and parameters through `/v1` of a real host (SPEC 6, 11). */
import { randomBytes } from 'node:crypto';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sampleSchema } from '../../../src/shared/contract/samples.ts';
import {
  endpointSchema,
  pageOf,
  requestSchema,
  requestSummarySchema,
  runSchema,
  workflowSchema,
  type WorkflowView,
} from '../../../src/shared/contract/views.ts';
import { driftSchema } from '../../../src/shared/model/sample.ts';
import { API_TOKEN, startHost } from '../../support/host.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { callV1 } from '../../support/v1.ts';
import { simpleDocument, useApiHost } from './api-host.ts';

const api = useApiHost();
const listening = z.object({ listeningUntil: z.string() });
const driftAnswer = z.object({ drift: driftSchema.nullable() });
const open = { style: 'native', auth: { scheme: 'none' } };
let count = 0;

/** A document whose step gives back the parameters. */
function paramsDocument(config: Record<string, unknown> = {}) {
  return {
    ...simpleDocument(`Sampled ${++count}`, { ...open, ...config }),
    nodes: [
      { id: 'hook', type: 'webhook', name: 'Arrived', config: { ...open, ...config } },
      { id: 'answer', type: 'transform', name: 'Answer', config: { expression: 'params' } },
    ],
  };
}
const draft = () => api.ok(workflowSchema, 'POST', '/workflows', paramsDocument(), 201);
const endpointOf = (workflow: WorkflowView) => {
  const [endpoint] = workflow.endpoints;
  if (endpoint === undefined) throw new Error('The workflow has no endpoint.');
  return endpoint;
};
async function send(url: string, value: unknown): Promise<{ status: number; json: Record<string, unknown> }> {
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(value),
    headers: { 'content-type': 'application/json' },
  });
  return { status: response.status, json: z.record(z.string(), z.unknown()).parse(await response.json()) };
}
async function paramsOf(url: string, value: unknown): Promise<unknown> {
  const { json } = await send(url, value);
  const path = `/workflow-runs/${String(json['executionId'])}`;
  return expect
    .poll(async () => (await api.ok(runSchema, 'GET', path)).status, { timeout: 10_000 })
    .toBe('succeeded')
    .then(async () => (await api.ok(runSchema, 'GET', path)).output);
}
const sampleOf = (id: string) => api.ok(sampleSchema, 'GET', `/endpoints/${id}/sample`);
const save = (id: string, body: unknown) => api.ok(sampleSchema, 'PUT', `/endpoints/${id}/sample`, body);

describe('listening', () => {
  it('for three minutes takes the sample of a workflow that is a draft yet, and tells when it arrived', async () => {
    const { id, url } = endpointOf(await draft());
    expect(await sampleOf(id)).toEqual({
      parameters: [],
      fullBody: false,
      source: null,
      requestId: null,
      listeningUntil: null,
      setAt: null,
      driftSince: null,
      liveDiffers: false,
    });
    expect((await send(url, { a: 1 })).status).toBe(404);
    const { listeningUntil } = await api.ok(listening, 'POST', `/endpoints/${id}/listen`);
    expect(Math.abs(Date.parse(listeningUntil) - Date.now() - 180_000)).toBeLessThan(5_000);
    expect((await sampleOf(id)).listeningUntil).toBe(listeningUntil);
    expect((await api.ok(endpointSchema, 'GET', `/endpoints/${id}`)).listeningUntil).toBe(listeningUntil);
    const { status, json } = await send(`${url}?source=crm`, { order: { id: 'A1' }, total: 2.5 });
    expect([status, json]).toEqual([200, { success: true, sample: true }]);
    const taken = await sampleOf(id);
    expect(taken).toMatchObject({
      source: 'request',
      listeningUntil: null,
      parameters: [
        { name: 'order', in: 'body', path: 'order', type: 'object', required: false, example: { id: 'A1' } },
        { name: 'order_id', in: 'body', path: 'order.id', type: 'string', required: false, example: 'A1' },
        { name: 'total', in: 'body', path: 'total', type: 'number', required: false, example: 2.5 },
        { name: 'source', in: 'query', path: 'source', type: 'string', required: false, example: 'crm' },
      ],
    });
    const request = await api.ok(requestSchema, 'GET', `/requests/${String(taken.requestId)}`);
    expect(request).toMatchObject({ verdict: 'sample', status: 200, runs: [] });
    const listed = await api.ok(
      pageOf(requestSummarySchema),
      'GET',
      `/requests?endpoint=${id}&verdict=sample`,
    );
    expect(listed.items).toHaveLength(1);
    expect((await send(url, { a: 1 })).status).toBe(404);
  });

  it('may be given as the text of a JSON example', async () => {
    const { id } = endpointOf(await api.live(paramsDocument()));
    const given = await api.ok(sampleSchema, 'PUT', `/endpoints/${id}/sample`, { json: '{"a": {"b": 1}}' });
    expect(given.parameters.map(({ path, type }) => [path, type])).toEqual([
      ['a', 'object'],
      ['a.b', 'number'],
    ]);
  });

  it('is renewed by asking again and ended by DELETE', async () => {
    const { id, url } = endpointOf(await api.live(paramsDocument()));
    const first = await api.ok(listening, 'POST', `/endpoints/${id}/listen`);
    await expect.poll(() => Date.now()).toBeGreaterThan(Date.parse(first.listeningUntil) - 180_000);
    const again = await api.ok(listening, 'POST', `/endpoints/${id}/listen`);
    expect(Date.parse(again.listeningUntil)).toBeGreaterThan(Date.parse(first.listeningUntil));
    await api.ok(z.object({ listeningUntil: z.null() }), 'DELETE', `/endpoints/${id}/listen`);
    expect((await send(url, { a: 1 })).json['executionId']).toMatch(/^run_/);
    await api.refused(404, 'not_found', 'POST', '/endpoints/ep_unknown/listen');
    await api.refused(401, 'unauthorized', 'POST', `/endpoints/${id}/listen`, undefined, null);
  });

  it('goes on after a restart until its time is over', async () => {
    const folder = makeTempDir();
    const first = await startHost({ folder: folder.path });
    const made = await callV1(first.receiver, 'POST', '/v1/workflows', paramsDocument());
    const { id } = endpointOf(workflowSchema.parse(made.body));
    await callV1(first.receiver, 'POST', `/v1/endpoints/${id}/listen`);
    expect(await first.stop()).toBe(0);
    const second = await startHost({ folder: folder.path });
    const seen = await callV1(second.receiver, 'GET', `/v1/endpoints/${id}`);
    const { url } = endpointSchema.parse(seen.body);
    expect((await send(url, { a: 1 })).json).toMatchObject({ success: true, sample: true });
    expect(await second.stop()).toBe(0);
    folder.remove();
  });
});

describe('a sample that is given', () => {
  it('as JSON is parsed, stated in the draft, and what live requests are parsed by while the version states none', async () => {
    const workflow = await api.live(paramsDocument());
    const { id, url } = endpointOf(workflow);
    const saved = await save(id, {
      json: { orderId: 'O1', paid: true, lines: [{ qty: 2 }], due: '2026-03-23' },
    });
    expect(saved).toMatchObject({ source: 'json', requestId: null, liveDiffers: false });
    expect(saved.parameters.map(({ name, type }) => [name, type])).toEqual([
      ['orderId', 'string'],
      ['paid', 'boolean'],
      ['lines', 'array'],
      ['lines_0_qty', 'number'],
      ['due', 'date'],
    ]);
    expect(await paramsOf(url, { orderId: 'O2', lines: [{ qty: 5 }] })).toEqual({
      orderId: 'O2',
      lines: [{ qty: 5 }],
      lines_0_qty: 5,
    });
    const seen = await api.ok(workflowSchema, 'GET', `/workflows/${workflow.id}`);
    expect(seen.nodes[0]?.config['parameters']).toEqual(saved.parameters);
    expect(seen.changed).toBe(true);
    expect((await send(url, { paid: 'maybe' })).json).toMatchObject({
      success: false,
      error: 'invalid_parameter',
    });
  });

  it('as key-value pairs is parsed as well, in both forms', async () => {
    const { id } = endpointOf(await draft());
    const asObject = await save(id, { pairs: { name: 'Ada', amount: 12.5, 'Order No.': 'A-1' } });
    expect(asObject.source).toBe('pairs');
    expect(asObject.parameters.map(({ name, path, type }) => [name, path, type])).toEqual([
      ['name', 'name', 'string'],
      ['amount', 'amount', 'number'],
      ['Order_No', '`Order No.`', 'string'],
    ]);
    const asList = await save(id, {
      pairs: [
        { name: 'tag', value: 'a' },
        { name: 'tag', value: 'b' },
      ],
    });
    expect(asList.parameters).toMatchObject([{ name: 'tag', type: 'array', example: ['a', 'b'] }]);
  });

  it('as a captured request is read from its stored bytes', async () => {
    const { id, url } = endpointOf(await api.live(paramsDocument()));
    const { json } = await send(`${url}?source=crm`, { order: 'A1' });
    const saved = await save(id, { requestId: json['requestId'] });
    expect(saved).toMatchObject({ source: 'request', requestId: json['requestId'] });
    expect(saved.parameters.map(({ name }) => name)).toEqual(['order', 'source']);
    await api.refused(404, 'not_found', 'PUT', `/endpoints/${id}/sample`, { requestId: 'req_unknown' });
  });

  it('is one thing, and its edited parameters are sound', async () => {
    const { id } = endpointOf(await draft());
    for (const body of [{}, { json: {}, pairs: {} }, { nonsense: 1 }, { pairs: { a: {} } }])
      await api.refused(422, 'invalid', 'PUT', `/endpoints/${id}/sample`, body);
    const twice = [{ name: 'a' }, { name: 'a', path: 'b' }];
    const { issues } = await api.refused(422, 'invalid', 'PUT', `/endpoints/${id}/sample`, {
      parameters: twice,
    });
    expect(issues?.[0]?.path).toBe('parameters[1].name');
    await api.refused(422, 'invalid', 'PUT', `/endpoints/${id}/sample`, {
      parameters: [{ name: 'a', path: 'a[' }],
    });
  });
});

describe('edited parameters', () => {
  it('require and rename what people say, at once and in every later sample', async () => {
    const { id, url } = endpointOf(await api.live(paramsDocument()));
    await save(id, { json: { id: 'A1', note: 'x' } });
    const parameters = [{ name: 'orderId', path: 'id', required: true, description: 'Which order' }];
    const edited = await save(id, { parameters, fullBody: true });
    expect(edited).toMatchObject({
      source: 'json',
      fullBody: true,
      parameters: [{ in: 'body', type: 'string' }],
    });
    expect((await send(url, { note: 'x' })).json).toMatchObject({
      error: 'missing_parameter',
      msg: 'Missing required parameter',
      missing: ['orderId'],
    });
    expect(await paramsOf(url, { id: 'A2' })).toEqual({ orderId: 'A2', fullBody: { id: 'A2' } });
    const again = await save(id, { json: { id: 'A1', more: 1 } });
    expect(again.parameters).toEqual([
      {
        name: 'orderId',
        in: 'body',
        path: 'id',
        type: 'string',
        required: true,
        description: 'Which order',
        example: 'A1',
      },
      { name: 'more', in: 'body', path: 'more', type: 'number', required: false, example: 1 },
    ]);
  });

  it('wait for the next version where the live one states its own', async () => {
    const stated = [{ name: 'old', path: 'a' }];
    const workflow = await api.live(paramsDocument({ parameters: stated }));
    const { id, url } = endpointOf(workflow);
    expect((await sampleOf(id)).parameters).toMatchObject(stated);
    const saved = await save(id, { parameters: [{ name: 'fresh', path: 'a' }] });
    expect(saved.liveDiffers).toBe(true);
    expect(await paramsOf(url, { a: 'x' })).toEqual({ old: 'x' });
    await api.ok(z.unknown(), 'POST', `/workflows/${workflow.id}/commit`, {});
    await api.ok(z.unknown(), 'POST', `/workflows/${workflow.id}/activate`, {});
    expect((await sampleOf(id)).liveDiffers).toBe(false);
    expect(await paramsOf(url, { a: 'x' })).toEqual({ fresh: 'x' });
  });

  it('of a shared data source stand in its settings', async () => {
    const { id } = await api.ok(endpointSchema, 'POST', '/endpoints', { name: 'Sampled source' }, 201);
    await save(id, { json: { orderId: 'O1' }, fullBody: true });
    const { settings } = await api.ok(endpointSchema, 'GET', `/endpoints/${id}`);
    expect(settings).toMatchObject({ fullBody: true, parameters: [{ name: 'orderId', type: 'string' }] });
  });
});

describe('drift', () => {
  it('is counted in lists, told in full on demand, and dated on the endpoint', async () => {
    const { id, url } = endpointOf(await api.live(paramsDocument()));
    const plain = await send(url, { a: 1 });
    const driftOf = (of: Record<string, unknown>) =>
      api.ok(driftAnswer, 'GET', `/requests/${String(of['requestId'])}/drift`);
    expect(await driftOf(plain.json)).toEqual({ drift: null });
    await save(id, { json: { a: 1, b: { c: 'x' } } });
    const same = await send(url, { a: 2, b: { c: 'y' } });
    expect(await driftOf(same.json)).toEqual({ drift: { new: [], missing: [], retyped: [] } });
    expect((await api.ok(endpointSchema, 'GET', `/endpoints/${id}`)).driftSince).toBeNull();
    const other = await send(`${url}?page=2`, { a: 2, more: true });
    expect(await driftOf(other.json)).toEqual({
      drift: { new: ['more', '?page'], missing: ['b'], retyped: [] },
    });
    const refused = await send(url, { a: 'one', b: { c: 'y' } });
    expect(refused.status).toBe(400);
    expect((await driftOf(refused.json)).drift?.retyped).toEqual([
      { path: 'a', was: 'number', is: 'string' },
    ]);
    const { items } = await api.ok(pageOf(requestSummarySchema), 'GET', `/requests?endpoint=${id}`);
    expect(Object.fromEntries(items.map((item) => [item.id, item.drift]))).toEqual({
      [String(plain.json['requestId'])]: null,
      [String(same.json['requestId'])]: null,
      [String(other.json['requestId'])]: 3,
      [String(refused.json['requestId'])]: 1,
    });
    expect((await api.ok(endpointSchema, 'GET', `/endpoints/${id}`)).driftSince).toMatch(/^\d{4}-/);
  });
});

describe('a body', () => {
  it('of every kind is kept and given back byte for byte', async () => {
    const { id, url } = endpointOf(await api.live(simpleDocument('Bodies', open)));
    const text = '{"a":"ä\\u0000\\ud800","n":12345678901234567890}';
    const form = new Response(
      ((parts) => {
        parts.append('file', new File([new Uint8Array([0, 255, 13, 10])], 'a.bin'));
        return parts;
      })(new FormData()),
    );
    const multipart = form.headers.get('content-type') ?? '';
    const bodies: readonly (readonly [string, Uint8Array, string?])[] = [
      ['application/json', Buffer.from(text)],
      ['application/json', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)])],
      ['application/x-www-form-urlencoded', Buffer.from('a=1&a=%zz&b=%ff&c[d]=+')],
      [multipart, Buffer.from(await form.arrayBuffer())],
      ['text/plain', Buffer.from('grüezi\r\n')],
      ['application/xml', Buffer.from('<?xml version="1.0"?><a>ä</a>')],
      ['application/octet-stream', randomBytes(5_000)],
      ['application/json', gzipSync(text), 'gzip'],
      ['application/json', deflateSync(text), 'deflate'],
      ['application/json', deflateRawSync(text), 'deflate'],
      ['application/json', brotliCompressSync(text), 'br'],
    ];
    for (const [type, body, encoding] of bodies) {
      const response = await fetch(url, {
        method: 'POST',
        body: Uint8Array.from(body),
        headers: {
          'content-type': type,
          ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
        },
      });
      expect(response.status, `${type} ${encoding ?? ''}`).toBe(200);
      const { requestId } = z.object({ requestId: z.string() }).parse(await response.json());
      const kept = await fetch(`${api.host().receiver}/v1/requests/${requestId}/body`, {
        headers: { authorization: `Bearer ${API_TOKEN}` },
      });
      expect(Buffer.from(await kept.arrayBuffer()).equals(body), `${type} ${encoding ?? ''}`).toBe(true);
    }
    const { items } = await api.ok(pageOf(requestSummarySchema), 'GET', `/requests?endpoint=${id}`);
    expect(items).toHaveLength(bodies.length);
  });

  it('of JSON with two equal keys is refused where a document asks for that', async () => {
    const { url } = endpointOf(
      await api.live(simpleDocument('Strict bodies', { ...open, strictJson: true })),
    );
    const answers = await Promise.all(
      ['{"a":1,"a":2}', '{"a":1,"b":2}'].map((body) =>
        fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([400, 200]);
    expect(await answers[0]?.json()).toMatchObject({ success: false, error: 'malformed_json' });
  });
});
