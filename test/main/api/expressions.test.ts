/** Completion data and previews of expressions through `/v1` of a real host (SPEC 7). */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { scopePartSchema } from '../../../src/shared/contract/expressions.ts';
import { runSchema } from '../../../src/shared/contract/views.ts';
import { until } from '../../support/until.ts';
import { useApiHost } from './api-host.ts';

const api = useApiHost();
const scopeAnswer = z.object({
  scope: z.record(z.string(), z.unknown()),
  parts: z.array(scopePartSchema),
  secrets: z.array(z.string()),
  isCut: z.boolean(),
});
const preview = z.union([
  z.object({
    ok: z.literal(true),
    hasValue: z.boolean(),
    value: z.unknown().optional(),
    type: z.string(),
    isCut: z.boolean(),
  }),
  z.object({
    ok: z.literal(false),
    code: z.string(),
    message: z.string(),
    reason: z.string(),
    position: z.number(),
    path: z.string().nullable(),
  }),
]);
const previewOf = (body: object) => api.ok(preview, 'POST', '/expressions/preview', body);
const scopeOf = (body: object) => api.ok(scopeAnswer, 'POST', '/expressions/scope', body);
const sourcesOf = ({ parts }: z.infer<typeof scopeAnswer>) =>
  Object.fromEntries(parts.map(({ path, source }) => [path, source]));

const key = 'the-key-nobody-may-see-in-a-scope';
const document = (name: string) => ({
  name,
  nodes: [
    {
      id: 'hook',
      type: 'webhook',
      name: 'Arrived',
      config: {
        auth: { scheme: 'apiKey', key },
        parameters: [
          { name: 'order', type: 'string', example: 'A-1' },
          { name: 'lines', type: 'array', example: [{ qty: 1 }, { qty: 2 }] },
        ],
      },
    },
    {
      id: 'sum',
      type: 'transform',
      name: 'Add up',
      config: { expression: '{"total": $sum(trigger.data.lines.qty)}' },
    },
    { id: 'each', type: 'loop', name: 'Lines', config: { items: 'trigger.data.lines' } },
    { id: 'line', type: 'log', config: { message: '{{item.qty}}' } },
    { id: 'after', type: 'log', config: { message: 'x' } },
    { id: 'beside', type: 'log', config: { message: 'x' } },
  ],
  edges: [
    { source: 'hook', target: 'sum' },
    { source: 'sum', target: 'each' },
    { source: 'each', target: 'line', port: 'each' },
    { source: 'each', target: 'after', port: 'done' },
    { source: 'hook', target: 'beside' },
  ],
});

async function called(url: string, body: object): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key, 'x-order': 'o1' },
    body: JSON.stringify(body),
  });
  const { executionId } = z.object({ executionId: z.string() }).parse(await answer.json());
  await until('the run to end', async () => {
    const run = await api.ok(runSchema, 'GET', `/workflow-runs/${executionId}`);
    return run.status === 'succeeded';
  });
}

