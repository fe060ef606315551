/** How a body becomes a payload, by its content type (SPEC 4.9). */
import { beforeAll, describe, expect, it } from 'vitest';
import { at, textAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted, expectError } from '../support/expect-error.ts';
import type { Answer } from '../support/send.ts';
import { type Made, makeHook, outputOf, runIn } from '../support/workflows.ts';

const host = hostForThisFile();
let open: Made;

beforeAll(async () => {
  open = await makeHook(host, { style: 'native', auth: { scheme: 'none' } }, [
    { id: 'all', type: 'transform', config: { expression: '{"payload": trigger.payload}' } },
  ]);
});

function post(body: string | Uint8Array, contentType?: string): Promise<Answer> {
  return host.call(open.url(), {
    method: 'POST',
    body,
    ...(contentType === undefined ? {} : { headers: { 'content-type': contentType } }),
  });
}

async function payloadOf(answer: Answer): Promise<unknown> {
  return at(await outputOf(host, expectAccepted(answer)), 'payload');
}

const inputOf = async (answer: Answer): Promise<unknown> =>
  at(await runIn(host, expectAccepted(answer)), 'input');

async function storedBytes(answer: Answer): Promise<Buffer> {
  return (await host.v1('GET', `/v1/requests/${textAt(answer.json, 'requestId')}/body`)).bytes;
}

describe.concurrent('a JSON body', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset=UTF-8',
    'application/vnd.api+json',
    'application/cloudevents+json; charset=utf-8',
    undefined,
  ])('of type %s is parsed', async (type) => {
    expect(await payloadOf(await post('{"a":[1,{"b":null}]}', type))).toEqual({ a: [1, { b: null }] });
  });

  it.each([
    ['null', null],
    ['3', 3],
    ['"x"', 'x'],
    ['[]', []],
    ['true', true],
    [' 1 \n', 1],
    ['{}', {}],
  ])('A3 that is just %s is delivered as it is', async (body, value) => {
    expect(await inputOf(await post(body, 'application/json'))).toEqual(value);
  });

  it('A7 with a byte order mark is parsed, and the mark is kept in the stored bytes', async () => {
    const bytes = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('{"a":1}')]);
    const answer = await post(bytes, 'application/json');
    expect(await payloadOf(answer)).toEqual({ a: 1 });
    expect(await storedBytes(answer)).toEqual(bytes);
  });

  it.each([
    '{',
    '{"a":1',
    '{"a":1}}',
    "{'a':1}",
    '{"a":01}',
    '[1,]',
    'NaN',
    '"\n"',
    'nul',
    '{"a" 1}',
    '\u00a01',
  ])('A1 %j is 400 malformed_json, with or without a type', async (body) => {
    expectError(await post(body, 'application/json'), 400, 'malformed_json');
    expectError(await post(body), 400, 'malformed_json');
  });

  it('A6 with bytes that are no UTF-8 is 400 malformed_json', async () => {
    const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    expectError(await post(bytes, 'application/json'), 400, 'malformed_json');
  });

  it('cut inside a character is 400 malformed_json', async () => {
    expectError(await post(Buffer.from('"é').subarray(0, 2), 'application/json'), 400, 'malformed_json');
  });

  it('A8 takes the last of two equal keys', async () => {
    expect(await payloadOf(await post('{"a":1,"a":2}', 'application/json'))).toEqual({ a: 2 });
  });

  it('A9 may hold keys called __proto__ and constructor, which stay plain data', async () => {
    const body = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"a":1}';
    const answer = await post(body, 'application/json');
    const run = await host.v1('GET', `/v1/workflow-runs/${expectAccepted(answer)}`);
    expect(run.text).toContain('"__proto__":{"polluted":true}');
    expect((await storedBytes(answer)).toString()).toBe(body);
    expect(await payloadOf(await post('{"b":1}', 'application/json'))).toEqual({ b: 1 });
  });

  it('A10 may hold NUL, a lone surrogate and direction marks', async () => {
    const body = `{"a\\u0000b":"\\ud800","c":"\u202e"}`;
    const answer = await post(body, 'application/json');
    expect(answer.status).toBe(200);
    expect((await storedBytes(answer)).toString()).toBe(body);
    expect(at(await payloadOf(answer), 'c')).toBe('\u202e');
  });

  it('A5 keeps digits a double can not hold in the stored bytes', async () => {
    const body = '{"big":12345678901234567890,"huge":1e400,"minus":-0,"tiny":0.1e-400}';
    expect((await storedBytes(await post(body, 'application/json'))).toString()).toBe(body);
  });
});

