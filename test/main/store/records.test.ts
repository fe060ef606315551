/** Worksheets in the store: the index and the eye agree, keys hold, history is bounded, old databases are taken over. */
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeDurable, openWriter } from '../../../src/main/store/connection.ts';
import { migrate } from '../../../src/main/store/migrate.ts';
import { initial } from '../../../src/main/store/migrations/0001-initial.ts';
import type { Store } from '../../../src/main/store/open-store.ts';
import { AppError } from '../../../src/shared/errors.ts';
import {
  compareKeys,
  compileFilter,
  sortKeyOf,
  type Condition,
} from '../../../src/shared/model/record-filter.ts';
import { applyData, type FieldRule } from '../../../src/shared/model/record-values.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { openAt, openTestStore } from './support.ts';

const fields: readonly FieldRule[] = [
  { name: 'text', type: 'string' },
  { name: 'n', type: 'number' },
  { name: 'day', type: 'date' },
  { name: 'on', type: 'boolean' },
];

const texts = fc.oneof(
  fc.constantFrom('', 'a', 'A', 'b', 'B1', 'ab', 'Ä', 'z', '%', '_', "'", '\uffff', '😀', 'a'.repeat(120)),
  fc.string({ maxLength: 4 }).filter((text) => !text.includes('\u0000')),
);
const numbers = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 1.5, 9_007_199_254_740_991, 1e300),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const days = fc.constantFrom(
  '2026-01-01',
  '2026-01-01T00:00:00Z',
  '2026-01-01T02:00:00+02:00',
  '2025-12-31T23:59:59.999Z',
  '2038-01-19T03:14:08Z',
  '1969-07-20',
);
const rows = fc.array(
  fc.record(
    { text: texts, n: numbers, day: days, on: fc.boolean(), free: fc.oneof(texts, numbers, fc.boolean()) },
    { requiredKeys: [] },
  ),
  { minLength: 1, maxLength: 30 },
);
const ops = fc.constantFrom(
  'eq',
  'ne',
  'lt',
  'lte',
  'gt',
  'gte',
  'contains',
  'startsWith',
  'empty',
  'notEmpty',
) satisfies fc.Arbitrary<Condition['op']>;
const conditions = fc.array(
  fc.record({
    field: fc.constantFrom('text', 'n', 'day', 'on', 'free'),
    op: ops,
    value: fc.oneof(texts, numbers, days, fc.boolean(), fc.constant(null)),
  }),
  { maxLength: 2 },
);

let made = 0;
async function sheet(store: Store, data: readonly object[], rules = fields): Promise<string> {
  const entity = `Sheet${(made += 1)}`;
  await store.write('insertEntity', { name: entity, fields: rules, at: 1 });
  await Promise.all(
    data.map((row, index) =>
      store.write('insertRecord', { entity, cuid: `${entity}_${index}`, data: { ...row }, at: index }),
    ),
  );
  return entity;
}

