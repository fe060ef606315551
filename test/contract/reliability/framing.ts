/** HTTP framing, row by row, byte by byte on a socket (SPEC 4.1). */
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, textAt } from '../support/at.ts';
import { hostForThisFile, TOKEN } from '../support/contract-host.ts';
import { exchange, type RawExchange, rawRequest } from '../support/raw-socket.ts';
import { send } from '../support/send.ts';
import { countRuns, type Made, makeHook } from '../support/workflows.ts';
import { startHost, type TestHost } from '../../support/host.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const host = hostForThisFile();
const body = '{"n":1}';
const close = 'Connection: close';
const sized = `Content-Length: ${body.length}`;
let open: Made;
let path = '';

beforeAll(async () => {
  open = await makeHook(host, { style: 'native', auth: { scheme: 'apiKey', key: 'good' } });
  path = new URL(open.url()).pathname;
});

const usual = (): string[] => [
  `POST ${path} HTTP/1.1`,
  'Host: 127.0.0.1',
  'Content-Type: application/json',
  'X-Api-Key: good',
];
const say = (lines: readonly string[], text = body): Promise<RawExchange> =>
  exchange(host.receiver(), rawRequest(lines, text));
const requestIn = (got: RawExchange): string => /req_\w+/.exec(got.text)?.[0] ?? got.text;

describe('a chunked body', () => {
  it('B4 of single bytes, with extensions and trailers, is stored as the plain body is', async () => {
    const chunks = [...body].map((byte) => `1;ext="v";e2=3\r\n${byte}\r\n`).join('');
    const chunked = await say(
      [...usual(), 'Transfer-Encoding: chunked', close],
      `${chunks}0;last\r\nX-Trailer: t\r\n\r\n`,
    );
    const plain = await say([...usual(), sized, close]);
    expect([chunked.statuses, plain.statuses]).toEqual([[200], [200]]);
    const stored = await Promise.all(
      [chunked, plain].map(async (got) => (await host.v1('GET', `/v1/requests/${requestIn(got)}/body`)).text),
    );
    expect(stored).toEqual([body, body]);
  });

  it('B4 whose signature stands in the trailers is 401', async () => {
    const made = await makeHook(host, { style: 'flowtrux', auth: { scheme: 'hmac', secret: 's' } });
    const got = await exchange(
      host.receiver(),
      rawRequest(
        [
          `POST ${new URL(made.url()).pathname} HTTP/1.1`,
          'Host: h',
          'Content-Type: application/json',
          'Trailer: X-Webhook-Signature',
          'Transfer-Encoding: chunked',
          close,
        ],
        `2\r\n{}\r\n0\r\nX-Webhook-Signature: 0f31c5f8d3a2a1a6\r\n\r\n`,
      ),
    );
    expect(got.statuses).toEqual([401]);
  });

  it('B5 with 64 KB of chunk extension is refused and closed', async () => {
    const got = await say(
      [...usual(), 'Transfer-Encoding: chunked'],
      `7;${'x'.repeat(65_536)}\r\n${body}\r\n0\r\n\r\n`,
    );
    expect([400, 413]).toContain(got.statuses[0]);
    expect(got).toMatchObject({ closed: true, statuses: [expect.any(Number)] });
  });
});

describe('lines that end in LF alone', () => {
  it.each([
    ['everywhere', () => `${usual().join('\n')}\n${sized}\n\n${body}`],
    ['after one header', () => `${usual().join('\r\n')}\nX-A: b\r\n${sized}\r\n\r\n${body}`],
    ['before the body', () => `${usual().join('\r\n')}\r\n${sized}\r\n\n${body}`],
  ])('B10 %s are 400', async (_where, bytes) => {
    const before = await countRuns(host, open.id);
    const got = await exchange(host.receiver(), bytes());
    expect({ statuses: got.statuses, closed: got.closed }).toEqual({ statuses: [400], closed: true });
    expect(await countRuns(host, open.id)).toBe(before);
  });
});

describe('a header called __proto__', () => {
  it('B11 is a header like any other, shown as it was sent', async () => {
    const got = await say([...usual(), '__proto__: polluted', 'constructor: x', sized, close]);
    expect(got.statuses).toEqual([200]);
    const { text } = await host.v1('GET', `/v1/requests/${requestIn(got)}`);
    expect(text).toMatch(/"__proto__",\s*"polluted"/);
    expect((await say([...usual(), sized, close])).statuses).toEqual([200]);
  });
});

