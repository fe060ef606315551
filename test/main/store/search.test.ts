/** Full-text search: complete at every moment, whatever the text is; combined with every filter; never a secret. */
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Store } from '../../../src/main/store/open-store.ts';
import type { RequestQuery } from '../../../src/main/store/request-query.ts';
import type { CapturedRequest } from '../../../src/main/store/types.ts';
import type { HeaderList } from '../../../src/shared/model/request.ts';
import { until } from '../../support/until.ts';
import { admission, bytes, capturedRequest, freshId, openTestStore, plannedRun } from './support.ts';

interface Sent {
  readonly url?: string;
  readonly headers?: HeaderList;
  readonly body?: string | Uint8Array;
  readonly at?: number;
  readonly endpointId?: string;
  readonly method?: string;
}

function requestOf({
  url = '/hooks/a',
  headers = [],
  body = '',
  method = 'POST',
  ...over
}: Sent): CapturedRequest {
  const base = capturedRequest(over);
  const content = typeof body === 'string' ? bytes(body) : body;
  return { ...base, raw: { ...base.raw, url, headers, method, body: content } };
}

async function accept(store: Store, sent: Sent): Promise<string> {
  const request = requestOf(sent);
  const reply = { status: 200, headers: {}, body: '' };
  await store.write('admit', admission({ request, reply, runs: [plannedRun({ next: [] })] }));
  return request.id;
}

/** Reads the database beside the store. */
function look<Result>(dataDir: string, read: (db: Database.Database) => Result): Result {
  const db = new Database(join(dataDir, 'hookyard.db'), { readonly: true });
  try {
    return read(db);
  } finally {
    db.close();
  }
}

const indexed = (dataDir: string): unknown =>
  look(dataDir, (db) => db.prepare("SELECT value FROM meta WHERE key = 'indexed_seq'").pluck().get());
const newest = (dataDir: string): unknown =>
  look(dataDir, (db) => db.prepare('SELECT max(seq) FROM requests').pluck().get());

async function allIndexed(dataDir: string): Promise<void> {
  await until('the index to be complete', () => indexed(dataDir) === newest(dataDir), { deadlineMs: 20_000 });
}

