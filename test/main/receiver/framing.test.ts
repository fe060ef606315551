import { describe, expect, it } from 'vitest';
import { firstAnswer, openWire, speak } from './call.ts';
import { useReceiver } from './open-receiver.ts';

const bench = useReceiver();

/** A POST written by hand. */
const written = (path: string, lines: readonly string[], body = '{"a":1}'): string =>
  [`POST ${path} HTTP/1.1`, ...lines, '', body].join('\r\n');
const json = 'Content-Type: application/json';
const fields = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `X-${index}: ${index}`);

describe('two readings of one request', () => {
  it.each([
    ['two Hosts', ['Host: a', 'Host: a', json, 'Content-Length: 7']],
    ['no Host', [json, 'Content-Length: 7']],
    ['both lengths', ['Host: a', json, 'Content-Length: 7', 'Transfer-Encoding: chunked']],
    ['two lengths', ['Host: a', json, 'Content-Length: 7', 'Content-Length: 7']],
    ['two different lengths', ['Host: a', json, 'Content-Length: 7', 'Content-Length: 70']],
    ['a negative length', ['Host: a', json, 'Content-Length: -3']],
    ['a length with a sign', ['Host: a', json, 'Content-Length: +3']],
    ['a length past 2^64', ['Host: a', json, 'Content-Length: 18446744073709551616']],
    ['another transfer encoding', ['Host: a', json, 'Transfer-Encoding: gzip']],
    ['a list of transfer encodings', ['Host: a', json, 'Transfer-Encoding: identity, chunked']],
    ['a transfer encoding in capitals', ['Host: a', json, 'Transfer-Encoding: CHUNKED']],
    ['two transfer encodings', ['Host: a', json, 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked']],
    ['two Authorizations', ['Host: a', json, 'Authorization: a', 'Authorization: b', 'Content-Length: 7']],
    ['two Content-Types', ['Host: a', json, json, 'Content-Length: 7']],
    [
      'two Content-Encodings',
      ['Host: a', json, 'Content-Encoding: br', 'Content-Encoding: br', 'Content-Length: 7'],
    ],
    ['a folded header', ['Host: a', json, 'X-A: b', ' c', 'Content-Length: 7']],
    ['a space before the colon', ['Host: a', json, 'X-A : b', 'Content-Length: 7']],
    ['a NUL in a header', ['Host: a', json, 'X-A: \0', 'Content-Length: 7']],
  ])('are 400 for %s, and the connection ends', async (_title, lines) => {
    const { path } = await bench().endpoint();
    const smuggled = written(path, ['Host: a', json, 'Content-Length: 7']);
    const received = await speak(bench().port, written(path, lines) + smuggled);
    const { status, json: body } = firstAnswer(received);
    expect(status).toBe(400);
    expect(body).toEqual({
      success: false,
      error: 'bad_request',
      msg: expect.any(String),
      requestId: expect.stringMatching(/^req_/),
    });
    expect(received.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  it('are 400 for a transfer encoding on HTTP/1.0', async () => {
    const { path } = await bench().endpoint();
    const text = `POST ${path} HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`;
    expect(firstAnswer(await speak(bench().port, text)).status).toBe(400);
  });

  it('are 400 on every path, known or not', async () => {
    for (const path of ['/nothing', '/healthz', '/hooks/resume/aaaaaaaaaaaaaaaaaaaaaaaaaaaa']) {
      const received = await speak(bench().port, written(path, ['Host: a', 'Host: b', 'Content-Length: 7']));
      expect(firstAnswer(received).status).toBe(400);
    }
  });

  it('are recorded where the endpoint is known', async () => {
    const { id, path } = await bench().endpoint();
    await speak(bench().port, written(path, ['Host: a', 'Host: b', json, 'Content-Length: 7']));
    const row = await bench().lastRequest(id);
    expect(row).toMatchObject({ verdict: 'rejected', reason: 'bad_request', status: 400, triage: 'open' });
    expect(row.reasonText).toContain('host');
    expect(row.raw.headers.filter(([name]) => name === 'Host')).toHaveLength(2);
  });
});

describe('sizes', () => {
  const post = async (target: string, lines: readonly string[]) =>
    firstAnswer(
      await speak(
        bench().port,
        written(target, ['Host: a', json, 'Content-Length: 7', 'Connection: close', ...lines]),
      ),
    );

  it('lets 8,192 bytes of URL pass and answers 414 to one more', async () => {
    const { path } = await bench().endpoint();
    const ofLength = (length: number): string => `${path}?q=${'x'.repeat(length - path.length - 3)}`;
    expect((await post(ofLength(8_192), [])).status).toBe(200);
    expect(await post(ofLength(8_193), [])).toMatchObject({ status: 414, json: { error: 'uri_too_long' } });
    expect((await post(ofLength(20_000), [])).status).toBe(414);
    expect((await post(ofLength(60_000), [])).status).toBe(414);
  });

  it('lets 100 fields pass and answers 431 to one more, or three thousand', async () => {
    const { path } = await bench().endpoint();
    expect((await post(path, fields(96))).status).toBe(200);
    expect(await post(path, fields(97))).toMatchObject({ status: 431, json: { error: 'headers_too_large' } });
    expect((await post(path, fields(3_000))).status).toBe(431);
  });

  it('answers 431 to headers over 16 KiB, with the one body of errors', async () => {
    const { path } = await bench().endpoint();
    expect((await post(path, [`X-Long: ${'x'.repeat(15_000)}`])).status).toBe(200);
    for (const length of [17_000, 40_000, 200_000]) {
      expect(await post(path, [`X-Long: ${'x'.repeat(length)}`])).toMatchObject({
        status: 431,
        json: { success: false, error: 'headers_too_large', requestId: expect.stringMatching(/^req_/) },
      });
    }
  });

  it('lets a full URL and full headers pass together', async () => {
    const { path } = await bench().endpoint();
    const target = `${path}?q=${'x'.repeat(8_000)}`;
    expect((await post(target, [`X-Long: ${'x'.repeat(15_000)}`])).status).toBe(200);
  });
});

describe('what is no request', () => {
  it.each([
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a TLS hello', Buffer.from('16030100c4010000c0030332e4', 'hex')],
    ['HTTP/0.9', 'GET /\r\n\r\n'],
    ['noise', Buffer.from(Array.from({ length: 1_024 }, (_, index) => (index * 7919) % 256))],
    ['a bare line feed', 'POST / HTTP/1.1\nHost: a\n\n'],
    ['an unknown method', 'FETCH / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['CONNECT', 'CONNECT example.test:443 HTTP/1.1\r\nHost: example.test\r\n\r\n'],
  ])('is 400 or closed: %s', async (_title, text) => {
    const received = await speak(bench().port, text);
    expect(received === '' || firstAnswer(received).status === 400).toBe(true);
  });

  it('never upgrades', async () => {
    const { path } = await bench().endpoint();
    for (const protocol of ['websocket', 'h2c']) {
      const text = `GET ${path} HTTP/1.1\r\nHost: a\r\nUpgrade: ${protocol}\r\nConnection: Upgrade, close\r\n\r\n`;
      expect(firstAnswer(await speak(bench().port, text)).status).toBe(405);
    }
  });
});

describe('one connection', () => {
  it('answers ten pipelined requests in order', async () => {
    const { path, id } = await bench().endpoint();
    const requests = Array.from({ length: 10 }, (_, index) =>
      written(path, [
        'Host: a',
        json,
        'Content-Length: 7',
        `Idempotency-Key: k${index}`,
        ...(index === 9 ? ['Connection: close'] : []),
      ]),
    );
    const received = await speak(bench().port, requests.join(''));
    expect(received.match(/HTTP\/1\.1 200/g)).toHaveLength(10);
    const runs = [...received.matchAll(/"executionId":"(run_\w+)"/g)].map(([, run]) => run);
    const rows = await bench().requestsOf(id);
    expect(rows.toReversed().flatMap((row) => row.runs.map((run) => run.id))).toEqual(runs);
    expect(rows.toReversed().map((row) => row.dedupeKey)).toEqual(requests.map((_, index) => `k${index}`));
  });

  it('takes the four before a malformed one, answers in order and closes', async () => {
    const { path, id } = await bench().endpoint();
    const good = written(path, ['Host: a', json, 'Content-Length: 7']);
    const received = await speak(bench().port, good.repeat(4) + 'BROKEN\r\n\r\n' + good);
    expect([...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual([
      '200',
      '200',
      '200',
      '200',
      '400',
    ]);
    expect(await bench().requestsOf(id)).toHaveLength(4);
  });

  it('takes chunks of one byte, with extensions and trailers, like a plain body', async () => {
    const { path, id } = await bench().endpoint();
    const chunks = [...'{"a":1}'].map((byte) => `1;note=x\r\n${byte}\r\n`).join('');
    const head = `POST ${path} HTTP/1.1\r\nHost: a\r\n${json}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n`;
    expect(firstAnswer(await speak(bench().port, `${head}${chunks}0\r\nX-Trailer: b\r\n\r\n`)).status).toBe(
      200,
    );
    const row = await bench().lastRequest(id);
    expect(Buffer.from(bench().store.read.requests.body(row.id) ?? []).toString()).toBe('{"a":1}');
  });

  it('never counts a trailer for authentication', async () => {
    const { path } = await bench().endpoint({ auth: { scheme: 'apiKey' } }, { key: 'k1' });
    const head = `POST ${path} HTTP/1.1\r\nHost: a\r\n${json}\r\nTransfer-Encoding: chunked\r\nTrailer: x-api-key\r\nConnection: close\r\n\r\n`;
    const received = await speak(bench().port, `${head}7\r\n{"a":1}\r\n0\r\nx-api-key: k1\r\n\r\n`);
    expect(firstAnswer(received).status).toBe(401);
  });

  it('is closed with 400 after a chunk that is none, and nothing runs', async () => {
    const { path, id } = await bench().endpoint();
    const head = `POST ${path} HTTP/1.1\r\nHost: a\r\n${json}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    expect(firstAnswer(await speak(bench().port, `${head}zz\r\n{"a":1}\r\n0\r\n\r\n`)).status).toBe(400);
    expect(await bench().lastRequest(id)).toMatchObject({ verdict: 'rejected', runs: [] });
  });

  it('is closed after 64 KiB of chunk extension', async () => {
    const { path } = await bench().endpoint();
    const head = `POST ${path} HTTP/1.1\r\nHost: a\r\n${json}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const received = await speak(bench().port, `${head}1;${'x'.repeat(65_536)}\r\na\r\n0\r\n\r\n`);
    expect([400, 413]).toContain(firstAnswer(received).status);
  });

  it('keeps a request whose sender half-closed it', async () => {
    const { path } = await bench().endpoint();
    const wire = await openWire(bench().port);
    wire.socket.end(written(path, ['Host: a', json, 'Content-Length: 7']));
    expect(firstAnswer(await wire.until((text) => text.includes('executionId'))).status).toBe(200);
    wire.socket.destroy();
  });
});

describe('the target', () => {
  const send = async (target: string) =>
    firstAnswer(
      await speak(bench().port, written(target, ['Host: a', json, 'Content-Length: 7', 'Connection: close'])),
    );

  it('may be in absolute form', async () => {
    const { path } = await bench().endpoint();
    expect((await send(`http://other.example${path}?a=1`)).status).toBe(200);
    expect((await send('http://other.example')).status).toBe(404);
  });

  it('leads nowhere in any other spelling', async () => {
    const { path } = await bench().endpoint();
    const bent = [
      `/${path}`,
      `${path}/`,
      path.toUpperCase(),
      path.replace('/hooks', '/%68ooks'),
      path.replace('/hooks/', '/hooks%2f'),
      path.replace('/hooks/', '/hooks/%2e%2e/hooks/'),
      path.replace('/hooks/', '/hooks/./'),
      `${path}%00`,
      `${path}#x`,
      `${path};a=b`,
    ];
    for (const target of bent) expect((await send(target)).status, target).toBe(404);
  });
});
