/** What each kind of step does (SPEC 8). */
import { describe, expect, it } from 'vitest';
import { at, listAt, sorted, textAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted } from '../support/expect-error.ts';
import { makeHook, makeWorkflow, type Node, outputOf, runIn } from '../support/workflows.ts';

const host = hostForThisFile();
const open = { style: 'native', auth: { scheme: 'none' } };

async function run(
  steps: readonly Node[],
  json: unknown = {},
  more: Record<string, unknown> = {},
): Promise<unknown> {
  const made = await makeHook(host, open, steps, more);
  return runIn(host, expectAccepted(await host.call(made.url(), { json })));
}

const executed = (one: unknown): unknown[] => listAt(one, 'steps').map((step) => at(step, 'nodeId'));
const mark = (id: string): Node => ({ id, type: 'set', config: { fields: { at: id } } });

describe.concurrent('condition', () => {
  it.each([
    ['true', 'yes'],
    ['false', 'no'],
    ['trigger.data.n > 5', 'yes'],
    ['trigger.data.n < 5', 'no'],
    ['trigger.data.missing', 'no'],
  ])('%s goes by %s, and by that only', async (expression, way) => {
    const made = await makeWorkflow(
      host,
      [
        { id: 'hook', type: 'webhook', config: open },
        { id: 'if', type: 'condition', config: { expression } },
        mark('yes'),
        mark('no'),
      ],
      {
        edges: [
          { source: 'hook', target: 'if' },
          { source: 'if', target: 'yes', port: 'true' },
          { source: 'if', target: 'no', port: 'false' },
        ],
      },
    );
    const done = await runIn(host, expectAccepted(await host.call(made.url(), { json: { n: 7 } })));
    expect(executed(done)).toEqual(['hook', 'if', way]);
    expect(at(done, 'output')).toEqual({ at: way });
  });
});

describe.concurrent('switch', () => {
  it.each([
    ['red', 'r'],
    ['blue', 'b'],
    ['green', 'd'],
    [7, 'seven'],
    [null, 'd'],
  ])('of %j takes the port %s', async (colour, way) => {
    const made = await makeWorkflow(
      host,
      [
        { id: 'hook', type: 'webhook', config: open },
        {
          id: 'sw',
          type: 'switch',
          config: { expression: 'trigger.data.colour', cases: ['red', 'blue', '7'] },
        },
        mark('r'),
        mark('b'),
        mark('seven'),
        mark('d'),
      ],
      {
        edges: [
          { source: 'hook', target: 'sw' },
          { source: 'sw', target: 'r', port: 'red' },
          { source: 'sw', target: 'b', port: 'blue' },
          { source: 'sw', target: 'seven', port: '7' },
          { source: 'sw', target: 'd', port: 'default' },
        ],
      },
    );
    const done = await runIn(host, expectAccepted(await host.call(made.url(), { json: { colour } })));
    expect(at(done, 'output')).toEqual({ at: way });
  });
});

describe.concurrent('several edges from one step', () => {
  it('are all taken', async () => {
    const made = await makeWorkflow(
      host,
      [{ id: 'hook', type: 'webhook', config: open }, mark('a'), mark('b'), mark('c')],
      {
        edges: [
          { source: 'hook', target: 'a' },
          { source: 'hook', target: 'b' },
          { source: 'hook', target: 'c' },
        ],
      },
    );
    const done = await runIn(host, expectAccepted(await host.call(made.url(), { json: {} })));
    expect(sorted(executed(done))).toEqual(['a', 'b', 'c', 'hook']);
  });
});

describe.concurrent('code', () => {
  const code = (text: string): Node[] => [{ id: 'js', type: 'code', config: { code: text } }];

  it('returns its value, with the scope as input', async () => {
    const done = await run(
      [
        mark('before'),
        ...code(
          'return { sum: input.trigger.data.n + 1, id: input.run.id, before: input.steps.before.output.at };',
        ),
      ],
      { n: 1 },
    );
    expect(done).toMatchObject({
      status: 'succeeded',
      output: { sum: 2, id: at(done, 'id'), before: 'before' },
    });
  });

  it('keeps its console lines', async () => {
    const done = await run(code('console.log("hello", { a: 1 }); console.warn("careful"); return 1;'));
    const shown = JSON.stringify(listAt(done, 'steps').at(-1));
    expect(shown).toContain('hello');
    expect(shown).toContain('careful');
  });

  it.each(['process', 'require', 'fetch', 'globalThis.process', 'WebAssembly', 'setTimeout', 'Deno', 'Bun'])(
    'has no %s',
    async (name) => {
      const done = await run(code(`return typeof ${name};`));
      expect(at(done, 'output')).toBe('undefined');
    },
  );

  it.each([
    ['imports', 'return import("node:fs");'],
    ['constructs functions of the host', 'return this.constructor.constructor("return process")().pid;'],
    ['throws', 'throw new Error("on purpose");'],
    ['has a syntax error', 'return (;'],
    ['recurses for ever', 'function f() { return f() + 1; } return f();'],
    ['takes all memory', 'const a = []; for (;;) a.push(new Array(100000).fill(1));'],
    ['never settles', 'return new Promise(() => {});'],
  ])('that %s fails its step, not the host', async (_what, text) => {
    expect(await run(code(text))).toMatchObject({
      status: 'failed',
      error: { nodeId: 'js', message: expect.stringMatching(/\S/) },
    });
    expect((await host.call('/healthz')).status).toBe(200);
  });

  it('that never ends is stopped after 5 s, and others go on meanwhile', async () => {
    const made = await makeHook(host, open, code('for (;;) {}'));
    const startedAt = Date.now();
    const id = expectAccepted(await host.call(made.url(), { json: {} }));
    expect(await run([mark('quick')])).toMatchObject({ status: 'succeeded' });
    expect(Date.now() - startedAt).toBeLessThan(4_500);
    expect(await runIn(host, id)).toMatchObject({ status: 'failed', error: { nodeId: 'js' } });
    expect(Date.now() - startedAt).toBeLessThan(12_000);
  });
});

