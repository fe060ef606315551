/**
 * How fast a worksheet of 100,000 rows answers: pages in several orders, filters the index knows and those it does not,
 * text search, counts; how fast rows are written, and how long a change of all of them takes. With each read the longest
 * time it kept the main thread. Run: `node test/bench/store/records.ts [rows]`. Prints one line of JSON for each.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { newId } from '../../../src/main/base/ids.ts';
import { systemClock } from '../../../src/main/base/clock.ts';
import { createSilentLogger } from '../../../src/main/base/logger.ts';
import { openStore } from '../../../src/main/store/open-store.ts';
import type { FieldRule } from '../../../src/shared/model/record-values.ts';
import type { Condition } from '../../../src/shared/model/record-filter.ts';

const [rows = 100_000] = process.argv.slice(2).map(Number);
const dataDir = mkdtempSync(join(tmpdir(), 'hookyard-bench-'));
const store = await openStore({
  dataDir,
  writerUrl: new URL('../../../src/main/store-writer.ts', import.meta.url),
  logger: createSilentLogger(),
  clock: systemClock,
});
const entity = 'Order';
const fields: readonly FieldRule[] = [
  { name: 'number', type: 'string', unique: true, required: true },
  { name: 'customer', type: 'string' },
  { name: 'amount', type: 'number' },
  { name: 'due', type: 'date' },
  { name: 'state', type: 'select', options: ['new', 'paid', 'sent'] },
];

function say(what: string, ms: number, more: Readonly<Record<string, unknown>> = {}): void {
  process.stdout.write(`${JSON.stringify({ what, ms: Number(ms.toFixed(1)), ...more })}\n`);
}

async function timed<Value>(
  what: string,
  work: () => Promise<Value>,
  tell: (value: Value) => object,
): Promise<void> {
  const times: number[] = [];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let value = await work();
  delay.enable();
  for (let round = 0; round < 5; round += 1) {
    const from = performance.now();
    value = await work();
    times.push(performance.now() - from);
  }
  delay.disable();
  const [, , median = 0] = times.toSorted((one, other) => one - other);
  say(what, median, { stallMs: Math.round(delay.max / 1e6), ...tell(value) });
}

await store.write('insertEntity', { name: entity, fields, at: 1 });
await store.write('startImport', {
  id: 'job_bench',
  title: 'Bench',
  total: rows,
  entity,
  upload: 'none',
  format: 'csv',
  key: [],
  at: 1,
});
const filling = performance.now();
for (let from = 0; from < rows; from += 100) {
  await store.write('importRows', {
    jobId: 'job_bench',
    from,
    at: from,
    rows: Array.from({ length: Math.min(100, rows - from) }, (_, index) => {
      const n = from + index;
      const data = {
        number: `N-${n}`,
        customer: `Customer ${n % 5_000} of the north`,
        amount: (n * 7_919) % 10_007,
        due: new Date(1.7e12 + n * 3.6e6).toISOString(),
        state: ['new', 'paid', 'sent'][n % 3] ?? 'new',
        note: `Some words about order ${n}, which nobody declared a field for.`,
      };
      return { line: n + 2, cuid: null, newCuid: newId('rec'), fault: null, data };
    }),
  });
}
const fillMs = performance.now() - filling;
say('rows written', fillMs, { perSecond: Math.round((rows / fillMs) * 1_000) });

const find = (query: { sort?: string; q?: string; filter?: readonly Condition[] }) =>
  store.read.records.find({ entity, limit: 50, ...query });
const items = ({ items: found }: Awaited<ReturnType<typeof find>>) => ({ items: found.length });
await timed('newest 50', () => find({}), items);
await timed('50 by a number, largest first', () => find({ sort: '-amount' }), items);
await timed('50 by a text', () => find({ sort: 'customer' }), items);
await timed('one by its key', () => find({ filter: [{ field: 'number', op: 'eq', value: 'N-777' }] }), items);
await timed(
  'two conditions, few rows',
  () =>
    find({
      filter: [
        { field: 'customer', op: 'startsWith', value: 'customer 42 ' },
        { field: 'state', op: 'eq', value: 'paid' },
      ],
    }),
  items,
);
await timed(
  'a condition of many rows',
  () => find({ filter: [{ field: 'amount', op: 'gt', value: 5_000 }] }),
  items,
);
await timed('text search, one row', () => find({ q: `order ${rows - 5},` }), items);
await timed('text search, the last row', () => find({ q: 'order 5,' }), items);
await timed(
  'an undeclared field, no row',
  () => find({ filter: [{ field: 'note', op: 'contains', value: 'zz' }] }),
  items,
);
const count = (filter: readonly Condition[]) => store.read.records.count({ entity, filter });
await timed(
  'count of all',
  () => count([]),
  (n) => ({ n }),
);
await timed(
  'count of many',
  () => count([{ field: 'amount', op: 'gt', value: 5_000 }]),
  (n) => ({ n }),
);

const changing = performance.now();
const [first, ...others] = fields;
if (first !== undefined)
  await store.write('changeEntity', {
    name: entity,
    fields: [{ ...first, name: 'no', was: 'number' }, ...others],
    force: false,
    at: 2,
  });
say('a field renamed in every row', performance.now() - changing);
const removing = performance.now();
await store.write('removeEntity', { name: entity, force: true });
say('the entity deleted', performance.now() - removing);
await store.close();
rmSync(dataDir, { recursive: true });