describe('a list', () => {
  test('holds just the rows its conditions are true of, in order, by the index as by looking', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const sorts = fc.constantFrom(
      'text',
      '-text',
      'n',
      '-n',
      'day',
      '-day',
      '-on',
      'createdAt',
      '-createdAt',
    );
    await fc.assert(
      fc.asyncProperty(
        rows,
        conditions,
        sorts,
        fc.integer({ min: 1, max: 7 }),
        async (data, filter, sort, limit) => {
          const entity = await sheet(store, data);
          const fits = compileFilter(fields, filter);
          const isDown = sort.startsWith('-');
          const name = sort.replace('-', '');
          const rule = fields.find((field) => field.name === name);
          const all = data.map((row, index) => ({
            index,
            row: { cuid: `${entity}_${index}`, data: row, createdAt: index, updatedAt: index },
            key: rule === undefined ? 0 : sortKeyOf(rule.type, Reflect.get(row, name)),
          }));
          const expected = all
            .filter(({ row }) => fits(row))
            .toSorted((one, other) => {
              const order = compareKeys(one.key, other.key);
              if (order !== 0 && (one.key === null || other.key === null)) return order;
              return (order === 0 ? one.index - other.index : order) * (isDown ? -1 : 1);
            })
            .map(({ row }) => row.cuid);
          const found: string[] = [];
          for (let cursor: string | null | undefined; cursor !== null; ) {
            const page = store.read.records.list({ entity, filter, sort, limit, cursor });
            found.push(...page.items.map(({ cuid }) => cuid));
            cursor = page.nextCursor;
          }
          expect(found).toEqual(expected);
          expect(await store.read.records.count({ entity, filter })).toBe(expected.length);
        },
      ),
      { numRuns: 150 },
    );
  }, 60_000);

  test('of more rows than are looked at in one go leaves out none', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const entity = await sheet(
      store,
      Array.from({ length: 2_300 }, (_, n) => ({ n: n % 3, text: `T${n % 10}` })),
    );
    const filter: Condition[] = [
      { field: 'n', op: 'gte', value: 0 },
      { field: 'text', op: 'contains', value: '7' },
    ];
    expect(await store.read.records.count({ entity, filter })).toBe(230);
    const page = await store.read.records.find({ entity, filter, sort: '-n', limit: 500 });
    expect(page.items.map(({ data }) => data['n'])).toEqual([
      ...Array.from({ length: 77 }, () => 2),
      ...Array.from({ length: 77 }, () => 1),
      ...Array.from({ length: 76 }, () => 0),
    ]);
  });
});

