import { randomBytes } from 'node:crypto';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openHttpTarget } from '../../support/http-target.ts';
import { call, firstAnswer, openWire, post, speak } from './call.ts';
import { useReceiver } from './open-receiver.ts';

const bench = useReceiver();
const mebibyte = 1_048_576;
const jsonType = { 'content-type': 'application/json' };

/** A JSON text of exactly so many bytes. */
const jsonOf = (bytes: number): string => `"${'x'.repeat(bytes - 2)}"`;
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

/** What the step after the webhook saw as payload. */
async function payloadOf(reply: { json: Record<string, unknown> }): Promise<unknown> {
  return (await bench().untilRun(String(reply.json['executionId']))).input;
}

describe('the size of a body', () => {
  it('is 1,048,576 bytes at most, told by Content-Length', async () => {
    const { path, id } = await bench().endpoint();
    expect((await call(bench().origin, path, { headers: jsonType, body: jsonOf(mebibyte) })).status).toBe(
      200,
    );
    const over = await call(bench().origin, path, { headers: jsonType, body: jsonOf(mebibyte + 1) });
    expect(over).toMatchObject({ status: 413, json: { success: false, error: 'payload_too_large' } });
    expect(await bench().lastRequest(id)).toMatchObject({
      verdict: 'rejected',
      bodySize: mebibyte + 1,
      runs: [],
    });
  });

  it('is counted when no length was declared', async () => {
    const { path, id } = await bench().endpoint();
    const headers = { ...jsonType, 'transfer-encoding': 'chunked' };
    expect((await call(bench().origin, path, { headers, body: jsonOf(mebibyte) })).status).toBe(200);
    expect((await call(bench().origin, path, { headers, body: jsonOf(mebibyte + 1) })).status).toBe(413);
    const row = await bench().lastRequest(id);
    expect(row.storedBodySize).toBe(65_536);
    expect(row.bodySize).toBeGreaterThan(mebibyte);
  });

  it('is what the endpoint says', async () => {
    const { path } = await bench().endpoint({ maxBodyBytes: 100 });
    expect((await call(bench().origin, path, { headers: jsonType, body: jsonOf(100) })).status).toBe(200);
    expect((await call(bench().origin, path, { headers: jsonType, body: jsonOf(101) })).status).toBe(413);
  });

  it('is refused before a byte of it was sent, without 100 Continue', async () => {
    const { path } = await bench().endpoint();
    const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2000000\r\n\r\n`;
    const received = await speak(bench().port, head);
    expect(received).not.toContain('100 Continue');
    expect(firstAnswer(received)).toMatchObject({ status: 413, json: { error: 'payload_too_large' } });
  });

  it('is asked for with 100 Continue when it is fine, and only then', async () => {
    const { path } = await bench().endpoint();
    const wire = await openWire(bench().port);
    wire.send(
      `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 7\r\nConnection: close\r\n\r\n`,
    );
    await wire.until((text) => text.includes('HTTP/1.1 100 Continue\r\n\r\n'));
    wire.send('{"a":1}');
    expect(await wire.closed()).toContain('HTTP/1.1 200');
    const unknown = await speak(
      bench().port,
      'POST /no HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 7\r\nConnection: close\r\n\r\n{"a":1}',
    );
    expect(firstAnswer(unknown.replace('HTTP/1.1 100 Continue\r\n\r\n', '')).status).toBe(404);
  });

  it('does not matter for a wrong signature past the limit: it is never read further', async () => {
    const { path, id } = await bench().endpoint({ auth: { scheme: 'hmac' } }, { secret: 's' });
    const wire = await openWire(bench().port);
    wire.send(`POST ${path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536, 0x61), Buffer.from('\r\n')]);
    const done = wire.closed();
    let sent = 0;
    wire.socket.on('error', () => undefined);
    while (!wire.socket.destroyed && sent < 40 * mebibyte) {
      sent += chunk.byteLength;
      if (!wire.socket.write(chunk))
        await new Promise((resolve) => wire.socket.once('drain', resolve).once('close', resolve));
    }
    expect(firstAnswer(await done).status).toBe(413);
    expect(sent).toBeLessThan(40 * mebibyte);
    expect((await bench().lastRequest(id)).bodySize).toBeLessThanOrEqual(mebibyte + 131_072);
  });
});

