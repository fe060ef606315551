/** One URL for many workflows: every start starts, every wait is met by its own value (SPEC 2, 3; RELIABILITY D10). */
import { describe, expect, it } from 'vitest';
import { post } from './call.ts';
import { useReceiver } from './open-receiver.ts';

const bench = useReceiver();
const open = { auth: { scheme: 'none' } };
let count = 0;

function source() {
  count += 1;
  return bench().shared(`Source ${count}`, { style: 'native', ...open });
}

/** A workflow that starts at the source. */
function starter(endpointId: string, config: Record<string, unknown> = {}) {
  return bench().live({
    nodes: [
      { id: 'hook', type: 'webhook', config: { endpointId, ...config } },
      { id: 'end', type: 'transform', config: { expression: 'trigger.data' } },
    ],
    edges: ['hook>end'],
  });
}

/** A workflow that starts elsewhere and waits at the source for `trigger.data.<field>`. */
function waiter(endpointId: string, field: string) {
  const path = `trigger.data.${field}`;
  return bench().live({
    nodes: [
      { id: 'hook', type: 'webhook', config: open },
      {
        id: 'wait',
        type: 'webhook',
        config: { endpointId, waitWhenReached: true, correlation: { run: path, request: path } },
      },
      { id: 'end', type: 'transform', config: { expression: 'steps.wait.output.payload' } },
    ],
    edges: ['hook>wait', 'wait>end'],
  });
}

async function waitingRun(workflow: { paths: Readonly<Record<string, string>> }, body: unknown) {
  const started = await post(bench().origin, workflow.paths['hook'] ?? '', body);
  const run = String(started.json['executionId']);
  await bench().untilRun(run, ['waiting']);
  return run;
}

describe('a shared data source', () => {
  it('starts all its workflows with one request, and answers with every run', async () => {
    const { id, path } = await source();
    const workflows = [await starter(id), await starter(id), await starter(id)];
    const answer = await post(bench().origin, path, { n: 1 });
    const ids = answer.json['executionIds'];
    expect(ids).toHaveLength(3);
    expect(answer.json['executionId']).toBe((ids as readonly string[])[0]);
    const runs = await Promise.all((ids as readonly string[]).map((run) => bench().untilRun(run)));
    expect(runs.map((run) => run.workflowId).toSorted()).toEqual(workflows.map((one) => one.id).toSorted());
    for (const run of runs) expect(run).toMatchObject({ status: 'succeeded', output: { n: 1 } });
    expect((await bench().lastRequest(id)).runs).toHaveLength(3);
  });

  it('starts those whose own filter the request passes, and none is no failure', async () => {
    const { id, path } = await source();
    const paid = await starter(id, { filter: 'trigger.data.kind = "paid"' });
    const large = await starter(id, { filter: 'trigger.data.total > 100' });
    const send = (body: unknown) => post(bench().origin, path, body);
    const started = async (body: unknown) => {
      const { executionIds = [] } = (await send(body)).json as { executionIds?: string[] };
      const runs = await Promise.all(executionIds.map((run) => bench().untilRun(run)));
      return new Set(runs.map((run) => run.workflowId));
    };
    expect(await started({ kind: 'paid', total: 1 })).toEqual(new Set([paid.id]));
    expect(await started({ kind: 'sent', total: 101 })).toEqual(new Set([large.id]));
    expect(await started({ kind: 'paid', total: 101 })).toEqual(new Set([paid.id, large.id]));
    expect(await send({ kind: 'sent', total: 1 })).toMatchObject({
      status: 200,
      json: { success: true, filtered: true },
    });
    expect(await bench().lastRequest(id)).toMatchObject({ verdict: 'filtered', triage: null });
  });

  it('is 404 when it is deactivated, with the same body as an unknown path', async () => {
    const { id, path } = await source();
    await starter(id);
    await bench().store.write('updateEndpoint', { id, state: 'deactivated', at: Date.now() });
    const gone = await post(bench().origin, path, {});
    const nowhere = await post(bench().origin, '/hooks/nobody-has-this', {});
    expect(gone.status).toBe(404);
    expect({ ...gone.json, requestId: '' }).toEqual({ ...nowhere.json, requestId: '' });
    expect(await bench().lastRequest(id)).toMatchObject({ reason: 'deactivated', triage: 'open' });
  });

  it('is 404 while no bound workflow is live, and told so', async () => {
    const { id, path } = await source();
    expect((await post(bench().origin, path, {})).status).toBe(404);
    expect(await bench().lastRequest(id)).toMatchObject({ reason: 'not_live' });
  });
});

