/** The numbers kept, at their exact edges (SPEC 4.1, 4.6, 12). */
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted, expectError } from '../support/expect-error.ts';
import { exchange, rawRequest } from '../support/raw-socket.ts';
import type { Answer } from '../support/send.ts';
import { type Made, makeHook, outputOf } from '../support/workflows.ts';

const host = hostForThisFile();
const MIB = 1_048_576;
const json = { 'content-type': 'application/json' };
const size = { id: 'size', type: 'transform', config: { expression: '$length(trigger.data)' } };
let open: Made;
let small: Made;

beforeAll(async () => {
  open = await makeHook(host, { style: 'native', auth: { scheme: 'none' } }, [size]);
  small = await makeHook(host, { style: 'native', auth: { scheme: 'none' }, maxBodyBytes: 10 });
});

/** JSON of exactly this many bytes. */
const text = (bytes: number): string => JSON.stringify('x'.repeat(bytes - 2));
const post = (made: Made, body: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> =>
  host.call(made.url(), { headers: { ...json, ...headers }, body });

describe('the body', () => {
  it('E1 of 1,048,576 bytes is accepted and whole', async () => {
    expect(await outputOf(host, expectAccepted(await post(open, text(MIB))))).toBe(MIB - 2);
  });

  it('E1 of 1,048,577 bytes is 413', async () => {
    expectError(await post(open, text(MIB + 1)), 413, 'payload_too_large');
  });

  it('E1 of 1,048,577 bytes in chunks without a length is 413; of 1,048,576 it is accepted', async () => {
    const chunked = { 'transfer-encoding': 'chunked' };
    expectError(await post(open, text(MIB + 1), chunked), 413, 'payload_too_large');
    expectAccepted(await post(open, text(MIB), chunked));
  });

  it('E1 is judged by its Content-Length before a byte of it has come', async () => {
    const path = new URL(open.url()).pathname;
    const got = await exchange(
      host.receiver(),
      rawRequest([
        `POST ${path} HTTP/1.1`,
        'Host: h',
        'Content-Type: application/json',
        `Content-Length: ${MIB + 1}`,
      ]),
    );
    expect(got.statuses).toEqual([413]);
    expect(got.text).toContain('payload_too_large');
  });

  it('limit of an endpoint is kept to the byte', async () => {
    expectAccepted(await post(small, text(10)));
    expectError(await post(small, text(11)), 413, 'payload_too_large');
  });

  it('limit may be 32 MiB and no more', async () => {
    const made = await makeHook(host, {
      style: 'native',
      auth: { scheme: 'none' },
      maxBodyBytes: 32 * MIB,
    });
    expectAccepted(await post(made, text(2 * MIB)));
    await expect(
      makeHook(host, { style: 'native', auth: { scheme: 'none' }, maxBodyBytes: 32 * MIB + 1 }),
    ).rejects.toThrow(/422.*maxBodyBytes/);
  });
});

describe('an encoded body', () => {
  const encoders = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync };
  const encodings = ['gzip', 'deflate', 'br'] as const;

  it.each(encodings)('in %s is decoded', async (name) => {
    const answer = await post(open, encoders[name](text(5_000)), { 'content-encoding': name });
    expect(await outputOf(host, expectAccepted(answer))).toBe(4_998);
  });

  it.each(encodings)(
    'in %s is limited by its decoded size: 1 MiB is accepted, a byte more 413',
    async (name) => {
      const coded = { 'content-encoding': name };
      expectAccepted(await post(open, encoders[name](text(MIB)), coded));
      expectError(await post(open, encoders[name](text(MIB + 1)), coded), 413, 'payload_too_large');
    },
  );

  it.each(encodings)('E2 in %s that unpacks to 100 MiB is 413, soon', async (name) => {
    const bomb = encoders[name](Buffer.alloc(100 * MIB, 0x20));
    const answer = await post(open, bomb, { 'content-encoding': name });
    expectError(answer, 413, 'payload_too_large');
  });

  it.each(['gzip, gzip', 'br, gzip', 'compress', 'zstd', 'x-unknown'])('E2 in "%s" is 415', async (name) => {
    const answer = await post(open, gzipSync(gzipSync('{}')), { 'content-encoding': name });
    expect(answer).toMatchObject({ status: 415, json: { success: false } });
  });

  it.each(encodings)('E2 in broken %s is 400', async (name) => {
    const cut = encoders[name](text(5_000)).subarray(0, -6);
    for (const body of [cut, Buffer.from('not packed at all')]) {
      expect(await post(open, body, { 'content-encoding': name })).toMatchObject({
        status: 400,
        json: { success: false },
      });
    }
  });

  it('E2 one layer is decoded: what is inside a second one is no JSON, 400', async () => {
    const answer = await post(open, gzipSync(gzipSync('{}')), { 'content-encoding': 'gzip' });
    expectError(answer, 400, 'malformed_json');
  });
});