describe('content encodings', () => {
  const text = JSON.stringify({ event: 'order', pad: 'x'.repeat(5_000) });

  it.each([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['GZIP', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['identity', Buffer.from(text)],
  ])('%s is taken off, and the bytes are kept as received', async (encoding, body) => {
    const { path, id } = await bench().endpoint();
    const reply = await call(bench().origin, path, {
      headers: { ...jsonType, 'content-encoding': encoding },
      body,
    });
    expect(reply.status).toBe(200);
    expect(await payloadOf(reply)).toEqual(JSON.parse(text));
    const row = await bench().lastRequest(id);
    expect(Buffer.from(bench().store.read.requests.body(row.id) ?? []).equals(body)).toBe(true);
  });

  it('are held to the limit after decoding, bombs included', async () => {
    const { path } = await bench().endpoint();
    const big = Buffer.alloc(100 * mebibyte, 0x61);
    for (const [encoding, body] of [
      ['gzip', gzipSync(big)],
      ['br', brotliCompressSync(big)],
      ['deflate', deflateSync(big)],
    ] as const) {
      expect(body.byteLength).toBeLessThan(mebibyte);
      const startedAt = performance.now();
      const reply = await call(bench().origin, path, {
        headers: { ...jsonType, 'content-encoding': encoding },
        body,
      });
      expect(reply).toMatchObject({ status: 413, json: { error: 'payload_too_large' } });
      expect(performance.now() - startedAt).toBeLessThan(1_000);
    }
    const exact = gzipSync(jsonOf(mebibyte));
    const over = gzipSync(jsonOf(mebibyte + 1));
    const headers = { ...jsonType, 'content-encoding': 'gzip' };
    expect((await call(bench().origin, path, { headers, body: exact })).status).toBe(200);
    expect((await call(bench().origin, path, { headers, body: over })).status).toBe(413);
  });

  it.each([
    ['zstd', 415, 'unsupported_media_type'],
    ['gzip, gzip', 415, 'unsupported_media_type'],
    ['constructor', 415, 'unsupported_media_type'],
    ['gzip', 400, 'malformed_body'],
    ['br', 400, 'malformed_body'],
  ])('%s on plain bytes is %i %s', async (encoding, status, error) => {
    const { path } = await bench().endpoint();
    const reply = await call(bench().origin, path, {
      headers: { ...jsonType, 'content-encoding': encoding },
      body: '{"a":1}',
    });
    expect(reply).toMatchObject({ status, json: { error } });
  });

  it('in two layers leave bytes that are no JSON', async () => {
    const { path } = await bench().endpoint();
    const headers = { ...jsonType, 'content-encoding': 'gzip' };
    const cut = gzipSync(text).subarray(0, 40);
    expect(await call(bench().origin, path, { headers, body: gzipSync(gzipSync('{}')) })).toMatchObject({
      status: 400,
      json: { error: 'malformed_json' },
    });
    expect(await call(bench().origin, path, { headers, body: cut })).toMatchObject({
      status: 400,
      json: { error: 'malformed_body' },
    });
  });
});

describe('JSON', () => {
  it.each(['null', '3', '"x"', '[]', 'true', '{"a":{"b":[1,2]}}', '-0', '"\u202e\\u0000\\ud800"'])(
    '%s arrives as it is',
    async (body) => {
      const { path } = await bench().endpoint();
      const reply = await call(bench().origin, path, { headers: jsonType, body });
      expect(reply.status).toBe(200);
      expect(JSON.stringify(await payloadOf(reply))).toBe(JSON.stringify(JSON.parse(body)));
    },
  );

  it('may have no content type, another JSON type, or a byte order mark', async () => {
    const { path } = await bench().endpoint();
    for (const type of [
      undefined,
      'application/vnd.api+json',
      'application/json; charset=UTF-8',
      'Application/JSON',
    ]) {
      const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
      const reply = await call(bench().origin, path, { headers, body: '{"a":1}' });
      expect(await payloadOf(reply), type).toEqual({ a: 1 });
    }
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('{"a":1}')]);
    expect(await payloadOf(await call(bench().origin, path, { headers: jsonType, body: marked }))).toEqual({
      a: 1,
    });
  });

  it.each([
    ['{', 'malformed_json'],
    ['', 'empty_body'],
    ['{"a":1}}', 'malformed_json'],
    ['hello', 'malformed_json'],
    ["{'a':1}", 'malformed_json'],
    ['{"a":NaN}', 'malformed_json'],
    [Buffer.from([0x22, 0xff, 0xfe, 0x22]), 'malformed_json'],
    [Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'malformed_json'],
    [nested(101), 'too_deep'],
    [nested(10_000), 'too_deep'],
    [nested(500_000), 'too_deep'],
    ['['.repeat(10_000), 'too_deep'],
    [`{${Array.from({ length: 50_001 }, (_, index) => `"${index}":1`).join(',')}}`, 'too_many_keys'],
  ])('%.20s is 400 %s', async (body, error) => {
    const { path, id } = await bench().endpoint();
    const startedAt = performance.now();
    const reply = await call(bench().origin, path, { headers: jsonType, body });
    expect(reply).toMatchObject({ status: 400, json: { success: false, error } });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(await bench().lastRequest(id)).toMatchObject({ verdict: 'rejected', reason: error, runs: [] });
  });

  it('passes at exactly 100 deep and 50,000 keys', async () => {
    const { path } = await bench().endpoint();
    const keys = `{${Array.from({ length: 50_000 }, (_, index) => `"${index}":1`).join(',')}}`;
    expect((await post(bench().origin, path, nested(100))).status).toBe(200);
    expect((await post(bench().origin, path, keys)).status).toBe(200);
    expect((await post(bench().origin, path, JSON.stringify({ a: '[[{{::"'.repeat(20_000) }))).status).toBe(
      200,
    );
  });

  it('tells where it is broken and shows nothing of the body', async () => {
    const { path } = await bench().endpoint();
    const reply = await post(bench().origin, path, '{"card":"4111", nonsense}');
    expect(reply.json['msg']).toContain('character 16');
    expect(reply.text).not.toMatch(/4111|nonsense/);
  });

  it('in another charset than UTF-8 is 415', async () => {
    const { path } = await bench().endpoint();
    const body = Buffer.from('\ufeff{"a":1}', 'utf16le');
    const headers = { 'content-type': 'application/json; charset=utf-16' };
    expect(await call(bench().origin, path, { headers, body })).toMatchObject({
      status: 415,
      json: { error: 'unsupported_media_type' },
    });
  });

  it('in a charset that shares ASCII with UTF-8 is judged by its bytes', async () => {
    const { path } = await bench().endpoint();
    const headers = { 'content-type': 'application/json; charset=iso-8859-1' };
    const send = (body: Buffer) => call(bench().origin, path, { headers, body });
    expect((await send(Buffer.from('{"a":1}'))).status).toBe(200);
    expect(await send(Buffer.from('{"a":"\u00e4"}', 'latin1'))).toMatchObject({
      status: 400,
      json: { error: 'malformed_json' },
    });
  });

  it('keeps digits no double can hold, in the stored bytes and for steps that forward them', async () => {
    const { path, id } = await bench().endpoint();
    const body = '{"id":12345678901234567890,"big":1e400,"small":0.1e-400}';
    expect((await post(bench().origin, path, body)).status).toBe(200);
    const row = await bench().lastRequest(id);
    expect(Buffer.from(bench().store.read.requests.body(row.id) ?? []).toString()).toBe(body);
  });

  it.each([
    '{"id":12345678901234567890,"big":1e400,"small":0.1e-400,"zero":-0,"list":[1.10]}',
    '[12345678901234567890,{"a":1.0}]',
    '12345678901234567890',
    '1e400',
    '-0',
  ])('%s is forwarded whole with the digits it arrived with', async (body) => {
    await using target = await openHttpTarget();
    const forwards = {
      payload: '{{trigger.payload}}',
      webhookData: '{{webhookData.payload}}',
      full: '{{params.fullBody}}',
      ...(body.startsWith('{') ? {} : { data: '{{trigger.data}}' }),
    };
    const steps = Object.entries(forwards).map(([id, text]) => ({
      id,
      type: 'http',
      config: { method: 'POST', url: `${target.origin}/${id}`, body: text },
    }));
    const { paths } = await bench().live({
      nodes: [
        { id: 'hook', type: 'webhook', config: { auth: { scheme: 'none' }, fullBody: true } },
        ...steps,
      ],
      edges: steps.map(({ id }) => `hook>${id}`),
    });
    const reply = await call(bench().origin, paths['hook'] ?? '', { headers: jsonType, body });
    expect((await bench().untilRun(String(reply.json['executionId']))).status).toBe('succeeded');
    const sent = target.calls.map((one) => [one.url, one.body] as const);
    expect(Object.fromEntries(sent)).toEqual(
      Object.fromEntries(Object.keys(forwards).map((id) => [`/${id}`, body])),
    );
  });

  it('with two equal keys in one object counts the last, says so, and is refused where that is not wanted', async () => {
    const lenient = await bench().endpoint();
    const strict = await bench().endpoint({ strictJson: true });
    for (const body of [
      '{"a":1,"a":2}',
      '{"x":[{"b":{"a":1,"\\u0061":2}}]}',
      '{"__proto__":1,"__proto__":2}',
    ]) {
      const taken = await post(bench().origin, lenient.path, body);
      expect(JSON.stringify(await payloadOf(taken))).toBe(JSON.stringify(JSON.parse(body)));
      const { stages } = await bench().lastRequest(lenient.id);
      expect(stages.find(({ stage }) => stage === 'payload')?.note).toContain('two equal keys');
      expect(await post(bench().origin, strict.path, body)).toMatchObject({
        status: 400,
        json: { error: 'malformed_json' },
      });
    }
    for (const body of [
      '{"a":1,"b":{"a":1},"c":[{"a":":"},{"a":"\\":"}]}',
      '[]',
      '"a:b"',
      '{"__proto__":{"a":1}}',
    ]) {
      expect((await post(bench().origin, strict.path, body)).status, body).toBe(200);
    }
  });

  it('with hostile keys is data and harms nobody', async () => {
    const { path } = await bench().endpoint({
      parameters: [{ name: '__proto__', type: 'object' }],
      fullBody: true,
    });
    const body =
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"a":{"__proto__":{"polluted":1}}}';
    const reply = await call(bench().origin, `${path}?__proto__=1&constructor=2`, {
      headers: { ...jsonType, __proto__: 'x', constructor: 'y' },
      body,
    });
    expect(reply.status).toBe(200);
    expect(JSON.stringify(await payloadOf(reply))).toBe(body);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    for (let round = 0; round < 20; round++) {
      const next = await post(bench().origin, path, { a: 1 });
      expect(await payloadOf(next)).toEqual({ a: 1 });
    }
  });
});