describe.concurrent('delay', () => {
  it('takes seconds or a moment, from an expression as well', async () => {
    const startedAt = Date.now();
    const [a, b] = await Promise.all([
      run([{ id: 'd', type: 'delay', config: { seconds: '{{trigger.data.s}}' } }, mark('end')], { s: 1 }),
      run([{ id: 'd', type: 'delay', config: { until: '{{trigger.data.t}}' } }, mark('end')], {
        t: new Date(startedAt + 1200).toISOString(),
      }),
    ]);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(1_000);
    for (const done of [a, b]) expect(at(done, 'output')).toEqual({ at: 'end' });
  });

  it('of a moment that is past goes on at once; of none fails', async () => {
    expect(await run([{ id: 'd', type: 'delay', config: { until: '2020-01-01T00:00:00Z' } }])).toMatchObject({
      status: 'succeeded',
    });
    expect(
      await run([{ id: 'd', type: 'delay', config: { until: '{{trigger.data.x}}' } }], { x: 'soon' }),
    ).toMatchObject({ status: 'failed' });
  });
});

describe.concurrent('log and fail', () => {
  it('log keeps its message with the run and passes on', async () => {
    const done = await run(
      [{ id: 'l', type: 'log', config: { message: 'Order {{trigger.data.n}} came' } }, mark('end')],
      { n: 7 },
    );
    expect(done).toMatchObject({ status: 'succeeded' });
    expect(JSON.stringify(done)).toContain('Order 7 came');
  });

  it('fail ends the run with its message, and nothing after it is executed', async () => {
    const done = await run([{ id: 'f', type: 'fail', config: { message: 'No {{trigger.data.n}}' } }], {
      n: 7,
    });
    expect(done).toMatchObject({ status: 'failed', error: { nodeId: 'f', message: 'No 7' } });
  });
});

describe.concurrent('onError', () => {
  const bad = (more: Record<string, unknown>): Node => ({
    id: 'bad',
    type: 'transform',
    name: 'Bad',
    config: { expression: '$error("broken on purpose")' },
    ...more,
  });

  it('fail is the default: the run fails there', async () => {
    expect(await run([bad({}), mark('end')])).toMatchObject({ status: 'failed', error: { nodeId: 'bad' } });
  });

  it.each([
    ['on the node', { onError: 'continue' }],
    ['in the config', { config: { expression: '$error("x")', onError: 'continue' } }],
  ])('continue, %s, goes on behind the failed step', async (_where, more) => {
    const done = await run([bad(more), mark('end')]);
    expect(done).toMatchObject({ status: 'succeeded', output: { at: 'end' } });
    expect(listAt(done, 'steps').find((step) => at(step, 'nodeId') === 'bad')).toMatchObject({
      status: 'failed',
    });
  });

  it('port leaves by the edge "error", with the error in reach', async () => {
    const made = await makeWorkflow(
      host,
      [
        { id: 'hook', type: 'webhook', config: open },
        bad({ onError: 'port' }),
        mark('fine'),
        { id: 'caught', type: 'transform', config: { expression: '{"failed": $exists(steps.bad)}' } },
      ],
      {
        edges: [
          { source: 'hook', target: 'bad' },
          { source: 'bad', target: 'fine' },
          { source: 'bad', target: 'caught', port: 'error' },
        ],
      },
    );
    const done = await runIn(host, expectAccepted(await host.call(made.url(), { json: {} })));
    expect(executed(done)).toEqual(['hook', 'bad', 'caught']);
    expect(done).toMatchObject({ status: 'succeeded', output: { failed: true } });
  });
});

describe.concurrent('time limits', () => {
  it('timeoutSeconds of a step fails it', async () => {
    const startedAt = Date.now();
    const done = await run([{ id: 'js', type: 'code', config: { code: 'for (;;) {}', timeoutSeconds: 1 } }]);
    expect(done).toMatchObject({
      status: 'failed',
      error: { nodeId: 'js', code: expect.stringMatching(/time/) },
    });
    expect(Date.now() - startedAt).toBeLessThan(4_500);
  });

  it('timeoutSeconds of the workflow fails the run', async () => {
    const done = await run(
      [{ id: 'd', type: 'delay', config: { seconds: 60 } }],
      {},
      { settings: { timeoutSeconds: 1 } },
    );
    expect(done).toMatchObject({ status: 'failed', error: { code: expect.stringMatching(/time/) } });
  });
});

describe.concurrent('an output', () => {
  it('over 4 MiB fails its step with a named reason', async () => {
    const done = await run([
      { id: 'big', type: 'code', config: { code: 'return "x".repeat(4 * 1048576 + 1);' } },
    ]);
    expect(done).toMatchObject({ status: 'failed', error: { nodeId: 'big' } });
    expect(textAt(done, 'error.message')).toMatch(/MiB|large|output/i);
  });

  it('just under 4 MiB is kept whole', async () => {
    const made = await makeHook(host, open, [
      { id: 'big', type: 'code', config: { code: 'return "x".repeat(4 * 1048576 - 100);' } },
      { id: 'n', type: 'transform', config: { expression: '$length(steps.big.output)' } },
    ]);
    expect(await outputOf(host, expectAccepted(await host.call(made.url(), { json: {} })))).toBe(
      4 * 1048576 - 100,
    );
  });
});
