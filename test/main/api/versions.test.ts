/** Versions through `/v1` of a real host: compared, restored, and kept by the runs that began on them (SPEC 2, H2). */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  checkResultSchema,
  pageOf,
  runSchema,
  versionSchema,
  workflowSchema,
} from '../../../src/shared/contract/views.ts';
import { documentDiffSchema } from '../../../src/shared/model/diff.ts';
import { until } from '../../support/until.ts';
import { simpleDocument, useApiHost } from './api-host.ts';

const api = useApiHost();
const diffAnswer = documentDiffSchema.extend({
  from: z.union([z.number(), z.literal('draft')]),
  to: z.union([z.number(), z.literal('draft')]),
});

const call = (headers: Record<string, string>, id = 'call') => ({
  id,
  type: 'http',
  name: 'Call',
  config: { method: 'GET', url: 'https://api.example.com/v1', headers },
});
const committed = async (id: string, document: object): Promise<void> => {
  await api.ok(workflowSchema, 'PUT', `/workflows/${id}`, document);
  await api.v1('POST', `/workflows/${id}/commit`, { note: 'next' });
};

/** A workflow that waits in the middle, live; answers a run of it that waits there. */
async function waiting(name: string, answer: string) {
  const document = {
    name,
    nodes: [
      { id: 'start', type: 'api' },
      { id: 'wait', type: 'webhook', config: { waitWhenReached: true, auth: { scheme: 'none' } } },
      { id: 'answer', type: 'set', config: { fields: { said: answer } } },
    ],
    edges: [
      { source: 'start', target: 'wait' },
      { source: 'wait', target: 'answer' },
    ],
  };
  const workflow = await api.live(document);
  const { id } = await api.ok(runSchema, 'POST', `/workflows/${workflow.id}/runs`, { input: {} }, 202);
  const readRun = () => api.ok(runSchema, 'GET', `/workflow-runs/${id}`);
  const run = await until('the run to wait', async () => {
    const now = await readRun();
    return now.status === 'waiting' && now;
  });
  return { workflow, document, run, readRun };
}

describe('a diff', () => {
  it('tells what the draft has that the newest version has not, and nothing once it is committed', async () => {
    const { id } = await api.live(simpleDocument('Diff one'));
    const path = `/workflows/${id}/diff`;
    expect(await api.ok(diffAnswer, 'GET', path)).toMatchObject({ from: 1, to: 'draft', identical: true });

    const changed = simpleDocument('Diff one', {}, { description: 'Now told.' });
    const nodes = [
      ...changed.nodes.map((node) => (node.id === 'answer' ? { ...node, position: { x: 9, y: 9 } } : node)),
      { id: 'note', type: 'log', config: { message: 'hello' } },
    ];
    const edges = [...changed.edges, { source: 'answer', target: 'note' }];
    await api.ok(workflowSchema, 'PUT', `/workflows/${id}`, { ...changed, nodes, edges });
    const diff = await api.ok(diffAnswer, 'GET', `${path}?from=1&to=draft`);
    expect(diff.about).toEqual([{ path: 'description', before: '', after: 'Now told.' }]);
    expect(diff.steps.added.map((step) => step.id)).toEqual(['note']);
    expect(diff.steps.changed).toEqual([]);
    expect(diff.steps.moved.map((step) => step.id)).toEqual(['answer']);
    expect(diff.edges.added).toEqual([{ source: 'answer', target: 'note' }]);

    await api.v1('POST', `/workflows/${id}/commit`, { note: 'with a note' });
    expect(await api.ok(diffAnswer, 'GET', path)).toMatchObject({ from: 2, identical: true });
    const back = await api.ok(diffAnswer, 'GET', `${path}?from=2&to=1`);
    expect(back.steps.removed).toEqual(diff.steps.added);
  });

  it('never shows a credential: neither those of endpoints nor those typed into a step', async () => {
    const secret = 'whsec_never-to-be-seen-1234';
    const hook = { id: 'hook', type: 'webhook', config: { auth: { scheme: 'apiKey', key: secret } } };
    const edges = [{ source: 'hook', target: 'call' }];
    const document = {
      name: 'Diff two',
      nodes: [hook, call({ Authorization: 'Bearer one-typed-token-aaaa' })],
      edges,
    };
    const { id } = await api.live(document);
    await committed(id, {
      ...document,
      nodes: [hook, call({ Authorization: 'Bearer another-typed-token-bbbb' })],
    });
    const answer = await api.v1('GET', `/workflows/${id}/diff?from=1&to=2`);
    const text = JSON.stringify(answer.body);
    expect(diffAnswer.parse(answer.body).steps.changed[0]?.fields).toEqual([
      { path: 'config.headers.Authorization', before: '••••aaaa', after: '••••bbbb' },
    ]);
    for (const word of [secret, 'typed-token']) expect(text).not.toContain(word);
  });

  it('is refused for versions and workflows there are none of, and before the first version', async () => {
    const { id } = await api.ok(workflowSchema, 'POST', '/workflows', { name: 'Diff three' }, 201);
    await api.refused(409, 'conflict', 'GET', `/workflows/${id}/diff`);
    await api.refused(404, 'not_found', 'GET', `/workflows/${id}/diff?from=7`);
    await api.refused(404, 'not_found', 'GET', '/workflows/none/diff');
    await api.refused(422, 'invalid', 'GET', `/workflows/${id}/diff?from=yesterday`);
  });
});

