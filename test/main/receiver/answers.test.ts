import { describe, expect, it } from 'vitest';
import { call, post, speak } from './call.ts';
import { useReceiver, type NodeInput } from './open-receiver.ts';

const bench = useReceiver();
type Response = Record<string, unknown>;

/** A workflow behind an endpoint with that response; `hook` comes first. */
async function flow(
  response: Response,
  nodes: readonly NodeInput[],
  edges: readonly string[],
  config: Record<string, unknown> = {},
) {
  const workflow = await bench().live({
    nodes: [
      {
        id: 'hook',
        type: 'webhook',
        name: 'Received',
        config: { auth: { scheme: 'none' }, response, ...config },
      },
      ...nodes,
    ],
    edges,
  });
  return { path: workflow.paths['hook'] ?? '', id: workflow.endpoints['hook']?.id ?? '' };
}

const total: NodeInput = {
  id: 'total',
  type: 'transform',
  name: 'Total',
  config: { expression: '{"total": $sum(trigger.data.items.price)}' },
};
const items = { items: [{ price: 1.5 }, { price: 2 }] };

describe('minimal', () => {
  it('answers at once with exactly the fields of the contract', async () => {
    const { path } = await bench().endpoint();
    const reply = await post(bench().origin, path, {});
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe('application/json');
    expect(reply.headers['x-content-type-options']).toBe('nosniff');
    expect(reply.headers['x-powered-by']).toBeUndefined();
    const run = reply.json['executionId'];
    expect(run).toMatch(/^run_/);
    expect(reply.json).toEqual({
      success: true,
      executionId: run,
      executionIds: [run],
      requestId: expect.stringMatching(/^req_/),
    });
  });

  it('carries the status and headers of the endpoint', async () => {
    const { path } = await flow({ status: 202, headers: { 'X-Flow': 'orders' } }, [total], ['hook>total']);
    expect(await post(bench().origin, path, items)).toMatchObject({
      status: 202,
      headers: { 'x-flow': 'orders' },
    });
  });

  it('is recorded with its answer and duration, and finished later', async () => {
    const { path, id } = await flow({}, [total], ['hook>total']);
    const reply = await post(bench().origin, path, items);
    const row = await bench().lastRequest(id);
    expect(row).toMatchObject({
      verdict: 'accepted',
      status: 200,
      replyBody: reply.text,
      reason: null,
      triage: null,
    });
    expect(row.durationMs).toBeGreaterThan(0);
    expect(row.stages.map(({ stage }) => stage)).toEqual([
      'route',
      'method',
      'body',
      'auth',
      'payload',
      'store',
    ]);
    const run = await bench().untilRun(String(reply.json['executionId']));
    expect(run).toMatchObject({ status: 'succeeded', output: { total: 3.5 }, input: items });
  });
});

describe('lastNode', () => {
  it('answers with the output of the last executed node as it is', async () => {
    const { path, id } = await flow(
      { mode: 'lastNode', status: 201, headers: { 'X-Flow': 'orders' } },
      [total],
      ['hook>total'],
    );
    const reply = await post(bench().origin, path, items);
    expect(reply).toMatchObject({
      status: 201,
      text: '{"total":3.5}',
      headers: { 'x-flow': 'orders', 'content-type': 'application/json' },
    });
    expect(await bench().lastRequest(id)).toMatchObject({ status: 201, replyBody: '{"total":3.5}' });
  });

  it('answers with JSON for a text, unless a content type was set', async () => {
    const word: NodeInput = { id: 'word', type: 'transform', config: { expression: '"<b>"' } };
    const plain = await flow({ mode: 'lastNode' }, [word], ['hook>word']);
    expect(await post(bench().origin, plain.path, {})).toMatchObject({
      text: '"<b>"',
      headers: { 'content-type': 'application/json' },
    });
    const html = await flow(
      { mode: 'lastNode', headers: { 'content-type': 'text/html' } },
      [word],
      ['hook>word'],
    );
    expect(await post(bench().origin, html.path, {})).toMatchObject({
      text: '<b>',
      headers: {
        'content-type': 'text/html',
        'content-security-policy': 'sandbox',
        'x-content-type-options': 'nosniff',
      },
    });
  });

  it('answers null for no output, and with what arrived when there is nothing but the webhook', async () => {
    const nothing: NodeInput = {
      id: 'nothing',
      type: 'transform',
      config: { expression: 'trigger.data.absent' },
    };
    const none = await flow({ mode: 'lastNode' }, [nothing], ['hook>nothing']);
    expect((await post(bench().origin, none.path, {})).text).toBe('null');
    const bare = await flow({ mode: 'lastNode' }, [], []);
    expect((await post(bench().origin, `${bare.path}?a=1`, { b: 2 })).json).toMatchObject({
      payload: { b: 2 },
      query: { a: '1' },
      method: 'POST',
    });
  });
});

