/** Captured requests sent again: as captured, edited, signed afresh, elsewhere (SPEC 2, 11; RELIABILITY D7). */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { providerRegistry } from '../../../src/main/auth/providers/registry.ts';
import { endpointSchema, runSchema, workflowSchema } from '../../../src/shared/contract/views.ts';
import { secretFieldsOf } from '../../../src/shared/fields.ts';
import { until } from '../../support/until.ts';
import { simpleDocument, useApiHost } from './api-host.ts';
import { endpointOf, hexMac, inspectorOf, judgedSchema, send } from './captured.ts';

const api = useApiHost();
const { get, newest, page, preview } = inspectorOf(api);

/** A live endpoint that wants an HMAC over time and body. */
async function timed(name: string, secret: string) {
  const auth = { scheme: 'hmac', secret, signed: '{timestamp}.{body}', timestampHeader: 'X-Time' };
  return api.live(simpleDocument(name, { auth }));
}

async function sendTimed(url: string, secret: string, body: string, at: number, more = {}) {
  const time = String(Math.floor(at / 1_000));
  const headers = { 'x-time': time, 'x-webhook-signature': hexMac(secret, `${time}.${body}`), ...more };
  return send({ url, body, headers });
}

describe('a replay as captured', () => {
  it('makes a new run each time, with equal bytes, linked to what it repeats, and keeps no key', async () => {
    const endpoint = endpointOf(await api.live(simpleDocument('Thrice', { auth: { scheme: 'none' } })));
    const body = randomBytes(5_000);
    const headers = { 'content-type': 'application/octet-stream', 'idempotency-key': 'only-once' };
    await send({ url: `${endpoint.url}?a=%20b`, body, headers });
    const first = await newest(endpoint.id);
    const runs = new Set(first.runs.map(({ id }) => id));
    for (let count = 0; count < 3; count += 1) {
      const { requestId, status, runIds } = await api.ok(
        judgedSchema,
        'POST',
        `/requests/${first.id}/replay`,
      );
      expect(status).toBe(200);
      for (const id of runIds) runs.add(id);
      const repeat = await get(requestId);
      expect(repeat).toMatchObject({
        verdict: 'accepted',
        isReplay: true,
        url: '/hooks/thrice?a=%20b',
        dedupeKey: null,
        replay: {
          of: first.id,
          mode: 'asCaptured',
          edited: false,
          elsewhere: false,
          freshAt: first.receivedAt,
        },
      });
      expect(repeat.stages[0]).toMatchObject({
        stage: 'replay',
        ok: true,
        note: expect.stringContaining(first.id),
      });
      const raw = await fetch(`${api.host().receiver}/v1/requests/${requestId}/body`, {
        headers: { authorization: 'Bearer test-token-of-a-test-host' },
      });
      expect(Buffer.from(await raw.arrayBuffer()).equals(body)).toBe(true);
    }
    expect(runs.size).toBe(4);
    // The caller's own next try is still known as a twin of the first.
    await send({ url: `${endpoint.url}?a=%20b`, body, headers });
    const twin = await newest(endpoint.id);
    expect(twin).toMatchObject({ verdict: 'duplicate', firstRequestId: first.id, isReplay: false });
    expect((await get(first.id)).twins).toEqual([
      { id: twin.id, receivedAt: twin.receivedAt, verdict: 'duplicate' },
    ]);
  });

  it('judges the time of signing as of then, and says so; one of a replay too', async () => {
    const workflow = await timed('Old but genuine', 'secret of the old one');
    const endpoint = endpointOf(workflow);
    await api.ok(endpointSchema, 'POST', `/endpoints/${endpoint.id}/deactivate`);
    const at = Date.now() - 280_000;
    expect((await sendTimed(endpoint.url, 'secret of the old one', '{"n":1}', at)).status).toBe(404);
    await api.ok(endpointSchema, 'POST', `/endpoints/${endpoint.id}/activate`);
    const captured = await newest(endpoint.id);
    const again = await api.ok(judgedSchema, 'POST', `/requests/${captured.id}/replay`);
    expect(again.status).toBe(200);
    const repeat = await get(again.requestId);
    expect(repeat.replay).toMatchObject({ mode: 'asCaptured', freshAt: captured.receivedAt });
    expect(repeat.stages[0]?.note).toContain(captured.receivedAt);
    expect(Date.parse(repeat.receivedAt)).toBeGreaterThan(Date.parse(captured.receivedAt));
    const third = await api.ok(judgedSchema, 'POST', `/requests/${again.requestId}/replay`);
    expect((await get(third.requestId)).replay).toMatchObject({
      of: again.requestId,
      freshAt: captured.receivedAt,
    });
  });

  it('of a call to a resume URL goes there again, where it is told to be spent', async () => {
    const hook = (id: string, more = {}) => {
      const config = { auth: { scheme: 'none' }, slug: `resumed-${id}`, ...more };
      return { id, type: 'webhook', name: id, config };
    };
    const workflow = await api.live({
      name: 'Resumed once',
      nodes: [hook('start'), hook('wait', { waitWhenReached: true })],
      edges: [{ source: 'start', target: 'wait' }],
    });
    await send({ url: workflow.endpoints.find(({ nodeId }) => nodeId === 'start')?.url ?? '' });
    const start = await newest(workflow.endpoints.find(({ nodeId }) => nodeId === 'start')?.id ?? '');
    const run = await until('the run to wait', async () => {
      const found = await api.ok(runSchema, 'GET', `/workflow-runs/${start.runs[0]?.id}`);
      return found.resumeUrl === null ? undefined : found;
    });
    expect((await send({ url: run.resumeUrl ?? '' })).status).toBe(200);
    const resumed = await newest(workflow.endpoints.find(({ nodeId }) => nodeId === 'wait')?.id ?? '');
    const again = await api.ok(judgedSchema, 'POST', `/requests/${resumed.id}/replay`);
    expect(again).toMatchObject({ status: 409, runIds: [] });
  });

  it('is refused with a clear word for what is gone, cut or unknown', async () => {
    const workflow = await api.live(simpleDocument('Soon gone', { auth: { scheme: 'none' } }));
    const endpoint = endpointOf(workflow);
    await send({ url: endpoint.url });
    const { id } = await newest(endpoint.id);
    await api.refused(404, 'not_found', 'POST', `/requests/${id}/replay`, { endpoint: 'ep_nobody' });
    await api.refused(422, 'invalid', 'POST', `/requests/${id}/replay`, { mode: 'sideways' });
    expect((await api.v1('DELETE', `/workflows/${workflow.id}`)).status).toBeLessThan(300);
    await api.refused(409, 'conflict', 'POST', `/requests/${id}/replay`);
    await api.refused(404, 'not_found', 'POST', '/requests/req_nobody/replay');

    const keyed = endpointOf(
      await api.live(simpleDocument('Cut off', { auth: { scheme: 'apiKey', key: 'cut-off-key' } })),
    );
    await send({ url: keyed.url, body: JSON.stringify('x'.repeat(70_000)) });
    const cut = await newest(keyed.id);
    await api.refused(409, 'conflict', 'POST', `/requests/${cut.id}/replay`, { mode: 'signed' });
    const edit = { body: { encoding: 'utf8', data: '{"whole":"again"}' } };
    const whole = await api.ok(judgedSchema, 'POST', `/requests/${cut.id}/replay`, { mode: 'signed', edit });
    expect(whole.status).toBe(200);
  });
});

