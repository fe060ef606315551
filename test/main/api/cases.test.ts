/** Captured requests and runs made into regression tests through `/v1`, which then pass under `hookyard test`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { runTestCommand } from '../../../src/main/headless/test-command.ts';
import { runSchema, secretSchema } from '../../../src/shared/contract/views.ts';
import { type CaseFile, caseFileName, caseSchema, writeCase } from '../../../src/shared/model/case.ts';
import { openHttpTarget } from '../../support/http-target.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';
import { useApiHost } from './api-host.ts';

const api = useApiHost();
const key = 'a-key-nobody-may-see-1234';
const named = 'a-named-secret-nobody-may-see';

const files = {
  storeWriter: new URL('../../../src/main/store-writer.ts', import.meta.url),
  sandboxWorker: new URL('../../../src/main/sandbox-worker.ts', import.meta.url),
  samples: new URL('../../../resources/samples/', import.meta.url),
};

/** Runs cases as `hookyard test` does, and tells what it said. */
async function play(...cases: readonly CaseFile[]): Promise<{ code: number; said: string }> {
  const temp = makeTempDir();
  onTestFinished(() => temp.remove());
  mkdirSync(join(temp.path, 'cases'));
  for (const one of cases) writeFileSync(join(temp.path, 'cases', caseFileName(one.name)), writeCase(one));
  let said = '';
  const tell = (text: string): void => void (said += text);
  const code = await runTestCommand({ version: 'test', files }, [temp.path], { result: tell, fault: tell });
  return { code, said };
}

const build = (path: string, body: object = {}): Promise<CaseFile> => api.ok(caseSchema, 'POST', path, body);
const answerSchema = z.looseObject({ requestId: z.string() });

async function runEnded(id: string) {
  return until('the run to end', async () => {
    const run = await api.ok(runSchema, 'GET', `/workflow-runs/${id}`);
    return ['succeeded', 'failed'].includes(run.status) && run;
  });
}

async function newestRequest(endpoint: string): Promise<string> {
  const page = z.object({ items: z.array(z.object({ id: z.string() })) });
  const { items } = await api.ok(page, 'GET', `/requests?endpoint=${endpoint}&limit=1`);
  return items[0]?.id ?? '';
}

