/** Manage Triggers and shared data sources through `/v1` of a real host (SPEC 2; UI). */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { triggers as contract, triggerSchema } from '../../../src/shared/contract/triggers.ts';
import { endpointSchema, pageOf, runSchema, workflowSchema } from '../../../src/shared/contract/views.ts';
import { useApiHost } from './api-host.ts';

const api = useApiHost();
const page = pageOf(triggerSchema);
const switched = z.object({
  items: z.array(
    z.object({ id: z.string(), state: z.string().nullable(), error: z.looseObject({}).nullable() }),
  ),
});
const open = { style: 'native', auth: { scheme: 'none' } };

const source = (name: string) => api.ok(endpointSchema, 'POST', '/endpoints', { name, ...open }, 201);
const bound = (name: string, endpointId: string) => ({
  name,
  nodes: [
    { id: 'hook', type: 'webhook', name: 'Order came', config: { endpointId } },
    { id: 'end', type: 'set', config: { fields: { got: '{{trigger.data}}' } } },
  ],
  edges: [{ source: 'hook', target: 'end' }],
});
const find = async (id: string) =>
  (await api.ok(page, 'GET', '/triggers?limit=500')).items.find((one) => one.id === id);
const post = async (url: string) =>
  (await fetch(url, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })).status;

describe('the list of triggers', () => {
  it('tells state, type, name, place, last call and counts of webhooks', async () => {
    const made = await source('Shop orders');
    expect(await find(made.id)).toMatchObject({
      state: 'deactivated',
      type: 'webhook',
      eventName: 'Shop orders',
      isShared: true,
      locations: [],
      lastCallAt: null,
    });
    const live = await api.live(bound('Takes orders', made.id));
    await api.ok(workflowSchema, 'POST', '/workflows', bound('Will take orders', made.id), 201);
    const { items } = await api.ok(switched, 'POST', '/triggers/switch', { ids: [made.id], state: 'active' });
    expect(items).toEqual([{ id: made.id, state: 'active', error: null }]);
    expect(await post(made.url)).toBe(200);
    const shown = await find(made.id);
    expect(shown).toMatchObject({ state: 'active', recent: { accepted: 1, rejected: 0 }, fixed: null });
    expect(shown?.lastCallAt).not.toBeNull();
    expect(shown?.locations).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          workflowId: live.id,
          workflowName: 'Takes orders',
          project: 'default',
          version: 1,
          nodeId: 'hook',
          nodeName: 'Order came',
          role: 'start',
        }),
        expect.objectContaining({ workflowName: 'Will take orders', version: null }),
      ]),
    );
  });

  it('holds starts by hand and by the API too, on and off with their workflow', async () => {
    const workflow = await api.live({
      name: 'By the API',
      nodes: [
        { id: 'call', type: 'api', name: 'Called' },
        { id: 'end', type: 'log', config: { message: 'ran' } },
      ],
      edges: [{ source: 'call', target: 'end' }],
    });
    const id = `${workflow.id}.call`;
    expect(await find(id)).toMatchObject({
      type: 'api',
      state: 'active',
      eventName: 'Called',
      endpointId: null,
    });
    await api.ok(runSchema.pick({ id: true }), 'POST', `/workflows/${workflow.id}/runs`, { input: 1 }, 202);
    expect(await find(id)).toMatchObject({ recent: { accepted: 1, rejected: 0 } });
    const answer = await api.ok(switched, 'POST', '/triggers/switch', { ids: [id], state: 'deactivated' });
    expect(answer.items[0]).toMatchObject({ state: 'active', error: { code: 'conflict' } });
    await api.ok(workflowSchema, 'POST', `/workflows/${workflow.id}/deactivate`, {});
    expect(await find(id)).toMatchObject({ state: 'deactivated' });
    expect(await api.ok(page, 'GET', '/triggers?type=api&q=called')).toMatchObject({ items: [{ id }] });
  });

  it('is read in pages', async () => {
    await source('Paged one');
    await source('Paged two');
    const ids: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const next = await api.ok(page, 'GET', `/triggers?limit=1&q=paged${query}`);
      ids.push(...next.items.map((item) => item.eventName));
      cursor = next.nextCursor;
    }
    expect(ids.toSorted()).toEqual(['Paged one', 'Paged two']);
    expect(Object.keys(contract)).toEqual(['list', 'switch']);
  });
});

describe('switching many triggers', () => {
  it('does each on its own and tells which could not be', async () => {
    const made = [await source('Bulk one'), await source('Bulk two')];
    const offline = await api.ok(
      workflowSchema,
      'POST',
      '/workflows',
      { name: 'Never live', nodes: [{ id: 'hook', type: 'webhook', config: open }], edges: [] },
      201,
    );
    const dedicated = offline.endpoints[0]?.id ?? '';
    const ids = [...made.map((one) => one.id), dedicated, 'ep_nobody'];
    const { items } = await api.ok(switched, 'POST', '/triggers/switch', { ids, state: 'active' });
    expect(items).toMatchObject([
      { state: 'active', error: null },
      { state: 'active', error: null },
      { state: 'deactivated', error: { code: 'conflict' } },
      { state: null, error: { code: 'not_found' } },
    ]);
    await api.ok(switched, 'POST', '/triggers/switch', {
      ids: made.map((one) => one.id),
      state: 'deactivated',
    });
    for (const one of made) expect(await post(one.url)).toBe(404);
  });
});

describe('deleting a shared data source', () => {
  it('is refused while it is active, and tells who still names it', async () => {
    const made = await source('To be deleted');
    const live = await api.live(bound('Bound and live', made.id));
    const draft = await api.ok(workflowSchema, 'POST', '/workflows', bound('Bound draft', made.id), 201);
    await api.ok(endpointSchema, 'POST', `/endpoints/${made.id}/activate`);
    expect(await api.refused(409, 'conflict', 'DELETE', `/endpoints/${made.id}`)).toMatchObject({
      workflows: expect.arrayContaining([{ id: live.id, name: 'Bound and live', version: 1 }]),
    });
    expect(await post(made.url)).toBe(200);
    await api.ok(endpointSchema, 'POST', `/endpoints/${made.id}/deactivate`);
    const gone = await api.ok(
      z.object({ id: z.string(), workflows: z.array(z.looseObject({ id: z.string() })) }),
      'DELETE',
      `/endpoints/${made.id}`,
    );
    expect(gone.workflows.map(({ id }) => id).toSorted()).toEqual([live.id, draft.id].toSorted());
    expect(await post(made.url)).toBe(404);
    // A draft that still names it can not be committed.
    expect(await api.refused(422, 'invalid', 'POST', `/workflows/${draft.id}/commit`, {})).toMatchObject({
      issues: [{ path: 'nodes[0].config.endpointId', message: expect.any(String) }],
    });
  });

  it('keeps the rules of names', async () => {
    for (const name of ['ab', 'x'.repeat(51), 'Slash / here', 'Umlaut ä', '']) {
      await api.refused(422, 'invalid', 'POST', '/endpoints', { name, ...open });
    }
    const made = await source('Odd [name] (1.0)_-');
    await api.refused(409, 'conflict', 'POST', '/endpoints', { name: 'Odd [name] (1.0)_-', ...open });
    await api.ok(z.unknown(), 'DELETE', `/endpoints/${made.id}`);
    await source('Odd [name] (1.0)_-');
  });
});
