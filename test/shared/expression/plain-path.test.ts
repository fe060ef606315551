import fc from 'fast-check';
import jsonata from 'jsonata';
import { describe, expect, it } from 'vitest';
import { evaluatePlainPath, parsePlainPath } from '../../../src/shared/expression/plain-path.ts';

function evaluate(expression: string, scope: unknown): unknown {
  const path = parsePlainPath(expression);
  if (path === undefined) throw new Error(`not a plain path: ${expression}`);
  return evaluatePlainPath(path, scope);
}

/** Without the extra properties of JSONata's sequences; undefined stays. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

const name = fc.constantFrom('a', 'b', 'c', '_x1', 'é', 'two words', '__proto__', 'constructor', 'length');

const json = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'medium', withCrossShrink: true }, tie('leaf'), tie('list'), tie('object')),
  leaf: fc.constantFrom(0, 1, '', 'text', true, false, null),
  list: fc.array(tie('value'), { maxLength: 4 }),
  // Through JSON, so that `__proto__` becomes a key of its own as it does in a body.
  object: fc
    .array(fc.tuple(name, tie('value')), { maxLength: 4 })
    .map((entries): unknown => JSON.parse(JSON.stringify(Object.fromEntries(entries)))),
})).value;

const step = fc
  .tuple(name, fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 2 }))
  .map(([text, indexes]) => {
    const quoted = /^[a-z_é][a-z0-9_]*$/i.test(text) ? text : `\`${text}\``;
    return quoted + indexes.map((index) => `[${index}]`).join('');
  });

const path = fc.array(step, { minLength: 1, maxLength: 5 }).map((steps) => steps.join('.'));

describe('plain paths', () => {
  it('give the value JSONata gives, for any JSON and any path', async () => {
    const property = fc.asyncProperty(json, path, async (scope, expression) => {
      const expected: unknown = await jsonata(expression).evaluate(scope);
      expect(plain(evaluate(expression, scope))).toEqual(plain(expected));
    });
    await fc.assert(property, { numRuns: 3000 });
  });

  it('never claim an expression that JSONata reads as something else', async () => {
    const token = fc.constantFrom(
      'a',
      'b',
      '`c d`',
      '.',
      '[',
      ']',
      '[0]',
      '[-1]',
      '$',
      'and',
      'in',
      'true',
      'null',
      'function',
      ' ',
      '1',
      '*',
      '%',
      '(',
      ')',
    );
    const property = fc.asyncProperty(fc.array(token, { maxLength: 7 }), json, async (tokens, value) => {
      const expression = tokens.join('');
      const parsed = parsePlainPath(expression);
      if (parsed === undefined) return;
      const scope = { a: value, b: [value], 'c d': { a: value } };
      const expected: unknown = await jsonata(expression).evaluate(scope);
      expect(plain(evaluatePlainPath(parsed, scope))).toEqual(plain(expected));
    });
    await fc.assert(property, { numRuns: 3000 });
  });

  it.each([
    ['trigger.data.amount', 150],
    ['trigger . data\n. amount', 150],
    ['trigger.data.lines[0].sku', 'x'],
    ['trigger.data.lines[-1].sku', 'y'],
    ['trigger.data.lines.sku', ['x', 'y']],
    ['trigger.data.lines[5].sku', undefined],
    ['trigger.data.lines[0][0].sku', 'x'],
    ['trigger.data.`first name`', 'Ann'],
    ['trigger.data.amount.cents', undefined],
    ['trigger.data.one', [1]],
    ['trigger.data.none', []],
    ['trigger.data.nothing', null],
    ['trigger.data._query.source', 'crm'],
  ])('%s', (expression, expected) => {
    const lines = [{ sku: 'x' }, { sku: 'y' }];
    const data = {
      amount: 150,
      lines,
      'first name': 'Ann',
      one: [1],
      none: [],
      nothing: null,
      _query: { source: 'crm' },
    };
    expect(evaluate(expression, { trigger: { data } })).toEqual(expected);
  });

  it.each([
    '',
    ' ',
    '$',
    '$.a',
    'a.',
    '.a',
    'a..b',
    'a[b]',
    'a[]',
    'a[0',
    'a.$b',
    'a.*',
    'a + b',
    '"a"',
    '5',
    'true',
    'a.null',
    'a.(b)',
    'a[1.5]',
    'a[01]',
    '``',
    'and',
    '/a/',
    'a{b: c}',
    'a^(b)',
    'λ(1)',
    'a.%',
  ])('leave %j to JSONata', (expression) => {
    expect(parsePlainPath(expression)).toBeUndefined();
  });

  it('read own data only: no prototype, no getter', () => {
    let calls = 0;
    const scope = {
      body: JSON.parse('{"plain": 1}') as unknown,
      own: JSON.parse('{"__proto__": {"deep": 5}, "constructor": "mine"}') as unknown,
      get trap() {
        calls++;
        return { inner: 1 };
      },
    };
    for (const expression of [
      'body.__proto__',
      'body.constructor',
      'body.constructor.prototype',
      'body.toString',
      'body.hasOwnProperty.name',
      '__proto__',
      '__proto__.polluted',
      'constructor.constructor',
      'trap',
      'trap.inner',
    ]) {
      expect(evaluate(expression, scope)).toBeUndefined();
    }
    expect(calls).toBe(0);
    expect(evaluate('own.__proto__.deep', scope)).toBe(5);
    expect(evaluate('own.constructor', scope)).toBe('mine');
  });

  it('hand out the lists of the scope unchanged', () => {
    const items = [[1], [2, 3]];
    expect(evaluate('items', { items })).toBe(items);
    expect(items).toEqual([[1], [2, 3]]);
  });
});
