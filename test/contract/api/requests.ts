/** `/v1/requests`: everything that arrived, byte for byte, found, copied as curl and sent again (SPEC 2, 11). */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { at, listAt, textAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted, expectApiError } from '../support/expect-error.ts';
import { exchange, rawRequest } from '../support/raw-socket.ts';
import { runShell } from '../support/shell.ts';
import { countRuns, type Made, makeHook, outputOf, runIn } from '../support/workflows.ts';

const host = hostForThisFile();
let open: Made;

beforeAll(async () => {
  open = await makeHook(
    host,
    { style: 'native', auth: { scheme: 'apiKey', key: 'k-1234567890' }, methods: ['POST', 'PUT'] },
    [{ id: 'all', type: 'transform', config: { expression: '{"payload": trigger.payload}' } }],
  );
});

const key = { 'X-Api-Key': 'k-1234567890' };
const read = async (id: string): Promise<unknown> => (await host.v1('GET', `/v1/requests/${id}`)).json;
const bytesOf = async (id: string): Promise<Buffer> =>
  (await host.v1('GET', `/v1/requests/${id}/body`)).bytes;

async function newest(made: Made): Promise<string> {
  const { json } = await host.v1('GET', `/v1/requests?endpoint=${made.endpointId()}&limit=1`);
  return textAt(json, 'items.0.id');
}

describe('a captured request', () => {
  it('keeps method, URL, headers in order and case, addresses, verdict, answer, duration and runs', async () => {
    const path = new URL(open.url()).pathname;
    const got = await exchange(
      host.receiver(),
      rawRequest(
        [
          `PUT ${path}?b=2&a=1&b=3 HTTP/1.1`,
          'hOsT: somewhere.test',
          'X-Zeta: 1',
          'x-alpha:  two words ',
          'X-Zeta: 3',
          'x-API-key: k-1234567890',
          'Content-Type: application/json',
          'Content-Length: 9',
          'Connection: close',
        ],
        '{"n": 1}\n',
      ),
    );
    expect(got.statuses).toEqual([200]);
    const id = /req_\w+/.exec(got.text)?.[0] ?? '';
    const run = /run_\w+/.exec(got.text)?.[0] ?? '';
    const seen = await read(id);
    expect(seen).toMatchObject({
      id,
      endpointId: open.endpointId(),
      method: 'PUT',
      url: `${path}?b=2&a=1&b=3`,
      remoteIp: '127.0.0.1',
      clientIp: '127.0.0.1',
      verdict: 'accepted',
      status: 200,
      durationMs: expect.any(Number),
      runs: [expect.objectContaining({ id: run })],
    });
    expect(listAt(seen, 'headers').map((pair) => listAt(pair, '')[0])).toEqual([
      'hOsT',
      'X-Zeta',
      'x-alpha',
      'X-Zeta',
      'x-API-key',
      'Content-Type',
      'Content-Length',
      'Connection',
    ]);
    expect(listAt(seen, 'headers.2')[1]).toBe('two words');
    expect(JSON.stringify(seen)).not.toContain('k-1234567890');
    expect((await bytesOf(id)).toString()).toBe('{"n": 1}\n');
  });

  it('gives its body back byte for byte, as a download nobody renders', async () => {
    const body = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const answer = await host.call(open.url(), { headers: { ...key, 'content-type': 'text/html' }, body });
    const got = await host.v1('GET', `/v1/requests/${textAt(answer.json, 'requestId')}/body`);
    expect(got.bytes).toEqual(body);
    expect(got.headers['x-content-type-options']).toBe('nosniff');
    expect(got.headers['content-disposition'] ?? '').toMatch(/^attachment/);
    expect(got.headers['content-type']).not.toMatch(/html/);
  });

  it('there is not is 404', async () => {
    for (const path of ['', '/body', '/curl']) {
      expectApiError(await host.v1('GET', `/v1/requests/req_nobody${path}`), 404, 'not_found');
    }
    expectApiError(await host.v1('POST', '/v1/requests/req_nobody/replay'), 404, 'not_found');
  });
});

