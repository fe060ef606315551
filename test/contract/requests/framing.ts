/** Requests no honest client sends, byte by byte on a socket (SPEC 4.1). */
import { beforeAll, describe, expect, it } from 'vitest';
import { hostForThisFile } from '../support/contract-host.ts';
import { exchange, type RawExchange, rawRequest } from '../support/raw-socket.ts';
import { countRuns, type Made, makeHook, outputOf } from '../support/workflows.ts';
import { until } from '../../support/until.ts';
import { textAt } from '../support/at.ts';

const host = hostForThisFile();
const body = '{"n":1}';
let open: Made;
let path = '';

beforeAll(async () => {
  open = await makeHook(host, { style: 'native', auth: { scheme: 'apiKey', key: 'good' } }, [
    { id: 'n', type: 'transform', config: { expression: 'trigger.data.n' } },
  ]);
  path = new URL(open.url()).pathname;
});

const line = (target = path, version = '1.1'): string => `POST ${target} HTTP/${version}`;
const usual = (): string[] => ['Host: 127.0.0.1', 'Content-Type: application/json', 'X-Api-Key: good'];
const sized = `Content-Length: ${body.length}`;
const close = 'Connection: close';

function say(lines: readonly string[], text = body): Promise<RawExchange> {
  return exchange(host.receiver(), rawRequest(lines, text));
}

/** The answer is this refusal in the one error shape, once, and the connection is closed. */
function expectRefused(got: RawExchange, status: number): void {
  expect({ statuses: got.statuses, closed: got.closed }, got.text).toEqual({
    statuses: [status],
    closed: true,
  });
  const json: unknown = JSON.parse(got.text.slice(got.text.indexOf('{')).replace(/}\s*[^}]*$/, '}'));
  expect(json).toMatchObject({
    success: false,
    error: expect.stringMatching(/^[a-z_]+$/),
    msg: expect.stringMatching(/\S/),
    requestId: expect.stringMatching(/^req_/),
  });
}

describe('the plain request these tests twist', () => {
  it('is accepted as it is', async () => {
    expect((await say([line(), ...usual(), sized, close])).statuses).toEqual([200]);
  });
});

describe('400, one answer, and the connection closed, for', () => {
  const lines: Record<string, () => string[]> = {
    'B1 two Host headers': () => [line(), ...usual(), 'Host: other.test', sized],
    'two Host headers, whatever else is wrong': () => [
      'GET /hooks/resume/nobody-ever-got-this-token HTTP/1.1',
      'Host: a',
      'Host: b',
    ],
    'B1 two equal Host headers': () => [line(), ...usual(), 'Host: 127.0.0.1', sized],
    'B1 HTTP/1.1 without Host': () => [line(), ...usual().slice(1), sized],
    'B2 both Content-Length and Transfer-Encoding': () => [
      line(),
      ...usual(),
      sized,
      'Transfer-Encoding: chunked',
    ],
    'B2 two different lengths': () => [line(), ...usual(), sized, 'Content-Length: 3'],
    'B2 two equal lengths': () => [line(), ...usual(), sized, sized],
    'B2 a list as length': () => [line(), ...usual(), `Content-Length: ${body.length}, ${body.length}`],
    'B2 a negative length': () => [line(), ...usual(), 'Content-Length: -1'],
    'B2 a length of 2^64': () => [line(), ...usual(), 'Content-Length: 18446744073709551616'],
    'B2 Transfer-Encoding gzip': () => [line(), ...usual(), 'Transfer-Encoding: gzip'],
    'B3 Transfer-Encoding "identity, chunked"': () => [
      line(),
      ...usual(),
      'Transfer-Encoding: identity, chunked',
    ],
    'B3 Transfer-Encoding "gzip, chunked"': () => [line(), ...usual(), 'Transfer-Encoding: gzip, chunked'],
    'B3 Transfer-Encoding sent twice': () => [
      line(),
      ...usual(),
      'Transfer-Encoding: chunked',
      'Transfer-Encoding: chunked',
    ],
    'B11 two Authorization headers': () => [
      line(),
      ...usual(),
      sized,
      'Authorization: a',
      'Authorization: b',
    ],
    'B11 two Content-Type headers': () => [line(), ...usual(), sized, 'Content-Type: text/plain'],
    'B11 two Content-Encoding headers': () => [
      line(),
      ...usual(),
      sized,
      'Content-Encoding: gzip',
      'Content-Encoding: gzip',
    ],
    'B10 a space before the colon': () => [line(), ...usual(), sized, 'X-A : b'],
    'B10 a folded header': () => [line(), ...usual(), sized, 'X-A: b', ' c'],
    'B10 NUL in a header': () => [line(), ...usual(), sized, 'X-A: b\0c'],
  };
  it.concurrent.each(Object.keys(lines))('%s', async (what) => {
    expectRefused(await say(lines[what]?.() ?? [], `${body}\r\n\r\n`), 400);
  });

  it.concurrent('B3 Transfer-Encoding on HTTP/1.0', async () => {
    const got = await say(
      [line(path, '1.0'), ...usual(), 'Transfer-Encoding: chunked'],
      `7\r\n${body}\r\n0\r\n\r\n`,
    );
    expectRefused(got, 400);
  });

  it.concurrent('B5 a chunk size that is none', async () => {
    const got = await say([line(), ...usual(), 'Transfer-Encoding: chunked'], `zz\r\n${body}\r\n0\r\n\r\n`);
    expectRefused(got, 400);
  });

  it.concurrent('B12 bytes that are no HTTP, and the start of HTTP/2 and of TLS', async () => {
    const tls = Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, ...Array.from({ length: 50 }, () => 7)]);
    for (const bytes of ['hello\r\n\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', tls]) {
      const got = await exchange(host.receiver(), bytes);
      expect(got.closed).toBe(true);
      expect(got.statuses.filter((status) => status !== 400)).toEqual([]);
    }
  });
});

