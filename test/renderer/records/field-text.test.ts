/** Field values and the texts people type for them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readValue, showValue } from '../../../src/renderer/features/records/field-text.ts';

describe('field values as text', () => {
  it('reads back every JSON value it shows', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json: unknown = JSON.parse(JSON.stringify(value));
        fc.pre(typeof json !== 'string' && json !== null);
        expect(readValue(showValue(json), 'json')).toEqual({ ok: true, value: json });
      }),
    );
  });

  it('takes the empty text as no value, whatever the type', () => {
    for (const type of ['string', 'number', 'boolean', 'date', 'json'] as const) {
      expect(readValue('  ', type)).toEqual({ ok: true, value: null });
    }
  });

  it('says why a text is not of the type', () => {
    expect(readValue('twelve', 'number')).toEqual({ ok: false, why: 'Not a number' });
    expect(readValue('maybe', 'boolean').ok).toBe(false);
    expect(readValue('{', 'json').ok).toBe(false);
    expect(readValue('tomorrow-ish', 'date').ok).toBe(false);
  });
});