describe('other types', () => {
  it('are kept as text, or as base64 when they are none', async () => {
    const { path } = await bench().endpoint();
    const bytes = randomBytes(200);
    bytes[0] = 0xff;
    const send = async (type: string, body: string | Buffer) =>
      payloadOf(await call(bench().origin, path, { headers: { 'content-type': type }, body }));
    expect(await send('text/plain', '{')).toBe('{');
    expect(await send('application/xml', '<a>ä</a>')).toBe('<a>ä</a>');
    expect(await send('application/octet-stream', bytes)).toBe(bytes.toString('base64'));
  });

  it('are no payload when they are empty', async () => {
    const { path } = await bench().endpoint();
    expect(await payloadOf(await call(bench().origin, path))).toBeNull();
    expect(
      await payloadOf(await call(bench().origin, path, { headers: { 'content-type': 'text/plain' } })),
    ).toBeNull();
  });

  it('are objects when they are forms, repeated names lists', async () => {
    const { path } = await bench().endpoint();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = 'a=1&b=x+y&b=%C3%A4&c%5Bd%5D=2&__proto__=p&empty=';
    const payload = await payloadOf(await call(bench().origin, path, { headers, body }));
    expect(JSON.stringify(payload)).toBe('{"a":"1","b":["x y","ä"],"c[d]":"2","__proto__":"p","empty":""}');
    expect(await payloadOf(await call(bench().origin, path, { headers, body: '?a=1&&b' }))).toEqual({
      '?a': '1',
      b: '',
    });
    const many = Array.from({ length: 1_001 }, (_, index) => `a${index}=1`).join('&');
    expect(await call(bench().origin, path, { headers, body: many })).toMatchObject({
      status: 400,
      json: { error: 'too_many_keys' },
    });
  });

  it.each(['none', 'appSign'])(
    'are refused at once when they are forms of half a million fields (%s)',
    async (scheme) => {
      const { path } = await bench().endpoint({ auth: { scheme } }, { appKey: 'key', secretKey: 'secret' });
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const startedAt = performance.now();
      const reply = await call(bench().origin, path, { headers, body: 'a&'.repeat(mebibyte / 2) });
      expect(reply.status).toBe(scheme === 'none' ? 400 : 401);
      expect(performance.now() - startedAt).toBeLessThan(1_000);
    },
  );

  it('are objects with files when they are multipart', async () => {
    const { path } = await bench().endpoint();
    const form = new FormData();
    form.append('title', 'Räumung');
    form.append('tag', 'a');
    form.append('tag', 'b');
    form.append(
      'file',
      new File([new Uint8Array([0, 255, 1])], 'naïve.bin', { type: 'application/x-thing' }),
    );
    const encoded = new Response(form);
    const body = Buffer.from(await encoded.arrayBuffer());
    const headers = { 'content-type': encoded.headers.get('content-type') ?? '' };
    expect(await payloadOf(await call(bench().origin, path, { headers, body }))).toEqual({
      title: 'Räumung',
      tag: ['a', 'b'],
      file: { filename: 'naïve.bin', contentType: 'application/x-thing', size: 3, base64: 'AP8B' },
    });
  });

  it('are read as far as they go when parts are odd, and refused where something would be lost', async () => {
    const { path } = await bench().endpoint();
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const part = (head: string, content: string) =>
      `--x\r\nContent-Disposition: form-data${head}\r\n\r\n${content}\r\n`;
    const send = (...parts: readonly string[]) =>
      call(bench().origin, path, { headers, body: Buffer.from(`${parts.join('')}--x--\r\n`, 'latin1') });
    const long = 'n'.repeat(5_000);
    const odd = await send(
      part('', '1'),
      part(`; name="${long}"`, '2'),
      part('; name="__proto__"', '3'),
      part('; name="latin"\r\nContent-Type: text/plain; charset=iso-8859-1', '\xe4'),
      part('; name="file"; filename="../../etc/passwd"\r\nContent-Type: image/png', '\xff'),
    );
    expect(JSON.stringify(await payloadOf(odd))).toBe(
      JSON.stringify({
        '': '1',
        [long]: '2',
        ['__proto__']: '3',
        latin: 'ä',
        file: { filename: 'passwd', contentType: 'image/png', size: 1, base64: '/w==' },
      }),
    );
    expect(await send(part('; name="a"\r\nContent-Type: text/plain; charset=nonsense', 'x'))).toMatchObject({
      status: 415,
      json: { error: 'unsupported_media_type' },
    });
    const many = Array.from({ length: 1_000 }, (_, index) => part(`; name="a${index}"`, '1'));
    expect((await send(...many)).status).toBe(200);
    expect(await send(...many, part('; name="more"', '1'))).toMatchObject({
      status: 400,
      json: { error: 'too_many_keys' },
    });
  });

  it.each([
    ['no boundary', 'multipart/form-data', '--x\r\n\r\n'],
    [
      'another boundary',
      'multipart/form-data; boundary=y',
      '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
    ],
    ['no end', 'multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1'],
  ])('are 400 malformed_body when they are multipart with %s', async (_title, type, body) => {
    const { path } = await bench().endpoint();
    const reply = await call(bench().origin, path, { headers: { 'content-type': type }, body });
    expect(reply).toMatchObject({ status: 400, json: { error: 'malformed_body' } });
  });

  it('never make a body into an upload: JSON that looks like a file stays JSON', async () => {
    const { path } = await bench().endpoint();
    const value = { file: { filename: '/etc/passwd', contentType: 'text/plain', path: '/etc/passwd' } };
    expect(await payloadOf(await post(bench().origin, path, value))).toEqual(value);
  });
});