describe.concurrent('an empty body', () => {
  it('A3 with a JSON type is 400 empty_body', async () => {
    expectError(await post('', 'application/json'), 400, 'empty_body');
    expectError(await post('', 'application/problem+json'), 400, 'empty_body');
  });

  it('without a type is no payload, and starts the run', async () => {
    const run = await runIn(host, expectAccepted(await host.call(open.url(), { method: 'POST' })));
    expect(run).toMatchObject({ status: 'succeeded' });
    expect(at(run, 'input') ?? null).toBeNull();
  });
});

describe.concurrent('a form', () => {
  const form = 'application/x-www-form-urlencoded';

  it('A15 becomes an object of texts, repeated names lists', async () => {
    expect(await payloadOf(await post('a=1&b=x+y%26z&a=2&c=', form))).toEqual({
      a: ['1', '2'],
      b: 'x y&z',
      c: '',
    });
  });

  it('A15 keeps brackets and dots as they are', async () => {
    expect(await payloadOf(await post('a[b]=1&c.d=2&e[]=3', form))).toEqual({
      'a[b]': '1',
      'c.d': '2',
      'e[]': '3',
    });
  });

  it('A9 with a name of __proto__ stays plain data', async () => {
    const answer = await post('__proto__=x&constructor=y', form);
    const run = await host.v1('GET', `/v1/workflow-runs/${expectAccepted(answer)}`);
    expect(run.text).toContain('"__proto__":"x"');
  });
});

describe.concurrent('a multipart body', () => {
  const boundary = 'XX';
  const part = (head: string, content: string): string =>
    `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;
  const type = `multipart/form-data; boundary=${boundary}`;

  it('becomes an object: texts, lists, and files with their bytes', async () => {
    const body =
      part('name="title"', 'Report') +
      part('name="tag"', 'a') +
      part('name="tag"', 'b') +
      part('name="file"; filename="r.bin"\r\nContent-Type: application/x-thing', 'bytes') +
      `--${boundary}--\r\n`;
    expect(await payloadOf(await post(body, type))).toEqual({
      title: 'Report',
      tag: ['a', 'b'],
      file: {
        filename: 'r.bin',
        contentType: 'application/x-thing',
        size: 5,
        base64: Buffer.from('bytes').toString('base64'),
      },
    });
  });

  it('without its boundary or its end is 400', async () => {
    expect((await post('--XX\r\n', 'multipart/form-data')).status).toBe(400);
    expect((await post(part('name="a"', 'b'), type)).status).toBe(400);
  });
});

describe.concurrent('any other type', () => {
  it.each([
    'text/plain',
    'text/plain; charset=utf-8',
    'application/xml',
    'application/octet-stream',
    'text/csv',
  ])('A2 %s is kept as a string when it is UTF-8', async (type) => {
    expect(await payloadOf(await post('{ not "json" é', type))).toBe('{ not "json" é');
  });

  it('A6 is kept as base64 when it is not, and its bytes exactly', async () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x41]);
    const answer = await post(bytes, 'application/octet-stream');
    expect(await payloadOf(answer)).toBe(bytes.toString('base64'));
    expect(await storedBytes(answer)).toEqual(bytes);
  });

  it('A12 that imitates an uploaded file is plain data', async () => {
    const body = '{"file":{"filename":"/etc/passwd","path":"/etc/passwd","base64":"AA=="}}';
    expect(await payloadOf(await post(body, 'application/json'))).toEqual(JSON.parse(body));
  });
});
