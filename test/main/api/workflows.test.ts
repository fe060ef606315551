/** Workflows through `/v1` of a real host (SPEC 2, 8, 11). */
import { createHmac } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  checkResultSchema,
  pageOf,
  runSchema,
  versionSchema,
  workflowSchema,
  workflowSummarySchema,
} from '../../../src/shared/contract/views.ts';
import { simpleDocument, useApiHost } from './api-host.ts';

const api = useApiHost();
const urlAnswer = z.object({ url: z.string() });
const secretAnswer = z.object({ secret: z.string(), previousValidUntil: z.string().nullable() });

/** Posts to a webhook; answers status and body. */
async function post(url: string, body: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  const text = await response.text();
  const parsed: unknown = text === '' ? undefined : JSON.parse(text);
  return { status: response.status, body: parsed };
}

const sign = (secret: string, body: string): string =>
  createHmac('sha256', secret).update(body).digest('hex');

describe('saving', () => {
  it('stores the document of SPEC 8, puts it live, and answers its signed caller', async () => {
    const workflow = await api.live({
      name: 'Order intake of the page',
      slug: 'order-intake-page',
      description: '',
      nodes: [
        {
          id: 'hook',
          type: 'webhook',
          name: 'Order received',
          position: { x: 0, y: 0 },
          config: {
            style: 'flowtrux',
            auth: { scheme: 'hmac', secret: 's3cret' },
            response: { mode: 'lastNode', status: 201, headers: { 'X-Flow': 'orders' } },
          },
        },
        {
          id: 'total',
          type: 'transform',
          name: 'Total',
          config: { expression: '{"total": $sum(trigger.data.items.price)}' },
        },
      ],
      edges: [{ source: 'hook', target: 'total' }],
    });
    expect(workflow).toMatchObject({
      slug: 'order-intake-page',
      enabled: true,
      activeVersion: 1,
      changed: false,
    });
    const [endpoint] = workflow.endpoints;
    expect(endpoint).toMatchObject({
      nodeId: 'hook',
      style: 'flowtrux',
      state: 'active',
      url: `${api.host().receiver}/api/webhooks/${workflow.id}`,
    });
    const body = '{"items":[{"price":2},{"price":3.5}]}';
    const answer = await post(endpoint?.url ?? '', body, { 'X-Webhook-Signature': sign('s3cret', body) });
    expect(answer).toEqual({ status: 201, body: { total: 5.5 } });
    expect(
      (await post(endpoint?.url ?? '', body, { 'X-Webhook-Signature': sign('wrong', body) })).status,
    ).toBe(401);
  });

  it('gives every style its own URL', async () => {
    const paths: Record<string, RegExp> = {
      native: /^\/hooks\/urls-native$/,
      validmind: /^\/vm\/api\/v1\/webhooks\/ep_\w+\/hook$/,
      metal: /^\/webhooks\/workflows\/urls-metal$/,
      flowx: /^\/webhooks\/incoming\/local\/default\/default\/ep_\w+$/,
      hap: /^\/workflow\/hooks\/ep_\w+$/,
      flowtrux: /^\/api\/webhooks\/wf_\w+$/,
    };
    for (const [style, path] of Object.entries(paths)) {
      const { endpoints } = await api.live(simpleDocument(`Urls ${style}`, { style }));
      expect(new URL(endpoints[0]?.url ?? '').pathname).toMatch(path);
    }
  });

  it('makes a slug from the name, and numbers it when it is taken', async () => {
    const slugs: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const { slug } = await api.ok(workflowSchema, 'POST', '/workflows', { name: 'Crème brûlée!' }, 201);
      slugs.push(slug);
    }
    expect(slugs).toEqual(['creme-brulee', 'creme-brulee-2', 'creme-brulee-3']);
  });

  it('refuses a slug somebody chose that is taken, at creation and at update', async () => {
    await api.ok(workflowSchema, 'POST', '/workflows', { name: 'A', slug: 'chosen' }, 201);
    const error = await api.refused(409, 'conflict', 'POST', '/workflows', { name: 'B', slug: 'chosen' });
    expect(error.msg).toContain('chosen');
    const other = await api.ok(workflowSchema, 'POST', '/workflows', { name: 'C' }, 201);
    await api.refused(409, 'conflict', 'PUT', `/workflows/${other.id}`, { name: 'C', slug: 'chosen' });
  });

  it('refuses unknown keys and types with the path of each fault', async () => {
    const { issues } = await api.refused(422, 'invalid', 'POST', '/workflows', {
      name: 'Faulty',
      nodes: [
        { id: 'a', type: 'webhook', config: { colour: 'red', response: { mode: 'lastNode', speed: 9 } } },
        { id: 'b', type: 'teleport' },
        { id: 'c', type: 'http', config: { url: 'https://x.test', methd: 'GET' } },
        { id: 'c', type: 'set', config: { fields: 'none' } },
      ],
      edges: [{ source: 'a', target: 'nobody' }],
    });
    const paths = issues?.map((issue) => issue.path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'nodes[0].config.colour',
        'nodes[0].config.response.speed',
        'nodes[1].type',
        'nodes[2].config.methd',
        'nodes[3].id',
        'nodes[3].config.fields',
        'edges[0].target',
      ]),
    );
    const unknown = await api.refused(422, 'invalid', 'POST', '/workflows', {
      name: 'X',
      owner: 'me',
      nodes: [{}],
    });
    expect(unknown.issues?.map((issue) => issue.path)).toEqual(
      expect.arrayContaining(['owner', 'nodes[0].id', 'nodes[0].type']),
    );
    const scheme = await api.refused(
      422,
      'invalid',
      'POST',
      '/workflows',
      simpleDocument('X', { auth: { scheme: 'magic' } }),
    );
    expect(scheme.issues?.[0]?.path).toBe('nodes[0].config.auth.scheme');
    const list = await api.refused(
      422,
      'invalid',
      'POST',
      '/workflows',
      simpleDocument('X', { ipAllow: ['10.0.0.300'] }),
    );
    expect(list.issues?.[0]?.path).toBe('nodes[0].config.ipAllow[0]');
  });

  it('leaves nothing behind when a document cannot go live', async () => {
    const document = simpleDocument('Never live', {}, { slug: 'never-live', edges: [] });
    const { issues } = await api.refused(422, 'invalid', 'POST', '/workflows?activate=true', document);
    expect(issues?.length).toBeGreaterThan(0);
    await api.refused(404, 'not_found', 'GET', '/workflows/never-live');
    // As a draft the same document is welcome.
    await api.ok(workflowSchema, 'POST', '/workflows', document, 201);
  });

  it('takes a workflow back as it was read, what only the app can say left aside', async () => {
    const made = await api.live(
      simpleDocument('Round trip', { auth: { scheme: 'hmac', secret: 'round and round' } }),
    );
    const { body } = await api.v1('GET', `/workflows/${made.id}`);
    const read = workflowSchema.parse(body);
    const sent = { ...read, description: 'edited', enabled: false, activeVersion: 77, id: 'wf_another' };
    const saved = await api.ok(workflowSchema, 'PUT', `/workflows/${made.id}`, sent);
    expect(saved).toMatchObject({ id: made.id, description: 'edited', enabled: true, activeVersion: 1 });
    expect(saved.nodes).toEqual(read.nodes);
  });

  it('is found by id and by slug, and gone after its deletion', async () => {
    const made = await api.live(simpleDocument('To be deleted'));
    const bySlug = await api.ok(workflowSchema, 'GET', '/workflows/to-be-deleted');
    expect(bySlug.id).toBe(made.id);
    await api.ok(z.object({ id: z.literal(made.id) }), 'DELETE', '/workflows/to-be-deleted');
    await api.refused(404, 'not_found', 'GET', `/workflows/${made.id}`);
    expect((await post(made.endpoints[0]?.url ?? '', '{}')).status).toBe(404);
    // Its slug and URL are free again.
    const again = await api.live(simpleDocument('To be deleted'));
    expect(again.slug).toBe('to-be-deleted');
  });
});