describe('a replay signed afresh', () => {
  it('passes with the secret of today, whatever the time and secret of then', async () => {
    const workflow = await timed('Signed afresh', 'the first secret of it');
    const endpoint = endpointOf(workflow);
    const old = Date.now() - 3_600_000;
    expect(
      (await sendTimed(endpoint.url, 'a wrong secret', '{"n":2}', old, { 'x-note': 'kept' })).status,
    ).toBe(401);
    const refused = await newest(endpoint.id);
    expect((await api.ok(judgedSchema, 'POST', `/requests/${refused.id}/replay`)).status).toBe(401);
    const signed = await api.ok(judgedSchema, 'POST', `/requests/${refused.id}/replay`, { mode: 'signed' });
    expect(signed.status).toBe(200);
    const repeat = await get(signed.requestId);
    expect(repeat.replay).toEqual({
      of: refused.id,
      mode: 'signed',
      edited: false,
      elsewhere: false,
      freshAt: null,
    });
    const names = repeat.headers.map(([name]) => name.toLowerCase());
    expect(names.filter((name) => name === 'x-webhook-signature' || name === 'x-time')).toHaveLength(2);
    expect(names).toContain('x-note');
    expect((await preview(signed.requestId)).data).toBe('{"n":2}');
  });

  it('puts keys where the scheme wants them: header, query, AppKey and Sign', async () => {
    for (const [name, config] of [
      ['By header', { auth: { scheme: 'apiKey', key: 'key-by-header-01', name: 'X-Door' } }],
      ['By query', { auth: { scheme: 'apiKey', key: 'key by query & more', in: 'query', name: 'door-key' } }],
      ['By pair', { auth: { scheme: 'keyPair', key: 'pair-key-000001', secret: 'pair-secret-0001' } }],
      [
        'By app',
        { style: 'hap', auth: { scheme: 'appSign', appKey: 'app-key-0001', secretKey: 'app-secret-0001' } },
      ],
      ['By nobody', { auth: { scheme: 'none' } }],
    ] as const) {
      const endpoint = endpointOf(await api.live(simpleDocument(name, config)));
      await send({ url: `${endpoint.url}?first=1`, headers: { 'x-door': 'wrong', 'x-api-key': 'wrong' } });
      const captured = await newest(endpoint.id);
      const signed = await api.ok(judgedSchema, 'POST', `/requests/${captured.id}/replay`, {
        mode: 'signed',
      });
      expect([name, signed.status]).toEqual([name, 200]);
      const repeat = await get(signed.requestId);
      expect(repeat.url).toContain('?first=1');
      for (const secret of ['key-by-header-01', 'key+by+query', 'pair-secret-0001', 'app-secret-0001'])
        expect(JSON.stringify(repeat)).not.toContain(secret);
    }
  });

  it('passes for every sender whose signature can be made here, changed body and all', async () => {
    const signing = providerRegistry.filter(({ sign }) => sign !== undefined);
    expect(signing.length).toBeGreaterThan(20);
    for (const { definition } of signing) {
      const { provider, fields } = definition;
      const secrets = Object.fromEntries(
        secretFieldsOf(fields).map((field) => [field, 'whsec_dGVzdF9zZWNyZXRfMjRfYnl0ZXNfa2V5']),
      );
      const auth = { scheme: 'provider', provider, ...secrets };
      const endpoint = endpointOf(await api.live(simpleDocument(`Of ${provider}`, { auth })));
      await send({ url: `${endpoint.url}?a=1` });
      const { id } = await newest(endpoint.id);
      const edit = { body: { encoding: 'utf8', data: JSON.stringify({ webhookTimestamp: Date.now() }) } };
      await api.refused(422, 'invalid', 'POST', `/requests/${id}/replay`, { edit });
      const done = await api.ok(judgedSchema, 'POST', `/requests/${id}/replay`, { mode: 'signed', edit });
      expect([provider, done.status]).toEqual([provider, 200]);
    }
  }, 60_000);

  it('is refused where only the sender can sign, and where the sign stands in the body', async () => {
    const key = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' });
    const auth = { scheme: 'provider', provider: 'discord', publicKey: key.subarray(-32).toString('hex') };
    const discord = endpointOf(await api.live(simpleDocument('Of Discord', { auth })));
    await send({ url: discord.url });
    const theirs = await newest(discord.id);
    const refused = await api.refused(409, 'conflict', 'POST', `/requests/${theirs.id}/replay`, {
      mode: 'signed',
    });
    expect(refused.msg).toContain('only the sender');

    const hap = endpointOf(
      await api.live(simpleDocument('In the body', { style: 'hap', auth: { scheme: 'appSign' } })),
    );
    await send({ url: hap.url, body: '{"AppKey":"a","Sign":"b","Timestamp":1,"n":1}' });
    const { id } = await newest(hap.id);
    await api.refused(409, 'conflict', 'POST', `/requests/${id}/replay`, { mode: 'signed' });
    const edit = { body: { encoding: 'utf8', data: '{"n":1}' } };
    expect(
      (await api.ok(judgedSchema, 'POST', `/requests/${id}/replay`, { mode: 'signed', edit })).status,
    ).toBe(200);
    await send({ url: hap.url, headers: { appkey: 'a', sign: 'b', timestamp: '1' } });
    const inHeaders = await newest(hap.id);
    const done = await api.ok(judgedSchema, 'POST', `/requests/${inHeaders.id}/replay`, { mode: 'signed' });
    expect(done.status).toBe(200);
  });
});