describe('the scope at a step', () => {
  it('is made of examples and forms before anything ran, and says so', async () => {
    const { id } = await api.live(document('Never ran'));
    const answer = await scopeOf({ workflow: id, node: 'sum' });
    expect(answer.scope).toMatchObject({
      trigger: { data: { order: 'A-1', lines: [{ qty: 1 }, { qty: 2 }] } },
      params: { order: 'A-1' },
      steps: { hook: { output: { method: 'POST' } }, Arrived: { output: { method: 'POST' } } },
    });
    expect(sourcesOf(answer)).toMatchObject({ trigger: 'example', params: 'example', 'steps.hook': 'typed' });
    expect(answer.scope).not.toHaveProperty('item');
    expect(answer.scope['steps']).not.toHaveProperty('beside');
  });

  it('is that of the newest run once there is one, without its credentials', async () => {
    const { id, endpoints } = await api.live(document('Ran'));
    await called(`${endpoints[0]?.url}?token=${key}`, { order: 'B-2', lines: [{ qty: 5 }, { qty: 7 }] });
    const answer = await scopeOf({ workflow: id, node: 'after' });
    expect(answer.scope).toMatchObject({
      trigger: { data: { order: 'B-2' }, headers: { 'x-order': 'o1' }, method: 'POST' },
      params: { order: 'B-2' },
      steps: { sum: { output: { total: 12 } }, 'Add up': { output: { total: 12 } } },
      run: { workflowId: id },
    });
    expect(sourcesOf(answer)).toMatchObject({
      trigger: 'run',
      params: 'run',
      'steps.sum': 'run',
      run: 'run',
    });
    expect(answer.parts.find(({ path }) => path === 'trigger')?.runId).toMatch(/^run_/);
    expect(JSON.stringify(answer)).not.toContain(key);
    const cut = await scopeOf({ workflow: id, node: 'hook' });
    expect(cut.scope['steps']).toEqual({});
  });

  it('has the item of a loop inside of it, and only there', async () => {
    const { id } = await api.live(document('Looped'));
    const inside = await scopeOf({ workflow: id, node: 'line' });
    expect(inside.scope).toMatchObject({
      item: { qty: 1 },
      index: 0,
      steps: { each: { output: { item: { qty: 1 }, index: 0, count: 2 } } },
    });
    expect(sourcesOf(inside)).toMatchObject({ item: 'example', 'steps.each': 'example' });
    expect((await scopeOf({ workflow: id, node: 'after' })).scope).not.toHaveProperty('item');
  });

  it('is that of the sample when that is newer than the newest run', async () => {
    const { id, endpoints } = await api.live(document('Sampled'));
    await called(endpoints[0]?.url ?? '', { order: 'old', lines: [] });
    const sample = { json: { order: 'S-3', lines: [{ qty: 4 }] } };
    const saved = await api.v1('PUT', `/endpoints/${endpoints[0]?.id}/sample`, sample);
    expect(saved.status).toBe(200);
    const answer = await scopeOf({ workflow: id, node: 'beside' });
    expect(answer.scope).toMatchObject({ trigger: { data: { order: 'S-3' } }, params: { order: 'S-3' } });
    expect(sourcesOf(answer)).toMatchObject({ trigger: 'example', 'steps.hook': 'run' });
  });

  it('is there for a document that is not saved, with a record for the target', async () => {
    const answer = await scopeOf({ document: document('Unsaved'), node: 'sum' });
    expect(sourcesOf(answer)).toMatchObject({ trigger: 'typed', target: 'example', run: 'typed' });
    expect(answer.scope['target']).toMatchObject({ entity: 'InventoryModel' });
    await api.refused(404, 'not_found', 'POST', '/expressions/scope', {
      document: document('x'),
      node: 'gone',
    });
    await api.refused(404, 'not_found', 'POST', '/expressions/scope', { workflow: 'gone', node: 'sum' });
    await api.refused(422, 'invalid', 'POST', '/expressions/scope', { node: 'sum' });
  });

  it('is cut to what people can look at', async () => {
    const { nodes, edges, ...rest } = document('Large');
    const kept = new Set(['hook', 'beside']);
    const { id, endpoints } = await api.live({
      ...rest,
      nodes: nodes.filter((node) => kept.has(node.id)),
      edges: edges.filter(({ target }) => kept.has(target)),
    });
    const lines = Array.from({ length: 2_000 }, (_, qty) => ({ qty, note: 'x'.repeat(100) }));
    await called(endpoints[0]?.url ?? '', { order: 'y'.repeat(50_000), lines });
    const answer = await api.v1('POST', '/expressions/scope', { workflow: id, node: 'beside' });
    expect(scopeAnswer.parse(answer.body).isCut).toBe(true);
    expect(JSON.stringify(answer.body).length).toBeLessThan(1_000_000);
    // What is previewed is the whole of it.
    const whole = await previewOf({ workflow: id, node: 'beside', expression: '$count(trigger.data.lines)' });
    expect(whole).toMatchObject({ ok: true, value: 2_000 });
  });
});

