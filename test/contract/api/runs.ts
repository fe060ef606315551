/** `/v1/workflow-runs` and starting runs by the API (SPEC 11). */
import { describe, expect, it } from 'vitest';
import { at, listAt, objectAt, textAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted, expectApiError, expectIssue } from '../support/expect-error.ts';
import type { Answer } from '../support/send.ts';
import { makeHook, makeWorkflow, outputOf, runIn } from '../support/workflows.ts';

const host = hostForThisFile();
const open = { style: 'native', auth: { scheme: 'none' } };
const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
const start = (id: string, body: unknown): Promise<Answer> =>
  host.v1('POST', `/v1/workflows/${id}/runs`, body);

describe.concurrent('the run object', () => {
  it('of a success has every field of the contract', async () => {
    const made = await makeHook(host, open, [
      { id: 'double', type: 'transform', name: 'Double it', config: { expression: 'trigger.data.n * 2' } },
    ]);
    const id = expectAccepted(await host.call(made.url(), { json: { n: 21 } }));
    const run = await runIn(host, id);
    expect(run).toMatchObject({
      id,
      workflowId: made.id,
      version: 1,
      status: 'succeeded',
      input: { n: 21 },
      target: null,
      output: 42,
      error: null,
      startedAt: instant,
      finishedAt: instant,
      waitingFor: null,
    });
    expect(listAt(run, 'steps')).toHaveLength(2);
    expect(at(run, 'steps.1')).toMatchObject({
      nodeId: 'double',
      name: 'Double it',
      type: 'transform',
      status: 'succeeded',
      attempt: 1,
      output: 42,
      error: null,
      startedAt: instant,
      finishedAt: instant,
    });
    expect(Object.keys(objectAt(run, 'steps.1'))).toContain('input');
    expect(at(run, 'steps.0')).toMatchObject({ nodeId: 'hook', type: 'webhook', status: 'succeeded' });
  });

  it('of a failure has the code, the message and the step', async () => {
    const made = await makeHook(host, open, [
      { id: 'bad', type: 'fail', name: 'Stop here', config: { message: 'Because of {{trigger.data.why}}' } },
    ]);
    const id = expectAccepted(await host.call(made.url(), { json: { why: 'tests' } }));
    expect(await runIn(host, id)).toMatchObject({
      status: 'failed',
      output: null,
      finishedAt: instant,
      error: { code: expect.stringMatching(/^[a-z_]+$/), message: 'Because of tests', nodeId: 'bad' },
    });
  });

  it('there is not is 404', async () => {
    expectApiError(await host.v1('GET', '/v1/workflow-runs/run_nobody'), 404, 'not_found');
    for (const what of ['cancel', 'retry']) {
      expectApiError(await host.v1('POST', `/v1/workflow-runs/run_nobody/${what}`, {}), 404, 'not_found');
    }
  });
});

describe.concurrent('POST /v1/workflows/{id}/runs', () => {
  const manual = { id: 'start', type: 'manual', config: {} };
  const show = {
    id: 'show',
    type: 'transform',
    config: {
      expression: '{"data": trigger.data, "cuid": target.cuid, "run": run.id, "flow": run.workflowId}',
    },
  };

  it.each(['manual', 'api'])('starts at a %s start with input and target', async (type) => {
    const made = await makeWorkflow(host, [{ id: 'start', type, config: {} }, show]);
    const record = await host.v1('POST', '/v1/entities/InventoryModel/records', { name: 'R' });
    const cuid = textAt(record.json, 'cuid');
    const answer = await start(made.id, { input: { a: [1] }, target: { entity: 'InventoryModel', cuid } });
    expect(answer.status).toBe(202);
    const id = textAt(answer.json, 'id');
    expect(await outputOf(host, id)).toMatchObject({ data: { a: [1] }, cuid, run: id, flow: made.id });
    expect(JSON.stringify(at(await runIn(host, id), 'target'))).toContain(cuid);
  });

  it('takes no input, any JSON, and says 200 with the finished run when asked to wait', async () => {
    const made = await makeWorkflow(host, [
      manual,
      { id: 'echo', type: 'transform', config: { expression: '[trigger.payload]' } },
    ]);
    expect(await start(made.id, { wait: true })).toMatchObject({
      status: 200,
      json: { status: 'succeeded' },
    });
    for (const input of [1, 'x', true, { a: null }]) {
      const answer = await start(made.id, { input, wait: true });
      expect(answer.json).toMatchObject({ input, output: [input] });
    }
  });

  it('refuses what it does not know, with the path', async () => {
    const made = await makeWorkflow(host, [manual, show]);
    expectIssue(await start(made.id, { inputt: 1 }), 'inputt');
    expectIssue(await start(made.id, { wait: 'yes' }), 'wait');
  });

  it('for a record there is not starts nothing', async () => {
    const made = await makeWorkflow(host, [manual, show]);
    const answer = await start(made.id, { target: { entity: 'InventoryModel', cuid: 'nobody' } });
    expect([404, 422]).toContain(answer.status);
    const { json } = await host.v1('GET', `/v1/workflow-runs?workflow=${made.id}`);
    expect(listAt(json, 'items')).toEqual([]);
  });
});