describe('an edited replay', () => {
  it('of a signed endpoint needs a new signature; then method, query, headers and body are as edited', async () => {
    const workflow = await timed('Edited', 'the secret of the edited');
    const endpoint = endpointOf(workflow);
    const key = { 'idempotency-key': 'edited-key' };
    await sendTimed(endpoint.url, 'the secret of the edited', '{"n":3}', Date.now(), key);
    const { id } = await newest(endpoint.id);
    const edit = {
      query: 'x=1&y=%22',
      headers: [
        ['Host', 'somewhere.test'],
        ['Content-Type', 'text/plain'],
        ['X-Twice', '1'],
        ['X-Twice', '\u00fc'],
      ],
      body: { encoding: 'base64', data: Buffer.from([0xff, 0, 1]).toString('base64') },
    };
    const refused = await api.refused(422, 'invalid', 'POST', `/requests/${id}/replay`, { edit });
    expect(refused.issues?.[0]?.path).toBe('mode');
    const done = await api.ok(judgedSchema, 'POST', `/requests/${id}/replay`, { mode: 'signed', edit });
    expect(done.status).toBe(200);
    const repeat = await get(done.requestId);
    expect(repeat).toMatchObject({
      url: '/hooks/edited?x=1&y=%22',
      bodySize: 3,
      contentType: 'text/plain',
      dedupeKey: null,
      replay: { of: id, mode: 'signed', edited: true },
    });
    expect(repeat.headers.filter(([name]) => name === 'X-Twice').map(([, value]) => value)).toEqual([
      '1',
      '\u00fc',
    ]);
    expect(repeat.headers).toContainEqual(['Content-Length', '3']);
    expect((await preview(done.requestId)).encoding).toBe('base64');
  });

  it('of a keyed endpoint keeps the key that was shown masked', async () => {
    const auth = { scheme: 'apiKey', key: 'a long key that is shown masked', name: 'x-my-door' };
    const endpoint = endpointOf(await api.live(simpleDocument('Masked edit', { auth })));
    await send({ url: endpoint.url, headers: { 'x-my-door': auth.key } });
    const shown = await get((await newest(endpoint.id)).id);
    expect(JSON.stringify(shown)).not.toContain(auth.key);
    const edit = {
      headers: [...shown.headers, ['X-More', '1']],
      body: { encoding: 'utf8', data: '{"b":2}' },
    };
    const done = await api.ok(judgedSchema, 'POST', `/requests/${shown.id}/replay`, { edit });
    expect(done.status).toBe(200);

    const asked = { scheme: 'apiKey', key: 'a long key in the query', in: 'query', name: 'k' };
    const query = endpointOf(await api.live(simpleDocument('Masked query', { auth: asked })));
    await send({ url: `${query.url}?k=${encodeURIComponent(asked.key)}&n=1` });
    const captured = await newest(query.id);
    const kept = await api.ok(judgedSchema, 'POST', `/requests/${captured.id}/replay`, {
      edit: { query: 'n=2&k=***' },
    });
    expect(kept.status).toBe(200);
    expect((await get(kept.requestId)).url).toBe('/hooks/masked-query?n=2&k=***');
  });

  it('takes no header that would write a second one, and no query that is none', async () => {
    const endpoint = endpointOf(await api.live(simpleDocument('Hostile edit', { auth: { scheme: 'none' } })));
    await send({ url: endpoint.url });
    const { id } = await newest(endpoint.id);
    for (const edit of [
      { headers: [['X', 'a\r\nY: b']] },
      { headers: [['X Y', 'a']] },
      { headers: [['X', '\u0000']] },
      { headers: [['X', 'snow\u2603']] },
      { query: 'a b' },
      { query: 'a#b' },
      { query: 'a\r\nHost: x' },
      { method: 'get' },
      { body: { encoding: 'base64', data: 'no base64!' } },
      { body: { encoding: 'utf16', data: '' } },
      { path: '/elsewhere' },
    ]) {
      await api.refused(422, 'invalid', 'POST', `/requests/${id}/replay`, { edit });
    }
    // What is valid HTTP here and there is judged like any request.
    const noHost = await api.ok(judgedSchema, 'POST', `/requests/${id}/replay`, { edit: { headers: [] } });
    expect(noHost.status).toBe(400);
    const wrong = await api.ok(judgedSchema, 'POST', `/requests/${id}/replay`, {
      edit: { method: 'DELETE' },
    });
    expect(wrong.status).toBe(405);
  });
});