describe('the URL', () => {
  const target = (length: number): string => {
    const start = `${new URL(open.url()).pathname}?q=`;
    return start + 'a'.repeat(length - start.length);
  };

  it('B9 of 8,192 bytes is accepted, of 8,193 it is 414', async () => {
    expectAccepted(await host.call('/', { method: 'POST', target: target(8_192), json: 'x' }));
    const answer = await host.call('/', { method: 'POST', target: target(8_193), json: 'x' });
    expect(answer).toMatchObject({
      status: 414,
      json: {
        success: false,
        error: expect.any(String),
        msg: expect.any(String),
        requestId: expect.any(String),
      },
    });
  });

  it('B9 of 20,000 bytes is 414 too', async () => {
    expect((await host.call('/', { target: target(20_000) })).status).toBe(414);
  });

  it('too long for a path nobody knows is 414, for framing comes first', async () => {
    expect((await host.call('/', { target: `/nobody?${'a'.repeat(8_192)}` })).status).toBe(414);
  });
});

describe('the headers', () => {
  const many = (count: number): string[] => Array.from({ length: count }, (_, n) => [`X-H${n}`, 'v']).flat();

  it('B9 may be 100 fields; 101 is 431', async () => {
    // Host, Content-Type, Content-Length and Connection are four of them.
    expectAccepted(await host.call(open.url(), { headers: many(96), json: 'x' }));
    const answer = await host.call(open.url(), { headers: many(97), json: 'x' });
    expect(answer).toMatchObject({
      status: 431,
      json: {
        success: false,
        error: expect.any(String),
        msg: expect.any(String),
        requestId: expect.any(String),
      },
    });
  });

  it('B9 may be 16 KiB in all; more is 431', async () => {
    const headers = (bytes: number): Record<string, string> => ({ 'x-large': 'v'.repeat(bytes) });
    expectAccepted(await host.call(open.url(), { headers: headers(16_384 - 400), json: 'x' }));
    expect((await host.call(open.url(), { headers: headers(16_384), json: 'x' })).status).toBe(431);
    expect((await host.call(open.url(), { headers: headers(100_000), json: 'x' })).status).toBe(431);
  });

  it('are counted without the URL: 8 KiB of URL and 15 KiB of headers are accepted together', async () => {
    const start = `${new URL(open.url()).pathname}?q=`;
    const answer = await host.call('/', {
      method: 'POST',
      target: start + 'a'.repeat(8_192 - start.length),
      headers: { 'x-large': 'v'.repeat(15_360) },
      json: 'x',
    });
    expectAccepted(answer);
  });
});

describe('JSON', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  const keys = (count: number): string =>
    `{${Array.from({ length: count }, (_, n) => `"k${n}":0`).join(',')}}`;

  it.each([
    [100, 200],
    [101, 400],
    [10_000, 400],
    [500_000, 400],
  ])('A4 %i deep is %i', async (depth, status) => {
    const answer = await post(open, nested(depth));
    expect(answer.status).toBe(status);
    if (status === 400) expectError(answer, 400, 'too_deep');
  });

  it('A4 nested in objects is counted as deep as in lists', async () => {
    const objects = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    expect((await post(open, objects(100))).status).toBe(200);
    expectError(await post(open, objects(101)), 400, 'too_deep');
  });

  it('A11 of 50,000 keys is accepted, of 50,001 it is 400 too_many_keys', async () => {
    expect((await post(open, keys(50_000))).status).toBe(200);
    expectError(await post(open, keys(50_001)), 400, 'too_many_keys');
  });

  it('A4 leaves the receiver and the inspector at work after all that', async () => {
    const list = await host.v1('GET', `/v1/requests?endpoint=${open.endpointId()}&limit=500`);
    expect(list.status).toBe(200);
    expectAccepted(await post(open, text(10)));
  });
});
