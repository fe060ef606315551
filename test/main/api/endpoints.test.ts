/** Endpoints through `/v1` of a real host: shared data sources, keys, URLs, ready commands (SPEC 2, 3, 5, 11). */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  endpointSchema,
  pageOf,
  requestSchema,
  runSummarySchema,
  workflowSchema,
} from '../../../src/shared/contract/views.ts';
import { simpleDocument, useApiHost } from './api-host.ts';

const api = useApiHost();
const run = promisify(execFile);
const urlAnswer = z.object({ url: z.string() });
const resetAnswer = z.object({
  url: z.string(),
  secrets: z.record(z.string(), z.string()),
  previousValidUntil: z.string().nullable(),
});
const snippetsAnswer = z.object({
  snippets: z.array(z.object({ id: z.string(), title: z.string(), text: z.string() })),
});

async function statusOf(url: string, headers: Record<string, string> = {}): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    body: '{"a":1}',
    headers: { 'content-type': 'application/json', ...headers },
  });
  await response.arrayBuffer();
  return response.status;
}

describe('a shared data source', () => {
  it('is made deactivated, starts every workflow bound to it, and keeps key and URL while switched off', async () => {
    const made = await api.ok(endpointSchema, 'POST', '/endpoints', { name: 'Orders [EU] (v1.0)' }, 201);
    expect(made).toMatchObject({
      kind: 'shared',
      style: 'flowx',
      state: 'deactivated',
      live: false,
      workflows: [],
    });
    const bound = { endpointId: made.id };
    const first = await api.live(simpleDocument('Bound one', bound));
    const second = await api.live(simpleDocument('Bound two', bound));
    const { url } = await api.ok(urlAnswer, 'GET', `/endpoints/${made.id}/url`);
    expect(await statusOf(url)).toBe(404);
    const active = await api.ok(endpointSchema, 'POST', `/endpoints/${made.id}/activate`);
    expect(active).toMatchObject({ state: 'active', live: true });
    expect(active.workflows.map((workflow) => workflow.id).toSorted()).toEqual(
      [first.id, second.id].toSorted(),
    );
    const response = await fetch(url, {
      method: 'POST',
      body: '{"order":1}',
      headers: { 'content-type': 'application/json' },
    });
    const answer = z.object({ executionIds: z.array(z.string()) }).parse(await response.json());
    expect(answer.executionIds).toHaveLength(2);
    const runs = await api.ok(pageOf(runSummarySchema), 'GET', '/workflow-runs?limit=2');
    expect(runs.items.map((item) => item.workflowId).toSorted()).toEqual([first.id, second.id].toSorted());
    await api.ok(endpointSchema, 'POST', `/endpoints/${made.id}/deactivate`);
    expect(await statusOf(url)).toBe(404);
    await api.ok(endpointSchema, 'POST', `/endpoints/${made.id}/activate`);
    expect((await api.ok(urlAnswer, 'GET', `/endpoints/${made.id}/url`)).url).toBe(url);
    expect(await statusOf(url)).toBe(200);
    // The workflow shows the source among its endpoints, and the source's URL finds the workflows.
    expect(first.endpoints[0]).toMatchObject({ nodeId: 'hook', id: made.id });
    const found = await api.ok(
      pageOf(z.looseObject({ id: z.string() })),
      'GET',
      `/workflows?q=${encodeURIComponent(url)}`,
    );
    expect(found.items.map((item) => item.id).toSorted()).toEqual([first.id, second.id].toSorted());
  });

  it('has a name by the rules, and one nobody else has', async () => {
    for (const name of ['ab', 'x'.repeat(51), 'no/slash', 'emoji 🎣']) {
      const { issues } = await api.refused(422, 'invalid', 'POST', '/endpoints', { name });
      expect(issues?.[0]?.path).toBe('name');
    }
    await api.ok(endpointSchema, 'POST', '/endpoints', { name: 'Only one' }, 201);
    await api.refused(409, 'conflict', 'POST', '/endpoints', { name: 'Only one' });
  });

  it('is not deleted while active', async () => {
    const { id } = await api.ok(endpointSchema, 'POST', '/endpoints', { name: 'To delete' }, 201);
    await api.ok(endpointSchema, 'POST', `/endpoints/${id}/activate`);
    const error = await api.refused(409, 'conflict', 'DELETE', `/endpoints/${id}`);
    expect(error.msg).toContain('deactivate');
    await api.ok(endpointSchema, 'POST', `/endpoints/${id}/deactivate`);
    await api.ok(z.object({ id: z.literal(id) }), 'DELETE', `/endpoints/${id}`);
    await api.refused(404, 'not_found', 'GET', `/endpoints/${id}`);
  });

  it('takes changes of its settings, keeps what is left out, and never its style', async () => {
    const { id } = await api.ok(
      endpointSchema,
      'POST',
      '/endpoints',
      { name: 'Changing', style: 'native', auth: { scheme: 'hmac', secret: 'a secret of some length' } },
      201,
    );
    const changed = await api.ok(endpointSchema, 'PATCH', `/endpoints/${id}`, {
      description: 'now with words',
      maxBodyBytes: 10,
    });
    expect(changed).toMatchObject({
      name: 'Changing',
      description: 'now with words',
      settings: { maxBodyBytes: 10, auth: { scheme: 'hmac', secret: '••••ngth' } },
    });
    const { issues } = await api.refused(422, 'invalid', 'PATCH', `/endpoints/${id}`, { style: 'hap' });
    expect(issues?.[0]?.path).toBe('style');
    const auth = await api.refused(422, 'invalid', 'PATCH', `/endpoints/${id}`, {
      auth: { scheme: 'hmac', algorithm: 'md5' },
    });
    expect(auth.issues?.[0]?.path).toBe('auth.algorithm');
    const filter = await api.refused(422, 'invalid', 'PATCH', `/endpoints/${id}`, {
      filter: 'trigger.data.(',
    });
    expect(filter.issues?.[0]?.path).toBe('filter');
    const keyed = await api.ok(endpointSchema, 'PATCH', `/endpoints/${id}`, { auth: { scheme: 'apiKey' } });
    expect(keyed.secrets.map((secret) => secret.field)).toEqual(['key']);
    const error = await api.refused(422, 'invalid', 'PATCH', `/endpoints/${id}`, {
      ipAllow: ['10.0.0.1', '300.1.1.1'],
    });
    expect(error.issues?.[0]?.path).toBe('ipAllow[1]');
  });
});