describe('a case', () => {
  it('holds what came, what came of it and what the world said; no secret, and it passes', async () => {
    const target = await openHttpTarget((call, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ echo: call.headers['authorization'], invoice: 'INV-1' }));
    });
    onTestFinished(() => target.close());
    await api.ok(
      secretSchema,
      'POST',
      '/secrets',
      { name: 'BILLING', value: named, hosts: [target.host] },
      201,
    );
    const workflow = await api.live({
      name: 'Billing',
      nodes: [
        {
          id: 'hook',
          type: 'webhook',
          config: {
            auth: { scheme: 'apiKey', key, in: 'query', name: 'k' },
            ipAllow: ['127.0.0.0/8'],
            response: { mode: 'lastNode', headers: { 'X-Flow': 'billing' } },
          },
        },
        {
          id: 'call',
          type: 'http',
          config: {
            method: 'POST',
            url: `${target.origin}/x`,
            auth: { scheme: 'bearer', token: '{{secrets.BILLING}}' },
            body: { n: '{{trigger.data.n}}' },
          },
        },
        {
          id: 'end',
          type: 'transform',
          config: { expression: '{"invoice": steps.call.output.body.invoice, "run": run.id, "at": $now()}' },
        },
      ],
      edges: [
        { source: 'hook', target: 'call' },
        { source: 'call', target: 'end' },
      ],
    });
    const answer = await fetch(`${workflow.endpoints[0]?.url}?k=${key}&page=2`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: 'session=1', 'X-Kind': 'order' },
      body: `{"n":1,"leaked":"${key}"}`,
    });
    expect(answer.status).toBe(200);
    const requestId = await newestRequest(workflow.endpoints[0]?.id ?? '');
    const file = await build(`/requests/${requestId}/case`, { name: 'Billing works' });

    const text = writeCase(file);
    for (const secret of [key, named, 'session=1']) expect(text).not.toContain(secret);
    expect(file).toMatchObject({
      format: 'hookyard-case/1',
      trigger: { kind: 'request', nodeId: 'hook', method: 'POST', query: 'page=2' },
      secrets: [{ name: 'BILLING', hosts: [target.host] }],
      stubs: { call: [{ output: { status: 200, body: { invoice: 'INV-1' } } }] },
      expect: { response: { status: 200, headers: { 'x-flow': 'billing' } }, run: { status: 'succeeded' } },
    });
    expect(file.expect.response?.ignore).toEqual(['$.run', '$.at']);
    expect(file.expect.steps.map((step) => step.nodeId)).toEqual(['hook', 'call', 'end']);

    const calls = target.calls.length;
    const changed = {
      ...file,
      name: 'Billing is stubbed otherwise',
      stubs: { call: [{ output: { status: 200 } }] },
    };
    const { code, said } = await play(file, changed);
    expect(said).toContain('ok       cases/billing-works.case.json');
    expect(said).toContain('step "end": $.output.invoice: expected "INV-1", got nothing');
    expect(code).toBe(1);
    expect(target.calls).toHaveLength(calls);
  });

  it('is made of a request that was refused for what it says, and of none the door refused', async () => {
    const workflow = await api.live({
      name: 'Refusing',
      nodes: [
        {
          id: 'hook',
          type: 'webhook',
          config: {
            auth: { scheme: 'apiKey', key },
            parameters: [{ name: 'n', path: 'n', type: 'number', required: true }],
          },
        },
        { id: 'end', type: 'log', config: { message: 'x' } },
      ],
      edges: [{ source: 'hook', target: 'end' }],
    });
    const [endpoint] = workflow.endpoints;
    const call = (headers: Record<string, string>) =>
      fetch(endpoint?.url ?? '', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{}',
      });
    const refused = answerSchema.parse(await (await call({ 'x-api-key': key })).json());
    const file = await build(`/requests/${refused.requestId}/case`);
    expect(file.expect).toMatchObject({ run: null, steps: [], response: { status: 400 } });
    expect(await play(file)).toMatchObject({ code: 0 });
    const stranger = answerSchema.parse(await (await call({})).json());
    await api.refused(409, 'conflict', 'POST', `/requests/${stranger.requestId}/case`, {});
    await api.refused(404, 'not_found', 'POST', '/requests/req_none/case', {});
  });

  it('of a run that waited has its delivery, and of one started by hand its input', async () => {
    const auth = { scheme: 'none' };
    const workflow = await api.live({
      name: 'Waiting',
      nodes: [
        { id: 'begin', type: 'manual' },
        { id: 'wait', type: 'webhook', config: { auth, waitWhenReached: true } },
        {
          id: 'end',
          type: 'set',
          config: { fields: { n: '{{trigger.data.n}}', paid: '{{steps.wait.output.payload.paid}}' } },
        },
      ],
      edges: [
        { source: 'begin', target: 'wait' },
        { source: 'wait', target: 'end' },
      ],
    });
    const { id } = await api.ok(
      runSchema,
      'POST',
      `/workflows/${workflow.id}/runs`,
      { input: { n: 4 } },
      202,
    );
    await api.refused(409, 'conflict', 'POST', `/workflow-runs/${id}/case`, {});
    const waiting = await until('the wait', async () => {
      const run = await api.ok(runSchema, 'GET', `/workflow-runs/${id}`);
      return run.status === 'waiting' && run;
    });
    const headers = { 'content-type': 'application/json' };
    await fetch(waiting.resumeUrl ?? '', { method: 'POST', headers, body: '{"paid":true}' });
    expect((await runEnded(id)).output).toEqual({ n: 4, paid: true });
    const file = await build(`/workflow-runs/${id}/case`);
    expect(file).toMatchObject({
      trigger: { kind: 'input', input: { n: 4 } },
      deliveries: [{ nodeId: 'wait', body: { encoding: 'utf8', data: '{"paid":true}' } }],
      expect: { response: null },
    });
    expect(await play(file)).toMatchObject({ code: 0 });
  });

  it('of a run for a record brings the record along', async () => {
    const records = '/entities/InventoryModel/records';
    const record = await api.ok(z.looseObject({ cuid: z.string() }), 'POST', records, { name: 'M1' }, 201);
    const workflow = await api.live({
      name: 'For a record',
      nodes: [
        { id: 'hook', type: 'webhook', config: { style: 'validmind', auth: { scheme: 'none' } } },
        { id: 'end', type: 'set', config: { fields: { name: '{{target.name}}' } } },
      ],
      edges: [{ source: 'hook', target: 'end' }],
    });
    const body = { action: 'run_workflow', target: record.cuid, entity_name: 'InventoryModel' };
    const answer = await fetch(workflow.endpoints[0]?.url ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const { executionId } = z.object({ executionId: z.string() }).parse(await answer.json());
    expect((await runEnded(executionId)).output).toEqual({ name: 'M1' });
    const file = await build(`/workflow-runs/${executionId}/case`);
    expect(file.records).toEqual([{ entity: 'InventoryModel', cuid: record.cuid, data: { name: 'M1' } }]);
    expect(await play(file)).toMatchObject({ code: 0 });
  });
});
