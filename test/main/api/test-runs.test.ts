/** Trying workflows out, pins, and retries with edited data: through `/v1` of a real host. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { runSchema, workflowSchema } from '../../../src/shared/contract/views.ts';
import { openHttpTarget } from '../../support/http-target.ts';
import { until } from '../../support/until.ts';
import { useApiHost } from './api-host.ts';

const api = useApiHost();
const pinsSchema = z.record(z.string(), z.unknown());

/** A webhook that expects an amount, a step that doubles it, and one that names the caller's source. */
function amounts(name: string, factor = 2): Record<string, unknown> {
  return {
    name,
    nodes: [
      {
        id: 'hook',
        type: 'webhook',
        config: {
          style: 'flowtrux',
          auth: { scheme: 'none' },
          parameters: [{ name: 'amount', path: 'order.amount', type: 'number', required: true }],
        },
      },
      { id: 'twice', type: 'transform', config: { expression: `{"total": params.amount * ${factor}}` } },
      {
        id: 'end',
        type: 'set',
        config: { fields: { total: '{{steps.twice.output.total}}', source: '{{trigger.query.source}}' } },
      },
    ],
    edges: [
      { source: 'hook', target: 'twice' },
      { source: 'twice', target: 'end' },
    ],
  };
}

async function capture(url: string, amount: number): Promise<{ requestId: string; runId: string }> {
  const answer = await fetch(`${url}?source=crm`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ order: { amount } }),
  });
  const said = z.object({ requestId: z.string(), executionId: z.string() }).parse(await answer.json());
  await until('the run to end', async () => (await runOf(said.executionId)).status === 'succeeded');
  return { requestId: said.requestId, runId: said.executionId };
}

const runOf = (id: string) => api.ok(runSchema, 'GET', `/workflow-runs/${id}`);
const start = (id: string, body: object, status = 200) =>
  api.ok(runSchema, 'POST', `/workflows/${id}/runs`, { ...body, wait: true }, status);