describe('secrets in documents', () => {
  const canary = 'canary-4d1f3c-secret-of-a-document';

  it('come back masked and are nowhere in the data folder in clear', async () => {
    const made = await api.live(simpleDocument('Masked', { auth: { scheme: 'hmac', secret: canary } }));
    expect(made.nodes[0]?.config['auth']).toMatchObject({ scheme: 'hmac', secret: '••••ment' });
    const { body } = await api.v1('GET', `/workflows/${made.id}`);
    expect(JSON.stringify(body)).not.toContain(canary);
    const folder = join(api.folder(), 'data');
    for (const name of await readdir(folder)) {
      expect((await readFile(join(folder, name))).includes(canary), name).toBe(false);
    }
  });

  it('are kept when left out or sent back masked, and replaced when given anew', async () => {
    const document = simpleDocument('Kept', { auth: { scheme: 'hmac', secret: 'the first secret' } });
    const made = await api.live(document);
    const url = made.endpoints[0]?.url ?? '';
    const accepts = async (secret: string): Promise<boolean> => {
      const { status } = await post(url, '{}', { 'X-Webhook-Signature': sign(secret, '{}') });
      return status === 200;
    };
    expect(await accepts('the first secret')).toBe(true);
    await api.ok(
      workflowSchema,
      'PUT',
      `/workflows/${made.id}?activate=true`,
      simpleDocument('Kept', { auth: { scheme: 'hmac' } }),
    );
    expect(await accepts('the first secret')).toBe(true);
    const { nodes } = await api.ok(workflowSchema, 'GET', `/workflows/${made.id}`);
    await api.ok(workflowSchema, 'PUT', `/workflows/${made.id}?activate=true`, { ...document, nodes });
    expect(await accepts('the first secret')).toBe(true);
    await api.ok(
      workflowSchema,
      'PUT',
      `/workflows/${made.id}`,
      simpleDocument('Kept', { auth: { scheme: 'hmac', secret: 'the second secret' } }),
    );
    // A secret belongs to the endpoint, not to a version: it is replaced at once.
    expect(await accepts('the first secret')).toBe(false);
    expect(await accepts('the second secret')).toBe(true);
  });

  it('are made up where nobody gives them, and only the admin is told', async () => {
    const made = await api.live(simpleDocument('Made up', { style: 'flowx' }));
    const [endpoint] = made.endpoints;
    expect(endpoint?.url).not.toContain('flowxApiKey');
    const { url } = await api.ok(urlAnswer, 'GET', `/endpoints/${endpoint?.id}/url`);
    expect(new URL(url).searchParams.get('flowxApiKey')).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect((await post(url, '{"a":1}')).status).toBe(200);
    expect((await post(endpoint?.url ?? '', '{"a":1}')).status).toBe(401);
  });

  it('of a scheme that is no longer used are forgotten', async () => {
    const made = await api.live(
      simpleDocument('Changed scheme', { auth: { scheme: 'apiKey', key: 'the-old-key-value' } }),
    );
    await api.ok(
      workflowSchema,
      'PUT',
      `/workflows/${made.id}?activate=true`,
      simpleDocument('Changed scheme', { auth: { scheme: 'none' } }),
    );
    const back = await api.ok(
      workflowSchema,
      'PUT',
      `/workflows/${made.id}?activate=true`,
      simpleDocument('Changed scheme', { auth: { scheme: 'apiKey' } }),
    );
    expect(back.endpoints[0]?.id).toBe(made.endpoints[0]?.id);
    const url = made.endpoints[0]?.url ?? '';
    expect((await post(url, '{}', { 'x-api-key': 'the-old-key-value' })).status).toBe(401);
  });

  it('are rotated, the old one valid for the overlap only', async () => {
    const made = await api.live(
      simpleDocument('Rotated', { style: 'metal', auth: { scheme: 'hmac', secret: 'old secret' } }),
    );
    const url = made.endpoints[0]?.url ?? '';
    const statusWith = async (secret: string) =>
      (await post(url, '{}', { 'X-Webhook-Signature': sign(secret, '{}') })).status;
    const path = `/workflows/${made.id}/trigger/webhook-secret/rotate`;
    const first = await api.ok(secretAnswer, 'POST', path, { overlapSeconds: 3_600 });
    expect(Date.parse(first.previousValidUntil ?? '')).toBeGreaterThan(Date.now() + 3_000_000);
    expect([await statusWith('old secret'), await statusWith(first.secret)]).toEqual([200, 200]);
    const second = await api.ok(secretAnswer, 'POST', path);
    expect(second.previousValidUntil).toBeNull();
    expect([await statusWith(first.secret), await statusWith(second.secret)]).toEqual([401, 200]);
    const plain = await api.live(simpleDocument('Nothing to rotate', { auth: { scheme: 'none' } }));
    await api.refused(409, 'conflict', 'POST', `/workflows/${plain.id}/trigger/webhook-secret/rotate`);
  });
});

