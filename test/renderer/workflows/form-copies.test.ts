import { expect, test } from 'vitest';
import { createFormCopies } from '../../../src/renderer/features/workflows/step/form-copies.ts';

function memory(first: Record<string, string> = {}) {
  const map = new Map(Object.entries(first));
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
  };
}

test('what was typed into a step is there until it is forgotten', () => {
  const copies = createFormCopies(memory());
  copies.write('wf', 'step', { name: 'Typed', config: { url: 'x' } });
  expect(copies.read('wf', 'step')).toEqual({ name: 'Typed', config: { url: 'x' } });
  expect(copies.read('wf', 'other')).toBeNull();
  copies.clear('wf', 'step');
  expect(copies.read('wf', 'step')).toBeNull();
});

test('a copy that can not be read is none', () => {
  const copies = createFormCopies(memory({ 'hookyard.step.wf.a': '{', 'hookyard.step.wf.b': '{"name":1}' }));
  expect(copies.read('wf', 'a')).toBeNull();
  expect(copies.read('wf', 'b')).toBeNull();
});