describe('the index', () => {
  test('is the same after changes as if the rows had been made so, and empty once they are gone', async () => {
    await using opened = await openTestStore();
    const { store, dataDir } = opened;
    const db = new Database(join(dataDir, 'hookyard.db'), { readonly: true });
    const indexOf = (entity: string) =>
      db
        .prepare<[string]>(
          `SELECT f.name, v.value FROM record_values AS v JOIN entity_fields AS f ON f.seq = v.field_seq
             JOIN records AS r ON r.seq = v.record_seq WHERE f.entity = ? ORDER BY r.cuid, f.position`,
        )
        .all(entity);
    await fc.assert(
      fc.asyncProperty(rows, rows, async (before, after) => {
        const entity = await sheet(store, before);
        const pairs = before.map((_, index) => after[index % after.length] ?? {});
        for (const [index, data] of pairs.entries())
          await store.write('updateRecord', { entity, cuid: `${entity}_${index}`, data, at: 5 });
        const fresh = await sheet(store, pairs);
        expect(indexOf(entity)).toEqual(indexOf(fresh));
        await store.write('removeRecords', {
          entity,
          cuids: pairs.map((_, index) => `${entity}_${index}`),
          at: 6,
        });
        expect(indexOf(entity)).toEqual([]);
        await store.write('removeEntity', { name: fresh, force: true });
        await store.write('removeEntity', { name: entity, force: false });
        // Only what every install has is left.
        const left = db.prepare('SELECT count(*) FROM record_values').pluck().get();
        expect(left).toBe(0);
      }),
      { numRuns: 20 },
    );
    db.close();
  });

  test('keeps keys unique whatever is written at once, and lets a freed value be taken', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const rules: FieldRule[] = [{ name: 'key', type: 'string', unique: true }];
    const entity = await sheet(store, [], rules);
    const write = (cuid: string, key: string) =>
      store.write('insertRecord', { entity, cuid, data: { key }, at: 1 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => write(`k${n}`, `v${n % 4}`)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(refused.every((reason) => reason instanceof AppError && reason.code === 'conflict')).toBe(true);
    await store.write('updateRecord', { entity, cuid: 'k0', data: { key: 'other' }, at: 2 });
    await write('k20', 'v0');
    await store.write('removeRecord', { entity, cuid: 'k20', at: 3 });
    await write('k21', 'v0');
    expect(store.read.records.ownerOf(entity, 'key', 'v0')).toBe('k21');
  });
});

test('the history of a record keeps its newest hundred changes', async () => {
  await using opened = await openTestStore();
  const { store } = opened;
  const entity = await sheet(store, [{ n: 0 }]);
  const cuid = `${entity}_0`;
  for (let n = 1; n <= 130; n += 1) await store.write('updateRecord', { entity, cuid, data: { n }, at: n });
  await store.write('updateRecord', { entity, cuid, data: { n: 130 }, at: 999 });
  const { items } = store.read.records.history({ entity, cuid, limit: 500 });
  expect(items).toHaveLength(100);
  expect(items[0]).toMatchObject({ before: { n: 129 }, after: { n: 130 }, at: 130 });
});

test('entities and records of the first layout keep their fields, are indexed and can be changed', async () => {
  using folder = makeTempDir();
  const file = join(folder.path, 'hookyard.db');
  const db = openWriter(file);
  makeDurable(db);
  migrate(db, file, [initial]);
  db.exec(`INSERT INTO entities (name, fields, created_at)
      VALUES ('Old', '[{"name":"n","type":"number"},{"name":"a\\"b","type":"string"},{"name":"x","type":"json"}]', 7);
    INSERT INTO records (cuid, entity, data, created_at, updated_at)
      VALUES ('one', 'Old', '{"n":2,"a\\"b":"q","x":[1]}', 1, 1), ('two', 'Old', '{"n":1}', 2, 2),
        ('three', 'InventoryModel', '{"name":"Model","status":"new"}', 3, 3);`);
  db.close();
  const store = await openAt(folder.path);
  const { records } = store.read;
  expect(records.entity('Old')).toEqual({
    name: 'Old',
    fields: [
      { name: 'n', type: 'number' },
      { name: 'a"b', type: 'string' },
      { name: 'x', type: 'json' },
    ],
    count: 2,
    createdAt: 7,
  });
  const cuids = (query: { sort?: string; filter?: Condition[] }) =>
    records.list({ entity: 'Old', limit: 9, ...query }).items.map(({ cuid }) => cuid);
  expect(cuids({ sort: 'n' })).toEqual(['two', 'one']);
  expect(cuids({ filter: [{ field: 'a"b', op: 'eq', value: 'q' }] })).toEqual(['one']);
  expect(records.list({ entity: 'InventoryModel', limit: 9, sort: 'status' }).items).toHaveLength(1);
  await store.write('patchRecords', { entity: 'Old', cuids: ['one'], data: { n: 0 }, at: 9 });
  expect(cuids({ sort: 'n' })).toEqual(['one', 'two']);
  await store.close();
});

describe('values', () => {
  const judge = (type: FieldRule['type'], value: unknown, isLoose = true) =>
    applyData([{ name: 'v', type, options: ['7', 'x'] }], null, { v: value }, isLoose);
  test.each([
    ['number', ' 7.5 ', 7.5],
    ['number', '1e3', 1_000],
    ['boolean', 'Yes', true],
    ['boolean', 0, false],
    ['string', 7, '7'],
    ['select', 7, '7'],
    ['date', '2026-03-23 15:30:00Z', '2026-03-23T15:30:00Z'],
    ['number', '', undefined],
    ['string', '', ''],
  ] as const)('as %s %j is taken loosely as %j, and as written otherwise', (type, given, value) => {
    expect(judge(type, given).faults).toEqual([]);
    expect(judge(type, given).data['v']).toEqual(value);
    if (given !== '') expect(judge(type, given, false).faults).toHaveLength(1);
  });

  test.each([
    ['number', '0x10'],
    ['number', '1,5'],
    ['number', 'Infinity'],
    ['boolean', 'maybe'],
    ['date', '2026-02-30'],
    ['date', '2026-13-01'],
    ['date', '2026-01-01T10:00'],
    ['date', 'tomorrow'],
    ['string', { a: 1 }],
    ['select', 'y'],
    ['reference', ''],
  ] as const)('as %s %j is refused', (type, given) => {
    const isNothing = type === 'reference';
    expect(judge(type, given).faults).toHaveLength(isNothing ? 0 : 1);
    expect(judge(type, given, false).faults).toHaveLength(1);
  });
});