describe.concurrent('cancel', () => {
  it('ends a run in a delay as cancelled', async () => {
    const made = await makeHook(host, open, [{ id: 'pause', type: 'delay', config: { seconds: 3600 } }]);
    const id = expectAccepted(await host.call(made.url(), { json: {} }));
    expect((await host.v1('POST', `/v1/workflow-runs/${id}/cancel`)).status).toBe(200);
    expect(await runIn(host, id)).toMatchObject({ status: 'cancelled', finishedAt: instant });
  });
});

describe.concurrent('retry', () => {
  const flaky = [
    { id: 'first', type: 'transform', config: { expression: '$millis()' } },
    { id: 'second', type: 'transform', config: { expression: '{"ok": $number(trigger.data.n)}' } },
  ];

  it('runs a failed run again from its beginning, or from the step named', async () => {
    const made = await makeHook(host, open, flaky);
    const id = expectAccepted(await host.call(made.url(), { json: { n: 'x' } }));
    const failed = await runIn(host, id);
    expect(failed).toMatchObject({ status: 'failed', error: { nodeId: 'second' } });
    const whole = await host.v1('POST', `/v1/workflow-runs/${id}/retry`, {});
    const part = await host.v1('POST', `/v1/workflow-runs/${id}/retry`, { fromStep: 'second' });
    for (const answer of [whole, part]) {
      expect([200, 202]).toContain(answer.status);
      expect(await runIn(host, textAt(answer.json, 'id'))).toMatchObject({
        status: 'failed',
        input: { n: 'x' },
      });
    }
  });

  it('from a step there is not is refused', async () => {
    const made = await makeHook(host, open, flaky);
    const id = expectAccepted(await host.call(made.url(), { json: { n: 'x' } }));
    await runIn(host, id);
    const answer = await host.v1('POST', `/v1/workflow-runs/${id}/retry`, { fromStep: 'nobody' });
    expect([404, 409, 422]).toContain(answer.status);
  });
});

describe.concurrent('the list of runs', () => {
  it('is filtered by workflow, status, time and text', async () => {
    const made = await makeHook(host, open, [
      { id: 'n', type: 'transform', config: { expression: '$number(trigger.data.n)' } },
    ]);
    const before = new Date(Date.now() - 1000).toISOString();
    const good = expectAccepted(await host.call(made.url(), { json: { n: 1 } }));
    const bad = expectAccepted(await host.call(made.url(), { json: { n: 'x' } }));
    await Promise.all([runIn(host, good), runIn(host, bad)]);
    const ids = async (query: string): Promise<unknown[]> =>
      listAt((await host.v1('GET', `/v1/workflow-runs?workflow=${made.id}${query}`)).json, 'items').map(
        (one) => at(one, 'id'),
      );
    expect(await ids('')).toEqual([bad, good]);
    expect(await ids('&status=failed')).toEqual([bad]);
    expect(await ids('&status=succeeded')).toEqual([good]);
    expect(await ids(`&since=${before}`)).toEqual([bad, good]);
    expect(await ids(`&until=${before}`)).toEqual([]);
    expect(await ids(`&q=${good}`)).toEqual([good]);
  });

  it('refuses a status or a moment there is not, with the path', async () => {
    expectIssue(await host.v1('GET', '/v1/workflow-runs?status=tired'), 'status');
    expectIssue(await host.v1('GET', '/v1/workflow-runs?since=yesterday'), 'since');
  });
});
