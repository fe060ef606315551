/** Two captured requests beside each other (UI, Requests; RELIABILITY M1, M7). */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { comparisonSchema } from '../../../src/shared/contract/inspector.ts';
import { compareJson, compareText, firstDifference } from '../../../src/main/api/body-comparison.ts';
import { simpleDocument, useApiHost } from './api-host.ts';
import { endpointOf, inspectorOf, send, type Sent } from './captured.ts';

const api = useApiHost();
const { newest } = inspectorOf(api);
const plain = (text: string): string => text;

describe('requests.compare', () => {
  it('names what differs in method, URL, headers and data, and never shows a key', async () => {
    const key = 'the key nobody may see in a comparison';
    const auth = { scheme: 'apiKey', key, name: 'x-door' };
    const endpoint = endpointOf(
      await api.live(simpleDocument('Compared', { auth, methods: ['POST', 'PUT'], parameters: [] })),
    );
    const capture = async (sent: Omit<Sent, 'url'>, query: string) => {
      await send({ ...sent, url: endpoint.url + query });
      return (await newest(endpoint.id)).id;
    };
    const left = await capture(
      {
        body: '{"a":1,"list":[1,2],"same":{"x":null},"odd name":true}',
        headers: { 'x-door': key, 'x-one': '1' },
      },
      '?q=1&q=2&gone=',
    );
    const right = await capture(
      {
        method: 'PUT',
        body: `{"same":{"x":null},"a":"1","list":[1,3,4],"key":"${key}"}`,
        headers: { 'x-door': `${key}!`, 'X-Two': '2' },
      },
      `?q=1&q=3&key=${encodeURIComponent(key)}`,
    );
    const path = `/requests/compare?left=${left}&right=${right}`;
    const found = await api.ok(comparisonSchema, 'GET', path);
    expect(found.method).toEqual({ left: 'POST', right: 'PUT' });
    expect(found.path).toBeNull();
    expect(found.query).toEqual([
      { name: 'q', left: '2', right: '3' },
      { name: 'gone', left: '', right: null },
      { name: 'key', left: null, right: '***' },
    ]);
    const headers = new Map(
      found.headers.map(({ name, left: one, right: other }) => [name.toLowerCase(), [one, other]]),
    );
    expect(headers.get('x-one')).toEqual(['1', null]);
    expect(headers.get('x-two')).toEqual([null, '2']);
    // The keys differ in their last character only, and neither is shown.
    expect(headers.get('x-door')?.every((value) => value?.startsWith('***'))).toBe(true);
    expect(headers.has('content-type')).toBe(false);
    expect(found.body).toMatchObject({ same: false, text: null, note: null });
    expect(found.body.json?.changes).toEqual([
      { path: 'a', left: '1', right: '"1"' },
      { path: 'list[1]', left: '2', right: '3' },
      { path: 'list[2]', left: null, right: '4' },
      { path: '`odd name`', left: 'true', right: null },
      { path: 'key', left: null, right: '"***"' },
    ]);
    expect(JSON.stringify(found)).not.toContain(key);
    expect(JSON.stringify(found)).not.toContain(encodeURIComponent(key));

    const itself = await api.ok(comparisonSchema, 'GET', `/requests/compare?left=${left}&right=${left}`);
    expect(itself).toMatchObject({ method: null, path: null, query: [], headers: [] });
    expect(itself.body).toMatchObject({ same: true, firstDifference: null, json: null, text: null });
    await api.refused(404, 'not_found', 'GET', `/requests/compare?left=${left}&right=req_nobody`);
    await api.refused(422, 'invalid', 'GET', `/requests/compare?left=${left}`);
    await api.refused(403, 'forbidden', 'GET', path, undefined, await inspectorOf(api).token('run'));
  });

  it('compares data out of its encoding, forms by field, text by line, the rest by its first other byte', async () => {
    const endpoint = endpointOf(await api.live(simpleDocument('Kinds', { auth: { scheme: 'none' } })));
    const capture = async (body: string | Uint8Array, type: string, more = {}) => {
      await send({ url: endpoint.url, body, headers: { 'content-type': type, ...more } });
      return (await newest(endpoint.id)).id;
    };
    const compare = async (left: string, right: string) =>
      (await api.ok(comparisonSchema, 'GET', `/requests/compare?left=${left}&right=${right}`)).body;

    const json = await capture('{"a":1}', 'application/json');
    const zipped = await capture(gzipSync('{"a":2}'), 'application/json', { 'content-encoding': 'gzip' });
    expect((await compare(json, zipped)).json?.changes).toEqual([{ path: 'a', left: '1', right: '2' }]);

    const pretty = await capture('{\n  "a": 1\n}', 'application/json');
    const rewritten = await compare(json, pretty);
    expect(rewritten.json).toEqual({ changes: [], cut: false });
    expect(rewritten.text?.parts.some(({ kind }) => kind === 'added')).toBe(true);

    const form = 'application/x-www-form-urlencoded';
    const forms = await compare(await capture('a=1&b=2&c=3', form), await capture('a=1&b=9&c=3', form));
    expect(forms.text?.parts.filter(({ kind }) => kind !== 'same')).toEqual([
      { kind: 'removed', lines: 1, text: 'b=2&\n' },
      { kind: 'added', lines: 1, text: 'b=9&\n' },
    ]);

    const binary = await compare(
      await capture(Uint8Array.from([1, 2, 255, 4]), 'application/octet-stream'),
      await capture(Uint8Array.from([1, 2, 254, 4, 5]), 'application/octet-stream'),
    );
    expect(binary).toMatchObject({
      firstDifference: 2,
      left: { size: 4 },
      right: { size: 5 },
      json: null,
      text: null,
      note: expect.stringContaining('not text'),
    });
    const empty = await compare(json, await capture('', 'text/plain'));
    expect(empty).toMatchObject({ same: false, firstDifference: 0 });
  });
});