describe('a dedicated endpoint', () => {
  it('is listed with the workflow it belongs to, and switched by itself', async () => {
    const workflow = await api.live(simpleDocument('Dedicated', { auth: { scheme: 'none' } }));
    const id = workflow.endpoints[0]?.id ?? '';
    const endpoint = await api.ok(endpointSchema, 'GET', `/endpoints/${id}`);
    expect(endpoint).toMatchObject({
      kind: 'dedicated',
      name: 'Arrived',
      workflowId: workflow.id,
      nodeId: 'hook',
      live: true,
      methods: ['POST'],
      workflows: [{ id: workflow.id, version: 1 }],
    });
    expect(await statusOf(endpoint.url)).toBe(200);
    await api.ok(endpointSchema, 'POST', `/endpoints/${id}/deactivate`);
    expect(await statusOf(endpoint.url)).toBe(404);
    const shown = await api.ok(workflowSchema, 'GET', `/workflows/${workflow.id}`);
    expect(shown.endpoints[0]?.state).toBe('deactivated');
    await api.ok(endpointSchema, 'POST', `/endpoints/${id}/activate`);
    expect(await statusOf(endpoint.url)).toBe(200);
    await api.refused(409, 'conflict', 'PATCH', `/endpoints/${id}`, { name: 'Another' });
    await api.refused(409, 'conflict', 'DELETE', `/endpoints/${id}`);
    const list = await api.ok(pageOf(endpointSchema), 'GET', '/endpoints?kind=dedicated&q=Arrived&limit=1');
    expect(list.items[0]?.id).toBe(id);
  });

  it('gets a new key at once, or with the old one for a while', async () => {
    const workflow = await api.live(simpleDocument('Reset', { style: 'native' }));
    const endpoint = workflow.endpoints[0];
    const path = `/endpoints/${endpoint?.id}/reset-key`;
    const first = await api.ok(resetAnswer, 'POST', path, {});
    expect(first.secrets['key']).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const second = await api.ok(resetAnswer, 'POST', path, { overlapSeconds: 60 });
    expect(second.previousValidUntil).not.toBeNull();
    const url = endpoint?.url ?? '';
    expect(await statusOf(url, { 'x-api-key': first.secrets['key'] ?? '' })).toBe(200);
    expect(await statusOf(url, { 'x-api-key': second.secrets['key'] ?? '' })).toBe(200);
    const third = await api.ok(resetAnswer, 'POST', path);
    expect(await statusOf(url, { 'x-api-key': second.secrets['key'] ?? '' })).toBe(401);
    expect(await statusOf(url, { 'x-api-key': third.secrets['key'] ?? '' })).toBe(200);
    const open = await api.live(simpleDocument('No key', { auth: { scheme: 'none' } }));
    await api.refused(409, 'conflict', 'POST', `/endpoints/${open.endpoints[0]?.id}/reset-key`);
  });
});

