import { describe, expect, it } from 'vitest';
import { failureOf, openSandbox, someReason } from './open-sandbox.ts';

const FROZEN = '$contains("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /^(a+)+$/)';

describe('hostile expressions', () => {
  it('a frozen regular expression fails alone with expression_timeout, and what was asked with it goes on', async () => {
    const sandbox = openSandbox({ poolSize: 1, expressionTimeoutMs: 300 });
    const before = sandbox.evaluate('1 + 1', {});
    const frozen = failureOf(sandbox.evaluate(FROZEN, {}));
    const after = Array.from({ length: 20 }, (_, n) => sandbox.evaluate(`${n} + 1`, {}));
    expect(await before).toBe(2);
    expect(await frozen).toMatchObject({
      code: 'expression_timeout',
      details: { reason: someReason },
    });
    expect(await Promise.all(after)).toEqual(after.map((_, n) => n + 1));
  });

  it.each([
    ['endless recursion', '($f := function($n){ 1 + $f($n + 1) }; $f(0))'],
    ['an endless tail call', '($f := function($n){ $f($n + 1) }; $f(0))'],
    [
      'a frozen sort',
      '$sort([1..20000], function($a, $b){ $contains("aaaaaaaaaaaaaaaaaaaaaaaaaaa!", /^(a+)+$/) })',
    ],
  ])('%s ends with expression_timeout', async (_, expression) => {
    const sandbox = openSandbox({ expressionTimeoutMs: 300 });
    expect(await failureOf(sandbox.evaluate(expression, {}))).toMatchObject({ code: 'expression_timeout' });
    expect(await sandbox.evaluate('1 + 1', {})).toBe(2);
  });

  it.each([
    ['text doubled without end', '$reduce([1..60], function($a, $b){ $a & $a }, "x")'],
    ['one large block of text', '$uppercase($reduce([1..28], function($a, $b){ $a & $a }, "x"))'],
    ['one large list', '$split($pad("", 200000000), "")'],
    ['joined copies', '($a := $pad("", 4000000); $join($map([1..200], function($i){ $a })))'],
    ['a range too long', '[1..100000000]'],
    ['lists of lists', '$map([1..1000000], function($x){ [1..1000] })'],
    ['a result over 4 MiB', '$pad("", 5000000)'],
    ['a result that repeats itself', '$reduce([1..40], function($a, $b){ [[$a], [$a]] }, [1])'],
    ['a result nested too deep', '$reduce([1..2000], function($a, $b){ {"a": $a} }, 1)'],
  ])('%s fails with sandbox_limit and the app lives', async (_, expression) => {
    const sandbox = openSandbox({ expressionTimeoutMs: 20_000 });
    const [failure, neighbour] = await Promise.all([
      failureOf(sandbox.evaluate(expression, {})),
      sandbox.evaluate('1 + 1', {}),
    ]);
    expect(failure).toMatchObject({ code: 'sandbox_limit', details: { reason: someReason } });
    expect(neighbour).toBe(2);
  });

  it('a branch left running by a failed one is not taken for the next expression', async () => {
    const sandbox = openSandbox({ poolSize: 1, expressionTimeoutMs: 300 });
    const split = failureOf(sandbox.evaluate(`[$error("first"), ${FROZEN}]`, {}));
    const next = Array.from({ length: 5 }, (_, n) => sandbox.evaluate(`${n} + 1`, {}));
    expect((await split).code).toMatch(/^expression_(failed|timeout)$/);
    expect(await Promise.all(next)).toEqual([1, 2, 3, 4, 5]);
  });

  it('data that looks like JSONata’s own functions fails or stays data, nothing more', async () => {
    const sandbox = openSandbox();
    const data = JSON.parse(
      '{"_jsonata_lambda": true, "_jsonata_function": true, "thunk": true, "then": 1, "next": 1, "body": {"type": "value"}}',
    ) as unknown;
    await Promise.allSettled(
      [
        'data.x(1)',
        '$map([1], data)',
        'data ~> $string',
        '$string(data)',
        '[1] ~> data',
        '$each(data, data)',
      ].map((expression) => sandbox.evaluate(expression, { data })),
    );
    expect(await sandbox.evaluate('{"copy": data}', { data })).toEqual({ copy: data });
    expect(await sandbox.evaluate('1 + 1', {})).toBe(2);
  });

  it('a scope that is no JSON fails its expression only', async () => {
    const sandbox = openSandbox();
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const [failure, neighbour] = await Promise.all([
      failureOf(sandbox.evaluate('$count(data)', { data: circular })),
      sandbox.evaluate('$count(data)', { data: [1, 2] }),
    ]);
    expect(failure).toMatchObject({ code: 'sandbox_limit' });
    expect(neighbour).toBe(2);
  });

  it('a body of 32 MiB can be worked on, and many at once wait for room', async () => {
    const sandbox = openSandbox({ expressionTimeoutMs: 20_000 });
    const data = { text: 'x'.repeat(32 * 1024 * 1024) };
    const counts = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        sandbox.evaluate('$contains(data.text, "y") ? 0 : n + 1', { data: { ...data }, n }),
      ),
    );
    expect(counts).toEqual(counts.map((_, n) => n + 1));
  });
});
