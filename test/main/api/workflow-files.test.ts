/** Workflows as files through `/v1` of a real host: what leaves, what comes in, and that nothing of it runs (O, P2, M6). */
import { gzipSync } from 'node:zlib';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { importReviewSchema, templateSchema } from '../../../src/shared/contract/workflow-files.ts';
import {
  checkResultSchema,
  pageOf,
  secretSchema,
  workflowSchema,
} from '../../../src/shared/contract/views.ts';
import { severalFileSchema, singleFileSchema } from '../../../src/shared/model/workflow-file.ts';
import { API_TOKEN } from '../../support/host.ts';
import { simpleDocument, useApiHost } from './api-host.ts';

const api = useApiHost();
const result = z.object({
  preview: z.boolean(),
  created: z.array(z.object({ id: z.string(), slug: z.string(), name: z.string() })),
  reviews: z.array(importReviewSchema),
  secrets: z
    .object({
      isOpen: z.boolean(),
      endpoints: z.number(),
      steps: z.number(),
      named: z.array(z.object({ name: z.string(), exists: z.boolean(), hosts: z.array(z.string()) })),
    })
    .nullable(),
});
const workflowIds = async (): Promise<string[]> =>
  (await api.ok(pageOf(workflowSchema), 'GET', '/workflows?limit=500')).items.map(({ id }) => id);
const importFile = (body: unknown, query = '') => api.ok(result, 'POST', `/workflows/import${query}`, body);

/** Sends bytes as they are, as `curl --data-binary @file` does. */
async function upload(bytes: string | Uint8Array<ArrayBuffer>, type = 'application/json') {
  const response = await fetch(`${api.host().receiver}/v1/workflows/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_TOKEN}`, 'content-type': type },
    body: bytes,
  });
  const body: unknown = await response.json();
  return { status: response.status, body: z.looseObject({ msg: z.string().optional() }).parse(body) };
}

const endpointKey = 'the-key-of-the-old-endpoint-1';
const typedToken = 'Bearer typed-into-the-step-2';
const namedValue = 'value-of-the-named-secret-3';
const secretWords = [endpointKey, typedToken, namedValue, 'in-the-address-4'];

/** A live workflow with everything one should look at. */
async function exporter(name: string) {
  await api.v1('POST', '/secrets', { name: 'EXPORTED', value: namedValue, hosts: ['api.example.com'] });
  return api.live({
    name,
    nodes: [
      {
        id: 'hook',
        type: 'webhook',
        name: 'Arrived',
        config: { auth: { scheme: 'apiKey', key: endpointKey }, slug: `${name.toLowerCase()}-url` },
      },
      { id: 'work', type: 'code', name: 'Work', config: { code: 'const a = 1;\nreturn a;' } },
      {
        id: 'call',
        type: 'http',
        name: 'Tell',
        config: {
          url: 'https://api.example.com/v1?token=in-the-address-4',
          headers: { Authorization: typedToken, 'X-Named': '{{secrets.EXPORTED}}', Accept: 'text/plain' },
        },
      },
    ],
    edges: [
      { source: 'hook', target: 'work' },
      { source: 'work', target: 'call' },
    ],
  });
}

