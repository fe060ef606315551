/** Each step kind in a real run: what it gives, which way it goes. */
import { describe, expect, it } from 'vitest';
import { makeDocument, openEngine, runOnce, untilRun, liveWorkflow } from './open-engine.ts';

const start = { id: 'start', type: 'manual' };

describe('step kinds', () => {
  it('transform gives the value of its expression, and a missing value is null', async () => {
    const bench = await openEngine();
    const run = await runOnce(
      bench,
      makeDocument(
        [
          start,
          {
            id: 'total',
            type: 'transform',
            config: { expression: '{"total": $sum(trigger.data.items.price)}' },
          },
          { id: 'none', type: 'transform', config: { expression: 'steps.total.output.missing' } },
        ],
        ['start>total', 'total>none'],
      ),
      { items: [{ price: 2 }, { price: 3.5 }] },
    );
    expect(run).toMatchObject({ status: 'succeeded', output: null });
    expect(run.steps.map((step) => step.output)).toEqual([
      { items: [{ price: 2 }, { price: 3.5 }] },
      { total: 5.5 },
      null,
    ]);
  });

  it('set renders each field and keeps the type of a lone expression', async () => {
    const run = await runOnce(
      await openEngine(),
      makeDocument(
        [
          start,
          {
            id: 'set',
            type: 'set',
            config: {
              fields: {
                n: '{{trigger.data.n}}',
                t: 'n is {{trigger.data.n}}',
                deep: { list: ['{{trigger.data.n}}'] },
              },
            },
          },
        ],
        ['start>set'],
      ),
      { n: 7 },
    );
    expect(run.output).toEqual({ n: 7, t: 'n is 7', deep: { list: [7] } });
  });

  it('condition leaves by true or false and gives the value', async () => {
    const bench = await openEngine();
    const document = makeDocument(
      [
        start,
        { id: 'big', type: 'condition', config: { expression: 'trigger.data.n > 10' } },
        { id: 'yes', type: 'set', config: { fields: { went: 'yes' } } },
        { id: 'no', type: 'set', config: { fields: { went: 'no' } } },
      ],
      ['start>big', 'big:true>yes', 'big:false>no'],
    );
    const high = await runOnce(bench, document, { n: 11 });
    const low = await runOnce(bench, document, { n: 1 });
    expect(high.output).toEqual({ went: 'yes' });
    expect(low.output).toEqual({ went: 'no' });
    expect(low.steps.map((step) => step.nodeId)).toEqual(['start', 'big', 'no']);
    expect(low.steps[1]).toMatchObject({ output: false, port: 'false' });
  });

  it('switch compares its value with the cases as text, else goes by default', async () => {
    const bench = await openEngine();
    const document = makeDocument(
      [
        start,
        { id: 'kind', type: 'switch', config: { expression: 'trigger.data.kind', cases: ['1', 'b'] } },
        { id: 'one', type: 'set', config: { fields: { went: 'one' } } },
        { id: 'other', type: 'set', config: { fields: { went: 'other' } } },
      ],
      ['start>kind', 'kind:1>one', 'kind:default>other'],
    );
    expect((await runOnce(bench, document, { kind: 1 })).output).toEqual({ went: 'one' });
    expect((await runOnce(bench, document, { kind: 'x' })).output).toEqual({ went: 'other' });
    // Cases may be written as the values they stand for.
    const numbers = makeDocument(
      [
        start,
        { id: 'kind', type: 'switch', config: { expression: 'trigger.data.kind', cases: [1, true] } },
        { id: 'one', type: 'set', config: { fields: { went: 'one' } } },
        { id: 'yes', type: 'set', config: { fields: { went: 'yes' } } },
      ],
      ['start>kind', 'kind:1>one', 'kind:true>yes'],
    );
    expect((await runOnce(bench, numbers, { kind: 1 })).output).toEqual({ went: 'one' });
    expect((await runOnce(bench, numbers, { kind: true })).output).toEqual({ went: 'yes' });
    // A case without an edge ends there, and the run has succeeded.
    expect(await runOnce(bench, document, { kind: 'b' })).toMatchObject({ status: 'succeeded', output: 'b' });
  });

  it('code returns its value, keeps console lines, and keeps them when it fails too', async () => {
    const bench = await openEngine();
    const code = (source: string) =>
      makeDocument([start, { id: 'code', type: 'code', config: { code: source } }], ['start>code']);
    const run = await runOnce(bench, code('console.log("hello", 1); return input.trigger.data.n * 2;'), {
      n: 21,
    });
    expect(run).toMatchObject({ status: 'succeeded', output: 42 });
    expect(run.steps[1]?.logs).toEqual([{ level: 'log', text: 'hello 1' }]);
    const failed = await runOnce(bench, code('console.warn("before"); throw new Error("no");'));
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'code_failed', nodeId: 'code' } });
    expect(failed.steps[1]?.logs).toEqual([{ level: 'warn', text: 'before' }]);
  });

  it('log keeps its line, fail ends the run with its message', async () => {
    const run = await runOnce(
      await openEngine(),
      makeDocument(
        [
          start,
          { id: 'log', type: 'log', config: { message: 'got {{trigger.data.n}}', level: 'warn' } },
          { id: 'fail', type: 'fail', config: { message: 'no {{trigger.data.n}}', retry: { attempts: 5 } } },
        ],
        ['start>log', 'log>fail'],
      ),
      { n: 3 },
    );
    expect(run).toMatchObject({
      status: 'failed',
      error: { code: 'step_failed', message: 'no 3', nodeId: 'fail' },
    });
    expect(run.steps[1]?.logs).toEqual([{ level: 'warn', text: 'got 3' }]);
    expect(run.steps[2]?.attempt).toBe(1);
  });

  it('respond tells who waits for the run, before the run ends', async () => {
    const { store, engine } = await openEngine();
    const workflowId = await liveWorkflow(
      store,
      makeDocument(
        [
          { id: 'hook', type: 'webhook' },
          {
            id: 'answer',
            type: 'respond',
            config: {
              status: 201,
              headers: { 'X-Id': '{{trigger.data.id}}' },
              body: { id: '{{trigger.data.id}}' },
            },
          },
          { id: 'rest', type: 'delay', config: { seconds: 3600 } },
        ],
        ['hook>answer', 'answer>rest'],
      ),
    );
    const version = store.read.workflows.version(workflowId, 1);
    const run = engine.planRun({
      workflowId,
      version: 1,
      document: version!.document,
      startNodeId: 'hook',
      inputJson: '{"id":9}',
      paramsJson: null,
      target: null,
      startOutputJson: '{}',
    });
    const watch = engine.watchRun(run.id);
    await store.write('startRuns', { runs: [run], at: Date.now() });
    engine.wake();
    expect(await watch.signal).toEqual({
      kind: 'responded',
      status: 201,
      headers: { 'X-Id': '9' },
      body: { id: 9 },
    });
    expect(await untilRun(engine, run.id, ['waiting'])).toMatchObject({
      waitingFor: expect.stringContaining('Pauses until'),
    });
  });

  it('respond fails on a header value that holds a line break', async () => {
    const run = await runOnce(
      await openEngine(),
      makeDocument(
        [
          start,
          { id: 'answer', type: 'respond', config: { headers: { 'X-Name': '{{trigger.data.name}}' } } },
        ],
        ['start>answer'],
      ),
      { name: 'a\r\nSet-Cookie: x=1' },
    );
    expect(run).toMatchObject({ status: 'failed', error: { code: 'step_failed' } });
  });

  it('a bad expression fails its step with position and reason, never the process', async () => {
    const bench = await openEngine();
    const run = await runOnce(
      bench,
      makeDocument([start, { id: 'bad', type: 'transform', config: { expression: '$sum(' } }], ['start>bad']),
    );
    expect(run).toMatchObject({
      status: 'failed',
      error: {
        code: 'expression_invalid',
        nodeId: 'bad',
        details: { position: expect.any(Number), reason: expect.any(String) },
      },
    });
    expect(await runOnce(bench, makeDocument([start], []))).toMatchObject({ status: 'succeeded' });
  });
});
