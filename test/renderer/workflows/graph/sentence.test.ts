import { expect, test } from 'vitest';
import type { Field } from '../../../../src/shared/fields.ts';
import { sentenceOf } from '../../../../src/renderer/features/workflows/graph/sentence.ts';

const fields: Field[] = [
  {
    name: 'method',
    label: 'Method',
    kind: 'select',
    default: 'GET',
    options: [{ value: 'GET', label: 'Get' }],
  },
  { name: 'url', label: 'URL', kind: 'template', required: true },
  { name: 'key', label: 'Key', kind: 'secret' },
];
const http = { summary: '{method} {url} {note}', fields };

test('slots are filled from the config, with defaults and the words of choices', () => {
  expect(sentenceOf(http, { url: 'https://a.example' })).toBe('Get https://a.example');
});

test('a required value that is missing shows as an ellipsis', () => {
  expect(sentenceOf(http, { method: 'PUT' })).toBe('PUT …');
});

test('a sentence of which nothing is known is none', () => {
  expect(sentenceOf({ summary: 'If {expression}', fields: [] }, {})).toBeNull();
});

test('secrets, long texts, lists and objects are shortened to what may be shown', () => {
  expect(sentenceOf({ summary: '{key}', fields }, { key: 'hush' })).toBe('••••');
  expect(sentenceOf({ summary: '{a}', fields: [] }, { a: 'x'.repeat(500) })?.length).toBe(120);
  expect(sentenceOf({ summary: '{a}', fields: [] }, { a: ['one', 'two'] })).toBe('one, two');
  expect(sentenceOf({ summary: '{a}', fields: [] }, { a: { b: 1, c: 2 } })).toBe('b, c');
  expect(sentenceOf({ summary: '{constructor}', fields: [] }, {})).toBeNull();
});