describe('a replay to another endpoint', () => {
  it('leaves the keys of the first behind and takes those of the other', async () => {
    const from = endpointOf(
      await api.live(
        simpleDocument('From here', {
          auth: { scheme: 'apiKey', key: 'the key of from here', name: 'x-from' },
        }),
      ),
    );
    const auth = { scheme: 'hmac', secret: 'the secret of over there' };
    const there = await api.live(simpleDocument('Over there', { auth }));
    const to = endpointOf(there);
    const open = endpointOf(await api.live(simpleDocument('Open there', { auth: { scheme: 'none' } })));
    await send({
      url: `${from.url}?q=1`,
      headers: { 'x-from': 'the key of from here' },
      body: '{"moved":true}',
    });
    const { id } = await newest(from.id);
    await api.refused(422, 'invalid', 'POST', `/requests/${id}/replay`, { endpoint: to.id });
    const done = await api.ok(judgedSchema, 'POST', `/requests/${id}/replay`, {
      endpoint: to.id,
      mode: 'signed',
    });
    expect(done.status).toBe(200);
    const moved = await get(done.requestId);
    expect(moved).toMatchObject({
      endpointId: to.id,
      url: '/hooks/over-there?q=1',
      replay: { of: id, elsewhere: true, mode: 'signed' },
    });
    expect(moved.headers.map(([name]) => name)).not.toContain('x-from');
    const run = await api.ok(runSchema, 'GET', `/workflow-runs/${done.runIds[0]}`);
    expect(run.workflowId).toBe(there.id);
    const opened = await api.ok(judgedSchema, 'POST', `/requests/${id}/replay`, { endpoint: open.id });
    expect(opened.status).toBe(200);
    expect(JSON.stringify(await get(opened.requestId))).not.toContain('the key of from here');
  });
});

