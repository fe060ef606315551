/**
 * Forms people fill in: the questions of an approval or of a manual start, and the judge of what was answered. The same
 * rule holds in the app and over `/v1`.
 */
import { z } from 'zod';
import type { Field } from '../fields.ts';

export const formFieldTypes = ['text', 'longText', 'number', 'boolean', 'date', 'select'] as const;
const longestText = 100_000;

/** One question. `name` is the key of its answer; `options` are the choices of a `select`. */
export const formFieldSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'a letter or _, then letters, digits or _'),
  label: z.string().max(200).optional(),
  type: z.enum(formFieldTypes).default('text'),
  required: z.boolean().optional(),
  options: z.array(z.string().max(1_000)).max(200).optional(),
  help: z.string().max(1_000).optional(),
});
export type FormField = z.infer<typeof formFieldSchema>;

/** A fault in an answer; the path is the name of its question. */
export interface FormIssue {
  readonly path: string;
  readonly message: string;
}

/** The setting `fields` of a step that asks questions. */
export const formFieldsField: Field = {
  name: 'fields',
  label: 'Form',
  kind: 'rows',
  rowLabel: 'question',
  maxItems: 50,
  help: 'Questions to be answered; the answers go on with the run.',
  fields: [
    {
      name: 'name',
      label: 'Name',
      kind: 'text',
      required: true,
      maxLength: 64,
      pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
      placeholder: 'amount',
      help: 'Letters, digits and _: the answer is found by it.',
    },
    { name: 'label', label: 'Question', kind: 'text', maxLength: 200, placeholder: 'Which amount?' },
    {
      name: 'type',
      label: 'Answer',
      kind: 'select',
      default: 'text',
      options: [
        { value: 'text', label: 'Text' },
        { value: 'longText', label: 'Long text' },
        { value: 'number', label: 'Number' },
        { value: 'boolean', label: 'Yes or no' },
        { value: 'date', label: 'Date' },
        { value: 'select', label: 'Choice' },
      ],
    },
    { name: 'required', label: 'Must be answered', kind: 'boolean' },
    {
      name: 'options',
      label: 'Choices',
      kind: 'list',
      maxItems: 200,
      when: { field: 'type', in: ['select'] },
    },
    { name: 'help', label: 'Hint', kind: 'text', maxLength: 1_000 },
  ],
};

/** The questions of a step's config; what is no question is left out, as a commit refuses it. */
export function readFormFields(config: Readonly<Record<string, unknown>>): readonly FormField[] {
  const { fields } = config;
  return (Array.isArray(fields) ? fields : []).flatMap((field: unknown) => {
    const parsed = formFieldSchema.safeParse(field);
    return parsed.success ? [parsed.data] : [];
  });
}

/** What is wrong with the questions themselves: names that are there twice, choices without any. */
export function checkFormFields(config: Readonly<Record<string, unknown>>): readonly FormIssue[] {
  const { fields } = config;
  const names = new Set<string>();
  return (Array.isArray(fields) ? fields : []).flatMap((given: unknown, index): FormIssue[] => {
    const path = `fields[${index}]`;
    const parsed = formFieldSchema.safeParse(given);
    if (!parsed.success) {
      return parsed.error.issues.map((issue) => ({
        path: [path, ...issue.path.map(String)].join('.'),
        message: issue.message,
      }));
    }
    const { name, type, options = [] } = parsed.data;
    const issues: FormIssue[] = [];
    if (names.has(name)) issues.push({ path: `${path}.name`, message: 'Another question has this name.' });
    names.add(name);
    if (type === 'select' && options.length === 0) {
      issues.push({ path: `${path}.options`, message: 'Give at least one choice.' });
    }
    return issues;
  });
}

function isDate(value: unknown): boolean {
  return typeof value === 'string' && (z.iso.date().safeParse(value).success || isDateTime(value));
}

function isDateTime(value: string): boolean {
  return z.iso.datetime({ offset: true, local: true }).safeParse(value).success;
}

/** Why an answer does not fit its question; undefined when it does. */
function faultOf({ type, options = [] }: FormField, value: unknown): string | undefined {
  switch (type) {
    case 'text':
    case 'longText':
      if (typeof value !== 'string') return 'A text is wanted.';
      return value.length > longestText ? 'This is longer than 100,000 characters.' : undefined;
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? undefined : 'A number is wanted.';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'Yes or no (true or false) is wanted.';
    case 'date':
      return isDate(value) ? undefined : 'A date is wanted, e.g. 2026-03-23 or 2026-03-23T15:30:00Z.';
    case 'select':
      return options.some((option) => option === value) ? undefined : `Choose one of: ${options.join(', ')}.`;
  }
}

/** An answer nobody gave. */
function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/**
 * Judges the answers to a form; without questions there is nothing to judge.
 * @param answers what was given; absent or null: nothing.
 */
export function checkForm(fields: readonly FormField[], answers: unknown): readonly FormIssue[] {
  if (fields.length === 0) return [];
  if (answers !== undefined && (typeof answers !== 'object' || Array.isArray(answers))) {
    return [{ path: '', message: 'The answers are an object: name of the question, answer.' }];
  }
  const given = new Map<string, unknown>(Object.entries(answers ?? {}));
  const known = new Set(fields.map((field) => field.name));
  const unknown = [...given.keys()]
    .filter((name) => !known.has(name))
    .map((name) => ({ path: name, message: 'The form has no such question.' }));
  const faults = fields.flatMap((field) => {
    const value = given.get(field.name);
    if (isEmpty(value)) {
      return field.required === true ? [{ path: field.name, message: 'This must be answered.' }] : [];
    }
    const message = faultOf(field, value);
    return message === undefined ? [] : [{ path: field.name, message }];
  });
  return [...unknown, ...faults];
}