describe('bytes that are no HTTP', () => {
  it('B12 random ones, a thousand times, are 400 or nothing, and the receiver goes on', async () => {
    // A generator of one's own: the same bytes at every run.
    let state = 0x2545f491;
    const next = (): number => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state & 0xff;
    };
    const lanes = Array.from({ length: 20 }, async () => {
      const odd: unknown[] = [];
      for (let n = 0; n < 50; n += 1) {
        const bytes = Buffer.from(Array.from({ length: 1_024 }, next));
        const got = await exchange(host.receiver(), Buffer.concat([bytes, Buffer.from('\r\n\r\n')]));
        if (!got.closed || got.statuses.some((status) => status !== 400)) odd.push(got);
      }
      return odd;
    });
    expect((await Promise.all(lanes)).flat()).toEqual([]);
    expect((await host.call('/healthz')).status).toBe(200);
  });

  it.each([
    ['a TLS hello', Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3])],
    ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['an SSH greeting', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['HTTP/3.0', 'GET / HTTP/3.0\r\nHost: h\r\n\r\n'],
  ])('B12 %s is 400 or closed', async (_what, bytes) => {
    const got = await exchange(host.receiver(), bytes);
    expect(got.closed).toBe(true);
    expect(got.statuses.filter((status) => ![400, 505].includes(status))).toEqual([]);
  });
});

describe('one endpoint by every address of the machine', () => {
  const folder = makeTempDir();
  let dual: TestHost;
  let key = '';
  let target = '';

  beforeAll(async () => {
    dual = await startHost({
      folder: folder.path,
      options: ['--host', '::', '--no-admin'],
      env: { HOOKYARD_API_TOKEN: TOKEN },
    });
    const answer = await send(`${local()}/v1/workflows?activate=true`, {
      headers: { authorization: `Bearer ${TOKEN}` },
      json: {
        name: 'Dual',
        slug: 'dual',
        nodes: [
          {
            id: 'hook',
            type: 'webhook',
            config: {
              style: 'native',
              auth: { scheme: 'apiKey', key: 'good' },
              ipAllow: ['0.0.0.0/0', '::/0'],
            },
          },
        ],
        edges: [],
      },
    });
    key = textAt(answer.json, 'slug');
    target = `/hooks/${key}`;
  });
  afterAll(async () => {
    await dual.kill9();
    folder.remove();
  });
  const local = (): string => `http://127.0.0.1:${new URL(dual.receiver).port}`;

  it('B13 is answered the same, and the address recorded is the plain one', async () => {
    const { port } = new URL(dual.receiver);
    const lan = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ internal, address }) => !internal && !address.startsWith('fe80'))
      .map(({ address, family }) => [family === 'IPv6' ? `[${address}]` : address, address] as const);
    for (const [name, address] of [['127.0.0.1', '127.0.0.1'], ['[::1]', '::1'], ...lan] as const) {
      const answer = await send(`http://${name}:${port}${target}`, {
        headers: { 'x-api-key': 'good' },
        json: {},
      });
      expect({ name, status: answer.status }).toEqual({ name, status: 200 });
      const seen = await send(`${local()}/v1/requests/${textAt(answer.json, 'requestId')}`, {
        headers: { authorization: `Bearer ${TOKEN}` },
      });
      expect({ remote: at(seen.json, 'remoteIp'), client: at(seen.json, 'clientIp') }).toEqual({
        remote: address,
        client: address,
      });
    }
  });

  it('C9 judges an IPv4 caller of a dual-stack socket by its IPv4 address', async () => {
    const { port } = new URL(dual.receiver);
    const headers = { authorization: `Bearer ${TOKEN}` };
    await send(`${local()}/v1/workflows?activate=true`, {
      headers,
      json: {
        name: 'Only two',
        slug: 'only-two',
        nodes: [
          {
            id: 'hook',
            type: 'webhook',
            config: { style: 'native', auth: { scheme: 'none' }, ipAllow: ['127.0.0.2'] },
          },
        ],
        edges: [],
      },
    });
    const from = async (address: string): Promise<number> =>
      (await send(`http://127.0.0.1:${port}/hooks/only-two`, { from: address, json: {} })).status;
    expect([await from('127.0.0.2'), await from('127.0.0.20'), await from('127.0.0.1')]).toEqual([
      200, 403, 403,
    ]);
  });
});
