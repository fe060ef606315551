/** Workflows, endpoints, records, secrets, tokens and settings: what is kept, refused and forgotten. */
import { describe, expect, test } from 'vitest';
import { documentSchema } from '../../../src/shared/model/document.ts';
import { endpointSettingsSchema } from '../../../src/shared/model/endpoint.ts';
import {
  admission,
  capturedRequest,
  codeOf,
  endpointRow,
  onlyDue,
  openTestStore,
  plannedRun,
  settlement,
  step,
  waiting,
} from './support.ts';

const document = (name: string) =>
  documentSchema.parse({ name, nodes: [{ id: 'hook', type: 'webhook', config: {} }] });

describe('a workflow', () => {
  test('is edited as a draft, committed as versions, and live as one of them', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    await store.write('insertWorkflow', {
      id: 'wf_one',
      slug: 'orders',
      document: document('Orders'),
      at: 1,
    });
    expect(store.read.workflows.byId('wf_one')).toMatchObject({
      slug: 'orders',
      name: 'Orders',
      enabled: false,
      activeVersion: null,
      latestVersion: null,
      changed: true,
    });
    expect(
      await codeOf(store.write('setActive', { id: 'wf_one', version: null, enabled: true, at: 2 })),
    ).toBe('conflict');
    expect(await store.write('commitVersion', { id: 'wf_one', note: 'first', at: 2 })).toEqual({
      version: 1,
    });
    expect(store.read.workflows.byId('wf_one')?.changed).toBe(false);
    await store.write('updateDraft', {
      id: 'wf_one',
      slug: 'orders',
      document: document('Orders two'),
      at: 3,
    });
    expect(store.read.workflows.byId('wf_one')).toMatchObject({
      changed: true,
      name: 'Orders two',
      updatedAt: 3,
    });
    await store.write('updateDraft', { id: 'wf_one', slug: 'orders', document: document('Orders'), at: 4 });
    expect(store.read.workflows.byId('wf_one')?.changed).toBe(false);
    await store.write('setActive', { id: 'wf_one', version: 1, enabled: true, at: 5 });
    expect(store.read.workflows.active()).toMatchObject([
      { workflow: { id: 'wf_one' }, version: { version: 1 } },
    ]);
    await store.write('setActive', { id: 'wf_one', version: null, enabled: false, at: 6 });
    expect(store.read.workflows.active()).toEqual([]);
    expect(store.read.workflows.byIdOrSlug('orders')).toMatchObject({ activeVersion: 1, enabled: false });
    expect(await codeOf(store.write('setActive', { id: 'wf_one', version: 7, enabled: true, at: 7 }))).toBe(
      'conflict',
    );
    expect(store.read.workflows.versions('wf_one').map((version) => version.note)).toEqual(['first']);
  });

  test('has a slug of its own, free again once it is removed', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const insert = (id: string) =>
      store.write('insertWorkflow', { id, slug: 'same', document: document('Same'), at: 1 });
    await insert('wf_one');
    expect(await codeOf(insert('wf_two'))).toBe('conflict');
    await store.write('removeWorkflow', { id: 'wf_one', at: 2 });
    await insert('wf_two');
    expect(store.read.workflows.bySlug('same')?.id).toBe('wf_two');
    await store.write('insertWorkflow', {
      id: 'wf_three',
      slug: 'three',
      document: document('Three'),
      at: 3,
    });
    const taken = { id: 'wf_three', slug: 'same', document: document('Three'), at: 4 };
    expect(await codeOf(store.write('updateDraft', taken))).toBe('conflict');
  });

  test('that is removed takes its live runs, waits and endpoints along and leaves its history', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    await store.write('insertWorkflow', {
      id: 'wf_one',
      slug: 'orders',
      document: document('Orders'),
      at: 1,
    });
    await store.write('commitVersion', { id: 'wf_one', note: '', at: 1 });
    await store.write('saveEndpoints', { workflowId: 'wf_one', endpoints: [endpointRow({ id: 'ep_one' })] });
    await store.write('setEndpointSecret', {
      endpointId: 'ep_one',
      field: 'secret',
      sealed: 's',
      overlapMs: 0,
      at: 1,
    });
    const run = plannedRun({ next: [step('wait')] });
    const request = capturedRequest();
    await store.write('admit', admission({ request, runs: [run] }));
    await store.write('settleStep', settlement(onlyDue(store), waiting({ correlation: 'c', dueAt: 50 })));
    expect(await store.write('removeWorkflow', { id: 'wf_one', at: 9 })).toEqual({
      cancelledRunIds: [run.id],
    });
    expect(store.read.workflows.byId('wf_one')).toBeUndefined();
    expect(store.read.workflows.list({ limit: 5 }).items).toEqual([]);
    expect(store.read.endpoints.list()).toEqual([]);
    expect(store.read.endpoints.allSecrets()).toEqual([]);
    expect(store.read.runs.byId(run.id)).toMatchObject({
      status: 'cancelled',
      workflowName: 'Orders',
      finishedAt: 9,
    });
    expect(store.read.runs.due(Number.MAX_SAFE_INTEGER, 5)).toEqual([]);
    expect(store.read.workflows.version('wf_one', 1)?.document.name).toBe('Orders');
    expect(store.read.requests.byId(request.id)?.runs).toMatchObject([{ id: run.id, status: 'cancelled' }]);
    expect(await codeOf(store.write('removeWorkflow', { id: 'wf_one', at: 9 }))).toBe('not_found');
  });

  test('is found by name, slug, id, or what stands in its webhook URL', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    await store.write('insertWorkflow', {
      id: 'wf_one',
      slug: 'orders',
      document: document('Order intake'),
      at: 1,
    });
    await store.write('insertWorkflow', { id: 'wf_two', slug: 'other', document: document('Other'), at: 1 });
    await store.write('saveEndpoints', {
      workflowId: 'wf_one',
      endpoints: [endpointRow({ id: 'ep_find', path: '/workflow/hooks/ep_find' })],
    });
    for (const q of ['intake', 'ORDERS', 'wf_one', 'ep_find', '/workflow/hooks/ep_find']) {
      expect(store.read.workflows.list({ limit: 5, q }).items.map((row) => row.id)).toEqual(['wf_one']);
    }
    expect(store.read.workflows.list({ limit: 5 }).items.map((row) => row.id)).toEqual(['wf_two', 'wf_one']);
  });
});

