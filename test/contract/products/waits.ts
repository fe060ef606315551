/** Waits in every style: correlation, the run's own resume URL, and start-or-resume on one URL (SPEC 3). */
import { describe, expect, it } from 'vitest';
import { at, listAt, textAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted, expectApiError, expectError } from '../support/expect-error.ts';
import { countRuns, type Made, makeWorkflow, outputOf, runIn } from '../support/workflows.ts';

const host = hostForThisFile();
const open = { style: 'native', auth: { scheme: 'none' } };
const correlation = { run: 'trigger.data.order', request: 'trigger.data.order' };
const end = { id: 'end', type: 'transform', config: { expression: 'steps.wait.output.payload' } };

function correlated(): Promise<Made> {
  return makeWorkflow(host, [
    { id: 'hook', type: 'webhook', config: open },
    { id: 'wait', type: 'webhook', config: { ...open, waitWhenReached: true, correlation } },
    end,
  ]);
}

async function begin(made: Made, json: unknown): Promise<string> {
  const id = expectAccepted(await host.call(made.url(), { json }));
  await runIn(host, id, ['waiting']);
  return id;
}

describe.concurrent('a wait with a correlation', () => {
  it('is met by the request whose value equals that of the run', async () => {
    const made = await correlated();
    const [one, two] = [await begin(made, { order: 'A-1' }), await begin(made, { order: 'A-2' })];
    const answer = await host.call(made.url('wait'), { json: { order: 'A-2', paid: true } });
    expect(answer).toMatchObject({ status: 200, json: { success: true, executionId: two } });
    expect(await outputOf(host, two)).toMatchObject({ order: 'A-2', paid: true });
    await runIn(host, one, ['waiting']);
  });

  it('is not met by a value of another type or none, which is 409 no_waiting_step', async () => {
    const made = await correlated();
    const id = await begin(made, { order: 7 });
    expectError(await host.call(made.url('wait'), { json: { order: 'seven' } }), 409, 'no_waiting_step');
    expectError(await host.call(made.url('wait'), { json: {} }), 409, 'no_waiting_step');
    expect((await host.call(made.url('wait'), { json: { order: 7 } })).json).toMatchObject({
      executionId: id,
    });
  });

  it('gives the waiting step the output of a Webhook node', async () => {
    const made = await makeWorkflow(host, [
      { id: 'hook', type: 'webhook', config: open },
      { id: 'wait', type: 'webhook', config: { ...open, waitWhenReached: true, correlation } },
      { id: 'all', type: 'transform', config: { expression: 'steps.wait.output' } },
    ]);
    const id = await begin(made, { order: 1 });
    await host.call(`${made.url('wait')}?a=b`, { headers: { 'X-Custom': 'V' }, json: { order: 1 } });
    expect(await outputOf(host, id)).toEqual({
      payload: { order: 1 },
      query: { a: 'b' },
      headers: expect.objectContaining({ 'x-custom': 'V' }),
      method: 'POST',
      dateTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      params: expect.anything(),
    });
  });
});

