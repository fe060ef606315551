import jsonata from 'jsonata';
import { afterAll, describe, expect, it } from 'vitest';
import { reachOf } from '../../../src/main/sandbox/expression-reach.ts';
import { createSandbox } from '../../../src/main/sandbox/sandbox.ts';

const sandbox = createSandbox({ workerUrl: new URL('../../../src/main/sandbox-worker.ts', import.meta.url) });
afterAll(() => sandbox.close());

const scope = {
  trigger: {
    data: {
      amount: 150,
      name: 'Ann',
      items: [
        { sku: 'a', price: 2, qty: 3, tags: ['x'] },
        { sku: 'b', price: 5, qty: 1, tags: ['x', 'y'] },
      ],
    },
    headers: { host: 'example.test' },
  },
  steps: { hook: { output: { ok: true, list: [1, 2] } }, other: { output: 5 } },
  params: { count: 3, name: 'items' },
  vars: { limit: 100 },
  item: 'one',
  index: 0,
};

describe('reachOf', () => {
  it.each([
    ['trigger.data.amount > 100', ['trigger.data']],
    ['$sum(trigger.data.items.(price * qty))', ['trigger.data']],
    ['trigger.data.items[price > vars.limit]', ['trigger.data']],
    ['(trigger; vars.limit)', ['trigger', 'vars.limit']],
    ['trigger[0].data', ['trigger']],
    ['steps.hook.output.ok and steps.other.output', ['steps.hook', 'steps.other']],
    ['trigger.data & trigger', ['trigger']],
    ['item & index', ['item', 'index']],
    ['$map(trigger.data.items, function($v) { $v.price * params.count })', ['trigger.data', 'params.count']],
    ['trigger@$t.params', ['trigger', 'params']],
    ['trigger.data@$d.headers', ['trigger']],
    ['{"a": trigger.data, "b": [vars.limit]}', ['trigger.data', 'vars.limit']],
    ['trigger.data.items{sku: price}', ['trigger.data']],
    ['trigger.data.items^(>price).sku', ['trigger.data']],
    ['trigger.data ~> |items|{"price": 0}|', ['trigger.data']],
    ['params.count ? trigger.data : vars', ['params.count', 'trigger.data', 'vars']],
    ['5 + 5', []],
    ['$now()', []],
  ])('%s reads %j', (expression, expected) => {
    const reach = reachOf(jsonata(expression).ast());
    const names =
      reach === 'all'
        ? reach
        : reach.map(({ root, child }) => (child === undefined ? root : `${root}.${child}`));
    expect(names).toEqual(expected);
  });

  it.each([
    '$',
    '$$',
    '*',
    '**.price',
    '$keys()',
    '$lookup("trigger")',
    '($f := $lookup; $f("vars"))',
    'trigger.data.%',
    '$$.trigger',
  ])('%s may read everything', (expression) => {
    expect(reachOf(jsonata(expression).ast())).toBe('all');
  });

  it.each([
    'trigger.data.items.%.amount',
    'trigger.data.items[$.price > 2].sku',
    'trigger.data.items.sku[$$.vars.limit > 1]',
    '$map(trigger.data.items, function($v, $i, $a) { $v.price + $$.vars.limit + $i + $count($a) })',
    '($k := $keys; $k($))',
    '$lookup(params, "count")',
    'params ~> $lookup("name")',
    '$each(params, function($v, $k) { $k })',
    '$each(function($v, $k) { $k })',
    '$sift(function($v, $k) { $k = "vars" })',
    '$string()',
    'trigger.data.items.{"s": sku, "l": $$.vars.limit}',
    'trigger.data.items@$i.steps.hook.output.list@$l.{"a": $i.sku, "b": $l}',
    'trigger.data.items#$n.{"n": $n, "sku": sku}',
    'trigger.data.items^(>price, sku).sku',
    'trigger.data.items.tags',
    'trigger.data.items{sku: $sum(price)}',
    'trigger.data.items.($p := price; $p * 2)',
    '($limit := vars.limit; trigger.data.items[price < $limit].sku)',
    '($f := function($x) { $x + params.count }; $f(1))',
    '($f := function($x)<n-:n> { params.count }; trigger.data.amount.$f())',
    'trigger.data.items ~> $map(function($v) { $v.sku }) ~> $join("-")',
    '$reduce(trigger.data.items.price, function($a, $b) { $a + $b })',
    'trigger ~> |data.items|{"price": price + 1}, "tags"|',
    '*.data.amount',
    '**.sku',
    'trigger.**.sku',
    'trigger.data.items[0].price + trigger.data.items[-1].price',
    '[trigger.data.items.price, vars.limit][0]',
    'trigger.`data`.`name`',
    '"trigger".data',
    '(trigger).data.name',
    '(trigger; steps).hook.output.ok',
    'steps.hook.output.list[$ > 1]',
    'index in steps.hook.output.list',
    '$exists(trigger.missing) or $exists(missing.data)',
    'params.name ~> $uppercase',
    '$filter(trigger.data.items, function($v) { $v.qty > index }).sku',
    '$type($$)',
    'trigger.data.items.$string(price)',
    'trigger.data.items.$uppercase(sku)',
    'trigger.data.items.sku.$length()',
    '$count(steps.*)',
    'steps.*.output',
    '$merge([params, vars])',
    '$spread(params)',
    '$sort(trigger.data.items, function($l, $r) { $l.price < $r.price }).sku',
    '$zip(trigger.data.items.sku, steps.hook.output.list)',
  ])('%s gives over its reach what it gives over everything', async (expression) => {
    const expected: unknown = await jsonata(expression).evaluate(structuredClone(scope));
    const text = JSON.stringify(await sandbox.evaluate(expression, scope));
    expect(text).toBe(JSON.stringify(expected));
  });
});
