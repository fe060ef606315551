/** The expression language of workflows: its scope, its types, its errors (SPEC 7). */
import { describe, expect, it } from 'vitest';
import { at, textAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted } from '../support/expect-error.ts';
import type { Call } from '../support/send.ts';
import { makeHook, makeWorkflow, outputOf, runIn } from '../support/workflows.ts';

const host = hostForThisFile();
const open = { style: 'native', auth: { scheme: 'none' } };

/** What an expression gives for a call. */
async function value(expression: string, call: Call = { json: {} }, query = ''): Promise<unknown> {
  const made = await makeHook(host, open, [
    { id: 'x', type: 'transform', config: { expression: `{"value": ${expression}}` } },
  ]);
  return at(await outputOf(host, expectAccepted(await host.call(made.url() + query, call))), 'value');
}

/** What a template of a `set` step gives for a payload. */
async function rendered(template: unknown, json: unknown): Promise<unknown> {
  const made = await makeHook(host, open, [
    { id: 'x', type: 'set', config: { fields: { value: template } } },
  ]);
  return at(await outputOf(host, expectAccepted(await host.call(made.url(), { json }))), 'value');
}

describe.concurrent('a template', () => {
  const data = { n: 7, s: 'x', b: false, nothing: null, list: [1, { a: 2 }], object: { k: 'v' } };

  it.each(['n', 's', 'b', 'nothing', 'list', 'object'] as const)(
    'that is only one expression keeps the type of %s',
    async (name) => {
      expect(await rendered(`{{trigger.data.${name}}}`, data)).toEqual(data[name]);
      expect(await rendered(`{{ trigger.data.${name} }}`, data)).toEqual(data[name]);
    },
  );

  it.each([
    ['n={{trigger.data.n}}', 'n=7'],
    ['{{trigger.data.n}}{{trigger.data.s}}', '7x'],
    ['{{trigger.data.b}}!', 'false!'],
    ['<{{trigger.data.missing}}>', '<>'],
    ['{{trigger.data.object}}.', '{"k":"v"}.'],
    ['no braces', 'no braces'],
    ['{ "a": 1 }', '{ "a": 1 }'],
  ])('%j becomes %j', async (template, text) => {
    expect(await rendered(template, data)).toBe(text);
  });

  it('is filled in deep inside objects and lists', async () => {
    expect(await rendered({ a: ['{{trigger.data.n}}', { b: 'is {{trigger.data.s}}' }] }, data)).toEqual({
      a: [7, { b: 'is x' }],
    });
  });

  it('is expanded once: what callers send is never evaluated', async () => {
    const evil = { s: '{{1+1}}', n: 1 };
    expect(await rendered('{{trigger.data.s}}', evil)).toBe('{{1+1}}');
    expect(await rendered('got {{trigger.data.s}}', evil)).toBe('got {{1+1}}');
  });
});

describe.concurrent('the scope', () => {
  it('has the payload as trigger.data and trigger.payload', async () => {
    expect(await value('[trigger.data.a, trigger.payload.a]', { json: { a: 1 } })).toEqual([1, 1]);
    expect(await value('trigger.data[1]', { json: ['a', 'b'] })).toBe('b');
    expect(await value('trigger.data', { json: 'text' })).toBe('text');
  });

  it('has the query in _query of an object and in trigger.query; a repeated key is a list', async () => {
    expect(await value('trigger.data._query', { json: { a: 1 } }, '?source=crm&tag=a&tag=b')).toEqual({
      source: 'crm',
      tag: ['a', 'b'],
    });
    expect(await value('trigger.query.tag', { json: [1] }, '?tag=a&tag=b')).toEqual(['a', 'b']);
    expect(await value('trigger.payload', { json: { a: 1 } }, '?x=1')).toEqual({ a: 1 });
  });

  it('leaves a payload its own _query', async () => {
    const call = { json: { _query: 'mine' } };
    expect(await value('[trigger.data._query, trigger.query.source]', call, '?source=crm')).toEqual([
      'mine',
      'crm',
    ]);
  });

  it('has headers by lower-case name, and as sent under webhookData', async () => {
    const call = { json: {}, headers: { 'X-Custom-Header': 'Value' } };
    expect(await value('trigger.headers."x-custom-header"', call)).toBe('Value');
    expect(await value('webhookData.headers."X-Custom-Header"', call)).toBe('Value');
    expect(await value('webhookData.headers."x-custom-header"', call)).toBeUndefined();
  });

  it('has method, moment and payload', async () => {
    expect(await value('trigger.method')).toBe('POST');
    const moment = await value('[trigger.dateTime, webhookData.dateTime]');
    expect(Math.abs(Date.parse(textAt(moment, '0')) - Date.now())).toBeLessThan(60_000);
    expect(at(moment, '0')).toBe(at(moment, '1'));
    expect(await value('webhookData.payload.a', { json: { a: 5 } })).toBe(5);
  });

  it('has the outputs of steps by id and by name', async () => {
    const made = await makeWorkflow(host, [
      { id: 'hook', type: 'webhook', name: 'The hook', config: open },
      {
        id: 'total',
        type: 'transform',
        name: 'Order total',
        config: { expression: '$sum(trigger.data.items.price)' },
      },
      {
        id: 'seen',
        type: 'transform',
        config: {
          expression:
            '[steps.total.output, steps."Order total".output, steps.hook.output.payload.who, steps."The hook".output.method]',
        },
      },
    ]);
    const json = { who: 'me', items: [{ price: 1.5 }, { price: 2 }] };
    expect(await outputOf(host, expectAccepted(await host.call(made.url(), { json })))).toEqual([
      3.5,
      3.5,
      'me',
      'POST',
    ]);
  });

  it('has the run', async () => {
    const made = await makeHook(host, open, [
      {
        id: 'x',
        type: 'transform',
        config: { expression: '{"id": run.id, "flow": run.workflowId, "at": run.startedAt}' },
      },
    ]);
    const id = expectAccepted(await host.call(made.url(), { json: {} }));
    const output = await outputOf(host, id);
    expect(output).toEqual({ id, flow: made.id, at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) });
  });

  it.each([
    'trigger.data.constructor',
    'trigger.data.__proto__',
    'trigger.data.toString',
    '$string(trigger.constructor)',
    'process',
    'globalThis',
    'require',
    'trigger.data.a.constructor.constructor("return 1")()',
  ])('has no way to a prototype or the host by %s', async (expression) => {
    const made = await makeHook(host, open, [{ id: 'x', type: 'transform', config: { expression } }]);
    const run = await runIn(host, expectAccepted(await host.call(made.url(), { json: { a: 'b' } })));
    expect(['null', '""', undefined]).toContain(JSON.stringify(at(run, 'output')));
  });
});