describe('specificNode', () => {
  it('answers with the output of that node', async () => {
    const after: NodeInput = { id: 'after', type: 'transform', config: { expression: '"later"' } };
    const { path } = await flow(
      { mode: 'specificNode', nodeId: 'total' },
      [total, after],
      ['hook>total', 'total>after'],
    );
    expect((await post(bench().origin, path, items)).text).toBe('{"total":3.5}');
  });

  it('is 500 no_response when the run never came there', async () => {
    const choice: NodeInput = { id: 'choice', type: 'condition', config: { expression: 'false' } };
    const { path } = await flow(
      { mode: 'specificNode', nodeId: 'total' },
      [choice, total],
      ['hook>choice', 'choice:true>total'],
    );
    const reply = await post(bench().origin, path, items);
    expect(reply.status).toBe(500);
    expect(reply.json).toEqual({
      success: false,
      error: 'no_response',
      msg: expect.any(String),
      requestId: expect.stringMatching(/^req_/),
      executionId: expect.stringMatching(/^run_/),
    });
  });
});

describe('allNodes', () => {
  it('answers with name and output of every node and nothing more', async () => {
    const { path } = await flow({ mode: 'allNodes' }, [total], ['hook>total']);
    const reply = await post(bench().origin, path, items);
    expect(Object.keys(reply.json)).toEqual(['hook', 'total']);
    expect(reply.json['total']).toEqual({ name: 'Total', output: { total: 3.5 } });
    expect(reply.json['hook']).toMatchObject({ name: 'Received', output: { payload: items } });
  });
});