describe('a test run', () => {
  it('tries the draft with a captured request, by the parameters the draft has', async () => {
    const workflow = await api.live(amounts('Draft with request'));
    const { requestId } = await capture(workflow.endpoints[0]?.url ?? '', 5);
    await api.ok(workflowSchema, 'PUT', `/workflows/${workflow.id}`, amounts('Draft with request', 10));
    const run = await start(workflow.id, { version: 'draft', request: requestId });
    expect(run).toMatchObject({
      status: 'succeeded',
      version: 0,
      requestId,
      output: { total: 50, source: 'crm' },
      test: { version: 'draft', dryRun: false },
    });
    const { document } = await api.ok(
      z.object({ version: z.literal(0), document: z.object({ nodes: z.array(z.unknown()) }) }),
      'GET',
      `/workflow-runs/${run.id}/document`,
    );
    expect(document.nodes).toHaveLength(3);
    const live = await start(workflow.id, { version: 1, request: requestId });
    expect(live).toMatchObject({ version: 1, output: { total: 10, source: 'crm' } });
  });

  it('takes the pins of the workflow for its draft, and a live run never does', async () => {
    const workflow = await api.live({
      ...amounts('Pinned'),
      nodes: [
        { id: 'begin', type: 'manual' },
        { id: 'twice', type: 'transform', config: { expression: '{"total": trigger.data.n}' } },
      ],
      edges: [{ source: 'begin', target: 'twice' }],
    });
    const path = `/workflows/${workflow.id}/pins`;
    const pins = { twice: { total: 99 }, id: null };
    expect(await api.ok(pinsSchema, 'PUT', path, pins)).toEqual(pins);
    expect(await api.ok(pinsSchema, 'GET', path)).toEqual(pins);
    const input = { n: 3 };
    expect((await start(workflow.id, { version: 'draft', input })).output).toEqual({ total: 99 });
    expect((await start(workflow.id, { version: 'draft', input, pins: false })).output).toEqual({ total: 3 });
    const live = await start(workflow.id, { input });
    expect(live).toMatchObject({ output: { total: 3 }, test: null, edits: null, retryOf: null });
    await api.ok(pinsSchema, 'PUT', path, {});
    expect(await api.ok(pinsSchema, 'GET', path)).toEqual({});
    await api.refused(422, 'invalid', 'PUT', path, { 'no such id!': 1 });
    await api.refused(404, 'not_found', 'GET', '/workflows/nowhere/pins');
  });

  it('does one step alone, dry, with what is given for the steps before', async () => {
    const target = await openHttpTarget();
    onTestFinished(() => target.close());
    const workflow = await api.live({
      name: 'One step',
      nodes: [
        { id: 'begin', type: 'manual' },
        { id: 'first', type: 'transform', config: { expression: '{"n": 1}' } },
        { id: 'call', type: 'http', config: { url: `${target.origin}/{{steps.first.output.n}}` } },
        { id: 'after', type: 'fail' },
      ],
      edges: [
        { source: 'begin', target: 'first' },
        { source: 'first', target: 'call' },
        { source: 'call', target: 'after' },
      ],
    });
    const only = { onlyStep: 'call', outputs: { first: { n: 7 } } };
    const dry = await start(workflow.id, { ...only, dryRun: true });
    expect(dry.steps.map((step) => step.nodeId)).toEqual(['begin', 'first', 'call']);
    expect(dry.steps[2]?.input).toMatchObject({ url: `${target.origin}/7` });
    expect(target.calls).toEqual([]);
    expect((await start(workflow.id, only)).status).toBe('succeeded');
    expect(target.calls.map((call) => call.url)).toEqual(['/7']);
  });

  it('is refused for what is not there', async () => {
    const workflow = await api.live(amounts('Refused tests'));
    const path = `/workflows/${workflow.id}/runs`;
    await api.refused(404, 'not_found', 'POST', path, { version: 9 });
    await api.refused(404, 'not_found', 'POST', path, { request: 'req_nowhere' });
    await api.refused(422, 'invalid', 'POST', path, { fromStep: 'nowhere' });
    await api.refused(422, 'invalid', 'POST', path, { version: 'newest' });
    const { requestId } = await capture(workflow.endpoints[0]?.url ?? '', 1);
    await api.refused(400, 'missing_parameter', 'POST', path, { request: requestId, input: { order: {} } });
  });
});

describe('a retry', () => {
  it('with another payload finds the parameters in it, and keeps the query', async () => {
    const workflow = await api.live(amounts('Edited input'));
    const { runId } = await capture(workflow.endpoints[0]?.url ?? '', 5);
    const body = { input: { order: { amount: 21 } } };
    const retried = await api.ok(runSchema, 'POST', `/workflow-runs/${runId}/retry`, body, 202);
    expect(retried).toMatchObject({
      retryOf: runId,
      edits: { fromStep: null, input: true, outputs: [] },
      input: body.input,
    });
    const run = await until('the retry to end', async () => {
      const now = await runOf(retried.id);
      return now.status === 'succeeded' && now;
    });
    expect(run.output).toEqual({ total: 42, source: 'crm' });
    expect((await runOf(runId)).output).toEqual({ total: 10, source: 'crm' });
  });

  it('from a step sees edited outputs of those before, and only of those', async () => {
    const workflow = await api.live(amounts('Edited output'));
    const { runId } = await capture(workflow.endpoints[0]?.url ?? '', 5);
    const path = `/workflow-runs/${runId}/retry`;
    const edit = { fromStep: 'end', outputs: { twice: { total: 1 } } };
    const { id } = await api.ok(runSchema, 'POST', path, edit, 202);
    const run = await until('the retry to end', async () => {
      const now = await runOf(id);
      return now.status === 'succeeded' && now;
    });
    expect(run).toMatchObject({ output: { total: 1 }, edits: { fromStep: 'end', outputs: ['twice'] } });
    await api.refused(422, 'invalid', 'POST', path, { fromStep: 'end', outputs: { end: 1 } });
    await api.refused(422, 'invalid', 'POST', path, { form: 'end' });
  });
});