describe.concurrent('a bad expression', () => {
  it.each([
    ['transform', { expression: 'trigger.data.(' }, 'nodes[1].config.expression'],
    ['transform', { expression: '1 +' }, 'nodes[1].config.expression'],
    ['set', { fields: { a: 'x {{ trigger. }}' } }, 'nodes[1].config.fields.a'],
    ['set', { fields: { a: { b: ['{{ ( }}'] } } }, 'nodes[1].config.fields.a.b[0]'],
    ['set', { fields: { a: '{{ never closed' } }, 'nodes[1].config.fields.a'],
    ['condition', { expression: '= 3' }, 'nodes[1].config.expression'],
    ['log', { message: '{{ ] }}' }, 'nodes[1].config.message'],
  ])('in %s is refused at the commit, with its path and position', async (type, config, path) => {
    const attempt = makeHook(host, open, [{ id: 'x', type, config }]);
    await expect(attempt).rejects.toThrow('422');
    const message = await attempt.catch((error: unknown) => String(error));
    expect(message).toContain(`"path":"${path}"`);
    expect(message).toMatch(/\d/);
  });

  it('fails its step at run time with the position and the reason, and the process goes on', async () => {
    const made = await makeHook(host, open, [
      { id: 'x', type: 'transform', name: 'Number it', config: { expression: '$number(trigger.data.word)' } },
    ]);
    const run = await runIn(host, expectAccepted(await host.call(made.url(), { json: { word: 'seven' } })));
    expect(run).toMatchObject({
      status: 'failed',
      error: { nodeId: 'x', message: expect.stringMatching(/seven/) },
    });
    expect(textAt(run, 'error.message')).toMatch(/(position|character) \d+/i);
  });

  it('that never ends is cut off after its second, others go on meanwhile', async () => {
    const made = await makeHook(host, open, [
      {
        id: 'x',
        type: 'transform',
        config: { expression: '($f := function($n) { $n > 0 ? $f($n + 1) : 0 }; $f(1))' },
      },
    ]);
    const fine = await makeHook(host, open, [{ id: 'x', type: 'transform', config: { expression: '1' } }]);
    const id = expectAccepted(await host.call(made.url(), { json: {} }));
    const other = expectAccepted(await host.call(fine.url(), { json: {} }));
    expect(await outputOf(host, other)).toBe(1);
    expect(await runIn(host, id)).toMatchObject({ status: 'failed', error: { nodeId: 'x' } });
  });

  it('with a catastrophic pattern is cut off as well', async () => {
    const made = await makeHook(host, open, [
      { id: 'x', type: 'transform', config: { expression: '$match(trigger.data.s, /^(a+)+$/)' } },
    ]);
    const id = expectAccepted(await host.call(made.url(), { json: { s: `${'a'.repeat(40)}!` } }));
    expect(await runIn(host, id)).toMatchObject({ status: 'failed', error: { nodeId: 'x' } });
    expect((await host.call('/healthz')).status).toBe(200);
  });
});