describe('a failed trigger', () => {
  it('is edited and retried, and is mended then', async () => {
    const document = simpleDocument('Edit and retry', {
      auth: { scheme: 'none' },
      parameters: [{ name: 'order', type: 'number', required: true }],
    });
    const endpoint = endpointOf(await api.live(document));
    expect((await send({ url: endpoint.url, body: '{}' })).status).toBe(400);
    const { id } = await newest(endpoint.id);
    const edit = { body: { encoding: 'utf8', data: '{"order":7}' } };
    const retried = await api.ok(judgedSchema, 'POST', `/failed-triggers/${id}/retry`, { edit });
    expect(retried).toMatchObject({ status: 200, runIds: [expect.stringMatching(/^run_/)] });
    expect((await get(id)).triage).toBe('retried');
    expect((await get(retried.requestId)).replay).toMatchObject({ of: id, edited: true });
  });

  it('that was signed wrongly is retried with a signature of today', async () => {
    const auth = { scheme: 'hmac', secret: 'the right secret of it' };
    const workflow = await api.live(simpleDocument('Vouched for', { auth }));
    const endpoint = endpointOf(workflow);
    await send({ url: endpoint.url, headers: { 'x-webhook-signature': '00' } });
    const { id } = await newest(endpoint.id);
    const retried = await api.ok(judgedSchema, 'POST', `/failed-triggers/${id}/retry`, { mode: 'signed' });
    expect(retried.status).toBe(200);
    expect((await get(id)).triage).toBe('retried');
    expect((await api.ok(workflowSchema, 'GET', `/workflows/${workflow.id}`)).id).toBe(workflow.id);
  });
});

describe('the list of requests', () => {
  it('is filtered by run and by the address of the caller', async () => {
    const endpoint = endpointOf(await api.live(simpleDocument('By run', { auth: { scheme: 'none' } })));
    await send({ url: endpoint.url });
    await send({ url: endpoint.url });
    const one = await newest(endpoint.id);
    const list = async (query: string) =>
      (await api.ok(page, 'GET', `/requests?${query}`)).items.map(({ id }) => id);
    expect(await list(`run=${one.runs[0]?.id}`)).toEqual([one.id]);
    expect(await list(`endpoint=${endpoint.id}&client=127.0.0.1`)).toHaveLength(2);
    expect(await list(`endpoint=${endpoint.id}&client=192.0.2.1`)).toEqual([]);
    expect(await list('run=run_nobody')).toEqual([]);
  });

  it('shows a key that came with another body among the twins of the first', async () => {
    const endpoint = endpointOf(await api.live(simpleDocument('Twins', { auth: { scheme: 'none' } })));
    const headers = { 'idempotency-key': 'one key' };
    await send({ url: endpoint.url, headers });
    const first = await newest(endpoint.id);
    await send({ url: endpoint.url, headers });
    expect((await send({ url: endpoint.url, headers, body: '{"a":2}' })).status).toBe(422);
    await send({ url: endpoint.url });
    const { twins } = await get(first.id);
    expect(twins.map(({ verdict }) => verdict)).toEqual(['duplicate', 'rejected']);
    expect((await get(twins[0]?.id ?? '')).twins).toEqual([]);
    expect(z.string().parse((await get(twins[0]?.id ?? '')).firstRequestId)).toBe(first.id);
  });
});
