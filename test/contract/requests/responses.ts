/** How the caller is answered: the response modes (SPEC 10). */
import { describe, expect, it } from 'vitest';
import { until } from '../../support/until.ts';
import { at, textAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted } from '../support/expect-error.ts';
import { type Made, makeHook, makeWorkflow, type Node, outputOf, runIn } from '../support/workflows.ts';

const host = hostForThisFile();
const open = { style: 'flowtrux', auth: { scheme: 'none' } };
const steps: Node[] = [
  { id: 'first', type: 'set', name: 'First', config: { fields: { n: '{{trigger.data.n}}' } } },
  {
    id: 'second',
    type: 'transform',
    name: 'Second',
    config: { expression: '{"twice": trigger.data.n * 2}' },
  },
];

const make = (response: Record<string, unknown>, nodes: readonly Node[] = steps): Promise<Made> =>
  makeHook(host, { ...open, response }, nodes);

describe.concurrent('success', () => {
  it('minimal answers at once with the execution id', async () => {
    const made = await make({ mode: 'minimal' }, [{ id: 'pause', type: 'delay', config: { seconds: 20 } }]);
    const answer = await host.call(made.url(), { json: {} });
    expectAccepted(answer);
    expect(answer.tookMs).toBeLessThan(10_000);
  });

  it('lastNode answers the output of the last executed node, as is', async () => {
    const answer = await host.call((await make({ mode: 'lastNode' })).url(), { json: { n: 4 } });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.json).toEqual({ twice: 8 });
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
  });

  it.each([
    ['[1,2]', [1, 2]],
    ['42', 42],
    ['null', null],
    ['false', false],
    ['{}', {}],
  ])('lastNode answers %s as is', async (expression, value) => {
    const made = await make({ mode: 'lastNode' }, [{ id: 'a', type: 'transform', config: { expression } }]);
    expect((await host.call(made.url(), { json: {} })).json).toEqual(value);
  });

  it('lastNode is the node executed last, not the one drawn last', async () => {
    const made = await makeWorkflow(
      host,
      [
        { id: 'hook', type: 'webhook', config: { ...open, response: { mode: 'lastNode' } } },
        { id: 'end', type: 'set', config: { fields: { by: 'end' } } },
        { id: 'mid', type: 'set', config: { fields: { by: 'mid' } } },
      ],
      {
        edges: [
          { source: 'hook', target: 'mid' },
          { source: 'mid', target: 'end' },
        ],
      },
    );
    expect((await host.call(made.url(), { json: {} })).json).toEqual({ by: 'end' });
  });

  it('specificNode answers the output of the node named', async () => {
    const made = await make({ mode: 'specificNode', nodeId: 'first' });
    expect((await host.call(made.url(), { json: { n: 4 } })).json).toEqual({ n: 4 });
  });

  it('allNodes answers name and output of every node, and nothing else of them', async () => {
    const answer = await host.call((await make({ mode: 'allNodes' })).url(), { json: { n: 4 } });
    expect(answer.json).toEqual({
      hook: { name: 'Hook', output: expect.objectContaining({ payload: { n: 4 } }) },
      first: { name: 'First', output: { n: 4 } },
      second: { name: 'Second', output: { twice: 8 } },
    });
  });

  it('custom answers its own body at once', async () => {
    const made = await make(
      {
        mode: 'custom',
        status: 202,
        headers: { 'Content-Type': 'text/plain', 'X-Id': '7' },
        body: 'Hi {{trigger.data.n}}!',
      },
      [{ id: 'pause', type: 'delay', config: { seconds: 20 } }],
    );
    const answer = await host.call(made.url(), { json: { n: 4 } });
    expect(answer).toMatchObject({
      status: 202,
      text: 'Hi 4!',
      headers: { 'x-id': '7', 'content-type': 'text/plain' },
    });
  });

  it.each([
    ['minimal', {}],
    ['lastNode', {}],
    ['specificNode', { nodeId: 'second' }],
    ['allNodes', {}],
    ['custom', { body: 'x' }],
  ])('%s takes status and headers', async (mode, more) => {
    const made = await make({ mode, status: 201, headers: { 'X-Flow': 'orders', 'x-two': 'b' }, ...more });
    const answer = await host.call(made.url(), { json: { n: 1 } });
    expect(answer).toMatchObject({ status: 201, headers: { 'x-flow': 'orders', 'x-two': 'b' } });
  });

  it.each([204, 304])('%i carries no body', async (status) => {
    const made = await make({ mode: 'lastNode', status });
    const answer = await host.call(made.url(), { json: { n: 1 } });
    expect(answer).toMatchObject({ status, text: '' });
    expect(answer.headers['transfer-encoding']).toBeUndefined();
  });
});

