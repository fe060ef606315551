import { afterAll, describe, expect, it } from 'vitest';
import { createSandbox, type Scope } from '../../../src/main/sandbox/sandbox.ts';
import { failureOf, someReason } from './open-sandbox.ts';

const sandbox = createSandbox({ workerUrl: new URL('../../../src/main/sandbox-worker.ts', import.meta.url) });
afterAll(() => sandbox.close());

const items = [
  { sku: 'a', price: 2, qty: 3 },
  { sku: 'b', price: 5, qty: 1 },
];
const scope: Scope = {
  trigger: {
    data: { amount: 150, items, name: 'Ann', one: [1], none: [], _query: { source: 'crm' } },
    method: 'POST',
  },
  steps: { hook: { output: { ok: true } } },
  vars: { limit: 100, nothing: null },
};

describe('evaluate', () => {
  it.each([
    ['trigger.data._query.source', 'crm'],
    ['trigger.data.amount > vars.limit', true],
    ['{"total": $sum(trigger.data.items.(price * qty))}', { total: 11 }],
    ['trigger.data.items[price > 3].sku', 'b'],
    ['trigger.data.items[price > 1].sku', ['a', 'b']],
    ['trigger.data.items[price > 100]', undefined],
    ['trigger.data.items.sku ~> $join("-")', 'a-b'],
    ['"Hello " & trigger.data.name', 'Hello Ann'],
    ['missing.name', undefined],
    ['$exists(missing)', false],
    ['vars.nothing', null],
    ['trigger.data.one', [1]],
    ['[trigger.data.one, 2]', [1, 2]],
    ['5', 5],
    ['"text"', 'text'],
    ['null', null],
    ['steps.hook.output.ok ? "yes" : "no"', 'yes'],
    ['$eval("{\\"a\\": [1]}").a', [1]],
    ['$map(trigger.data.items, function($v, $i) { $v.sku & $i })', ['a0', 'b1']],
    ['$type($now())', 'string'],
    ['$random() < 1 and $millis() > 1600000000000', true],
    ['$keys($$)', ['trigger', 'steps', 'vars']],
  ])('%s', async (expression, expected) => {
    expect(await sandbox.evaluate(expression, scope)).toEqual(expected);
  });

  it.each([
    ['1 +', 'expression_invalid', 3],
    ['$sum("x", 1)', 'expression_failed', 5],
    ['$nothing(1)', 'expression_failed', 9],
    ['"a" + 1', 'expression_failed', 5],
    ['$number(trigger.data.name)', 'expression_failed', 8],
    ['$eval("trigger.data")', 'expression_failed', 6],
    ['$error("no such order")', 'expression_failed', 7],
  ])('%s fails with its position and a reason', async (expression, code, position) => {
    const error = await failureOf(sandbox.evaluate(expression, scope));
    expect(error).toMatchObject({ code, details: { position, reason: someReason } });
    expect(error.message).toContain(error.details['reason']);
  });

  it.each(['$sum', 'function($x){$x}', '{"f": $uppercase}', '[$now]', '/ab/'])(
    'refuses %s, whose value holds a function',
    async (expression) => {
      expect(await failureOf(sandbox.evaluate(expression, scope))).toMatchObject({
        code: 'expression_failed',
      });
    },
  );

  it('gives plain JSON: lists without JSONata’s marks on them', async () => {
    const value = await sandbox.evaluate('trigger.data.items.sku[]', scope);
    expect(value).toStrictEqual(['a', 'b']);
    expect(Object.keys(value as object)).toEqual(['0', '1']);
  });

  it('answers each of many that are asked at once, in any order of trouble', async () => {
    const asked = Array.from({ length: 300 }, (_, n) =>
      sandbox.evaluate(n % 7 === 0 ? '"x" + 1' : `vars.limit + ${n}`, scope),
    );
    const settled = await Promise.allSettled(asked);
    for (const [n, one] of settled.entries()) {
      expect(one).toMatchObject(
        n % 7 === 0 ? { status: 'rejected' } : { status: 'fulfilled', value: 100 + n },
      );
    }
  });

  it('leaves the scope as it was, and no trace for the next', async () => {
    const before = JSON.stringify(scope);
    await sandbox.evaluate('trigger ~> |data|{"amount": 1, "__proto__": {"polluted": true}}, "name"|', scope);
    await sandbox.evaluate('trigger.data.none{"k": 1}', scope);
    await sandbox.evaluate('($sum := function($x){ 0 }; $x := 5; $sum([1]))', scope);
    expect(JSON.stringify(scope)).toBe(before);
    expect(await sandbox.evaluate('[$count(trigger.data.none), $sum([1, 2]), $exists($x)]', scope)).toEqual([
      0,
      3,
      false,
    ]);
  });

  it('reads no getter of the scope', async () => {
    let calls = 0;
    const trapped: Scope = {
      get trap() {
        calls++;
        return 1;
      },
    };
    expect(await sandbox.evaluate('$exists(trap)', trapped)).toBe(false);
    expect(calls).toBe(0);
  });

  it('never hands secrets to an expression that computes', async () => {
    const secret = { ...scope, secrets: { KEY: 'hidden' } };
    expect(await sandbox.evaluate('secrets.KEY', secret)).toBe('hidden');
    expect(JSON.stringify(await sandbox.evaluate('$$', secret))).not.toContain('hidden');
    expect(await failureOf(sandbox.evaluate('"x" & secrets.KEY', secret))).toMatchObject({
      code: 'expression_invalid',
    });
    expect(await sandbox.evaluate('$lookup($$, "secrets")', secret)).toBeUndefined();
  });
});