describe('the list of requests', () => {
  it('is filtered by endpoint, verdict, status, method, time and full text', async () => {
    const made = await makeHook(host, { style: 'native', auth: { scheme: 'apiKey', key: 'k' } });
    const good = await host.call(made.url(), {
      headers: { 'x-api-key': 'k', 'x-note': 'Marmalade' },
      json: { word: 'xylophone' },
    });
    const bad = await host.call(made.url(), { json: {} });
    const wrong = await host.call(made.url(), { method: 'GET' });
    const [a, b, c] = [good, bad, wrong].map((answer) => textAt(answer.json, 'requestId'));
    const past = new Date(Date.now() - 60_000).toISOString();
    const ids = async (query: string): Promise<unknown[]> =>
      listAt((await host.v1('GET', `/v1/requests?endpoint=${made.endpointId()}${query}`)).json, 'items').map(
        (one) => at(one, 'id'),
      );
    expect(await ids('')).toEqual([c, b, a]);
    expect(await ids('&verdict=accepted')).toEqual([a]);
    expect(await ids('&verdict=rejected')).toEqual([c, b]);
    expect(await ids('&status=401')).toEqual([b]);
    expect(await ids('&method=GET')).toEqual([c]);
    expect(await ids(`&since=${past}`)).toEqual([c, b, a]);
    expect(await ids(`&until=${past}`)).toEqual([]);
    for (const word of ['xylophone', 'marmalade', 'Xylo'])
      expect({ word, ids: await ids(`&q=${word}`) }).toEqual({ word, ids: [a] });
    expect(await ids('&q=%22%20OR%201=1')).toEqual([]);
  });
});

describe('copy as curl', () => {
  const bodies: Record<string, Buffer> = {
    'plain JSON': Buffer.from('{"a": 1}'),
    'quotes and dollars': Buffer.from(`{"a": "it's $HOME \\"$(touch pwned)\\" \`touch pwned\` !! \\\\ %s"}`),
    'line breaks and a tab at the end': Buffer.from('{\r\n"a":\t1}\n\n'),
    'an @ at the start of a text': Buffer.from('@/etc/hostname'),
    'every byte there is': Buffer.from(Array.from({ length: 512 }, (_, n) => n % 256)),
    'no body': Buffer.alloc(0),
  };

  it.each(Object.keys(bodies))('with %s, run by a shell, sends the identical request', async (what) => {
    const body = bodies[what] ?? Buffer.alloc(0);
    const type =
      what.includes('JSON') || what.includes('quotes') || what.includes('breaks')
        ? 'application/json'
        : 'text/plain';
    const sent = await host.call(`${open.url()}?q=a%20b&c='d'`, {
      method: 'POST',
      body,
      headers: {
        ...key,
        'Content-Type': type,
        'X-Odd': `a'b "c" $(touch pwned) \`d\` é`.normalize('NFC').replace('é', 'e'),
      },
    });
    expectAccepted(sent);
    const first = textAt(sent.json, 'requestId');
    const { json } = await host.v1('GET', `/v1/requests/${first}/curl`);
    const runs = await countRuns(host, open.id);
    const done = await runShell(`cd "$FOLDER" && ${textAt(json, 'curl')} -s`, { FOLDER: host.folder() });
    expect(done.code, done.stderr).toBe(0);
    expect(JSON.parse(done.stdout)).toMatchObject({ success: true });
    const second = await newest(open);
    expect(second).not.toBe(first);
    expect(await bytesOf(second)).toEqual(body);
    const [one, two] = [await read(first), await read(second)];
    expect([at(two, 'method'), at(two, 'url')]).toEqual([at(one, 'method'), at(one, 'url')]);
    const own = (seen: unknown): unknown[] =>
      listAt(seen, 'headers').filter((pair) => /^(x-|content-type)/i.test(String(listAt(pair, '')[0])));
    expect(own(two)).toEqual(own(one));
    expect(await countRuns(host, open.id)).toBe(runs + 1);
    expect(existsSync(join(host.folder(), 'pwned'))).toBe(false);
  });
});

describe('replay', () => {
  it('D7 sends the stored bytes again: a new run, linked to its own captured request', async () => {
    const body = Buffer.from('{ "n" :\t12345678901234567890 }');
    const sent = await host.call(open.url(), {
      headers: { ...key, 'content-type': 'application/json' },
      body,
    });
    const first = textAt(sent.json, 'requestId');
    const before = await countRuns(host, open.id);
    const answer = await host.v1('POST', `/v1/requests/${first}/replay`);
    expect(answer.status).toBe(200);
    expect(await countRuns(host, open.id)).toBe(before + 1);
    const again = await newest(open);
    expect(again).not.toBe(first);
    expect(await bytesOf(again)).toEqual(body);
    const run = textAt(await read(again), 'runs.0.id');
    expect(at(await runIn(host, run), 'status')).toBe('succeeded');
  });

  it('D7 of one with an idempotency key starts a run nonetheless, each time', async () => {
    const sent = await host.call(open.url(), {
      headers: { ...key, 'idempotency-key': 'once' },
      json: { r: 1 },
    });
    const id = textAt(sent.json, 'requestId');
    const before = await countRuns(host, open.id);
    for (let n = 0; n < 3; n += 1) await host.v1('POST', `/v1/requests/${id}/replay`);
    expect(await countRuns(host, open.id)).toBe(before + 3);
    expect(await outputOf(host, textAt(await read(await newest(open)), 'runs.0.id'))).toEqual({
      payload: { r: 1 },
    });
  });
});