describe('versions', () => {
  const committed = workflowSchema.extend({ version: z.number() });

  it('are made by commit, listed, and put live one by one', async () => {
    const made = await api.ok(
      workflowSchema,
      'POST',
      '/workflows',
      simpleDocument('Versions', { auth: { scheme: 'none' }, response: { mode: 'lastNode' } }),
      201,
    );
    expect(made).toMatchObject({ enabled: false, activeVersion: null, changed: true });
    expect(made.endpoints[0]?.state).toBe('deactivated');
    const url = made.endpoints[0]?.url ?? '';
    const early = await api.refused(409, 'conflict', 'POST', `/workflows/${made.id}/activate`);
    expect(early.msg).toContain('commit');
    expect((await post(url, '1')).status).toBe(404);

    const one = await api.ok(committed, 'POST', `/workflows/${made.id}/commit`, { note: 'first' });
    expect(one).toMatchObject({ version: 1, changed: false });
    expect((await api.ok(workflowSchema, 'POST', `/workflows/${made.id}/activate`)).endpoints[0]?.state).toBe(
      'active',
    );
    expect(await post(url, '1')).toEqual({ status: 200, body: { got: 1 } });

    const next = simpleDocument('Versions', { auth: { scheme: 'none' }, response: { mode: 'lastNode' } });
    const changed = {
      ...next,
      nodes: [next.nodes[0], { ...next.nodes[1], config: { fields: { version: 2 } } }],
    };
    const draft = await api.ok(workflowSchema, 'PUT', `/workflows/${made.id}`, changed);
    expect(draft).toMatchObject({ changed: true, activeVersion: 1 });
    expect(await post(url, '1')).toEqual({ status: 200, body: { got: 1 } });
    await api.ok(committed, 'POST', `/workflows/${made.id}/commit`);
    await api.ok(workflowSchema, 'POST', `/workflows/${made.id}/activate`, {});
    expect(await post(url, '1')).toEqual({ status: 200, body: { version: 2 } });
    await api.ok(workflowSchema, 'POST', `/workflows/${made.id}/activate`, { version: 1 });
    expect(await post(url, '1')).toEqual({ status: 200, body: { got: 1 } });
    await api.refused(409, 'conflict', 'POST', `/workflows/${made.id}/activate`, { version: 9 });

    const versions = await api.ok(pageOf(versionSchema), 'GET', `/workflows/${made.id}/versions`);
    expect(versions.items.map(({ version, note, active }) => [version, note, active])).toEqual([
      [2, '', false],
      [1, 'first', true],
    ]);
    const off = await api.ok(workflowSchema, 'POST', `/workflows/${made.id}/deactivate`);
    expect(off).toMatchObject({ enabled: false, activeVersion: 1 });
    expect((await post(url, '1')).status).toBe(404);
  });

  it('are not made of a draft with faults', async () => {
    const made = await api.ok(workflowSchema, 'POST', '/workflows', { name: 'Empty' }, 201);
    const { issues } = await api.refused(422, 'invalid', 'POST', `/workflows/${made.id}/commit`);
    expect(issues?.[0]?.path).toBe('nodes');
    const found = await api.ok(checkResultSchema, 'POST', '/workflows/check', { name: 'Empty' });
    expect(found.issues[0]?.path).toBe('nodes');
  });

  it('keep the URL of what is live while the draft changes its slug', async () => {
    const made = await api.live(simpleDocument('Renamed', { auth: { scheme: 'none' } }, { slug: 'before' }));
    const url = made.endpoints[0]?.url ?? '';
    const draft = simpleDocument('Renamed', { auth: { scheme: 'none' } }, { slug: 'after' });
    await api.ok(workflowSchema, 'PUT', `/workflows/${made.id}`, draft);
    expect((await post(url, '1')).status).toBe(200);
    const live = await api.ok(workflowSchema, 'PUT', `/workflows/${made.id}?activate=true`, draft);
    expect(live.endpoints[0]?.url).toBe(`${api.host().receiver}/hooks/after`);
    expect(live.endpoints[0]?.id).toBe(made.endpoints[0]?.id);
    expect((await post(url, '1')).status).toBe(404);
    expect((await post(live.endpoints[0]?.url ?? '', '1')).status).toBe(200);
  });
});

