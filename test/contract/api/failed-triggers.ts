/** `/v1/failed-triggers`: what did not start what it should have, mended and tried again (SPEC 2, 11). */
import { describe, expect, it } from 'vitest';
import { at, listAt, objectAt, textAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted, expectApiError } from '../support/expect-error.ts';
import { countRuns, type Made, makeHook, outputOf } from '../support/workflows.ts';

const host = hostForThisFile();
const open = { style: 'native', auth: { scheme: 'none' } };

async function failuresOf(made: Made, query = ''): Promise<unknown[]> {
  const { json } = await host.v1('GET', `/v1/failed-triggers?limit=500${query}`);
  return listAt(json, 'items').filter((one) => at(one, 'endpointId') === made.endpointId());
}

const act = (id: string, what: string) => host.v1('POST', `/v1/failed-triggers/${id}/${what}`);
const stateOf = async (made: Made): Promise<unknown> => at((await failuresOf(made))[0], 'state');

/** Changes the settings of the webhook and puts them live. */
async function mend(made: Made, config: Record<string, unknown>): Promise<void> {
  const document = objectAt(made.document, '');
  const nodes = listAt(document, 'nodes').map((node) =>
    at(node, 'id') === 'hook' ? { ...objectAt(node, ''), config } : node,
  );
  const { name, slug, edges } = document;
  const answer = await host.v1('PUT', `/v1/workflows/${made.id}?activate=true`, { name, slug, nodes, edges });
  expect(answer.status, answer.text).toBe(200);
}

const echo = { id: 'echo', type: 'transform', config: { expression: '{"data": trigger.payload}' } };

describe.concurrent('a failed trigger', () => {
  it('has the cause, the request and the state open', async () => {
    const made = await makeHook(host, { ...open, auth: { scheme: 'apiKey', key: 'right' } });
    const answer = await host.call(made.url(), { headers: { 'x-api-key': 'wrong' }, json: { a: 1 } });
    const failures = await failuresOf(made);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({
      id: expect.stringMatching(/\w/),
      state: 'open',
      requestId: textAt(answer.json, 'requestId'),
      cause: expect.stringMatching(/\w/),
      reason: expect.stringMatching(/\w/),
      method: 'POST',
      status: 401,
    });
  });

  it('is made by every refusal of a known endpoint, and by no accepted, filtered or duplicate request', async () => {
    const made = await makeHook(host, {
      ...open,
      filter: 'trigger.data.go = true',
      maxBodyBytes: 100,
      parameters: [{ name: 'go', in: 'body', type: 'boolean', required: true }],
    });
    const good = { json: { go: true }, headers: { 'idempotency-key': 'x' } };
    for (const call of [good, good, { json: { go: false } }]) {
      expect((await host.call(made.url(), call)).status).toBe(200);
    }
    expect(await failuresOf(made)).toEqual([]);
    const bad = [
      { json: {} },
      { json: { go: 'yes' } },
      { body: '{', headers: { 'content-type': 'application/json' } },
      { json: 'x'.repeat(200) },
      { method: 'PUT', json: { go: true } },
    ];
    const statuses: number[] = [];
    for (const call of bad) statuses.push((await host.call(made.url(), call)).status);
    expect(statuses).toEqual([400, 400, 400, 413, 405]);
    expect((await failuresOf(made)).map((one) => at(one, 'status'))).toEqual(statuses.toReversed());
  });

  it('there is not is 404', async () => {
    for (const what of ['retry', 'dismiss']) expectApiError(await act('req_nobody', what), 404, 'not_found');
    const made = await makeHook(host, open);
    const fine = await host.call(made.url(), { json: {} });
    expectApiError(await act(textAt(fine.json, 'requestId'), 'retry'), 404, 'not_found');
  });
});

describe.concurrent('retry judges the stored request by the configuration of today', () => {
  it('a parameter made optional', async () => {
    const required = { name: 'id', in: 'body', type: 'string', required: true };
    const made = await makeHook(host, { ...open, parameters: [required] }, [echo]);
    expect((await host.call(made.url(), { json: { other: 1 } })).status).toBe(400);
    const id = textAt((await failuresOf(made))[0], 'id');
    await act(id, 'retry');
    expect(await countRuns(host, made.id)).toBe(0);
    expect(await stateOf(made)).toBe('open');
    await mend(made, { ...open, parameters: [{ ...required, required: false }] });
    expect((await act(id, 'retry')).status).toBe(200);
    const { json } = await host.v1('GET', `/v1/workflow-runs?workflow=${made.id}`);
    expect(listAt(json, 'items')).toHaveLength(1);
    expect(await outputOf(host, textAt(json, 'items.0.id'))).toEqual({ data: { other: 1 } });
    expect(
      at(
        (await failuresOf(made)).find((one) => at(one, 'id') === id),
        'state',
      ),
    ).toBe('retried');
  });

  it('a key put right', async () => {
    const auth = { scheme: 'apiKey', key: 'the-new-key' };
    const made = await makeHook(host, { ...open, auth: { ...auth, key: 'the-old-key' } }, [echo]);
    await host.call(made.url(), { headers: { 'x-api-key': 'the-new-key' }, json: { kept: true } });
    await mend(made, { ...open, auth });
    expect((await act(textAt((await failuresOf(made))[0], 'id'), 'retry')).status).toBe(200);
    expect(await countRuns(host, made.id)).toBe(1);
  });

  it('a workflow that was not live', async () => {
    const made = await makeHook(host, open, [echo]);
    await host.v1('POST', `/v1/workflows/${made.id}/deactivate`);
    expect((await host.call(made.url(), { json: { late: 1 } })).status).toBe(404);
    await host.v1('POST', `/v1/workflows/${made.id}/activate`);
    await act(textAt((await failuresOf(made))[0], 'id'), 'retry');
    const { json } = await host.v1('GET', `/v1/workflow-runs?workflow=${made.id}`);
    expect(await outputOf(host, textAt(json, 'items.0.id'))).toEqual({ data: { late: 1 } });
  });

  it('a body limit raised', async () => {
    const made = await makeHook(host, { ...open, maxBodyBytes: 20 }, [echo]);
    expect((await host.call(made.url(), { json: { text: 'longer than it may be' } })).status).toBe(413);
    await mend(made, { ...open, maxBodyBytes: 1000 });
    await act(textAt((await failuresOf(made))[0], 'id'), 'retry');
    expect(await countRuns(host, made.id)).toBeLessThanOrEqual(1);
  });
});

describe.concurrent('dismiss', () => {
  it('sets the state, which the list can be filtered by', async () => {
    const made = await makeHook(host, { ...open, methods: ['POST'] });
    await host.call(made.url(), { method: 'PUT' });
    const id = textAt((await failuresOf(made))[0], 'id');
    expect((await act(id, 'dismiss')).status).toBe(200);
    expect(await stateOf(made)).toBe('dismissed');
    expect(await failuresOf(made, '&state=open')).toEqual([]);
    expect(await failuresOf(made, '&state=dismissed')).toHaveLength(1);
    expectAccepted(await host.call(made.url(), { json: {} }));
  });
});