describe.concurrent('mode respond', () => {
  const respond = (config: Record<string, unknown>): Node => ({ id: 'answer', type: 'respond', config });

  it('answers with status, headers and body of the step, and the run goes on', async () => {
    const made = await make({ mode: 'respond' }, [
      respond({
        status: 418,
        headers: { 'X-Tea': '{{trigger.data.n}}' },
        body: { got: '{{trigger.data.n}}' },
      }),
      { id: 'after', type: 'set', config: { fields: { after: true } } },
    ]);
    const answer = await host.call(made.url(), { json: { n: 4 } });
    expect(answer).toMatchObject({ status: 418, json: { got: 4 }, headers: { 'x-tea': '4' } });
    const { json } = await host.v1('GET', `/v1/workflow-runs?workflow=${made.id}`);
    expect(await outputOf(host, textAt(json, 'items.0.id'))).toEqual({ after: true });
  });

  it('answers before a later step that takes long', async () => {
    const made = await make({ mode: 'respond' }, [
      respond({ body: 'quick' }),
      { id: 'pause', type: 'delay', config: { seconds: 20 } },
    ]);
    const answer = await host.call(made.url(), { json: {} });
    expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('quick') });
    expect(answer.tookMs).toBeLessThan(10_000);
  });

  it('whose header no HTTP can carry fails the run, and is never an internal error', async () => {
    const made = await make({ mode: 'respond', details: true }, [
      respond({ headers: { 'X-A': '{{trigger.data.h}}' }, body: 'x' }),
    ]);
    const refused = { status: 500, json: { error: 'run_failed' } };
    for (const h of ['a \u2192 b', 'a\r\nX-Evil: 1', 'a\u0001'])
      expect(await host.call(made.url(), { json: { h } })).toMatchObject(refused);
  });

  it('of a workflow without a respond step is 500 no_response', async () => {
    const answer = await host.call((await make({ mode: 'respond' })).url(), { json: { n: 1 } });
    expect(answer).toMatchObject({
      status: 500,
      json: { success: false, error: 'no_response', executionId: expect.stringMatching(/^run_/) },
    });
  });
});

