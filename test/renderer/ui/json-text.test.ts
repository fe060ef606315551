import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJsonOrText, writeJsonOrText } from '../../../src/renderer/ui/json-text.ts';

describe('a JSON value or a text', () => {
  it('takes a template for a text', () => {
    expect(readJsonOrText('{{trigger.payload}}', true)).toEqual({ ok: true, value: '{{trigger.payload}}' });
    expect(readJsonOrText('Hello {{params.name}}', true)).toEqual({
      ok: true,
      value: 'Hello {{params.name}}',
    });
  });

  it('tells of broken JSON where JSON was meant', () => {
    expect(readJsonOrText('{"a": ', true).ok).toBe(false);
    expect(readJsonOrText('[1, 2', true).ok).toBe(false);
    expect(readJsonOrText('Hello', false).ok).toBe(false);
  });

  it('reads back whatever it wrote', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.boolean(), (value, isTextAllowed) => {
        const read = readJsonOrText(writeJsonOrText(value, isTextAllowed), isTextAllowed);
        expect(read).toEqual({ ok: true, value: JSON.parse(JSON.stringify(value)) });
      }),
    );
  });
});