describe('endpoints', () => {
  test('of a workflow become exactly those that are saved, and may exchange their paths', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const save = (...endpoints: ReturnType<typeof endpointRow>[]) =>
      store.write('saveEndpoints', { workflowId: 'wf_one', endpoints });
    await save(endpointRow({ id: 'ep_a', path: '/a' }), endpointRow({ id: 'ep_b', path: '/b' }));
    await save(endpointRow({ id: 'ep_a', path: '/b' }), endpointRow({ id: 'ep_b', path: '/a' }));
    expect(store.read.endpoints.byPath('/a')?.id).toBe('ep_b');
    await save(endpointRow({ id: 'ep_b', path: '/a', state: 'deactivated', updatedAt: 5 }));
    expect(store.read.endpoints.ofWorkflow('wf_one')).toMatchObject([
      { id: 'ep_b', path: '/a', state: 'deactivated', createdAt: 1, updatedAt: 5 },
    ]);
    expect(store.read.endpoints.byPath('/b')).toBeUndefined();
  });

  test('never share a path', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    await store.write(
      'insertEndpoint',
      endpointRow({ id: 'ep_a', path: '/a', kind: 'shared', workflowId: null }),
    );
    const twin = endpointRow({ id: 'ep_b', path: '/a' });
    expect(await codeOf(store.write('insertEndpoint', twin))).toBe('conflict');
    expect(await codeOf(store.write('saveEndpoints', { workflowId: 'wf_one', endpoints: [twin] }))).toBe(
      'conflict',
    );
    await store.write('insertEndpoint', { ...twin, path: '/b' });
    expect(await codeOf(store.write('updateEndpoint', { id: 'ep_b', path: '/a', at: 2 }))).toBe('conflict');
    await store.write('removeEndpoint', { id: 'ep_a' });
    await store.write('updateEndpoint', { id: 'ep_b', path: '/a', at: 2 });
    expect(store.read.endpoints.list().map((row) => row.path)).toEqual(['/a']);
  });

  test('change what is given and nothing else', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const settings = endpointSettingsSchema.parse({ style: 'native', methods: ['POST'] });
    await store.write(
      'insertEndpoint',
      endpointRow({ id: 'ep_a', kind: 'shared', settings, description: 'kept' }),
    );
    await store.write('updateEndpoint', { id: 'ep_a', name: 'New name', state: 'deactivated', at: 7 });
    expect(store.read.endpoints.byId('ep_a')).toMatchObject({
      name: 'New name',
      description: 'kept',
      state: 'deactivated',
      settings,
      updatedAt: 7,
    });
    const metal = endpointSettingsSchema.parse({ style: 'metal' });
    await store.write('updateEndpoint', { id: 'ep_a', settings: metal, at: 8 });
    expect(store.read.endpoints.byId('ep_a')).toMatchObject({ style: 'metal', settings: metal });
    expect(await codeOf(store.write('updateEndpoint', { id: 'ep_none', at: 1 }))).toBe('not_found');
  });

  test('keep the previous secret only while it overlaps, and note when it was last used', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const set = (sealed: string, overlapMs: number, at: number) =>
      store.write('setEndpointSecret', { endpointId: 'ep_a', field: 'secret', sealed, overlapMs, at });
    expect(await set('one', 1_000, 10)).toEqual({ previousValidUntil: null });
    expect(await set('two', 1_000, 20)).toEqual({ previousValidUntil: 1_020 });
    store.writeLazy('noteSecretUse', { endpointId: 'ep_a', field: 'secret', at: 100 });
    store.writeLazy('noteSecretUse', { endpointId: 'ep_a', field: 'secret', at: 30_000 });
    await store.drain();
    expect(store.read.endpoints.secrets('ep_a')).toEqual([
      {
        endpointId: 'ep_a',
        field: 'secret',
        sealed: 'two',
        previousSealed: 'one',
        previousValidUntil: 1_020,
        previousUsedAt: 100,
        setAt: 20,
      },
    ]);
    expect(await set('three', 0, 30)).toEqual({ previousValidUntil: null });
    expect(store.read.endpoints.secrets('ep_a')).toMatchObject([
      { sealed: 'three', previousSealed: null, previousUsedAt: null },
    ]);
    await store.write('removeEndpointSecrets', { endpointId: 'ep_a', fields: ['secret'] });
    expect(store.read.endpoints.secrets('ep_a')).toEqual([]);
  });
});