describe('the list', () => {
  const list = pageOf(workflowSummarySchema);

  it('comes in pages, newest first, without gaps or repetitions', async () => {
    for (let count = 0; count < 3; count += 1) {
      await api.ok(workflowSchema, 'POST', '/workflows', { name: `Page ${count}` }, 201);
    }
    const all = await api.ok(list, 'GET', '/workflows?limit=500');
    const paged: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: z.infer<typeof list> = await api.ok(
        list,
        'GET',
        `/workflows?limit=4${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      paged.push(...page.items.map((item) => item.id));
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(all.items.map((item) => item.id));
    expect(all.items[0]?.name).toBe('Page 2');
    await api.refused(422, 'invalid', 'GET', '/workflows?limit=501');
    await api.refused(422, 'invalid', 'GET', '/workflows?limit=none');
    await api.refused(422, 'invalid', 'GET', '/workflows?cursor=%27%20OR%201');
  });

  it('finds by name, by slug, and by anything of a webhook URL', async () => {
    const made = await api.live(simpleDocument('Needle in the hay', { style: 'hap' }));
    const url = made.endpoints[0]?.url ?? '';
    const words = [
      'needle IN',
      made.slug,
      made.endpoints[0]?.id ?? '',
      new URL(url).pathname,
      url,
      `${url}?a=1`,
    ];
    for (const q of words) {
      const found = await api.ok(list, 'GET', `/workflows?q=${encodeURIComponent(q)}`);
      expect(
        found.items.map((item) => item.id),
        q,
      ).toEqual([made.id]);
    }
    expect((await api.ok(list, 'GET', '/workflows?q=100%25_nothing')).items).toEqual([]);
  });

  it('tells how workflows start, their last run and the figures of a day', async () => {
    const made = await api.live(
      simpleDocument('Figures', { auth: { scheme: 'none' }, response: { mode: 'lastNode' } }),
    );
    await post(made.endpoints[0]?.url ?? '', '1');
    const found = await api.ok(list, 'GET', '/workflows?q=Figures');
    expect(found.items[0]).toMatchObject({
      startKinds: ['webhook'],
      lastRun: { status: 'succeeded' },
      recent: { runs: 1, failed: 0 },
    });
  });
});

describe('runs by hand', () => {
  it('start with 202, or with 200 when the end is waited for', async () => {
    const made = await api.live(simpleDocument('By hand'));
    const started = await api.ok(
      runSchema,
      'POST',
      `/workflows/${made.slug}/runs`,
      { input: { a: [1] } },
      202,
    );
    expect(started).toMatchObject({ workflowId: made.id, version: 1, input: { a: [1] }, requestId: null });
    const done = await api.ok(runSchema, 'POST', `/workflows/${made.id}/runs`, { input: 7, wait: true });
    expect(done).toMatchObject({ status: 'succeeded', output: { got: 7 }, error: null });
    expect(done.steps.map((step) => step.nodeId)).toEqual(['hook', 'answer']);
    await api.refused(422, 'invalid', 'POST', `/workflows/${made.id}/runs`, { inputs: 1 });
    await api.refused(404, 'not_found', 'POST', '/workflows/nobody/runs', {});
    await api.refused(404, 'target_not_found', 'POST', `/workflows/${made.id}/runs`, {
      target: 'rec_nobody',
    });
  });

  it('are listed with filters, cancelled and tried again', async () => {
    const made = await api.live({
      name: 'Waits long',
      nodes: [
        { id: 'go', type: 'manual' },
        { id: 'pause', type: 'delay', config: { seconds: 3_600 } },
      ],
      edges: [{ source: 'go', target: 'pause' }],
    });
    const { id } = await api.ok(runSchema, 'POST', `/workflows/${made.id}/runs`, {}, 202);
    await expect
      .poll(async () => (await api.ok(runSchema, 'GET', `/workflow-runs/${id}`)).status, { timeout: 10_000 })
      .toBe('waiting');
    const page = pageOf(z.looseObject({ id: z.string(), waitingFor: z.string().nullable() }));
    const waiting = await api.ok(page, 'GET', `/workflow-runs?workflow=${made.slug}&status=waiting`);
    expect(waiting.items).toMatchObject([{ id, waitingFor: expect.any(String) }]);
    expect((await api.ok(runSchema, 'POST', `/workflow-runs/${id}/cancel`)).status).toBe('cancelled');
    await api.refused(409, 'conflict', 'POST', `/workflow-runs/${id}/cancel`);
    const again = await api.ok(runSchema, 'POST', `/workflow-runs/${id}/retry`, {}, 202);
    expect(again.id).not.toBe(id);
    await api.ok(runSchema, 'POST', `/workflow-runs/${again.id}/cancel`);
    await api.refused(404, 'not_found', 'GET', '/workflow-runs/run_nobody');
    expect((await api.ok(page, 'GET', '/workflow-runs?since=2999-01-01T00:00:00Z')).items).toEqual([]);
    await api.refused(422, 'invalid', 'GET', '/workflow-runs?since=yesterday');
  });
});