describe.concurrent('the resume URL of a run', () => {
  async function withResumeUrl(): Promise<{ id: string; url: string }> {
    const made = await makeWorkflow(host, [
      { id: 'hook', type: 'webhook', config: open },
      { id: 'ask', type: 'set', config: { fields: { url: '{{run.resumeUrl}}' } } },
      { id: 'wait', type: 'webhook', config: { ...open, waitWhenReached: true } },
      end,
    ]);
    const id = await begin(made, {});
    const run = await runIn(host, id, ['waiting']);
    const step = listAt(run, 'steps').find((one) => at(one, 'nodeId') === 'ask');
    return { id, url: textAt(step, 'output.url') };
  }

  it('is POST /hooks/resume/{token} with at least 128 bits in it', async () => {
    const { url } = await withResumeUrl();
    expect(url.startsWith(`${host.receiver()}/hooks/resume/`)).toBe(true);
    expect(new URL(url).pathname.split('/').at(-1)?.length).toBeGreaterThanOrEqual(22);
  });

  it('D8 resumes its run once, and then is spent', async () => {
    const { id, url } = await withResumeUrl();
    expect((await host.call(url, { json: { ok: 1 } })).json).toMatchObject({
      success: true,
      executionId: id,
    });
    expect(await outputOf(host, id)).toEqual({ ok: 1 });
    expect([404, 409]).toContain((await host.call(url, { json: { ok: 2 } })).status);
  });

  it('D8 sent ten times at once is taken once', async () => {
    const { url } = await withResumeUrl();
    const answers = await Promise.all(Array.from({ length: 10 }, () => host.call(url, { json: {} })));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
  });

  it.each(['GET', 'HEAD', 'PUT', 'DELETE'])('is never taken by %s', async (method) => {
    const { id, url } = await withResumeUrl();
    expect((await host.call(url, { method })).status).toBeGreaterThanOrEqual(400);
    await runIn(host, id, ['waiting']);
  });

  it('is 405 for another method, and 404 with any method where nobody has the token', async () => {
    const { url } = await withResumeUrl();
    const known = await host.call(url, { method: 'GET' });
    expect(known).toMatchObject({
      status: 405,
      headers: { allow: 'POST' },
      json: { error: 'method_not_allowed' },
    });
    const unknown = await host.call('/', {
      method: 'GET',
      target: '/hooks/resume/nobody-ever-got-this-token',
    });
    expect(unknown).toMatchObject({ status: 404, json: { error: 'not_found' } });
  });

  it('C19 cut, lengthened, encoded or of another case is 404 and leaves the run alone', async () => {
    const { id, url } = await withResumeUrl();
    const token = new URL(url).pathname.split('/').at(-1) ?? '';
    const encoded = `%${token.charCodeAt(0).toString(16)}${token.slice(1)}`;
    const swapped = token.toUpperCase() === token ? token.toLowerCase() : token.toUpperCase();
    for (const other of [token.slice(0, -1), `${token}x`, encoded, swapped, '1', '']) {
      const answer = await host.call('/', { method: 'POST', target: `/hooks/resume/${other}`, json: {} });
      expect({ other, status: answer.status }).toEqual({ other, status: 404 });
    }
    await runIn(host, id, ['waiting']);
  });
});

describe.concurrent('a start node with correlation and onMatch "resume"', () => {
  it('starts a run at the first delivery and resumes it at the next on the same URL', async () => {
    const made = await makeWorkflow(host, [
      { id: 'hook', type: 'webhook', config: { ...open, correlation, onMatch: 'resume' } },
      { id: 'wait', type: 'webhook', config: { ...open, waitWhenReached: true, correlation } },
      end,
    ]);
    const id = await begin(made, { order: 'X', step: 1 });
    const second = await host.call(made.url(), { json: { order: 'X', step: 2 } });
    expect(second).toMatchObject({ status: 200, json: { success: true, executionId: id } });
    expect(await outputOf(host, id)).toMatchObject({ step: 2 });
    const third = expectAccepted(await host.call(made.url(), { json: { order: 'Y', step: 1 } }));
    expect(third).not.toBe(id);
    expect(await countRuns(host, made.id)).toBe(2);
  });
});

describe.concurrent('cancelling', () => {
  it('ends a waiting run, whose delivery then is 409 no_waiting_step', async () => {
    const made = await correlated();
    const id = await begin(made, { order: 'C' });
    expect((await host.v1('POST', `/v1/workflow-runs/${id}/cancel`)).status).toBe(200);
    expect(await runIn(host, id)).toMatchObject({ status: 'cancelled' });
    expectError(await host.call(made.url('wait'), { json: { order: 'C' } }), 409, 'no_waiting_step');
  });

  it('leaves a run that has ended as it was: 409 conflict', async () => {
    const made = await correlated();
    const id = await begin(made, { order: 'D' });
    await host.v1('POST', `/v1/workflow-runs/${id}/cancel`);
    await runIn(host, id);
    expectApiError(await host.v1('POST', `/v1/workflow-runs/${id}/cancel`), 409, 'conflict');
  });
});