describe.concurrent('no silent success', () => {
  it('specificNode that was not reached is 500 no_response', async () => {
    const made = await makeWorkflow(
      host,
      [
        {
          id: 'hook',
          type: 'webhook',
          config: { ...open, response: { mode: 'specificNode', nodeId: 'yes' } },
        },
        { id: 'if', type: 'condition', config: { expression: 'trigger.data.n > 0' } },
        { id: 'yes', type: 'set', config: { fields: { y: 1 } } },
        { id: 'no', type: 'set', config: { fields: { y: 0 } } },
      ],
      {
        edges: [
          { source: 'hook', target: 'if' },
          { source: 'if', target: 'yes', port: 'true' },
          { source: 'if', target: 'no', port: 'false' },
        ],
      },
    );
    expect((await host.call(made.url(), { json: { n: 1 } })).json).toEqual({ y: 1 });
    const answer = await host.call(made.url(), { json: { n: 0 } });
    expect(answer).toMatchObject({ status: 500, json: { success: false, error: 'no_response' } });
  });

  it('E4 a run longer than timeoutSeconds is 504 with its Location, and goes on to its end', async () => {
    const made = await make({ mode: 'lastNode', timeoutSeconds: 1 }, [
      { id: 'pause', type: 'delay', config: { seconds: 3 } },
      { id: 'end', type: 'set', config: { fields: { end: true } } },
    ]);
    const answer = await host.call(made.url(), { json: {} });
    const id = textAt(answer.json, 'executionId');
    expect(answer).toMatchObject({
      status: 504,
      json: {
        success: false,
        error: 'run_timeout',
        executionId: expect.stringMatching(/^run_/),
        status: 'running',
      },
      headers: { location: `/v1/workflow-runs/${id}` },
    });
    expect(answer.tookMs).toBeGreaterThan(900);
    expect((await host.v1('GET', String(answer.headers.location))).json).toMatchObject({ id });
    expect(await outputOf(host, id)).toEqual({ end: true });
  });

  it('a run that pauses for a webhook is 202 waiting, at once', async () => {
    const made = await make({ mode: 'lastNode' }, [
      { id: 'wait', type: 'webhook', config: { ...open, waitWhenReached: true } },
    ]);
    const answer = await host.call(made.url(), { json: {} });
    expect(answer).toMatchObject({
      status: 202,
      json: { success: true, executionId: expect.stringMatching(/^run_/), status: 'waiting' },
    });
    expect(answer.tookMs).toBeLessThan(10_000);
    await runIn(host, textAt(answer.json, 'executionId'), ['waiting']);
  });

  const failing: Node[] = [
    {
      id: 'boom',
      type: 'fail',
      name: 'The breaking step',
      config: { message: 'Out of {{trigger.data.what}}' },
    },
  ];

  it.each(['lastNode', 'allNodes', 'respond'])(
    'E4 a run that fails is 500 run_failed without details in %s',
    async (mode) => {
      const answer = await host.call((await make({ mode }, failing)).url(), { json: { what: 'luck' } });
      expect(answer).toMatchObject({
        status: 500,
        json: { success: false, error: 'run_failed', executionId: expect.stringMatching(/^run_/) },
      });
      expect(answer.text).not.toMatch(/breaking|luck|boom/);
    },
  );

  it('names the step and its message where the endpoint allows details', async () => {
    const made = await make({ mode: 'lastNode', details: true }, failing);
    const answer = await host.call(made.url(), { json: { what: 'luck' } });
    expect(answer).toMatchObject({ status: 500, json: { error: 'run_failed' } });
    expect(answer.text).toContain('The breaking step');
    expect(answer.text).toContain('Out of luck');
  });

  it('a run that fails answers status and headers of success never', async () => {
    const made = await make({ mode: 'lastNode', status: 201, headers: { 'X-Flow': 'a' } }, failing);
    const answer = await host.call(made.url(), { json: { what: 'x' } });
    expect(answer.status).toBe(500);
    expect(at(answer.headers, 'x-flow')).toBeUndefined();
  });
});

describe.concurrent('a caller that hangs up', () => {
  it('E4 changes nothing for the run', async () => {
    const made = await make({ mode: 'lastNode' }, [
      { id: 'pause', type: 'delay', config: { seconds: 1 } },
      { id: 'end', type: 'set', config: { fields: { end: true } } },
    ]);
    await expect(
      fetch(made.url(), { method: 'POST', body: '{}', signal: AbortSignal.timeout(400) }),
    ).rejects.toThrow(/abort|timeout/i);
    await until('the run to succeed', async () => {
      const { json } = await host.v1('GET', `/v1/workflow-runs?workflow=${made.id}`);
      return at(json, 'items.0.status') === 'succeeded';
    });
  });
});

describe.concurrent('what is refused when saved, with its path', () => {
  it.each([
    ['a character no header can carry', { mode: 'minimal', headers: { 'X-A': 'a \u2192 b' } }],
    ['a line break in a value', { mode: 'minimal', headers: { 'X-A': 'a\r\nSet-Cookie: b' } }],
    ['Connection', { mode: 'minimal', headers: { Connection: 'close' } }],
    ['Transfer-Encoding', { mode: 'minimal', headers: { 'transfer-encoding': 'chunked' } }],
    ['Keep-Alive', { mode: 'minimal', headers: { 'Keep-Alive': 'x' } }],
    ['Upgrade', { mode: 'minimal', headers: { Upgrade: 'h2c' } }],
    ['Content-Length', { mode: 'minimal', headers: { 'Content-Length': '1' } }],
    ['a header name with a space', { mode: 'minimal', headers: { 'X A': 'b' } }],
    ['a status below 200', { mode: 'minimal', status: 101 }],
    ['a status of four digits', { mode: 'minimal', status: 2000 }],
    ['an unknown mode', { mode: 'loud' }],
    ['specificNode without its node', { mode: 'specificNode' }],
    ['specificNode of a node there is not', { mode: 'specificNode', nodeId: 'nobody' }],
    ['an unknown field', { mode: 'minimal', staus: 200 }],
  ])('E5 %s', async (_what, response) => {
    await expect(make(response)).rejects.toThrow(/422.*nodes\[0\]\.config\.response/);
  });
});