describe('a key sent twice, right and wrong', () => {
  it.each([
    ['right first', ['X-Api-Key: good', 'X-Api-Key: bad']],
    ['wrong first', ['X-Api-Key: bad', 'X-Api-Key: good']],
    ['right twice', ['X-Api-Key: good', 'X-Api-Key: good']],
  ])('B11 %s is 401: which one is meant is not guessed', async (_what, keys) => {
    const got = await say([line(), 'Host: h', 'Content-Type: application/json', ...keys, sized, close]);
    expect(got.statuses).toEqual([401]);
  });
});

describe('a second request hidden in the first', () => {
  const smuggled = (): string => rawRequest([line(), ...usual(), sized], body);

  it('B2 behind both lengths is never answered nor run', async () => {
    const before = await countRuns(host, open.id);
    const got = await say(
      [line(), ...usual(), 'Content-Length: 5', 'Transfer-Encoding: chunked'],
      `0\r\n\r\n${smuggled()}`,
    );
    expect(got).toMatchObject({ statuses: [400], closed: true });
    expect(await countRuns(host, open.id)).toBe(before);
  });

  it('B2 behind a body longer than its length is refused once the rest is no request', async () => {
    const got = await say([line(), ...usual(), sized], `${body}garbage\r\n\r\n`);
    expect(got).toMatchObject({ statuses: [200, 400], closed: true });
  });
});