describe('a refusal', () => {
  it('does not wait for a body that never comes', async () => {
    const { path } = await bench().endpoint();
    for (const [line, status] of [
      [`POST ${path} HTTP/1.1\r\nContent-Length: 2000000`, 413],
      [`GET ${path} HTTP/1.1\r\nContent-Length: 20`, 405],
      ['POST /hooks/unknown HTTP/1.1\r\nContent-Length: 20', 404],
    ] as const) {
      const wire = await openWire(bench().port);
      const startedAt = performance.now();
      wire.send(`${line}\r\nHost: a\r\n\r\n`);
      const received = await wire.until((text) => text.includes('\r\n\r\n{') && text.endsWith('}'));
      expect(firstAnswer(received).status).toBe(status);
      expect(performance.now() - startedAt).toBeLessThan(2_000);
      wire.socket.destroy();
    }
  });

  it('keeps the bytes of what it refused, so that it can be judged again', async () => {
    const { path, id, workflowId } = await bench().endpoint();
    await bench().store.write('setActive', { id: workflowId, version: null, enabled: false, at: Date.now() });
    const wire = await openWire(bench().port);
    wire.send(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\nConnection: close\r\n\r\n`);
    wire.send('{"a":1}');
    expect(firstAnswer(await wire.closed()).status).toBe(404);
    const row = await bench().lastRequest(id);
    expect(Buffer.from(bench().store.read.requests.body(row.id) ?? []).toString()).toBe('{"a":1}');
  });
});
