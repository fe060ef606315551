/** The templates do what they say: each is made, put live and run by a real host. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { pageOf, recordSchema, runSchema, workflowSchema } from '../../../src/shared/contract/views.ts';
import { until } from '../../support/until.ts';
import { useApiHost } from './api-host.ts';

const api = useApiHost();
const started = z.object({ executionId: z.string() });

/** A template as a live workflow, its webhooks open to the test. */
async function live(template: string, change: (config: Record<string, unknown>, id: string) => object) {
  const { id, ...made } = await api.ok(workflowSchema, 'POST', `/templates/${template}/workflows`, {}, 201);
  const { name, slug, description, project, settings, edges } = made;
  const nodes = made.nodes.map((node) => ({
    ...node,
    config: { ...node.config, ...change(node.config, node.id) },
  }));
  const document = { name, slug, description, project, settings, edges, nodes };
  return api.ok(workflowSchema, 'PUT', `/workflows/${id}?activate=true`, document);
}
const open = (config: Record<string, unknown>): object =>
  config['style'] === undefined ? {} : { auth: { scheme: 'none' } };

async function post(url: string | undefined, body: object): Promise<unknown> {
  const answer = await fetch(url ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return answer.json();
}
const runIn = (id: string, status: string) =>
  until(`run ${id} to be ${status}`, async () => {
    const run = await api.ok(runSchema, 'GET', `/workflow-runs/${id}`);
    return run.status === status && run;
  });
const runsOf = async (workflow: string) =>
  (await api.ok(pageOf(runSchema.loose().partial()), 'GET', `/workflow-runs?workflow=${workflow}`)).items;
const notes = async (): Promise<string> => JSON.stringify((await api.v1('GET', '/notifications')).body);

describe('templates', () => {
  it('Stock check answers with what is short', async () => {
    const { endpoints } = await live('stock-check', open);
    const lines = [
      { sku: 'hook', quantity: 2, stock: 5 },
      { sku: 'yard', quantity: 4, stock: 1 },
    ];
    expect(await post(endpoints[0]?.url, { lines })).toEqual({
      lines: 2,
      short: [{ sku: 'yard', short: 3 }],
    });
    expect(await post(endpoints[0]?.url, { lines: [] })).toEqual({ lines: 0, short: [] });
  });

  it('Expense approval lets small ones pass, and does what the form says with large ones', async () => {
    const { endpoints } = await live('expense-approval', open);
    const report = async (amount: number): Promise<string> =>
      started.parse(await post(endpoints[0]?.url, { employee: 'Ada', amount })).executionId;
    expect((await runIn(await report(20), 'succeeded')).output).toMatchObject({ decision: 'passed' });

    const large = await runIn(await report(740), 'waiting');
    const path = `/workflow-runs/${large.id}/steps/ask/approve`;
    await api.v1('POST', path, { approved: true, form: { amount: 700, account: 'Travel' } });
    expect((await runIn(large.id, 'succeeded')).output).toEqual({
      employee: 'Ada',
      amount: 700,
      account: 'Travel',
      decision: 'approved',
    });
    const other = await runIn(await report(900), 'waiting');
    await api.v1('POST', `/workflow-runs/${other.id}/steps/ask/approve`, { approved: false, comment: 'No.' });
    expect((await runIn(other.id, 'succeeded')).output).toMatchObject({
      decision: 'rejected',
      comment: 'No.',
    });
  });

  it('Model review waits for the report of the same model and keeps the outcome', async () => {
    const { endpoints } = await live('model-review', open);
    const records = pageOf(recordSchema);
    const [model] = (await api.ok(records, 'GET', '/entities/InventoryModel/records')).items;
    const about = { target: model?.cuid, entity_name: 'InventoryModel' };
    const [start, report] = endpoints;
    const { executionId } = started.parse(await post(start?.url, { action: 'run_workflow', ...about }));
    await runIn(executionId, 'waiting');
    const read = () => api.ok(recordSchema, 'GET', `/entities/InventoryModel/records/${model?.cuid}`);
    expect((await read()).data).toMatchObject({ status: 'In review' });
    await post(report?.url, { action: 'run_step', ...about, outcome: 'Approved with notes' });
    await runIn(executionId, 'succeeded');
    expect((await read()).data).toMatchObject({ status: 'Approved with notes' });
  });

  it('Failure watch tells of another workflow that failed', async () => {
    const watch = await live('failure-watch', () => ({}));
    const failing = await api.live({
      name: 'Doomed',
      nodes: [
        { id: 'go', type: 'api' },
        { id: 'fall', type: 'fail', name: 'Fall', config: { message: 'It had to be.' } },
      ],
      edges: [{ source: 'go', target: 'fall' }],
      settings: { onFailure: watch.slug },
    });
    await api.ok(runSchema, 'POST', `/workflows/${failing.id}/runs`, { input: {}, wait: true });
    await until('the watch to have run', async () => (await runsOf(watch.id))[0]?.status === 'succeeded');
    expect(await notes()).toContain('Doomed failed');
    expect(await notes()).toContain('It had to be.');
  });

  it('Nightly review counts what is in validation', async () => {
    const fields = { name: 'Another', status: 'In validation' };
    await api.ok(recordSchema, 'POST', '/entities/InventoryModel/records', fields, 201);
    const night = await live('nightly-review', () => ({}));
    const run = await api.ok(runSchema, 'POST', `/workflows/${night.id}/runs`, { input: {}, wait: true });
    expect(run.status).toBe('succeeded');
    expect(await notes()).toMatch(/\d+ models are in validation/);
  });

  it('Two sources answers with both, and with one when the other is down', async () => {
    const server = createServer((request, response) => {
      const isDown = request.url?.startsWith('/down') === true;
      response.writeHead(isDown ? 503 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ seen: request.url }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const address = z.object({ port: z.number() }).parse(server.address());
      const origin = `http://127.0.0.1:${address.port}`;
      const { endpoints } = await live('two-sources', (config, id) => {
        if (config['url'] === undefined) return open(config);
        return { url: `${origin}/${id === 'orders' ? 'up' : 'down'}/{{params.customer}}` };
      });
      expect(await post(endpoints[0]?.url, { customer: 'c-17' })).toMatchObject({
        customer: 'c-17',
        orders: { seen: '/up/c-17' },
        isComplete: false,
      });
    } finally {
      server.close();
    }
  });
});