describe('respond', () => {
  const say = (config: Record<string, unknown>): NodeInput => ({ id: 'say', type: 'respond', config });

  it('answers with what the step says, while the run goes on', async () => {
    const late: NodeInput = { id: 'late', type: 'delay', config: { seconds: 3_600 } };
    const { path } = await flow(
      { mode: 'respond', headers: { 'X-Flow': 'a' } },
      [
        say({
          status: 418,
          headers: { 'X-Kind': '{{trigger.data.kind}}' },
          body: { hello: '{{trigger.data.name}}' },
        }),
        late,
      ],
      ['hook>say', 'say>late'],
    );
    const reply = await post(bench().origin, path, { name: 'Ada', kind: 'tea' });
    expect(reply).toMatchObject({
      status: 418,
      text: '{"hello":"Ada"}',
      headers: { 'x-kind': 'tea', 'x-flow': 'a' },
    });
  });

  it('sends texts as texts, with the status of the endpoint where the step names none', async () => {
    const { path } = await flow(
      { mode: 'respond', status: 203 },
      [say({ body: 'thanks {{trigger.data.name}}' })],
      ['hook>say'],
    );
    expect(await post(bench().origin, path, { name: 'Ada' })).toMatchObject({
      status: 203,
      text: 'thanks Ada',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    });
  });

  it('is 500 no_response when the run ends without it', async () => {
    const { path } = await flow({ mode: 'respond' }, [total], ['hook>total']);
    expect(await post(bench().origin, path, items)).toMatchObject({
      status: 500,
      json: { error: 'no_response' },
    });
  });

  it('is a step like any other in the other modes', async () => {
    const { path } = await flow(
      { mode: 'lastNode' },
      [say({ body: 'early' }), total],
      ['hook>say', 'say>total'],
    );
    expect((await post(bench().origin, path, items)).text).toBe('{"total":3.5}');
  });

  it('sends no body with 204 and 304', async () => {
    for (const status of [204, 304]) {
      const { path } = await flow({ mode: 'respond' }, [say({ status, body: { a: 1 } })], ['hook>say']);
      const raw = await speak(
        bench().port,
        `POST ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      );
      expect(raw).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(raw.split('\r\n\r\n')[1]).toBe('');
      expect(raw.toLowerCase()).not.toContain('content-length');
      expect(raw.toLowerCase()).not.toContain('content-type: ');
    }
  });
});

describe('custom', () => {
  it('answers at once with the rendered body, objects as JSON', async () => {
    const late: NodeInput = { id: 'late', type: 'delay', config: { seconds: 3_600 } };
    const { path, id } = await flow(
      { mode: 'custom', status: 202, body: { ok: true, order: '{{trigger.data.id}}', run: '{{run.id}}' } },
      [late],
      ['hook>late'],
    );
    const reply = await post(bench().origin, path, { id: 7 });
    expect(reply).toMatchObject({
      status: 202,
      json: { ok: true, order: 7, run: expect.stringMatching(/^run_/) },
    });
    expect((await bench().lastRequest(id)).runs[0]?.id).toBe(reply.json['run']);
  });

  it('answers with text for text, and puts pages into a sandbox', async () => {
    const text = await flow({ mode: 'custom', body: 'got {{trigger.data.id}}' }, [total], ['hook>total']);
    expect(await post(bench().origin, text.path, { id: 7 })).toMatchObject({
      text: 'got 7',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    });
    const page = await flow(
      { mode: 'custom', headers: { 'Content-Type': 'text/html; charset=utf-8' }, body: '<h1>hi</h1>' },
      [total],
      ['hook>total'],
    );
    expect(await post(bench().origin, page.path, {})).toMatchObject({
      text: '<h1>hi</h1>',
      headers: { 'content-security-policy': 'sandbox' },
    });
    const empty = await flow({ mode: 'custom' }, [total], ['hook>total']);
    expect(await post(bench().origin, empty.path, {})).toMatchObject({ status: 200, text: '' });
  });

  it('starts nothing when its template fails', async () => {
    const { path, id } = await flow({ mode: 'custom', body: '{{$error("no")}}' }, [total], ['hook>total']);
    expect(await post(bench().origin, path, {})).toMatchObject({
      status: 500,
      json: { error: 'expression_failed' },
    });
    expect(await bench().lastRequest(id)).toMatchObject({ verdict: 'rejected', runs: [], triage: 'open' });
  });

  it('starts nothing when HTTP can not carry a header of it', async () => {
    const { path, id } = await flow(
      { mode: 'custom', headers: { 'X-Arrow': '→' }, body: 'x' },
      [total],
      ['hook>total'],
    );
    const reply = await post(bench().origin, path, {});
    expect(reply).toMatchObject({ status: 503, json: { success: false, error: 'endpoint_misconfigured' } });
    expect(await bench().lastRequest(id)).toMatchObject({ runs: [] });
  });
});

describe('a run that is not done in time', () => {
  it('is told with 504, where to look, and goes on', async () => {
    const never: NodeInput = {
      id: 'slow',
      type: 'code',
      config: { code: 'const until = Date.now() + 2500; while (Date.now() < until); return 1;' },
    };
    const { path } = await flow({ mode: 'lastNode', timeoutSeconds: 0.3 }, [never], ['hook>slow']);
    const reply = await post(bench().origin, path, {});
    const run = String(reply.json['executionId']);
    expect(reply.status).toBe(504);
    expect(reply.json).toEqual({
      success: false,
      error: 'run_timeout',
      msg: expect.any(String),
      requestId: expect.any(String),
      executionId: run,
      status: 'running',
    });
    expect(reply.headers.location).toBe(`/v1/workflow-runs/${run}`);
    expect((await bench().untilRun(run)).status).toBe('succeeded');
  });

  it('but pauses is told with 202 at once', async () => {
    const late: NodeInput = { id: 'late', type: 'delay', config: { seconds: 3_600 } };
    for (const mode of ['lastNode', 'allNodes', 'respond']) {
      const { path } = await flow({ mode }, [late], ['hook>late']);
      const reply = await post(bench().origin, path, {});
      expect(reply.status).toBe(202);
      expect(reply.json).toEqual({
        success: true,
        executionId: expect.stringMatching(/^run_/),
        status: 'waiting',
      });
    }
  });
});

describe('a run that fails', () => {
  const broken: NodeInput = {
    id: 'broken',
    type: 'fail',
    name: 'Check stock',
    config: { message: 'Nothing left of {{trigger.data.sku}}' },
  };

  it('is 500 run_failed with its id and nothing of what happened', async () => {
    const { path } = await flow({ mode: 'lastNode' }, [broken], ['hook>broken']);
    const reply = await post(bench().origin, path, { sku: 'A1' });
    expect(reply.status).toBe(500);
    expect(reply.json).toEqual({
      success: false,
      error: 'run_failed',
      msg: 'The run failed.',
      requestId: expect.stringMatching(/^req_/),
      executionId: expect.stringMatching(/^run_/),
    });
  });

  it('names its step and message where the endpoint allows it', async () => {
    const { path } = await flow({ mode: 'respond', details: true }, [broken], ['hook>broken']);
    expect((await post(bench().origin, path, { sku: 'A1' })).json).toMatchObject({
      error: 'run_failed',
      step: 'Check stock',
      message: 'Nothing left of A1',
    });
  });

  it('is told the same when it was cancelled', async () => {
    const never: NodeInput = {
      id: 'slow',
      type: 'code',
      config: { code: 'const until = Date.now() + 3000; while (Date.now() < until); return 1;' },
    };
    const { path, id } = await flow({ mode: 'lastNode' }, [never], ['hook>slow']);
    const reply = post(bench().origin, path, {});
    await expect.poll(async () => (await bench().requestsOf(id)).length).toBe(1);
    await bench().engine.cancelRun((await bench().lastRequest(id)).runs[0]?.id ?? '');
    expect(await reply).toMatchObject({ status: 500, json: { error: 'run_failed' } });
  });
});

describe('a shared source', () => {
  it('starts every live workflow that is bound to it, and none of them when it is off', async () => {
    const source = await bench().shared('All orders [EU]', { style: 'flowx' }, { key: 'k' });
    const bound = (name: string) => ({
      name,
      nodes: [
        { id: 'hook', type: 'webhook', config: { endpointId: source.id } },
        { id: 'after', type: 'log', config: { text: name } },
      ],
      edges: ['hook>after'],
    });
    const url = `${source.path}?flowxApiKey=k`;
    expect((await post(bench().origin, url, {})).status).toBe(404);
    expect((await bench().lastRequest(source.id)).reason).toBe('not_live');
    const workflows = [
      await bench().live(bound('one')),
      await bench().live(bound('two')),
      await bench().live(bound('three')),
    ];
    const reply = await post(bench().origin, url, { orderId: 'ORD-12345' });
    expect(reply.status).toBe(200);
    const runs = reply.json['executionIds'];
    expect(runs).toHaveLength(3);
    expect(reply.json['executionId']).toBe(Array.isArray(runs) ? runs[0] : '');
    expect((await bench().lastRequest(source.id)).runs.map((run) => run.workflowId).toSorted()).toEqual(
      workflows.map(({ id }) => id).toSorted(),
    );
    await bench().store.write('setActive', {
      id: workflows[0]?.id ?? '',
      version: null,
      enabled: false,
      at: Date.now(),
    });
    expect((await post(bench().origin, url, {})).json['executionIds']).toHaveLength(2);
    await bench().store.write('updateEndpoint', { id: source.id, state: 'deactivated', at: Date.now() });
    expect((await post(bench().origin, url, {})).status).toBe(404);
    expect((await bench().lastRequest(source.id)).reason).toBe('deactivated');
  });
});

describe('the versions of a workflow', () => {
  it('are those that are live, from the next request on', async () => {
    const { store } = bench();
    const { path, workflowId } = await bench().endpoint({ response: { mode: 'custom', body: 'one' } });
    expect((await post(bench().origin, path, {})).text).toBe('one');
    const draft = store.read.workflows.byId(workflowId)?.draft;
    if (draft === undefined) throw new Error('The workflow is gone.');
    const at = Date.now();
    const nodes = draft.nodes.map((node) =>
      node.id === 'hook'
        ? { ...node, config: { ...node.config, response: { mode: 'custom', body: 'two' } } }
        : node,
    );
    await store.write('updateDraft', {
      id: workflowId,
      document: { ...draft, nodes },
      slug: store.read.workflows.byId(workflowId)?.slug ?? '',
      at,
    });
    expect((await post(bench().origin, path, {})).text).toBe('one');
    const { version } = await store.write('commitVersion', { id: workflowId, note: '', at });
    expect((await post(bench().origin, path, {})).text).toBe('one');
    await store.write('setActive', { id: workflowId, version, enabled: true, at });
    expect((await post(bench().origin, path, {})).text).toBe('two');
  });
});

describe('a call that asks for nothing special', () => {
  it('may be a GET with a query', async () => {
    const { path } = await bench().endpoint({ style: 'hap', response: { mode: 'lastNode' } });
    expect((await call(bench().origin, `${path}?a=1`, { method: 'GET' })).status).toBe(200);
  });
});
