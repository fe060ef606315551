/** Captured requests as files: HAR 1.2 and JSON, masked always, named by us (RELIABILITY M1, M6). */
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { HookyardClient } from '../../../src/shared/contract/index.ts';
import { requestSchema } from '../../../src/shared/contract/views.ts';
import { API_TOKEN } from '../../support/host.ts';
import { simpleDocument, useApiHost } from './api-host.ts';
import { endpointOf, inspectorOf, send } from './captured.ts';
import { harSchema } from './har-schema.ts';

const api = useApiHost();
const { newest, token } = inspectorOf(api);
const jsonFile = z.object({
  hookyard: z.string(),
  exportedAt: z.iso.datetime(),
  requests: z.array(
    requestSchema
      .omit({ twins: true })
      .extend({ body: z.object({ encoding: z.enum(['utf8', 'base64']), data: z.string() }) }),
  ),
  cut: z.boolean(),
});

async function download(query: string) {
  const response = await fetch(`${api.host().receiver}/v1/requests/export?${query}`, {
    headers: { authorization: `Bearer ${API_TOKEN}` },
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe('an export', () => {
  const key = 'a key that must not travel, "quoted" too';

  /** Requests of every kind at one endpoint, oldest first. */
  async function capture(name: string) {
    const auth = { scheme: 'apiKey', key, name: 'x-door' };
    const endpoint = endpointOf(await api.live(simpleDocument(name, { auth, methods: ['GET', 'POST'] })));
    const ids: string[] = [];
    const take = async (sent: Omit<Parameters<typeof send>[0], 'url'>, query = '') => {
      await send({ ...sent, url: endpoint.url + query, headers: { 'x-door': key, ...sent.headers } });
      ids.push((await newest(endpoint.id)).id);
    };
    await take({ body: '{"name":"\u00fcber <script>alert(1)</script>"}' }, '?a=1&a=%20&token=abcdefgh');
    await take({ body: Uint8Array.from([0, 255, 1, 2]), headers: { 'content-type': 'application/x-thing' } });
    await take({ body: '{', headers: { 'content-type': 'application/json' } });
    await take({ method: 'GET', headers: { 'x-door': 'wrong' } });
    const spelled = [
      key,
      encodeURIComponent(key),
      Buffer.from(key).toString('base64'),
      Buffer.from(key).toString('hex'),
    ];
    await take({ body: JSON.stringify({ spelled }) });
    await take({
      body: Buffer.concat([Buffer.from([255, 254]), Buffer.from(key)]),
      headers: { 'content-type': 'a/b' },
    });
    return { endpoint, ids };
  }

  it('as HAR holds what arrived and what was answered, as the format wants it', async () => {
    const { endpoint, ids } = await capture('As HAR');
    const { status, headers, text } = await download(`format=har&endpoint=${endpoint.id}`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('application/json');
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="requests-\d{8}T\d{6}Z\.har"$/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    const { log } = harSchema.parse(JSON.parse(text));
    expect(log.entries.map(({ _hookyard }) => z.object({ id: z.string() }).parse(_hookyard).id)).toEqual(
      ids.toReversed(),
    );
    const first = log.entries.at(-1);
    expect(first?.request).toMatchObject({
      method: 'POST',
      httpVersion: 'HTTP/1.1',
      queryString: [
        { name: 'a', value: '1' },
        { name: 'a', value: ' ' },
        { name: 'token', value: '***' },
      ],
      postData: { mimeType: 'application/json', text: '{"name":"\u00fcber <script>alert(1)</script>"}' },
    });
    expect(new URL(first?.request.url ?? '').pathname).toBe('/hooks/as-har');
    expect(first?.response).toMatchObject({ status: 200, statusText: 'OK' });
    expect(log.entries.at(-2)?.request.postData).toMatchObject({ text: 'AP8BAg==', _encoding: 'base64' });
    expect(log.entries.at(-3)?.response.status).toBe(400);
    expect(log.entries.at(-3)?.comment).toBeTruthy();
    expect(log.entries.at(-4)?.request.postData).toBeUndefined();
  });

  it('masks keys wherever they stand and however they are spelled, for the operator too', async () => {
    const { endpoint } = await capture('Masked out');
    for (const format of ['har', 'json']) {
      const { text } = await download(`format=${format}&endpoint=${endpoint.id}`);
      const inside = JSON.stringify(JSON.parse(text));
      for (const secret of [key, encodeURIComponent(key), Buffer.from(key).toString('hex')])
        expect(inside).not.toContain(secret);
      // As base64 of its own, and inside of a body that is base64 in the file.
      expect(inside).not.toContain(Buffer.from(key).toString('base64'));
      for (const [encoded] of text.matchAll(/[A-Za-z0-9+/]{40,}={0,2}/g))
        expect(Buffer.from(encoded, 'base64').toString('latin1')).not.toContain('must not travel');
    }
  });

  it('as JSON has every field of a request with its body, for chosen ones or filtered ones', async () => {
    const { endpoint, ids } = await capture('As JSON');
    const [one = '', two = ''] = ids;
    const chosen = await download(`format=json&ids=${one}&ids=${two},${one}&ids=req_nobody`);
    const file = jsonFile.parse(JSON.parse(chosen.text));
    expect(file.requests.map(({ id }) => id)).toEqual([two, one]);
    expect(file.requests[0]?.body).toEqual({ encoding: 'base64', data: 'AP8BAg==' });
    expect(file.cut).toBe(false);
    const refused = await download(`format=json&endpoint=${endpoint.id}&verdict=rejected&status=401`);
    expect(jsonFile.parse(JSON.parse(refused.text)).requests.map(({ id }) => id)).toEqual([ids[3]]);
    const nothing = await download('format=json&ids=req_nobody');
    expect(jsonFile.parse(JSON.parse(nothing.text)).requests).toEqual([]);
    harSchema.parse(JSON.parse((await download('ids=req_nobody')).text));
  });

  it('is bounded, says that it was cut, and refuses what is no export', async () => {
    const endpoint = endpointOf(await api.live(simpleDocument('Many', { auth: { scheme: 'none' } })));
    for (let round = 0; round < 51; round += 1)
      await Promise.all(Array.from({ length: 20 }, () => send({ url: endpoint.url, body: '1' })));
    const { text } = await download(`format=json&endpoint=${endpoint.id}`);
    const file = jsonFile.parse(JSON.parse(text));
    expect(file.requests).toHaveLength(1_000);
    expect(file.cut).toBe(true);
    const har = harSchema.parse(JSON.parse((await download(`endpoint=${endpoint.id}`)).text));
    expect(har.log.comment).toContain('1,000');

    await api.refused(422, 'invalid', 'GET', '/requests/export?format=csv');
    await api.refused(422, 'invalid', 'GET', `/requests/export?ids=${'x'.repeat(65)}`);
    await api.refused(422, 'invalid', 'GET', `/requests/export?${'ids=a&'.repeat(1_001)}`);
    await api.refused(403, 'forbidden', 'GET', '/requests/export', undefined, await token('run'));
    await api.refused(401, 'unauthorized', 'GET', '/requests/export', undefined, null);
    const head = await fetch(`${api.host().receiver}/v1/requests/export`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${API_TOKEN}` },
    });
    expect(head.status).toBe(200);
  }, 60_000);

  it('comes in pieces to the window, which can stop it', async () => {
    const { ids } = await capture('In pieces');
    const admin = new URL(api.host().ready.admin ?? '');
    const socket = new WebSocket(`ws://${admin.host}/rpc`, { headers: { origin: admin.origin } });
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('error', () => reject(new Error('The socket was not opened.')));
    });
    socket.send(JSON.stringify({ token: admin.hash.slice('#token='.length) }));
    const client: HookyardClient = createORPCClient(new RPCLink({ websocket: socket }));
    const pieces = await client.requests.export({ format: 'json', ids });
    let text = '';
    let piece = await pieces.next();
    for (; piece.done !== true; piece = await pieces.next()) text += piece.value.text;
    expect(piece.value).toMatchObject({
      count: ids.length,
      cut: false,
      fileName: expect.stringMatching(/json$/),
    });
    expect(jsonFile.parse(JSON.parse(text)).requests).toHaveLength(ids.length);

    const stopped = await client.requests.export({ format: 'har' });
    expect((await stopped.next()).done).toBe(false);
    await stopped.return?.();
    const compared = await client.requests.compare({ left: ids[0] ?? '', right: ids[1] ?? '' });
    expect(compared.body.same).toBe(false);
    socket.close();
  });

  it('stands in the description of the API as a file', async () => {
    const { body } = await api.v1('GET', '/openapi.json');
    const paths = z.object({ paths: z.record(z.string(), z.unknown()) }).parse(body).paths;
    expect(JSON.stringify(paths['/v1/requests/export'])).toContain('HAR 1.2');
    for (const path of ['compare', '{id}/verification', '{id}/snippets', '{id}/replay'])
      expect(Object.keys(paths)).toContain(`/v1/requests/${path}`);
  });
});