describe('well framed requests of unusual form', () => {
  it('B1 HTTP/1.0 without Host is answered and closed', async () => {
    const got = await say([line(path, '1.0'), ...usual().slice(1), sized]);
    expect(got).toMatchObject({ statuses: [200], closed: true });
  });

  it('B4 chunks of one byte, with extensions, arrive as the body they make', async () => {
    const chunks = [...body].map((byte) => `1;x=y\r\n${byte}\r\n`).join('');
    const got = await say([line(), ...usual(), 'Transfer-Encoding: chunked', close], `${chunks}0\r\n\r\n`);
    expect(got.statuses).toEqual([200]);
    const id = /run_\w+/.exec(got.text)?.[0] ?? '';
    expect(await outputOf(host, id)).toBe(1);
  });

  it('B4 a trailer never counts as the key', async () => {
    const got = await say(
      [line(), ...usual().slice(0, 2), 'Trailer: X-Api-Key', 'Transfer-Encoding: chunked', close],
      `7\r\n${body}\r\n0\r\nX-Api-Key: good\r\n\r\n`,
    );
    expect(got.statuses).toEqual([401]);
  });

  it('B8 an absolute target reaches the same endpoint', async () => {
    const got = await say([line(`http://127.0.0.1${path}`), ...usual(), sized, close]);
    expect([200, 404]).toContain(got.statuses[0]);
  });

  it.each(['//', '/hooks/../hooks/x', '/%2e%2e/etc/passwd', '/hooks%2fx', '*', '/hooks/%00', '/HOOKS/x'])(
    'B8 the target %s is 404 or 400 and never a file',
    async (target) => {
      const got = await say([line(target), ...usual(), sized, close]);
      expect([400, 404]).toContain(got.statuses[0]);
      expect(got.text).not.toContain('root:');
    },
  );

  it('B8 another case of the path or a slash behind it is 404', async () => {
    for (const target of [path.toUpperCase(), `${path}/`, `/${path}`, path.replace('h', '%68')]) {
      expect((await say([line(target), ...usual(), sized, close])).statuses).toEqual([404]);
    }
  });

  it('B7 ten requests in one go are answered in order, ten runs', async () => {
    const before = await countRuns(host, open.id);
    const requests = Array.from({ length: 10 }, (_, n) => {
      const text = JSON.stringify({ n });
      const last = n === 9 ? [close] : [];
      return rawRequest([line(), ...usual(), `Content-Length: ${text.length}`, ...last], text);
    });
    const got = await exchange(host.receiver(), requests.join(''));
    expect(got.statuses).toEqual(Array.from({ length: 10 }, () => 200));
    const ids = [...got.text.matchAll(/"executionId":"(run_\w+)"/g)].map((match) => match[1] ?? '');
    expect(await Promise.all(ids.map((id) => outputOf(host, id)))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await countRuns(host, open.id)).toBe(before + 10);
  });

  it('B7 the fifth of ten malformed: four answers, 400, closed', async () => {
    const good = rawRequest([line(), ...usual(), sized], body);
    const bad = rawRequest([line(), ...usual(), sized, 'Host: again'], body);
    const got = await exchange(host.receiver(), good.repeat(4) + bad + good.repeat(5));
    expect(got).toMatchObject({ statuses: [200, 200, 200, 200, 400], closed: true });
  });
});

describe('Expect', () => {
  it('B6 100-continue is answered 100, then 200 when the body has come', async () => {
    const got = await exchange(
      host.receiver(),
      rawRequest([line(), ...usual(), sized, 'Expect: 100-continue', close]),
      { onSent: (socket) => socket.once('data', () => socket.write(body)) },
    );
    expect(got.statuses).toEqual([100, 200]);
  });

  it('B6 100-continue with a length over the limit is 413 at once, without 100', async () => {
    const got = await say([line(), ...usual(), 'Content-Length: 1048577', 'Expect: 100-continue'], '');
    expect(got.statuses).toEqual([413]);
  });

  it('B6 anything else is 417, in the one error shape, and starts nothing', async () => {
    const before = await countRuns(host, open.id);
    expectRefused(await say([line(), ...usual(), sized, 'Expect: tea', close]), 417);
    expectRefused(await say([line(), ...usual(), sized, 'Expect: 100-continue, tea', close]), 417);
    expect(await countRuns(host, open.id)).toBe(before);
  });

  it('anything else is passed over in HTTP/1.0, which knows no expectations', async () => {
    const got = await say([line(path, '1.0'), ...usual(), sized, 'Expect: tea', close]);
    expect(got.statuses).toEqual([200]);
  });
});

describe('upgrades', () => {
  it.each(['websocket', 'h2c'])('B12 to %s never happen on the receiver', async (protocol) => {
    const got = await exchange(
      host.receiver(),
      rawRequest([
        `GET ${path} HTTP/1.1`,
        'Host: h',
        `Upgrade: ${protocol}`,
        'Connection: Upgrade',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ]),
      { enough: (text) => text.includes('\r\n\r\n') },
    );
    expect(got.statuses).not.toContain(101);
    expect(got.statuses.length > 0 || got.closed).toBe(true);
  });

  it('B12 CONNECT opens nothing', async () => {
    const got = await exchange(host.receiver(), rawRequest(['CONNECT 127.0.0.1:22 HTTP/1.1', 'Host: h']));
    expect(got.closed).toBe(true);
    expect(got.statuses.filter((status) => status < 400)).toEqual([]);
  });

  it('B12 leave the receiver healthy', async () => {
    const answer = await host.call(open.url(), { headers: { 'x-api-key': 'good' }, json: { n: 5 } });
    const id = textAt(answer.json, 'executionId');
    await until('the run', async () => (await outputOf(host, id)) === 5);
    expect((await host.call('/healthz')).status).toBe(200);
  });
});
