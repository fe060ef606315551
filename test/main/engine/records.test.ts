/** Record steps: done in the transaction that settles them, so once, whatever happens around it (SPEC 8, 9). */
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSealedVault, newDataKey } from '../../../src/main/base/sealed-vault.ts';
import type { Store } from '../../../src/main/store/open-store.ts';
import { AppError } from '../../../src/shared/errors.ts';
import type { FieldRule } from '../../../src/shared/model/record-values.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';
import { startLife } from './engine-life.ts';
import { liveWorkflow, makeDocument, openEngine, runOnce, untilRun } from './open-engine.ts';

const orderFields: readonly FieldRule[] = [
  { name: 'number', type: 'string', required: true, unique: true },
  { name: 'amount', type: 'number' },
  { name: 'due', type: 'date' },
  { name: 'state', type: 'select', options: ['new', 'paid'], default: 'new' },
];
const makeOrders = (store: Store) =>
  store.write('insertEntity', { name: 'Order', fields: orderFields, at: 1 });
const start = { id: 'start', type: 'manual' };
const step = (id: string, type: string, config: Record<string, unknown>) => ({
  id,
  type: `record.${type}`,
  config: { entity: 'Order', ...config },
});
const chain = (...nodes: { id: string; type: string; config: Record<string, unknown> }[]) =>
  makeDocument(
    [start, ...nodes],
    nodes.map((node, index) => `${nodes[index - 1]?.id ?? 'start'}>${node.id}`),
  );

const refusals = [
  [
    'create',
    { data: { amount: 1 } },
    'record_invalid',
    { issues: [{ path: 'number', message: 'is required' }] },
  ],
  ['create', { data: { number: 'K' } }, 'record_conflict', { field: 'number', cuid: 'rec_known' }],
  ['create', { entity: 'Nothing', data: { a: 1 } }, 'record_not_found', undefined],
  ['update', { cuid: 'rec_none', data: { amount: 1 } }, 'record_not_found', undefined],
  ['update', { where: { number: 'L' }, data: { amount: 1 } }, 'record_not_found', undefined],
  ['update', { where: { state: 'new' }, data: { number: 'M' } }, 'record_conflict', { field: 'number' }],
  ['update', { where: { state: 'new' }, limit: 1, data: { amount: 1 } }, 'record_invalid', undefined],
  ['update', { where: '{{ {} }}', data: { amount: 1 } }, 'record_invalid', undefined],
  ['delete', { cuid: '{{trigger.data.none}}' }, 'record_invalid', undefined],
  ['upsert', { key: 'number', data: { amount: 1 } }, 'record_invalid', undefined],
  ['upsert', { key: 'state', data: { state: 'new', number: 'Z' } }, 'record_conflict', undefined],
  ['find', { sort: 'nothing' }, 'record_invalid', undefined],
] as const;

