/** Forms: what is answered fits the questions, or each fault is named by its question. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkForm,
  checkFormFields,
  type FormField,
  formFieldTypes,
  readFormFields,
} from '../../../src/shared/model/form.ts';

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
const field = fc.record(
  {
    name,
    type: fc.constantFrom(...formFieldTypes),
    required: fc.boolean(),
    options: fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }),
  },
  { requiredKeys: ['name', 'type', 'options'] },
);
const fields = fc.uniqueArray(field, { selector: (one) => one.name, maxLength: 6 });

function answerTo({ type, options = [] }: FormField): unknown {
  const samples = {
    text: 'a',
    longText: 'b\nc',
    number: 1.5,
    boolean: false,
    date: '2026-03-23',
    select: options[0],
  };
  return samples[type];
}

describe('a form', () => {
  it('takes answers that fit, with what need not be answered left out', () => {
    fc.assert(
      fc.property(fields, fc.boolean(), (asked, isComplete) => {
        expect(checkFormFields({ fields: asked })).toEqual([]);
        expect(readFormFields({ fields: asked })).toHaveLength(asked.length);
        const answered = asked.filter((one) => isComplete || one.required === true);
        const answers = Object.fromEntries(answered.map((one) => [one.name, answerTo(one)]));
        expect(checkForm(asked, answers)).toEqual([]);
      }),
    );
  });

  it('names the question of every fault, and never throws', () => {
    fc.assert(
      fc.property(fields, fc.jsonValue(), (asked, answers) => {
        for (const { path, message } of checkForm(asked, answers)) {
          expect(message).not.toBe('');
          const isObject = typeof answers === 'object' && answers !== null && !Array.isArray(answers);
          const isKnown =
            asked.some((one) => one.name === path) || (isObject && Object.hasOwn(answers, path));
          expect(isKnown || path === '').toBe(true);
        }
      }),
    );
  });

  it('has no question __proto__ or constructor unless it asks one', () => {
    const answers: unknown = JSON.parse('{"__proto__": 1, "constructor": 2}');
    const asked: FormField[] = [{ name: 'a', type: 'text', required: true }];
    expect(checkForm(asked, answers).map(({ path }) => path)).toEqual(['__proto__', 'constructor', 'a']);
  });
});