/** All pages of a search; each but the last has to be full. */
async function idsOf(store: Store, query: Omit<RequestQuery, 'limit'>, limit = 7): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await store.read.requests.find({ ...query, limit, cursor });
    if (page.nextCursor !== null) expect(page.items).toHaveLength(limit);
    ids.push(...page.items.map((row) => row.id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return ids;
}

const awkward = fc.constantFrom(
  '"',
  '""',
  "'",
  ' OR ',
  ' AND ',
  'NEAR(',
  '*',
  '^',
  ':',
  '(',
  ')',
  '\\',
  '%',
  '_',
  'a',
  'ab',
  'A',
  'ä',
  'Ä',
  'ß',
  'İ',
  'σ',
  'ς',
  '日本語',
  '😀',
  '\u0301',
  '\u0000',
  '\ufffd',
  '{"id":',
  '\n',
  '+',
  '-',
  ' ',
);
const someText = fc.oneof(
  fc.array(awkward, { maxLength: 12 }).map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

describe('a search', () => {
  test('finds what reading every request would find, in the index and behind it', async () => {
    await using opened = await openTestStore();
    const { store, dataDir } = opened;
    const sent = fc.sample(fc.record({ url: someText, name: someText, value: someText, body: someText }), {
      numRuns: 240,
      seed: 7,
    });
    const texts: { id: string; text: string }[] = [];
    const send = async (some: typeof sent): Promise<void> => {
      for (const { url, name, value, body } of some) {
        const header = `x-${name}`;
        const headers: HeaderList = [[header, value]];
        const id = await accept(store, { url: `/hooks/${url.replaceAll('?', '')}`, headers, body });
        const isSecret = /token|secret|password|signature/i.test(header);
        const line = `${header}: ${isSecret ? '***' : value}`;
        // Of a body the text before the first NUL is looked into.
        const content = new TextDecoder().decode(bytes(body)).split('\u0000', 1).join('');
        texts.unshift({ id, text: [`/hooks/${url.replaceAll('?', '')}`, line, '', content].join('\n') });
      }
    };
    await send(sent.slice(0, 160));
    await allIndexed(dataDir);
    await send(sent.slice(160));
    expect(Number(indexed(dataDir))).toBeGreaterThan(0);

    const anyPart = fc
      .tuple(fc.nat(texts.length - 1), fc.nat(60), fc.integer({ min: 1, max: 14 }))
      .map(([which, from, length]) => (texts[which]?.text ?? '').slice(from, from + length));
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyPart, someText), async (q) => {
        fc.pre(q !== '');
        const needle = q.toWellFormed().toLowerCase();
        const expected = texts.filter(({ text }) => text.toWellFormed().toLowerCase().includes(needle));
        expect(await idsOf(store, { q })).toEqual(expected.map(({ id }) => id));
      }),
      { numRuns: 300 },
    );
  });

  test('goes together with every filter, newest first, in full pages', async () => {
    await using opened = await openTestStore();
    const { store, dataDir } = opened;
    const rows = fc.sample(
      fc.record({
        endpointId: fc.constantFrom('ep_a', 'ep_b', 'ep_c'),
        method: fc.constantFrom('POST', 'POST', 'GET', 'PUT'),
        status: fc.constantFrom(200, 200, 401, 404),
        word: fc.constantFrom('apple', 'apricot', 'banana'),
        at: fc.nat(50),
      }),
      { numRuns: 220, seed: 11 },
    );
    const known: ((typeof rows)[number] & { id: string; verdict: string; noted: number })[] = [];
    for (const [index, row] of rows.entries()) {
      const request = requestOf({ ...row, body: `the ${row.word} number ${index}` });
      const reply = { status: row.status, headers: {}, body: '' };
      if (row.status === 200)
        await store.write('admit', admission({ request, reply, runs: [plannedRun({ next: [] })] }));
      else
        store.writeLazy('captureRefused', {
          request,
          verdict: 'rejected',
          reason: 'unauthorized',
          reasonText: null,
          reply,
          durationMs: 1,
          bodySize: request.raw.body.byteLength,
        });
      await store.drain();
      // Some are answered otherwise than was foreseen when they were stored.
      const noted = index % 9 === 0 ? 404 : row.status;
      if (noted !== row.status)
        store.writeLazy('noteReplies', [
          { id: request.id, reply: { ...reply, status: noted }, durationMs: 2 },
        ]);
      known.unshift({ ...row, id: request.id, noted, verdict: row.status === 200 ? 'accepted' : 'rejected' });
      if (index === 150) await allIndexed(dataDir);
    }
    await store.drain();
    const maybe = <Value>(values: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
      fc.option(values, { nil: undefined });
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          endpointId: maybe(fc.constantFrom('ep_a', 'ep_c', 'ep_none')),
          method: maybe(fc.constantFrom('POST', 'GET', 'DELETE')),
          status: maybe(fc.constantFrom(200, 404, 500)),
          verdict: maybe(fc.constantFrom('accepted' as const, 'rejected' as const)),
          sinceAt: maybe(fc.nat(50)),
          untilAt: maybe(fc.nat(50)),
          q: maybe(fc.constantFrom('ap', 'APRI', 'banana number 1', 'cherry')),
        }),
        fc.integer({ min: 1, max: 40 }),
        async (query, limit) => {
          const expected = known.filter(
            (row) =>
              (query.endpointId ?? row.endpointId) === row.endpointId &&
              (query.method ?? row.method) === row.method &&
              (query.status ?? row.noted) === row.noted &&
              (query.verdict ?? row.verdict) === row.verdict &&
              row.at >= (query.sinceAt ?? 0) &&
              row.at <= (query.untilAt ?? 50) &&
              `the ${row.word} number ${rows.length - 1 - known.indexOf(row)}`.includes(
                (query.q ?? '').toLowerCase(),
              ),
          );
          expect(await idsOf(store, query, limit)).toEqual(expected.map(({ id }) => id));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('never finds a credential by its value, sealed or not', async () => {
    await using opened = await openTestStore();
    const { store, dataDir } = opened;
    const id = await accept(store, {
      url: '/hooks/a?token=canary-one&plain=visible-one&api_key=canary-two',
      headers: [
        ['Authorization', 'Bearer canary-three'],
        ['X-Custom-Token', 'canary-four'],
        ['X-Plain', 'visible-two'],
      ],
    });
    for (const isBehind of [true, false]) {
      if (!isBehind) await allIndexed(dataDir);
      expect(await idsOf(store, { q: 'canary' })).toEqual([]);
      expect(await idsOf(store, { q: 'three' })).toEqual([]);
      expect(await idsOf(store, { q: 'visible-one' })).toEqual([id]);
      expect(await idsOf(store, { q: 'x-plain: visible-two' })).toEqual([id]);
      expect(await idsOf(store, { q: 'token=***' })).toEqual([id]);
    }
    // Every piece of three letters the index holds.
    const pieces = look(dataDir, (db) =>
      db.prepare('SELECT 1 FROM request_texts WHERE request_texts MATCH \'"can" OR "ary"\'').all(),
    );
    expect(pieces).toEqual([]);
  });

  test('looks into the first 64 KiB of a body, decoded; of binaries into what is text before them', async () => {
    await using opened = await openTestStore();
    const { store, dataDir } = opened;
    const gzipped = await accept(store, {
      headers: [['content-encoding', 'gzip']],
      body: gzipSync('{"name":"pear tree"}'),
    });
    const latin = await accept(store, {
      headers: [['content-type', 'text/plain; charset=iso-8859-1']],
      body: Buffer.from('M\u00fcller pear', 'latin1'),
    });
    const long = await accept(store, { body: `pear${'x'.repeat(65_532)}quince` });
    const binary = await accept(store, {
      body: Buffer.concat([bytes('pear'), Buffer.from([0]), bytes('quince')]),
    });
    const bomb = await accept(store, {
      headers: [['content-encoding', 'gzip']],
      body: gzipSync(Buffer.alloc(8_000_000, 'pear')),
    });
    for (const isBehind of [true, false]) {
      if (!isBehind) await allIndexed(dataDir);
      expect(await idsOf(store, { q: 'Pear' })).toEqual([binary, long, latin, gzipped]);
      expect(await idsOf(store, { q: 'müller' })).toEqual([latin]);
      expect(await idsOf(store, { q: 'quince' })).toEqual([]);
      expect(await idsOf(store, { q: bomb })).toEqual([bomb]);
    }
  });

  test('takes hostile texts for what they are, quickly', async () => {
    await using opened = await openTestStore();
    const { store, dataDir } = opened;
    for (let index = 0; index < 300; index += 1) await accept(store, { body: 'a'.repeat(2_000) });
    await allIndexed(dataDir);
    for (const q of [
      '(a+)+$',
      'a" OR "a',
      '"'.repeat(500),
      'NEAR(a b, 9)',
      `${'a'.repeat(499)}!`,
      '*',
      'a'.repeat(500_000),
    ]) {
      const beganAt = performance.now();
      expect(await idsOf(store, { q })).toEqual([]);
      expect(performance.now() - beganAt).toBeLessThan(1_000);
    }
  });

  test('forgets refused requests that made room for newer ones', async () => {
    await using opened = await openTestStore();
    const { store, dataDir } = opened;
    const refuse = (): void => {
      const request = { ...requestOf({ body: 'flood' }), id: freshId('req') };
      store.writeLazy('captureRefused', {
        request,
        verdict: 'rejected',
        reason: 'unauthorized',
        reasonText: null,
        reply: null,
        durationMs: 1,
        bodySize: 5,
      });
    };
    for (let index = 0; index < 1_000; index += 1) refuse();
    await store.drain();
    await allIndexed(dataDir);
    for (let index = 0; index < 400; index += 1) refuse();
    await store.drain();
    await allIndexed(dataDir);
    expect(await idsOf(store, { q: 'flood' }, 500)).toHaveLength(1_000);
    const [inIndex, total] = look(dataDir, (db) => [
      db.prepare('SELECT count(*) FROM request_texts_docsize').pluck().get(),
      db.prepare('SELECT count(*) FROM requests').pluck().get(),
    ]);
    expect([inIndex, total]).toEqual([1_000, 1_000]);
    expect(store.read.overview.totals().requests).toBe(1_000);
  });
});