describe('record steps', () => {
  it('create, find, change, find by key and delete rows, and give them as output', async () => {
    const bench = await openEngine();
    await makeOrders(bench.store);
    const run = await runOnce(
      bench,
      chain(
        step('make', 'create', {
          data: { number: '{{trigger.data.no}}', amount: '12.50', due: '2026-03-23' },
        }),
        step('find', 'find', { where: { amount: { gte: 12, lt: 13 }, state: ['new'] }, sort: '-amount' }),
        step('pay', 'update', { cuid: '{{steps.find.output.items[0].cuid}}', data: { state: 'paid' } }),
        step('again', 'upsert', { key: 'number', data: { number: 'A-1', amount: 13 } }),
        step('other', 'upsert', { key: ['number'], data: '{{ {"number": "A-2", "note": "free"} }}' }),
        step('drop', 'delete', { where: [{ field: 'number', op: 'startsWith', value: 'a-' }] }),
      ),
      { no: 'A-1' },
    );
    expect(run.error).toBeNull();
    const outputs = Object.fromEntries(run.steps.map(({ nodeId, output }) => [nodeId, output]));
    const made = { entity: 'Order', data: { number: 'A-1', amount: 12.5, due: '2026-03-23', state: 'new' } };
    expect(outputs['make']).toMatchObject({ ...made, cuid: expect.stringMatching(/^rec_/) });
    expect(outputs['find']).toEqual({ count: 1, more: false, items: [outputs['make']] });
    expect(outputs['pay']).toMatchObject({ data: { ...made.data, state: 'paid' } });
    expect(outputs['again']).toMatchObject({ created: false, data: { amount: 13, state: 'paid' } });
    expect(outputs['other']).toMatchObject({
      created: true,
      data: { number: 'A-2', note: 'free', state: 'new' },
    });
    expect(outputs['drop']).toMatchObject({ count: 2 });
    expect(bench.store.read.records.entity('Order')?.count).toBe(0);
    const { cuid } = Object(outputs['make']);
    const history = bench.store.read.records.history({ entity: 'Order', cuid, limit: 10 }).items;
    expect(history.map(({ change, after }) => [change, after])).toEqual([
      ['delete', null],
      ['update', { amount: 13 }],
      ['update', { state: 'paid' }],
      ['create', made.data],
    ]);
    expect(history.map(({ actorJson }): unknown => JSON.parse(actorJson))).toEqual(
      ['drop', 'again', 'pay', 'make'].map((nodeId) => ({ kind: 'run', runId: run.id, nodeId })),
    );
  });

  it('fail with a name, and leave nothing behind', async () => {
    const bench = await openEngine();
    const { store } = bench;
    await makeOrders(store);
    await store.write('insertRecord', { entity: 'Order', cuid: 'rec_known', data: { number: 'K' }, at: 1 });
    await store.write('insertRecord', { entity: 'Order', cuid: 'rec_other', data: { number: 'O' }, at: 1 });
    const before = store.read.records.list({ entity: 'Order', limit: 10 });
    for (const [type, config, code, details] of refusals) {
      const run = await runOnce(bench, chain(step('act', type, config)), {});
      const which = `${type} ${JSON.stringify(config)}`;
      expect(run.error, which).toMatchObject({ code, nodeId: 'act' });
      if (details !== undefined) expect(run.error?.details, which).toMatchObject(details);
      expect(store.read.records.list({ entity: 'Order', limit: 10 }), which).toEqual(before);
    }
  });

  it('that are refused are tried again, continued from or left by the error port, like any failure', async () => {
    const bench = await openEngine({ chance: () => 0 });
    await makeOrders(bench.store);
    const config = { cuid: 'rec_none', data: { amount: 1 } };
    const retry = { attempts: 3, backoffSeconds: 0.01, factor: 1, maxSeconds: 1 };
    const run = await runOnce(
      bench,
      makeDocument(
        [
          start,
          step('go', 'update', { ...config, onError: 'continue' }),
          step('leave', 'update', { ...config, onError: 'port', retry }),
          { id: 'end', type: 'set', config: { fields: { why: '{{steps.leave.error.code}}' } } },
        ],
        ['start>go', 'go>leave', 'leave:error>end'],
      ),
    );
    expect(run.error).toBeNull();
    expect(run.output).toEqual({ why: 'record_not_found' });
    expect(run.steps.find(({ nodeId }) => nodeId === 'leave')).toMatchObject({
      attempt: 3,
      status: 'failed',
    });
  });

  it('find by any condition what is looked at one by one as well', async () => {
    const bench = await openEngine();
    const run = await runOnce(
      bench,
      chain(
        step('one', 'create', { entity: 'InventoryModel', data: { name: 'Bär', free: { deep: [1] } } }),
        step('find', 'find', {
          entity: 'InventoryModel',
          where: { free: { deep: [1] }, name: { contains: 'ä' } },
        }),
      ),
    );
    expect(run.output).toMatchObject({ count: 1, items: [{ data: { name: 'Bär' } }] });
  });
});

