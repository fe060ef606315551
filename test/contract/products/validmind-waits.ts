/** ValidMind's second half: run_step goes on with a run that waits at a Webhook step (SPEC 3, Waits). */
import { describe, expect, it } from 'vitest';
import { at, sorted, textAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted, expectError } from '../support/expect-error.ts';
import { curlJson } from '../support/shell.ts';
import { type Made, makeWorkflow, type Node, outputOf, runIn } from '../support/workflows.ts';

const host = hostForThisFile();
const open = { style: 'validmind', auth: { scheme: 'none' } };

async function newRecord(): Promise<string> {
  return textAt((await host.v1('POST', '/v1/entities/InventoryModel/records', { name: 'M' })).json, 'cuid');
}

const body = (
  action: string,
  target: string,
  more: Record<string, unknown> = {},
): Record<string, unknown> => ({
  action,
  target,
  entity_name: 'InventoryModel',
  ...more,
});

/** hook → (before) → wait → end; the end gives what the resuming delivery brought. */
function waiting(wait: Record<string, unknown> = {}, before: readonly Node[] = []): Promise<Made> {
  return makeWorkflow(host, [
    { id: 'hook', type: 'webhook', config: open },
    ...before,
    { id: 'wait', type: 'webhook', name: 'Approval', config: { ...open, waitWhenReached: true, ...wait } },
    { id: 'end', type: 'transform', config: { expression: 'steps.wait.output.payload.answer' } },
  ]);
}

async function startAndWait(made: Made, target: string): Promise<string> {
  const id = expectAccepted(await host.call(made.url(), { json: body('run_workflow', target) }));
  await runIn(host, id, ['waiting']);
  return id;
}

describe.concurrent('run_step', () => {
  it('resumes the waiting run of its target, answers with its executionId, and the run finishes', async () => {
    const key = 'a'.repeat(32);
    const secret = 'b'.repeat(64);
    const made = await waiting({ auth: { scheme: 'keyPair', key, secret } });
    const target = await newRecord();
    const id = await startAndWait(made, target);
    const json = await curlJson(
      `curl -s -X POST "$URL" -H 'Content-Type: application/json' -H 'x-api-key: ${key}' -H 'x-api-secret: ${secret}' --data '{
  "action": "run_step",
  "target": "'$TARGET'",
  "entity_name": "InventoryModel",
  "answer": "go"
}'`,
      { URL: made.url('wait'), TARGET: target },
    );
    expect(json).toMatchObject({ success: true, executionId: id });
    expect(await outputOf(host, id)).toBe('go');
  });

  it('needs the credentials of the waiting step', async () => {
    const made = await waiting({ auth: { scheme: 'keyPair', key: 'right', secret: 'right too' } });
    const target = await newRecord();
    const id = await startAndWait(made, target);
    expectError(await host.call(made.url('wait'), { json: body('run_step', target) }), 401, 'unauthorized');
    expect(at(await runIn(host, id, ['waiting']), 'status')).toBe('waiting');
  });

  it('shows the run as waiting, and for what, until then', async () => {
    const made = await waiting();
    const id = await startAndWait(made, await newRecord());
    const run = await runIn(host, id, ['waiting']);
    expect(run).toMatchObject({ status: 'waiting', finishedAt: null });
    expect(at(run, 'waitingFor')).toBeTruthy();
  });

  it('for another record leaves the run waiting and is 409 no_waiting_step', async () => {
    const made = await waiting();
    const id = await startAndWait(made, await newRecord());
    const answer = await host.call(made.url('wait'), { json: body('run_step', await newRecord()) });
    expectError(answer, 409, 'no_waiting_step');
    await runIn(host, id, ['waiting']);
  });

  it('D8 twice is 409 no_waiting_step the second time', async () => {
    const made = await waiting();
    const target = await newRecord();
    await startAndWait(made, target);
    const call = { json: body('run_step', target, { answer: 1 }) };
    expect((await host.call(made.url('wait'), call)).status).toBe(200);
    expectError(await host.call(made.url('wait'), call), 409, 'no_waiting_step');
  });

  it('D8 sent twenty times at once is taken by exactly one', async () => {
    const made = await waiting();
    const target = await newRecord();
    const id = await startAndWait(made, target);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, answer) =>
        host.call(made.url('wait'), { json: body('run_step', target, { answer }) }),
      ),
    );
    const statuses = sorted(answers.map((answer) => answer.status));
    expect(statuses).toEqual(['200', ...Array.from({ length: 19 }, () => '409')]);
    const winner = answers.findIndex((answer) => answer.status === 200);
    expect(await outputOf(host, id)).toBe(winner);
  });

  it('goes to the run that waits longest when several wait for one target', async () => {
    const made = await waiting();
    const target = await newRecord();
    const first = await startAndWait(made, target);
    const second = await startAndWait(made, target);
    const call = (answer: string): Promise<unknown> =>
      host.call(made.url('wait'), { json: body('run_step', target, { answer }) }).then(({ json }) => json);
    expect(await call('one')).toMatchObject({ executionId: first });
    expect(await call('two')).toMatchObject({ executionId: second });
    expect([await outputOf(host, first), await outputOf(host, second)]).toEqual(['one', 'two']);
  });
});