describe('ready commands', () => {
  const styles = {
    native: {},
    validmind: {},
    metal: {},
    flowx: {},
    hap: { auth: { scheme: 'appSign' } },
    flowtrux: {},
  };

  it('pass as they stand: curl, openssl, fetch and Python, for every style', async () => {
    const hasPython = await run('python3', ['--version']).then(
      () => true,
      () => false,
    );
    const record = await api.ok(
      z.object({ cuid: z.string() }),
      'POST',
      '/entities/InventoryModel/records',
      { name: 'R' },
      201,
    );
    for (const [style, config] of Object.entries(styles)) {
      const workflow = await api.live(simpleDocument(`Commands ${style}`, { style, ...config }));
      const id = workflow.endpoints[0]?.id ?? '';
      const credentials = await api.ok(
        z.object({ body: z.string() }),
        'GET',
        `/endpoints/${id}/credentials?target=${record.cuid}`,
      );
      // Quotes of every kind, a line break and a dollar: nothing of it may reach the shell.
      const body =
        style === 'validmind'
          ? credentials.body
          : JSON.stringify({ text: `it's "quoted" \`id\` $(id) $HOME ünï 'x'\n`, at: '@file' });
      const { snippets } = await api.ok(snippetsAnswer, 'POST', `/endpoints/${id}/snippets`, { body });
      for (const snippet of snippets) {
        const isOpenssl = snippet.id === 'curl-openssl';
        if (snippet.id === 'powershell' || (snippet.id === 'python' && !hasPython)) continue;
        const said =
          snippet.id === 'fetch'
            ? await run(process.execPath, ['--input-type=module', '-e', snippet.text])
            : snippet.id === 'python'
              ? await run('python3', ['-c', snippet.text])
              : await run('sh', ['-c', isOpenssl ? snippet.text : snippet.text.replace(/^curl/, 'curl -s')]);
        expect(said.stdout, `${style} ${snippet.id}`).toContain('"success":true');
      }
      expect(snippets.map((snippet) => snippet.id)).toEqual(
        expect.arrayContaining(['curl', 'fetch', 'python', 'powershell']),
      );
      const captured = await api.ok(
        pageOf(z.looseObject({ id: z.string() })),
        'GET',
        `/requests?endpoint=${id}`,
      );
      for (const { id: requestId } of captured.items) {
        const preview = await api.ok(
          z.looseObject({ data: z.string() }),
          'GET',
          `/requests/${requestId}/preview`,
        );
        expect(preview.data).toBe(body);
      }
    }
  });

  it('name the origin that was asked for, and no other kind of address', async () => {
    const workflow = await api.live(simpleDocument('Origins', { style: 'native' }));
    const path = `/endpoints/${workflow.endpoints[0]?.id}/snippets`;
    const { snippets } = await api.ok(snippetsAnswer, 'POST', path, {
      base: 'https://hooks.example.com/in/',
    });
    expect(snippets[0]?.text).toContain('https://hooks.example.com/in/hooks/origins');
    await api.refused(422, 'invalid', 'POST', path, { base: 'javascript:alert(1)' });
  });

  it('are sent for real as a test request, whose answer and runs are shown', async () => {
    const workflow = await api.live(
      simpleDocument('Tried out', { style: 'metal', response: { mode: 'lastNode', status: 202 } }),
    );
    const answer = await api.ok(
      z.looseObject({
        status: z.number(),
        body: z.string(),
        requestId: z.string().nullable(),
        runIds: z.array(z.string()),
      }),
      'POST',
      `/endpoints/${workflow.endpoints[0]?.id}/test`,
      { body: '{"n":1}' },
    );
    expect(answer.status).toBe(202);
    expect(JSON.parse(answer.body)).toEqual({ got: { n: 1, _query: {} } });
    expect(answer.runIds).toHaveLength(1);
    const request = await api.ok(requestSchema, 'GET', `/requests/${answer.requestId}`);
    expect(request).toMatchObject({ verdict: 'accepted', method: 'POST', runs: [{ id: answer.runIds[0] }] });
  });

  it('show URL, headers and secrets of a working call to the admin on demand', async () => {
    const workflow = await api.live(simpleDocument('Credentials', { style: 'validmind' }));
    const shown = await api.ok(
      z.object({
        url: z.string(),
        method: z.string(),
        headers: z.record(z.string(), z.string()),
        body: z.string(),
        secrets: z.record(z.string(), z.string()),
      }),
      'GET',
      `/endpoints/${workflow.endpoints[0]?.id}/credentials?target=rec_1`,
    );
    expect(shown.headers['x-api-key']).toBe(shown.secrets['key']);
    expect(shown.headers['x-api-secret']).toBe(shown.secrets['secret']);
    expect(JSON.parse(shown.body)).toEqual({
      action: 'run_workflow',
      target: 'rec_1',
      entity_name: 'InventoryModel',
    });
  });
});
