import { describe, expect, it } from 'vitest';
import { readTyped } from '../../../../src/main/receiver/gate/typed-value.ts';

describe('a value of a type', () => {
  it.each([
    ['date', '2026-03-23'],
    ['date', '2026-03-23T15:30:00Z'],
    ['date', '2026-03-23T15:30:00.123+02:00'],
    ['date', '2026-03-23 15:30'],
    ['date', '2024-02-29'],
    ['date', '2026-03-23T15:30:00+0200'],
    ['string', ''],
    ['number', -0],
    ['object', {}],
    ['array', []],
    ['boolean', false],
  ] as const)('%s takes %j as it is', (type, value) => {
    expect(readTyped(value, type, false)).toEqual({ value });
  });

  it.each([
    ['date', '23.03.2026'],
    ['date', '2026-02-30T25:00:00Z'],
    ['date', 1_700_000_000_000],
    ['date', '2026'],
    ['date', '2026-02-29'],
    ['date', '2026-00-01'],
    ['number', '1'],
    ['object', null],
    ['array', 'a'],
  ] as const)('%s refuses %j', (type, value) => {
    expect(readTyped(value, type, false)).toBeUndefined();
  });

  it('is read out of a text where there are only texts', () => {
    expect(readTyped(' 12 ', 'number', true)).toEqual({ value: 12 });
    expect(readTyped('[1,2]', 'array', true)).toEqual({ value: [1, 2] });
    expect(readTyped('solo', 'array', true)).toEqual({ value: ['solo'] });
    expect(readTyped(['a', 'b'], 'array', true)).toEqual({ value: ['a', 'b'] });
    expect(readTyped(['a', 'b'], 'string', true)).toBeUndefined();
    expect(readTyped('5', 'array', true)).toEqual({ value: ['5'] });
    for (const yes of ['true', 'TRUE', '1', 'on'])
      expect(readTyped(yes, 'boolean', true)).toEqual({ value: true });
    for (const no of ['false', '0', 'off']) expect(readTyped(no, 'boolean', true)).toEqual({ value: false });
    expect(readTyped('yes', 'boolean', true)).toBeUndefined();
    expect(readTyped('1e999', 'number', true)).toBeUndefined();
  });

  it('is no value when an empty text stands where there is no text', () => {
    for (const type of ['number', 'boolean', 'date', 'object'] as const)
      expect(readTyped('', type, true)).toEqual({ isBlank: true });
    expect(readTyped('', 'string', true)).toEqual({ value: '' });
    expect(readTyped('', 'date', false)).toEqual({ isBlank: true });
    expect(readTyped('', 'number', false)).toBeUndefined();
  });
});