describe('waits at a shared data source', () => {
  it('are each met by their own value, the oldest first', async () => {
    const { id, path } = await source();
    const [orders, invoices] = [await waiter(id, 'order'), await waiter(id, 'invoice')];
    const byOrder = await waitingRun(orders, { order: 7 });
    const byInvoice = await waitingRun(invoices, { invoice: 'I-1' });
    const send = (body: unknown) => post(bench().origin, path, body);
    expect((await send({ order: 'I-1', invoice: 7 })).status).toBe(409);
    expect((await send({ order: 'no', invoice: 'I-1' })).json).toMatchObject({ executionId: byInvoice });
    expect((await send({ order: 7, invoice: 'I-1' })).json).toMatchObject({ executionId: byOrder });
    for (const run of [byOrder, byInvoice])
      expect(await bench().untilRun(run)).toMatchObject({ status: 'succeeded' });
  });

  it('go on beside the starts, which start with every request', async () => {
    const { id, path } = await source();
    const [start, wait] = [await starter(id), await waiter(id, 'order')];
    const waiting = await waitingRun(wait, { order: 1 });
    const answer = await post(bench().origin, path, { order: 1 });
    const ids = answer.json['executionIds'] as string[];
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBe(waiting);
    expect(await bench().untilRun(ids[1] ?? '')).toMatchObject({ workflowId: start.id });
    expect(await bench().untilRun(waiting)).toMatchObject({ status: 'succeeded', output: { order: 1 } });
    const next = (await post(bench().origin, path, { order: 1 })).json['executionIds'] as string[];
    expect(next).toHaveLength(1);
    expect((await bench().untilRun(next[0] ?? '')).workflowId).toBe(start.id);
  });

  it('with onMatch "resume" go on in their own workflow, while another workflow starts', async () => {
    const { id, path } = await source();
    const correlation = { run: 'trigger.data.order', request: 'trigger.data.order' };
    const both = await bench().live({
      nodes: [
        { id: 'hook', type: 'webhook', config: { endpointId: id, correlation, onMatch: 'resume' } },
        { id: 'wait', type: 'webhook', config: { endpointId: id, correlation, waitWhenReached: true } },
        { id: 'end', type: 'transform', config: { expression: 'steps.wait.output.payload' } },
      ],
      edges: ['hook>wait', 'wait>end'],
    });
    const other = await starter(id);
    const send = async (body: unknown) =>
      (await post(bench().origin, path, body)).json['executionIds'] as string[];
    const first = await send({ order: 'B', step: 1 });
    expect(first).toHaveLength(2);
    const workflowOf = (run: string) => bench().store.read.runs.byId(run)?.workflowId;
    const run = first.find((one) => workflowOf(one) === both.id) ?? '';
    await bench().untilRun(run, ['waiting']);
    const second = await send({ order: 'B', step: 2 });
    expect(second).toContain(run);
    expect(new Set(second.map(workflowOf))).toEqual(new Set([both.id, other.id]));
    expect(await bench().untilRun(run)).toMatchObject({ status: 'succeeded', output: { step: 2 } });
    expect(bench().store.read.runs.list({ limit: 10, workflowId: both.id }).items).toHaveLength(1);
  });
});

describe('a run that can not begin', () => {
  it('makes a failed trigger of its request, though that was accepted', async () => {
    const workflow = await bench().live({
      nodes: [
        { id: 'hook', type: 'webhook', config: open },
        { id: 'gone', type: 'a kind of another version' },
      ],
      edges: ['hook>gone'],
    });
    const answer = await post(bench().origin, workflow.paths['hook'] ?? '', {});
    const run = await bench().untilRun(String(answer.json['executionId']));
    expect(run).toMatchObject({ status: 'failed', error: { code: 'workflow_missing' } });
    expect(await bench().lastRequest(workflow.endpoints['hook']?.id ?? '')).toMatchObject({
      verdict: 'accepted',
      triage: 'open',
      reason: 'workflow_missing',
    });
  });
});
