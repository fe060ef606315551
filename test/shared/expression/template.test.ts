import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { soleExpression, splitTemplate, textOf } from '../../../src/shared/expression/template.ts';

function expressionsOf(template: string): string[] {
  return splitTemplate(template).flatMap((part) => (part.kind === 'expression' ? [part.expression] : []));
}

describe('splitTemplate', () => {
  it.each([
    ['{{a}}', ['a']],
    ['{{ a }} and {{ b }}', ['a', 'b']],
    ['{{ {"a": {"b": 1}} }}', ['{"a": {"b": 1}}']],
    ['{{{"a": {"b": 1}}}}', ['{"a": {"b": 1}}']],
    ['{{ "}}" }}', ['"}}"']],
    ["{{ '}} \\' }}' & a }}", ["'}} \\' }}' & a"]],
    ['{{ `odd }} name` }}', ['`odd }} name`']],
    ['{{ a /* }} " */ }}', ['a /* }} " */']],
    ['{{ $match(a, /\\}\\}"/) }}', ['$match(a, /\\}\\}"/)']],
    ['{{ $replace(a, /[{}"]/, "") }}', ['$replace(a, /[{}"]/, "")']],
    ['{{ a / b }} "{{ c / d }}"', ['a / b', 'c / d']],
    ['{{ (a) / b.* / 2 }}/{{ x[0] / 2 }}', ['(a) / b.* / 2', 'x[0] / 2']],
    ["{{ customer's }} isn't {{ b }}", ["customer's", 'b']],
    ['{{ items{sku: qty} }}', ['items{sku: qty}']],
    ['{{ "{{" }}', ['"{{"']],
    ['{"a": {"b": "{{x}}"}}', ['x']],
    ['no expression }} at all', []],
    ['', []],
  ])('finds the expressions of %j', (template, expected) => {
    expect(expressionsOf(template)).toEqual(expected);
  });

  it.each([
    ['before {{ a', 7],
    ['{{ "a }}', 0],
    ['{{ {"a": 1 }}', 0],
    ['{{ a /* }}', 0],
    ['{{ `a }}', 0],
    ['ok {{ a }} {{', 11],
    ['x {{   }}', 2],
  ])('refuses %j and tells where', (template, position) => {
    expect(() => splitTemplate(template)).toThrow(
      expect.objectContaining({
        code: 'expression_invalid',
        details: expect.objectContaining({ position }) as unknown,
      }),
    );
  });

  it('says where each expression starts', () => {
    const template = 'Hi {{ name }}, {{\n  total }}';
    for (const part of splitTemplate(template)) {
      if (part.kind === 'text') continue;
      expect(template.slice(part.position).startsWith(part.expression)).toBe(true);
    }
  });

  it('puts any text and any value back together', () => {
    const text = fc.string().filter((value) => !value.includes('{{') && !value.endsWith('{'));
    const expression = fc.string().map((value) => JSON.stringify(value));
    const property = fc.property(fc.array(fc.tuple(text, expression)), text, (pairs, tail) => {
      const template = pairs.map(([before, inner]) => `${before}{{ ${inner} }}`).join('') + tail;
      const parts = splitTemplate(template);
      const filled = parts.map((part) =>
        part.kind === 'text' ? part.text : String(JSON.parse(part.expression)),
      );
      expect(filled.join('')).toBe(
        pairs.map(([before, inner]) => before + JSON.parse(inner)).join('') + tail,
      );
    });
    fc.assert(property);
  });

  it('ends on any text, in time that grows with its length only', () => {
    const piece = fc.constantFrom(
      '{{',
      '}}',
      '{',
      '}',
      '"',
      "'",
      '`',
      '/',
      '/*',
      '*/',
      '\\',
      'a',
      ' ',
      '(',
      '[',
      '.',
    );
    const property = fc.property(fc.array(piece, { maxLength: 300 }), (pieces) => {
      try {
        splitTemplate(pieces.join(''));
      } catch (error) {
        expect(error).toMatchObject({ code: 'expression_invalid' });
      }
    });
    fc.assert(property, { numRuns: 2000 });
  });
});

describe('soleExpression', () => {
  it.each([
    ['{{ a }}', true],
    [' \n{{ a }}\t', true],
    ['{{ a }}.', false],
    ['{{ a }}{{ b }}', false],
    ['text', false],
    ['', false],
  ])('%j is only one expression: %s', (template, expected) => {
    expect(soleExpression(splitTemplate(template)) !== undefined).toBe(expected);
  });
});

describe('textOf', () => {
  it.each([
    ['text', 'text'],
    [undefined, ''],
    [null, 'null'],
    [0.1, '0.1'],
    [1234567890123456, '1234567890123456'],
    [true, 'true'],
    [{ a: [1] }, '{"a":[1]}'],
  ])('writes %j as %j', (value, expected) => {
    expect(textOf(value)).toBe(expected);
  });
});
