import { describe, expect, it } from 'vitest';
import { checkExpression, checkTemplate } from '../../../src/shared/expression/parse-expression.ts';

describe('checkExpression', () => {
  it.each(['a.b[0]', '$sum(items.price)', '{"total": $sum(a)}', '/ab+/i', '($x := 1; $x + 1)'])(
    'accepts %s',
    (expression) => {
      expect(checkExpression(expression)).toEqual({ ok: true });
    },
  );

  it.each([
    ['1 +', 3],
    ['a[', 2],
    ['{"a": }', 7],
    ['"open', 5],
    ['$$$$(', 5],
    ['/[z-a]/', 0],
    ['', 0],
  ])('refuses %j with the position and a reason', (expression, position) => {
    expect(checkExpression(expression)).toMatchObject({ ok: false, position });
    expect(checkExpression(expression)).toHaveProperty('reason', expect.stringMatching(/\w{3}/));
  });

  it('refuses what is too deep or too long without falling over', () => {
    expect(checkExpression(`${'('.repeat(20_000)}1${')'.repeat(20_000)}`)).toMatchObject({ ok: false });
    expect(checkExpression('1+'.repeat(40_000))).toMatchObject({ ok: false, position: 65_536 });
  });
});

describe('checkTemplate', () => {
  it('counts the position from the start of the template', () => {
    expect(checkTemplate('Hello {{ name }}')).toEqual({ ok: true });
    expect(checkTemplate('Hello {{ 1 + }}')).toMatchObject({ ok: false, position: 12 });
    expect(checkTemplate('Hello {{ name')).toMatchObject({ ok: false, position: 6 });
  });
});