describe('prototypes are out of reach (keys like __proto__ and constructor)', () => {
  const hostile: Scope = {
    data: JSON.parse(
      '{"__proto__": {"a": {"__proto__": {"b": 1}}}, "constructor": {"prototype": {"polluted": 1}}, "plain": {}}',
    ),
  };

  it.each([
    'data.plain.__proto__',
    'data.plain.constructor',
    '$lookup(data.plain, "__proto__")',
    '$lookup(data.plain, "constructor").prototype',
    '(data.plain).`__proto__`.`toString`',
    'data.plain.toString',
    '$sum.constructor',
    '$sum.implementation.constructor',
    '"text".constructor',
    '"text".length',
    '[1].__proto__',
    '$string.__proto__.polluted',
    '$spread($sum).implementation.constructor',
    '(function($x){1}).environment',
    '$each(data.plain, function($v, $k){$k})',
  ])('%s has no value', async (expression) => {
    expect(await sandbox.evaluate(expression, hostile)).toBeUndefined();
  });

  it.each([
    ['data.__proto__.a.__proto__.b', 1],
    ['$lookup(data, "__proto__").a.__proto__.b + 1', 2],
    ['data.constructor.prototype.polluted', 1],
    ['$merge([data, {"__proto__": {"x": 1}}]).__proto__.x', 1],
    ['(data.plain ~> |$|{"__proto__": {"x": 1}}|).__proto__.x', 1],
    ['$count($keys(data))', 3],
  ])('%s reads the key the sender gave', async (expression, expected) => {
    expect(await sandbox.evaluate(expression, hostile)).toEqual(expected);
  });

  it('keeps such keys when they pass through', async () => {
    const value = await sandbox.evaluate('{"copy": data}', hostile);
    expect(JSON.stringify(value)).toBe(JSON.stringify({ copy: hostile['data'] }));
  });

  it('leaves hundreds of normal evaluations as they were', async () => {
    const normal = { data: { list: [3, 1, 2], text: 'abc' } };
    const expression =
      '{"sorted": $sort(data.list), "upper": $uppercase(data.text), "polluted": polluted, "p": data.polluted}';
    const before = JSON.stringify(await sandbox.evaluate(expression, normal));
    for (const hostileExpression of [
      '$merge([data, {"__proto__": {"polluted": true}}])',
      'data ~> |**|{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}|',
      '{"__proto__": {"polluted": true}}',
      'data{"__proto__": $}',
      '$sift(data, function($v, $k) { $k = "__proto__" })',
    ]) {
      await Promise.allSettled([sandbox.evaluate(hostileExpression, hostile)]);
    }
    const after = await Promise.all(Array.from({ length: 100 }, () => sandbox.evaluate(expression, normal)));
    for (const value of after) expect(JSON.stringify(value)).toBe(before);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it.each([
    '($clone := function($x){$x}; [$sum] ~> |$|{"implementation": 1}|)',
    'function($clone){ $ ~> |$|{"a": 1}| }($)',
    'data@$clone.plain',
    'data#$clone.plain',
    '($; $$; function(){ ($clone := 1) }())',
  ])('refuses to replace $clone, which keeps built-ins from being changed: %s', async (expression) => {
    expect(await failureOf(sandbox.evaluate(expression, hostile))).toMatchObject({
      code: 'expression_invalid',
    });
  });

  it('can not change a built-in for the next expression', async () => {
    await Promise.allSettled(
      [
        '[$sum] ~> |$|{"implementation": $max, "_jsonata_lambda": true, "arity": 9}|',
        '$spread($sum) ~> |implementation|{"apply": 1}|',
        '($sum.**) ~> |$|{"validate": 1}|',
      ].map((expression) => sandbox.evaluate(expression, hostile)),
    );
    expect(await sandbox.evaluate('$sum([1, 2]) + $max([1, 5])', hostile)).toBe(8);
  });
});

describe('evaluateNow', () => {
  it('answers plain paths and constants at once, and nothing else', () => {
    expect(sandbox.evaluateNow('trigger.data.amount', scope)).toEqual({ value: 150 });
    expect(sandbox.evaluateNow('missing', scope)).toEqual({ value: undefined });
    expect(sandbox.evaluateNow(' true ', scope)).toEqual({ value: true });
    expect(sandbox.evaluateNow('trigger.data.amount > 1', scope)).toBeUndefined();
    expect(() => sandbox.evaluateNow('1 +', scope)).toThrow(
      expect.objectContaining({ code: 'expression_invalid' }),
    );
  });
});

describe('check', () => {
  it('judges an expression without running it', () => {
    expect(sandbox.check('$sum(a)')).toEqual({ ok: true });
    expect(sandbox.check('$sum(a')).toEqual({ ok: false, position: 6, reason: someReason });
  });
});