describe.concurrent('a run_step that comes early', () => {
  const later: Node = { id: 'pause', type: 'delay', config: { seconds: 1 } };

  it('D9 is answered 202, held, and consumed when the run gets there', async () => {
    const made = await waiting({}, [later]);
    const target = await newRecord();
    const id = expectAccepted(await host.call(made.url(), { json: body('run_workflow', target) }));
    const early = await host.call(made.url('wait'), { json: body('run_step', target, { answer: 'early' }) });
    expect(early.status).toBe(202);
    expect(early.json).toMatchObject({ success: true, requestId: expect.stringMatching(/^req_/) });
    expect(await outputOf(host, id)).toBe('early');
  });

  it('D9 is consumed once: a second run of the target goes on waiting', async () => {
    const made = await waiting({}, [later]);
    const target = await newRecord();
    const first = expectAccepted(await host.call(made.url(), { json: body('run_workflow', target) }));
    expect(
      (await host.call(made.url('wait'), { json: body('run_step', target, { answer: 1 }) })).status,
    ).toBe(202);
    expect(await outputOf(host, first)).toBe(1);
    const second = await startAndWait(made, target);
    await runIn(host, second, ['waiting']);
  });

  it('is 409 no_waiting_step when no live run of the target has the step before it', async () => {
    const made = await waiting({}, [later]);
    const answer = await host.call(made.url('wait'), { json: body('run_step', await newRecord()) });
    expectError(answer, 409, 'no_waiting_step');
  });

  it('is 409 no_waiting_step when the node holds none (holdEarlySeconds 0)', async () => {
    const made = await waiting({ holdEarlySeconds: 0 }, [later]);
    const target = await newRecord();
    expectAccepted(await host.call(made.url(), { json: body('run_workflow', target) }));
    expectError(
      await host.call(made.url('wait'), { json: body('run_step', target) }),
      409,
      'no_waiting_step',
    );
  });
});

describe.concurrent('a wait that is not answered in time', () => {
  it('D8 takes its timeout port where it has one', async () => {
    const made = await makeWorkflow(
      host,
      [
        { id: 'hook', type: 'webhook', config: open },
        { id: 'wait', type: 'webhook', config: { ...open, waitWhenReached: true, timeoutSeconds: 1 } },
        { id: 'late', type: 'set', config: { fields: { late: true } } },
        { id: 'end', type: 'set', config: { fields: { late: false } } },
      ],
      {
        edges: [
          { source: 'hook', target: 'wait' },
          { source: 'wait', target: 'late', port: 'timeout' },
          { source: 'wait', target: 'end' },
        ],
      },
    );
    const target = await newRecord();
    const id = await startAndWait(made, target);
    expect(await outputOf(host, id)).toEqual({ late: true });
    expectError(
      await host.call(made.url('wait'), { json: body('run_step', target) }),
      409,
      'no_waiting_step',
    );
  });

  it('fails the run where it has none', async () => {
    const made = await waiting({ timeoutSeconds: 1 });
    const id = await startAndWait(made, await newRecord());
    expect(await runIn(host, id)).toMatchObject({
      status: 'failed',
      error: { code: expect.any(String), message: expect.any(String), nodeId: 'wait' },
    });
  });
});