describe('export', () => {
  it('P2 writes one file without any secret, and says which credentials it left out', async () => {
    const { id, slug } = await exporter('Leaving');
    const answer = await api.v1('GET', `/workflows/${id}/export`);
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="workflow-${slug}.json"`);
    const file = singleFileSchema.parse(answer.body);
    const text = JSON.stringify(answer.body);
    for (const word of secretWords) expect(text).not.toContain(word);
    expect(file.withheld).toEqual(['nodes[2].config.headers.Authorization', 'nodes[2].config.url']);
    expect(file.workflow.nodes[2]?.config['headers']).toEqual({
      Authorization: '',
      'X-Named': '{{secrets.EXPORTED}}',
      Accept: 'text/plain',
    });
    expect(file.secrets).toBeUndefined();
    expect(Object.keys(file.workflow)).not.toContain('id');
  });

  it('P2 locks the secrets with a passphrase, for whoever may do everything', async () => {
    const { id } = await exporter('Locked');
    const answer = await api.v1('POST', `/workflows/${id}/export`, { passphrase: 'correct horse' });
    const file = singleFileSchema.parse(answer.body);
    const text = JSON.stringify(answer.body);
    for (const word of secretWords) {
      expect(text).not.toContain(word);
      expect(text).not.toContain(Buffer.from(word).toString('base64').slice(4, 16));
    }
    expect(file.secrets?.kdf).toMatchObject({ name: 'scrypt', N: 131_072, r: 8, p: 1 });
    await api.refused(422, 'invalid', 'POST', `/workflows/${id}/export`, { passphrase: 'short' });
    const token = z.object({ token: z.string() });
    const reader = await api.ok(token, 'POST', '/tokens', { name: 'reader', scopes: ['read'] }, 201);
    const locked = { ids: [id], passphrase: 'correct horse' };
    await api.refused(403, 'forbidden', 'POST', '/workflows/export', locked, reader.token);
    expect((await api.v1('POST', '/workflows/export', { ids: [id] }, reader.token)).status).toBe(200);
  });

  it('takes several at once, and a version', async () => {
    const one = await api.live(simpleDocument('Several one'));
    const two = await api.live(simpleDocument('Several two'));
    const answer = await api.v1('POST', '/workflows/export', { ids: [one.id, two.slug] });
    const file = severalFileSchema.parse(answer.body);
    expect(file.workflows.map(({ workflow }) => workflow.name)).toEqual(['Several one', 'Several two']);
    expect(answer.headers.get('content-disposition')).toContain('"workflows-2.json"');
    await api.v1('PUT', `/workflows/${one.id}`, simpleDocument('Draft of it'));
    const old = await api.v1('GET', `/workflows/${one.id}/export?version=1`);
    expect(singleFileSchema.parse(old.body).workflow.name).toBe('Several one');
    await api.refused(404, 'not_found', 'GET', `/workflows/${one.id}/export?version=9`);
    await api.refused(404, 'not_found', 'POST', '/workflows/export', { ids: ['none'] });
  });

  it.each(['../../etc/passwd', 'CON', 'nul.json', 'a'.repeat(200), '\u202egnp.exe', '"; rm -rf /', 'é/ü'])(
    'M6 names the file safely for a workflow called %j',
    async (name) => {
      const { id } = await api.ok(workflowSchema, 'POST', '/workflows', { name }, 201);
      const answer = await api.v1('GET', `/workflows/${id}/export`);
      expect(answer.headers.get('content-disposition')).toMatch(
        /^attachment; filename="workflow-[a-z0-9-]{1,64}\.json"$/,
      );
      expect(singleFileSchema.parse(answer.body).workflow.name).toBe(name);
    },
  );
});

describe('import', () => {
  it('O1 makes an inert workflow: inactive, with new ids, URL and key, and tells what to look at', async () => {
    const old = await exporter('Arriving');
    const file = (await api.v1('GET', `/workflows/${old.id}/export`)).body;
    const before = await workflowIds();
    const preview = await importFile(file, '?preview=true');
    expect(preview.created).toEqual([]);
    expect(await workflowIds()).toEqual(before);

    const { created, reviews, secrets } = await importFile(file);
    expect(reviews).toEqual(preview.reviews);
    expect(secrets).toBeNull();
    expect(reviews[0]).toMatchObject({
      name: 'Arriving',
      slug: 'arriving-2',
      slugIsTaken: true,
      steps: 3,
      startKinds: ['webhook'],
      code: [{ nodeId: 'work', name: 'Work', lines: 2 }],
      calls: [{ nodeId: 'call', name: 'Tell', type: 'http', host: 'api.example.com:443' }],
      secrets: [{ name: 'EXPORTED', exists: true, nodeIds: ['call'] }],
      endpoints: [{ nodeId: 'hook', style: 'native', scheme: 'apiKey', isOpen: false }],
      issues: [],
    });
    expect(reviews[0]?.missing.map(({ path }) => path)).toEqual([
      'nodes[2].config.headers.Authorization',
      'nodes[2].config.url',
    ]);
    const made = await api.ok(workflowSchema, 'GET', `/workflows/${created[0]?.id}`);
    expect(made).toMatchObject({
      slug: 'arriving-2',
      enabled: false,
      activeVersion: null,
      latestVersion: null,
    });
    expect(made.nodes.map(({ id }) => id)).toEqual(['hook', 'work', 'call']);
    const [endpoint] = made.endpoints;
    expect(endpoint?.state).toBe('deactivated');
    expect(endpoint?.id).not.toBe(old.endpoints[0]?.id);
    expect(endpoint?.url).toBe(`${api.host().receiver}/hooks/arriving-2`);
    for (const url of [endpoint?.url, old.endpoints[0]?.url].slice(0, 1)) {
      const call = await fetch(url ?? '', { method: 'POST', headers: { 'x-api-key': endpointKey } });
      expect(call.status).toBe(404);
    }
    // Not even once it is live does the old key open it.
    await api.v1('POST', `/workflows/${made.id}/commit`, {});
    await api.v1('POST', `/workflows/${made.id}/activate`);
    const call = await fetch(endpoint?.url ?? '', { method: 'POST', headers: { 'x-api-key': endpointKey } });
    expect(call.status).toBe(401);
    const untouched = await api.ok(workflowSchema, 'GET', `/workflows/${old.id}`);
    expect(untouched).toMatchObject({ enabled: true, slug: old.slug, endpoints: old.endpoints });
  });

  it('O1 takes no key a file brings along, and tells of what is open, dead or elsewhere', async () => {
    const document = {
      name: 'Brought',
      nodes: [
        {
          id: 'hook',
          type: 'webhook',
          config: { auth: { scheme: 'bearer', token: 'a-key-the-sender-knows' } },
        },
        { id: 'open', type: 'webhook', config: { auth: { scheme: 'none' } } },
        { id: 'shared', type: 'webhook', config: { endpointId: 'ep_of_somebody_else' } },
        {
          id: 'call',
          type: 'http',
          config: { url: 'http://{{trigger.data.host}}/', body: '{{secrets.NOT_HERE}}' },
        },
      ],
      edges: ['hook', 'open', 'shared'].map((source) => ({ source, target: 'call' })),
      settings: { onFailure: 'no-such-workflow' },
    };
    const { created, reviews } = await importFile({ document });
    const [review] = reviews;
    expect(review?.endpoints.map(({ isOpen }) => isOpen)).toEqual([false, true]);
    expect(review?.sources).toEqual([
      { nodeId: 'shared', name: 'shared', endpointId: 'ep_of_somebody_else', exists: false },
    ]);
    expect(review?.calls[0]?.host).toBeNull();
    expect(review?.secrets).toEqual([{ name: 'NOT_HERE', exists: false, nodeIds: ['call'] }]);
    expect(review?.workflows).toEqual([
      { path: 'settings.onFailure', workflow: 'no-such-workflow', exists: false },
    ]);
    expect(review?.issues.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['nodes[2].config.endpointId', 'nodes[3].config.body']),
    );
    const made = await api.v1('GET', `/workflows/${created[0]?.id}`);
    expect(JSON.stringify(made.body)).not.toContain('knows');
  });

  it('takes what `GET /v1/workflows/{id}` answers, the text of a file, and a file of several', async () => {
    const { id } = await api.live(simpleDocument('Round trip'));
    const shown = await api.v1('GET', `/workflows/${id}`);
    expect((await importFile(shown.body)).created[0]?.slug).toBe('round-trip-2');
    const several = await api.v1('POST', '/workflows/export', { ids: [id, 'round-trip-2'] });
    const { created } = await importFile({ file: `\ufeff${JSON.stringify(several.body, null, 2)}` });
    expect(created.map(({ slug }) => slug)).toEqual(['round-trip-3', 'round-trip-2-2']);
    const plain = await upload(JSON.stringify({ name: 'By curl' }), 'application/octet-stream');
    expect(plain.status).toBe(200);
  });

  it('makes all of a file or nothing of it', async () => {
    const before = await workflowIds();
    const good = { workflow: simpleDocument('Good one') };
    const bad = { workflow: { name: 'Bad', nodes: [{ id: 'a', type: 'teleport' }] } };
    const file = { format: 'hookyard.workflows', version: 1, workflows: [good, bad] };
    const { issues } = await api.refused(422, 'invalid', 'POST', '/workflows/import', file);
    expect(issues?.map(({ path }) => path)).toEqual(['workflows[1].workflow.nodes[0].type']);
    expect(await workflowIds()).toEqual(before);
  });
});

describe('locked secrets', () => {
  it('P2 are used only as far as they are confirmed, and only with the passphrase', async () => {
    const { id } = await exporter('Confirmed');
    const file = (await api.v1('POST', `/workflows/${id}/export`, { passphrase: 'correct horse' })).body;
    await api.v1('POST', '/secrets', { name: 'EXPORTED', value: 'changed-meanwhile', hosts: [] });
    const hintNow = async () =>
      (await api.ok(pageOf(secretSchema.loose()), 'GET', '/secrets')).items.find(
        ({ name }) => name === 'EXPORTED',
      )?.hint;
    const before = await hintNow();

    await api.refused(422, 'invalid', 'POST', '/workflows/import', {
      document: file,
      passphrase: 'wrong horse',
    });
    const unopened = await importFile({ document: file });
    expect(unopened.secrets).toEqual({ isOpen: false, endpoints: 0, steps: 0, named: [] });
    const wished = { document: file, restore: { endpoints: true } };
    await api.refused(422, 'invalid', 'POST', '/workflows/import', wished);

    const opened = await importFile({ document: file, passphrase: 'correct horse' });
    expect(opened.secrets).toEqual({
      isOpen: true,
      endpoints: 1,
      steps: 2,
      named: [{ name: 'EXPORTED', exists: true, hosts: ['api.example.com'] }],
    });
    expect(await hintNow()).toBe(before);
    const plain = await api.v1('GET', `/workflows/${opened.created[0]?.id}`);
    expect(JSON.stringify(plain.body)).not.toContain('typed-into');

    const restore = { endpoints: true, steps: true, named: ['EXPORTED'] };
    const restored = await importFile({ document: file, passphrase: 'correct horse', restore });
    expect(restored.reviews[0]?.missing).toEqual([]);
    expect(await hintNow()).not.toBe(before);
    const made = await api.ok(workflowSchema, 'GET', `/workflows/${restored.created[0]?.id}`);
    expect(made.nodes[2]?.config).toMatchObject({
      url: 'https://api.example.com/v1?token=in-the-address-4',
      headers: { Authorization: typedToken },
    });
    expect(made.enabled).toBe(false);
    await api.v1('POST', `/workflows/${made.id}/commit`, {});
    await api.v1('POST', `/workflows/${made.id}/activate`);
    const call = await fetch(made.endpoints[0]?.url ?? '', {
      method: 'POST',
      headers: { 'x-api-key': endpointKey },
    });
    expect(call.status).toBe(200);
    const unknown = { document: file, passphrase: 'correct horse', restore: { named: ['OTHER'] } };
    const refusal = await api.refused(422, 'invalid', 'POST', '/workflows/import', unknown);
    expect(refusal.issues?.[0]?.path).toBe('restore.named[0]');
  });

  it('P2 open for the document they were locked with and for no other', async () => {
    const { id } = await exporter('Bound');
    const answer = await api.v1('POST', `/workflows/${id}/export`, { passphrase: 'correct horse' });
    const file = singleFileSchema.parse(answer.body);
    const relaid = JSON.stringify(answer.body, null, 4);
    const kept = await importFile({ file: relaid, passphrase: 'correct horse' }, '?preview=true');
    expect(kept.secrets?.isOpen).toBe(true);
    const moved = structuredClone(file);
    for (const node of moved.workflow.nodes)
      if (node.type === 'http') node.config['url'] = 'https://evil.test/';
    const refusal = await api.refused(422, 'invalid', 'POST', '/workflows/import', {
      document: moved,
      passphrase: 'correct horse',
    });
    expect(refusal.issues?.[0]?.path).toBe('passphrase');
    const greedy = structuredClone(file);
    Object.assign(greedy.secrets?.kdf ?? {}, { N: 2 ** 30 });
    const asked = await api.refused(422, 'invalid', 'POST', '/workflows/import', {
      document: greedy,
      passphrase: 'correct horse',
    });
    expect(asked.issues?.[0]?.path).toContain('secrets.kdf.N');
  });
});

describe('what is refused', () => {
  const zip = Buffer.from('504b03041400000008000000210000000000', 'hex');
  const tar = Buffer.alloc(1024);
  tar.write('../../etc/cron.d/x', 0);
  tar.write('ustar', 257);

  it.each([
    ['a zip', zip],
    ['an empty zip', Buffer.from('504b0506000000000000', 'hex')],
    ['a gzip of a bomb', gzipSync(Buffer.alloc(50_000_000))],
    ['a tar that climbs', tar],
    ['a 7z', Buffer.from('377abcaf271c0004', 'hex')],
    ['a rar', Buffer.from('526172211a0700', 'hex')],
  ])('O2 %s: only JSON is read, and no file is written', async (_, bytes) => {
    const files = () => readdirSync(join(api.folder(), 'data'), { recursive: true }).length;
    const [workflows, before] = [await workflowIds(), files()];
    const { status, body } = await upload(new Uint8Array(bytes), 'application/zip');
    expect(status).toBe(422);
    expect(body.msg).toContain('Only JSON files are read');
    expect(files()).toBe(before);
    expect(await workflowIds()).toEqual(workflows);
  });

  const nodes = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `n${n}`, type: 'log' }));
  const edge = (source: string, target: string) => ({ source, target });
  it.each<[string, string, string]>([
    ['__proto__ beside the document', '{"name":"x","__proto__":{"admin":true}}', '__proto__'],
    [
      '__proto__ deep inside',
      '{"name":"x","nodes":[{"id":"a","type":"set","config":{"fields":{"__proto__":"1"}}}]}',
      'nodes[0].config.fields.__proto__',
    ],
    ['an unknown key', '{"name":"x","owner":"me"}', 'owner'],
    ['an unknown key of a node', '{"name":"x","nodes":[{"id":"a","type":"log","run":true}]}', 'nodes[0].run'],
    [
      'an unknown setting',
      '{"name":"x","nodes":[{"id":"a","type":"log","config":{"shell":"rm"}}]}',
      'nodes[0].config.shell',
    ],
    [
      'a key that is there twice',
      '{"name":"x","nodes":[{"id":"a","type":"log","type":"code"}]}',
      'nodes[0].type',
    ],
    ['a type nobody knows', '{"name":"x","nodes":[{"id":"a","type":"exec"}]}', 'nodes[0].type'],
    ['10,001 steps', JSON.stringify({ name: 'x', nodes: nodes(10_001) }), 'nodes'],
    [
      'a circle',
      JSON.stringify({ name: 'x', nodes: nodes(2), edges: [edge('n0', 'n1'), edge('n1', 'n0')] }),
      'edges[',
    ],
    [
      'a step that follows itself',
      JSON.stringify({ name: 'x', nodes: nodes(1), edges: [edge('n0', 'n0')] }),
      'edges[0]',
    ],
    ['an edge to nowhere', JSON.stringify({ name: 'x', edges: [edge('a', 'b')] }), 'edges[0].source'],
    [
      '11,000 edges',
      JSON.stringify({ name: 'x', nodes: nodes(2), edges: Array(11_000).fill(edge('n0', 'n1')) }),
      'edges',
    ],
    ['an id that is a path', '{"name":"x","nodes":[{"id":"../a","type":"log"}]}', 'nodes[0].id'],
    ['a slug that is a path', '{"name":"x","slug":"../../x"}', 'slug'],
    ['another format', '{"format":"n8n","version":1,"workflow":{}}', 'format'],
    ['a newer format', '{"format":"hookyard.workflow","version":2,"workflow":{}}', 'version'],
    ['no document', '{"format":"hookyard.workflow","version":1}', 'workflow'],
    ['nothing', '{}', 'name'],
  ])('O3 %s, with the path of the fault', async (_, text, path) => {
    const before = await workflowIds();
    for (const body of [text, JSON.stringify({ file: text })]) {
      const answer = await upload(body);
      const { issues } = z.object({ issues: z.array(z.object({ path: z.string() })) }).parse(answer.body);
      expect(answer.status).toBe(422);
      expect(issues[0]?.path.startsWith(path)).toBe(true);
    }
    expect(await workflowIds()).toEqual(before);
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
  });

  it.each([
    ['a million edges', `{"name":"x","edges":[${'{"source":"a","target":"b"},'.repeat(999_999)}{}]}`, 413],
    [
      '100,000 keys',
      `{"name":"x","nodes":[{"id":"a","type":"set","config":{"fields":{${'"k":1,'.repeat(99_999)}"k":1}}}]}`,
      400,
    ],
    ['10,000 levels', `{"name":"x","nodes":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 400],
    ['half a file', '{"name":"x","nodes":[', 400],
    ['a list', '[]', 422],
    ['a number', '3', 422],
    ['bytes that are no text', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 422],
    ['5 MiB of a name', `{"name":"${'x'.repeat(5 * 1_048_576)}"}`, 413],
  ])('O3 %s', async (_, text, expected) => {
    const { status } = await upload(typeof text === 'string' ? text : new Uint8Array(text));
    expect(status).toBe(expected);
  });

  it('O3 keeps shell text and markup in names what they are: text', async () => {
    const name = '$(touch /tmp/x) `id` <img src=x onerror=alert(1)>';
    const { created } = await importFile({ document: { name, nodes: [{ id: 'a', type: 'manual', name }] } });
    expect(created[0]).toMatchObject({ name, slug: expect.stringMatching(/^[a-z0-9-]+$/) });
  });

  it('O3 answers 600 damaged files with a refusal or an import, never with a fault of its own', async () => {
    const { id } = await exporter('Fuzzed');
    const answer = await api.v1('POST', `/workflows/${id}/export`, { passphrase: 'correct horse' });
    const whole = JSON.stringify(answer.body);
    const file: Record<string, unknown> = Object(answer.body);
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ',',
      ':',
      '\\',
      'null',
      '1e999',
      '__proto__',
      '\u0000',
      '𝒳',
    );
    const damage = fc.tuple(fc.nat(whole.length), fc.nat(8), piece);
    const torn = damage.map(([at, count, text]) => whole.slice(0, at) + text + whole.slice(at + count));
    const strange = fc
      .record({
        at: fc.constantFrom('format', 'version', 'workflow', 'withheld', 'secrets', 'extra'),
        value: fc.anything(),
      })
      .map(({ at, value }) =>
        JSON.stringify({ ...file, [at]: value }, (_, one: unknown) =>
          typeof one === 'bigint' ? String(one) : one,
        ),
      );
    const nodes = fc
      .array(fc.anything(), { maxLength: 3 })
      .map((given) =>
        JSON.stringify({ name: 'fuzz', nodes: given, edges: given }, (_, one: unknown) =>
          typeof one === 'bigint' ? String(one) : one,
        ),
      );
    const rough = fc.uint8Array({ maxLength: 200 });
    const corpus = fc.sample(fc.oneof({ arbitrary: torn, weight: 3 }, strange, nodes, rough), {
      numRuns: 600,
      seed: 7,
    });
    const counts = new Map<number, number>();
    for (let at = 0; at < corpus.length; at += 20) {
      const answers = await Promise.all(
        corpus
          .slice(at, at + 20)
          .map((body) => upload(typeof body === 'string' ? body : new Uint8Array(body))),
      );
      for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1);
    }
    expect([...counts.keys()].filter((status) => ![200, 400, 413, 422].includes(status))).toEqual([]);
    expect(counts.get(422)).toBeGreaterThan(50);
    expect(counts.get(400)).toBeGreaterThan(50);
  });
});