describe('records', () => {
  test('of the entity that exists from the start are made, changed, found and removed', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    expect(store.read.records.entities()).toMatchObject([
      {
        name: 'InventoryModel',
        fields: [
          { name: 'name', type: 'string' },
          { name: 'description', type: 'string' },
          { name: 'status', type: 'string' },
        ],
        count: 0,
      },
    ]);
    const place = { entity: 'InventoryModel', cuid: 'cuid_1' };
    await store.write('insertRecord', { ...place, data: { name: 'Model A', extra: [1] }, at: 1 });
    expect(await codeOf(store.write('insertRecord', { ...place, data: {}, at: 1 }))).toBe('conflict');
    await store.write('updateRecord', { ...place, data: { name: 'Model B' }, at: 2 });
    expect(store.read.records.byCuid('InventoryModel', 'cuid_1')).toEqual({
      ...place,
      data: { name: 'Model B' },
      createdAt: 1,
      updatedAt: 2,
    });
    expect(store.read.records.list({ entity: 'InventoryModel', limit: 5, q: 'model b' }).items).toHaveLength(
      1,
    );
    expect(store.read.records.list({ entity: 'InventoryModel', limit: 5, q: 'model a' }).items).toHaveLength(
      0,
    );
    expect(store.read.records.byCuid('Other', 'cuid_1')).toBeUndefined();
    await store.write('removeRecord', place);
    expect(await codeOf(store.write('removeRecord', place))).toBe('not_found');
    expect(await codeOf(store.write('updateRecord', { ...place, data: {}, at: 3 }))).toBe('not_found');
  });

  test('need an entity that exists', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const record = { entity: 'Sheet', cuid: 'c', data: {}, at: 1 };
    expect(await codeOf(store.write('insertRecord', record))).toBe('not_found');
    await store.write('insertEntity', { name: 'Sheet', fields: [{ name: 'n', type: 'number' }], at: 1 });
    await store.write('insertRecord', record);
    expect(store.read.records.entity('Sheet')).toMatchObject({ count: 1 });
    expect(await codeOf(store.write('insertEntity', { name: 'Sheet', fields: [], at: 1 }))).toBe('conflict');
  });
});

describe('secrets, tokens and settings', () => {
  test('keep what is set and forget what is removed', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const secret = { name: 'API', sealed: 'x', hint: 'x…', hosts: ['a.example'] };
    await store.write('setSecret', { ...secret, at: 1 });
    await store.write('setSecret', { ...secret, sealed: 'y', at: 2 });
    expect(store.read.secrets.list()).toEqual([{ ...secret, sealed: 'y', createdAt: 1, updatedAt: 2 }]);
    await store.write('removeSecret', { name: 'API' });
    expect(await codeOf(store.write('removeSecret', { name: 'API' }))).toBe('not_found');

    const token = { id: 'tok_1', name: 'CI', hash: 'h', hint: 'to…', scopes: ['read'] };
    await store.write('insertToken', { ...token, at: 1 });
    store.writeLazy('noteTokenUse', { id: 'tok_1', at: 5 });
    store.writeLazy('noteTokenUse', { id: 'tok_1', at: 50_000 });
    await store.drain();
    expect(store.read.tokens.byHash('h')).toEqual({ ...token, createdAt: 1, lastUsedAt: 5 });
    expect(await codeOf(store.write('insertToken', { ...token, id: 'tok_2', at: 1 }))).toBe('conflict');
    await store.write('removeToken', { id: 'tok_1' });
    expect(store.read.tokens.byHash('h')).toBeUndefined();

    expect(store.read.settings.get('port')).toBeUndefined();
    await store.write('setSetting', { key: 'port', value: { listen: [1] } });
    await store.write('setSetting', { key: 'none', value: undefined });
    expect(store.read.settings.all()).toEqual({ none: null, port: { listen: [1] } });
  });
});