describe('bodies', () => {
  it('that are long are shown around their differences only', async () => {
    const lines = Array.from({ length: 1_000 }, (_, at) => `line ${at}`);
    const other = lines.with(500, 'another line');
    const text = await compareText(
      Buffer.from(lines.join('\n')),
      Buffer.from(other.join('\n')),
      false,
      plain,
    );
    if (typeof text === 'string') throw new Error(text);
    expect(text.parts.map(({ kind, lines: count }) => [kind, count])).toEqual([
      ['skipped', 497],
      ['same', 3],
      ['removed', 1],
      ['added', 1],
      ['same', 3],
      ['skipped', 496],
    ]);
  });

  it('that have nothing in common do not hold anyone up', async () => {
    const startedAt = performance.now();
    const one = Buffer.from(Array.from({ length: 60_000 }, (_, at) => `a${at}`).join('\n'));
    const other = Buffer.from(Array.from({ length: 60_000 }, (_, at) => `b${at}`).join('\n'));
    expect(await compareText(one, other, false, plain)).toMatch(/too different/);
    const many = Buffer.from(JSON.stringify(Array.from({ length: 100_000 }, (_, at) => at)));
    const none = Buffer.from(JSON.stringify(Array.from({ length: 100_000 }, (_, at) => -at - 1)));
    const json = compareJson(many, none, plain);
    expect(json?.changes).toHaveLength(500);
    expect(json?.cut).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('with names like __proto__ or 100 levels are compared like any other', () => {
    const compare = (left: string, right: string) =>
      compareJson(Buffer.from(left), Buffer.from(right), plain)?.changes;
    expect(compare('{"__proto__":{"a":1}}', '{"__proto__":{"a":2}}')).toEqual([
      { path: '__proto__.a', left: '1', right: '2' },
    ]);
    const deep = (value: string) => '['.repeat(99) + value + ']'.repeat(99);
    expect(compare(deep('1'), deep('2'))).toHaveLength(1);
    expect(compare('[1]', '{"0":1}')).toEqual([{ path: '$', left: '[1]', right: '{"0":1}' }]);
    expect(compare('{', '{}')).toBeUndefined();
    expect(firstDifference(Buffer.from('ab'), Buffer.from('ab'))).toBeNull();
    expect(firstDifference(Buffer.from('ab'), Buffer.from('abc'))).toBe(2);
  });
});