describe('templates and duplicates', () => {
  it('are made inactive, with keys and URLs of their own, and could be committed as they are', async () => {
    const { items } = await api.ok(z.object({ items: z.array(templateSchema) }), 'GET', '/templates');
    expect(items.length).toBeGreaterThanOrEqual(5);
    for (const template of items) {
      expect(template.description.length).toBeGreaterThan(20);
      const made = await api.ok(workflowSchema, 'POST', `/templates/${template.id}/workflows`, {}, 201);
      expect(made).toMatchObject({ name: template.name, enabled: false, latestVersion: null });
      const { nodes, edges, settings, name } = made;
      const verdict = await api.ok(checkResultSchema, 'POST', '/workflows/check', {
        name,
        nodes,
        edges,
        settings,
      });
      expect(verdict).toEqual({ issues: [], warnings: [] });
    }
    const named = await api.ok(
      workflowSchema,
      'POST',
      '/templates/order-intake/workflows',
      { name: 'Mine' },
      201,
    );
    expect(named).toMatchObject({ name: 'Mine', slug: 'mine' });
    await api.refused(404, 'not_found', 'POST', '/templates/..%2F..%2Fpackage/workflows', {});
  });

  it('copy a workflow with its steps, not its keys', async () => {
    const { id, endpoints } = await exporter('Copied');
    const copy = await api.ok(workflowSchema, 'POST', `/workflows/${id}/duplicate`, {}, 201);
    expect(copy).toMatchObject({
      name: 'Copied (copy)',
      slug: 'copied-copy',
      enabled: false,
      latestVersion: null,
    });
    expect(copy.nodes.map((node) => node.id)).toEqual(['hook', 'work', 'call']);
    expect(copy.endpoints[0]?.url).not.toBe(endpoints[0]?.url);
    const again = await api.ok(workflowSchema, 'POST', `/workflows/${id}/duplicate`, { name: 'Other' }, 201);
    expect(again.slug).toBe('other');
    await api.v1('POST', `/workflows/${copy.id}/commit`, {});
    const live = await api.ok(workflowSchema, 'POST', `/workflows/${copy.id}/activate`, {});
    const call = await fetch(live.endpoints[0]?.url ?? '', {
      method: 'POST',
      headers: { 'x-api-key': endpointKey },
    });
    expect(call.status).toBe(401);
  });
});