describe('restoring', () => {
  it('makes the draft what the version was, keeps secrets and URL, and leaves what is live', async () => {
    const first = simpleDocument('Restored', {
      auth: { scheme: 'apiKey', key: 'a-chosen-key-of-the-caller' },
    });
    const { id, endpoints } = await api.live(first);
    await committed(id, { ...first, name: 'Renamed', nodes: first.nodes.slice(0, 1), edges: [] });
    await api.v1('POST', `/workflows/${id}/activate`);

    const restored = await api.ok(workflowSchema, 'POST', `/workflows/${id}/restore`, { version: 1 });
    expect(restored).toMatchObject({ name: 'Restored', activeVersion: 2, latestVersion: 2, changed: true });
    expect(restored.endpoints).toEqual(endpoints);
    expect(await api.ok(diffAnswer, 'GET', `/workflows/${id}/diff?from=1`)).toMatchObject({
      identical: true,
    });

    const answer = await fetch(endpoints[0]?.url ?? '', {
      method: 'POST',
      headers: { 'x-api-key': 'a-chosen-key-of-the-caller' },
    });
    expect(answer.status).toBe(200);
    const newest = await api.ok(workflowSchema, 'POST', `/workflows/${id}/restore`, { version: 2 });
    expect(newest.changed).toBe(false);
  });

  it('keeps the present slug when another workflow has taken the one of the version', async () => {
    const { id } = await api.live({ ...simpleDocument('Moved'), slug: 'moved-away' });
    await committed(id, { ...simpleDocument('Moved'), slug: 'moved-here' });
    await api.v1('POST', `/workflows/${id}/activate`);
    await api.ok(workflowSchema, 'POST', '/workflows', { name: 'Other', slug: 'moved-away' }, 201);
    const restored = await api.ok(workflowSchema, 'POST', `/workflows/${id}/restore`, { version: 1 });
    expect(restored.slug).toBe('moved-here');
  });

  it('is refused for a version there is none of', async () => {
    const { id } = await api.live(simpleDocument('Never had'));
    await api.refused(404, 'not_found', 'POST', `/workflows/${id}/restore`, { version: 9 });
    await api.refused(422, 'invalid', 'POST', `/workflows/${id}/restore`, {});
  });
});

describe('H2 runs that wait while their workflow changes', () => {
  it('H2 finish on the version they began with, which the list of versions tells', async () => {
    const { workflow, document, run, readRun } = await waiting('Edited meanwhile', 'of version one');
    const nodes = document.nodes.filter((node) => node.id !== 'wait' && node.id !== 'answer');
    await committed(workflow.id, { ...document, nodes, edges: [] });
    await api.v1('POST', `/workflows/${workflow.id}/activate`);
    const { items } = await api.ok(pageOf(versionSchema), 'GET', `/workflows/${workflow.id}/versions`);
    expect(items.map(({ version, active, liveRuns, note }) => ({ version, active, liveRuns, note }))).toEqual(
      [
        { version: 2, active: true, liveRuns: 0, note: 'next' },
        { version: 1, active: false, liveRuns: 1, note: '' },
      ],
    );
    const resumed = await fetch(new URL(run.resumeUrl ?? '', api.host().receiver), { method: 'POST' });
    expect(resumed.status).toBe(200);
    const ended = await until('the run to end', async () => {
      const now = await readRun();
      return now.status === 'succeeded' && now;
    });
    expect(ended).toMatchObject({ version: 1, output: { said: 'of version one' } });
  });

  it('H2 are cancelled with a record when it is deleted, and nothing can resume them', async () => {
    const { workflow, run, readRun } = await waiting('Deleted meanwhile', 'never');
    await api.v1('DELETE', `/workflows/${workflow.id}`);
    const ended = await readRun();
    expect(ended).toMatchObject({ status: 'cancelled', workflowName: 'Deleted meanwhile', version: 1 });
    expect(ended.finishedAt).not.toBeNull();
    const resumed = await fetch(new URL(run.resumeUrl ?? '', api.host().receiver), { method: 'POST' });
    expect(resumed.status).toBe(409);
    await api.refused(404, 'not_found', 'GET', `/workflows/${workflow.id}`);
  });
});

describe('checking before a commit', () => {
  it('tells of steps and secrets that are not there as faults, of what may be amiss as warnings', async () => {
    await api.v1('POST', '/secrets', {
      name: 'BOUND',
      value: 'a-value-nobody-sees',
      hosts: ['other.example'],
    });
    const document = {
      name: 'Checked',
      nodes: [
        { id: 'hook', type: 'webhook' },
        call({
          a: '{{secrets.BOUND}}',
          b: '{{secrets.MISSING}}',
          c: '{{steps.gone.output}} {{steps.later.output}}',
        }),
        { id: 'later', type: 'transform', config: { expression: '$sum(' } },
      ],
      edges: [
        { source: 'hook', target: 'call' },
        { source: 'call', target: 'later' },
      ],
    };
    const { issues, warnings } = await api.ok(checkResultSchema, 'POST', '/workflows/check', document);
    expect(issues.map(({ path }) => path).toSorted()).toEqual([
      'nodes[1].config.headers.b',
      'nodes[1].config.headers.c',
      'nodes[2].config.expression',
    ]);
    expect(issues.map(({ message }) => message).join(' ')).toMatch(
      /"gone" \(at character 9\).*"MISSING"|"MISSING".*"gone"/,
    );
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('"later" can not have run before'),
      expect.stringContaining('"BOUND" may not be sent to api.example.com:443'),
    ]);
    const { id } = await api.ok(workflowSchema, 'POST', '/workflows', document, 201);
    const refusal = await api.refused(422, 'invalid', 'POST', `/workflows/${id}/commit`, { note: '' });
    expect(refusal.issues?.map(({ path }) => path)).toEqual(issues.map(({ path }) => path));
  });
});