describe('once', () => {
  it('a write that was done but reported failed is not done again', async () => {
    for (let nth = 1; nth <= 3; nth += 1) {
      let seen = 0;
      const bench = await openEngine({
        clock: { now: () => Date.now(), after: (ms, callback) => timer(Math.min(ms, 10), callback) },
        wrapStore: (store) => ({
          ...store,
          get configVersion() {
            return store.configVersion;
          },
          async write(name, input) {
            const output = await store.write(name, input);
            if (name === 'settleStep' && (seen += 1) === nth)
              throw new AppError({ code: 'storage_unavailable' });
            return output;
          },
        }),
      });
      await makeOrders(bench.store);
      const run = await runOnce(
        bench,
        chain(
          step('make', 'create', { data: { number: 'A', amount: 1 } }),
          step('bump', 'update', {
            where: { number: 'A' },
            data: { amount: '{{steps.make.output.data.amount + 1}}' },
          }),
          step('find', 'find', {}),
        ),
      );
      expect(run.error).toBeNull();
      expect(run.output, `write ${nth}`).toMatchObject({ count: 1, items: [{ data: { amount: 2 } }] });
      await bench.close();
    }
  });

  it('over kill -9 in the middle of it, every run has written each of its rows', async () => {
    const temp = makeTempDir();
    onTestFinished(() => temp.remove());
    const key = newDataKey();
    const vault = createSealedVault({ keys: [key], description: 'test' });
    const first = await openEngine({ dataDir: temp.path, vault, start: false });
    await makeOrders(first.store);
    await first.store.write('insertEntity', {
      name: 'Line',
      fields: [{ name: 'run', type: 'string' }],
      at: 1,
    });
    const workflowId = await liveWorkflow(
      first.store,
      chain(
        step('make', 'create', { data: { number: '{{run.id}}', amount: 0 } }),
        step('line', 'create', { entity: 'Line', data: { run: '{{run.id}}' } }),
        step('bump', 'update', { cuid: '{{steps.make.output.cuid}}', data: { amount: 1 } }),
        step('more', 'create', { entity: 'Line', data: { run: '{{run.id}}' } }),
      ),
    );
    const runs = 120;
    for (let index = 0; index < runs; index += 1) await first.engine.startRun({ workflowId, input: null });
    await first.close();
    const db = new Database(join(temp.path, 'hookyard.db'), { readonly: true });
    const rows = db.prepare('SELECT count(*) FROM records').pluck();
    for (let kill = 1; kill <= 4; kill += 1) {
      const life = startLife(temp.path, key);
      await until('some more rows', () => Number(rows.get()) >= kill * 60);
      await life.kill();
    }
    db.close();
    const last = startLife(temp.path, key);
    await last.said('idle');
    await last.kill();
    const bench = await openEngine({ dataDir: temp.path, vault, start: false });
    const { records } = bench.store.read;
    expect(await records.count({ entity: 'Order', filter: [{ field: 'amount', op: 'eq', value: 1 }] })).toBe(
      runs,
    );
    expect(records.entity('Order')?.count).toBe(runs);
    const lines = records.list({ entity: 'Line', limit: 1_000 }).items;
    const perRun = Map.groupBy(lines, ({ data }) => data['run']);
    expect(perRun.size).toBe(runs);
    expect([...perRun.values()].every((rows) => rows.length === 2)).toBe(true);
  }, 30_000);

  it('in a loop whose rounds run at once: one row for each item, none lost among them', async () => {
    const bench = await openEngine();
    await makeOrders(bench.store);
    const run = await runOnce(
      bench,
      makeDocument(
        [
          start,
          { id: 'loop', type: 'loop', config: { items: 'trigger.data', concurrency: 8 } },
          step('make', 'upsert', { key: 'number', data: { number: '{{item}}', amount: '{{index}}' } }),
          step('find', 'find', { limit: 1_000 }),
        ],
        ['start>loop', 'loop:each>make', 'loop:done>find'],
      ),
      Array.from({ length: 40 }, (_, index) => `N${index % 20}`),
    );
    expect(run).toMatchObject({ status: 'succeeded', output: { count: 20 } });
    const made = bench.store.read.records.list({ entity: 'Order', limit: 100 }).items;
    const changes = made.flatMap(({ cuid }) =>
      bench.store.read.records
        .history({ entity: 'Order', cuid, limit: 10 })
        .items.map(({ change }) => change),
    );
    expect(changes.filter((change) => change === 'create')).toHaveLength(20);
    expect(changes.filter((change) => change === 'update')).toHaveLength(20);
  });

  it('a run that was cancelled meanwhile writes nothing', async () => {
    const bench = await openEngine();
    const { store, engine } = bench;
    await makeOrders(store);
    const workflowId = await liveWorkflow(
      store,
      chain(
        { id: 'wait', type: 'delay', config: { seconds: 60 } },
        step('make', 'create', { data: { number: 'A' } }),
      ),
    );
    const { runId } = await engine.startRun({ workflowId, input: null });
    await untilRun(engine, runId, ['waiting']);
    await engine.cancelRun(runId);
    await until('the end', () => engine.describeRun(runId)?.status === 'cancelled');
    expect(store.read.records.entity('Order')?.count).toBe(0);
  });
});

function timer(ms: number, callback: () => void): () => void {
  const handle = setTimeout(callback, ms);
  return () => clearTimeout(handle);
}