describe('a preview', () => {
  it('gives the value over a scope that is sent or that of a step, with its type', async () => {
    const scope = { trigger: { data: { a: 1, b: 'x' } } };
    expect(await previewOf({ expression: 'trigger.data.a + 1', scope })).toEqual({
      ok: true,
      hasValue: true,
      value: 2,
      type: 'number',
      isCut: false,
    });
    expect(await previewOf({ template: 'Is {{trigger.data.b}}', scope })).toMatchObject({ value: 'Is x' });
    const deep = { list: ['{{trigger.data.a}}', { k: '{{trigger.data}}' }] };
    expect(await previewOf({ template: deep, scope })).toMatchObject({
      value: { list: [1, { k: { a: 1, b: 'x' } }] },
      type: 'object',
    });
    expect(await previewOf({ expression: 'trigger.gone', scope })).toMatchObject({
      hasValue: false,
      type: 'nothing',
    });
    const { id } = await api.live(document('Previewed'));
    const at = { workflow: id, node: 'sum', expression: '$sum(params.lines.qty)' };
    expect(await previewOf(at)).toMatchObject({ ok: true, value: 3 });
  });

  it('shows marks where a secret would stand, and lets nothing compute with one', async () => {
    await api.v1('POST', '/secrets', { name: 'HIDDEN', value: 'never-in-a-preview', hosts: [] });
    const template = { auth: 'Bearer {{secrets.HIDDEN}}' };
    expect(await previewOf({ template, scope: { secrets: { HIDDEN: 'sent' } } })).toMatchObject({
      value: { auth: 'Bearer ••••' },
    });
    const computed = await previewOf({ template: '{{$length(secrets.HIDDEN)}}' });
    expect(computed).toMatchObject({ ok: false, code: 'expression_invalid' });
    expect(await previewOf({ expression: 'secrets.HIDDEN' })).toMatchObject({ ok: true, hasValue: false });
    const { scope } = await scopeOf({ document: document('x'), node: 'sum' });
    expect(JSON.stringify(scope)).not.toContain('never-in-a-preview');
  });

  it.each<[string, string, number, RegExp]>([
    // When it is read.
    ['trigger.data.(', 'expression_invalid', 14, /end/i],
    ['1 +', 'expression_invalid', 3, /end/i],
    ['"never closed', 'expression_invalid', 13, /string/i],
    ['a ~>', 'expression_invalid', 4, /end/i],
    ['$f(1', 'expression_invalid', 4, /expected/i],
    ['{"a": 1', 'expression_invalid', 7, /expected/i],
    ['a[', 'expression_invalid', 2, /end/i],
    ['`a', 'expression_invalid', 2, /quot/i],
    ['/(/', 'expression_invalid', 3, /regular expression|terminat/i],
    ['1 := 2', 'expression_invalid', 1, /variable/i],
    ['@ 1', 'expression_invalid', 1, /./],
    // When it runs.
    ['1 + "x"', 'expression_failed', 3, /number/i],
    ['-"x"', 'expression_failed', 1, /numeric/i],
    ['$nothing()', 'expression_failed', 9, /function/i],
    ['$sum("x")', 'expression_failed', 5, /argument/i],
    ['$number("x")', 'expression_failed', 8, /number/i],
    ['"a" < 1', 'expression_failed', 5, /same data type/],
    ['$substring(1)', 'expression_failed', 11, /argument/i],
    ['$error("mine")', 'expression_failed', 7, /mine/],
    ['$toMillis("never")', 'expression_failed', 10, /./],
  ])('tells of %j the place and the reason', async (expression, code, position, reason) => {
    const bare = await previewOf({ expression, scope: {} });
    expect(bare).toMatchObject({
      ok: false,
      code,
      position,
      reason: expect.stringMatching(reason),
      path: null,
    });
    // Inside a template the place counts from the start of the text; an unclosed string takes its braces along.
    if (/^["`/]/.test(expression) || expression.includes('{')) return;
    const inside = await previewOf({ template: { deep: [`text {{ ${expression} }}`] }, scope: {} });
    expect(inside).toMatchObject({ ok: false, code, path: 'deep.0' });
    if (inside.ok) return;
    expect(inside.position).toBe(position + 8);
    expect(inside.message).toContain(`(at character ${position + 8})`);
  });

  it.each([
    [
      '$f := function($n) { $f($n + 1) + 1 }',
      '($f := function($n) { $f($n + 1) + 1 }; $f(0))',
      /sandbox_limit|expression_timeout/,
    ],
    ['a tail call without end', '($f := function($n) { $f($n + 1) }; $f(0))', /expression_timeout/],
    [
      'a regular expression that backtracks',
      '$match("' + 'a'.repeat(40) + '!", /^(a+)+$/)',
      /expression_timeout/,
    ],
    ['a list of everything', '$sum([1..100000000])', /sandbox_limit|expression_timeout/],
    [
      'text that doubles',
      '($d := function($s, $n) { $n = 0 ? $s : $d($s & $s, $n - 1) }; $d("xxxxxxxxxx", 40))',
      /sandbox_limit|expression_timeout/,
    ],
    [
      'a thousand brackets',
      '('.repeat(20_000) + '1' + ')'.repeat(20_000),
      /expression_invalid|sandbox_limit/,
    ],
  ])('ends %s within its limits, and the receiver goes on', async (_, expression, codes) => {
    const startedAt = performance.now();
    const answer = await previewOf({ expression, scope: {} });
    expect(answer.ok).toBe(false);
    if (!answer.ok) {
      expect(answer.code).toMatch(codes);
      expect(answer.reason).not.toBe('');
    }
    expect(performance.now() - startedAt).toBeLessThan(6_000);
    expect(await previewOf({ expression: '1 + 1', scope: {} })).toMatchObject({ value: 2 });
  });

  it('is refused without anything to preview, or with both', async () => {
    await api.refused(422, 'invalid', 'POST', '/expressions/preview', {});
    await api.refused(422, 'invalid', 'POST', '/expressions/preview', { expression: '1', template: '2' });
  });
});
