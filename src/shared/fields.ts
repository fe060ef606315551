/**
 * Field descriptors: one list of plain data describes the settings of a step kind, an auth scheme or a style, and
 * gives its validator, its form, its defaults and which values are secret. Definitions travel to the renderer as JSON.
 */
import { z } from 'zod';

interface FieldBase {
  readonly name: string;
  readonly label: string;
  readonly help?: string;
  readonly required?: boolean;
  readonly placeholder?: string;
  /** Shown only while another field of the same list has one of these values. */
  readonly when?: { readonly field: string; readonly in: readonly unknown[] };
}

/** One setting, as data. `template` fields may hold `{{ }}`; `expression` fields hold bare JSONata (SPEC 8). */
export type Field = FieldBase &
  (
    | {
        readonly kind: 'text';
        readonly default?: string;
        readonly maxLength?: number;
        readonly pattern?: string;
        /** Names the interface offers while one types; anything may be entered. */
        readonly suggest?: 'entities' | 'workflows' | 'timeZones';
      }
    | { readonly kind: 'template'; readonly default?: string; readonly multiline?: boolean }
    | { readonly kind: 'expression'; readonly default?: string }
    | { readonly kind: 'code'; readonly default?: string }
    | {
        readonly kind: 'number';
        readonly default?: number;
        readonly min?: number;
        readonly max?: number;
        readonly integer?: boolean;
        readonly unit?: string;
        /** A text holding `{{ }}` may stand in place of the number. */
        readonly template?: boolean;
      }
    | { readonly kind: 'boolean'; readonly default?: boolean }
    | {
        readonly kind: 'select';
        readonly default?: string;
        readonly options: readonly { readonly value: string; readonly label: string }[];
      }
    /** Encrypted at rest, masked when read; generated (32 bytes base64url) when `generate` and absent. */
    | { readonly kind: 'secret'; readonly generate?: boolean }
    /** name → template; with `template` a text holding `{{ }}` may stand in place of them all. */
    | { readonly kind: 'map'; readonly template?: boolean }
    /** list of short texts; with `orText` one text stands for a list of it, with `scalars` numbers and truths are texts too */
    | {
        readonly kind: 'list';
        readonly maxItems?: number;
        readonly orText?: boolean;
        readonly scalars?: boolean;
      }
    /** any JSON value; texts inside are templates */
    | { readonly kind: 'json' }
    | { readonly kind: 'group'; readonly fields: readonly Field[] }
    /** list of groups, e.g. the questions of a form */
    | {
        readonly kind: 'rows';
        readonly fields: readonly Field[];
        /** What one of them is called, e.g. `question`. */
        readonly rowLabel: string;
        readonly maxItems?: number;
      }
  );

/** Values of the secret fields of a list, by field name. */
export type SecretValues = Readonly<Record<string, string>>;

/** A value, or a text that gives it. */
function orTemplate(validator: z.ZodType, isAllowed: boolean | undefined): z.ZodType {
  const template = z
    .string()
    .max(10_000)
    .regex(/\{\{.*\}\}/s);
  return isAllowed === true ? z.union([validator, template]) : validator;
}

function validatorOfField(field: Field): z.ZodType {
  switch (field.kind) {
    case 'text': {
      let text = z.string().max(field.maxLength ?? 10_000);
      if (field.pattern !== undefined) text = text.regex(new RegExp(field.pattern));
      return field.required ? text.min(1) : text;
    }
    case 'template':
    case 'expression':
    case 'code': {
      const text = z.string().max(1_000_000);
      return field.required ? text.min(1) : text;
    }
    case 'number': {
      let number = z.number();
      if (field.integer) number = number.int();
      if (field.min !== undefined) number = number.min(field.min);
      if (field.max !== undefined) number = number.max(field.max);
      return orTemplate(number, field.template);
    }
    case 'boolean':
      return z.boolean();
    case 'select':
      return z.enum(field.options.map((option) => option.value));
    case 'secret':
      return z.string().min(1).max(10_000);
    case 'map':
      return orTemplate(z.record(z.string().max(200), z.unknown()), field.template);
    case 'list': {
      const text = z.string().max(1_000);
      const item = field.scalars === true ? z.union([text, z.number(), z.boolean()]) : text;
      const texts = z.array(item).max(field.maxItems ?? 1_000);
      const list = field.required ? texts.min(1) : texts;
      return field.orText ? z.union([list, z.string().min(1).max(1_000)]) : list;
    }
    case 'json':
      return z.unknown();
    case 'group':
      return validatorOf(field.fields);
    case 'rows':
      return z.array(validatorOf(field.fields)).max(field.maxItems ?? 100);
  }
}

/** The strict validator of a field list: unknown keys are refused with their path; secrets are always optional. */
export function validatorOf(fields: readonly Field[]): z.ZodType<Record<string, unknown>> {
  const shape: Record<string, z.ZodType> = {};
  for (const field of fields) {
    const validator = validatorOfField(field);
    shape[field.name] = field.required && field.kind !== 'secret' ? validator : validator.optional();
  }
  return z.strictObject(shape);
}

/** The defaults of a field list, by field name; fields without a default are left out. */
export function defaultsOf(fields: readonly Field[]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const field of fields) {
    if (field.kind === 'group') values[field.name] = defaultsOf(field.fields);
    else if ('default' in field && field.default !== undefined) values[field.name] = field.default;
  }
  return values;
}

/** The names of the secret fields of a list. */
export function secretFieldsOf(fields: readonly Field[]): readonly string[] {
  return fields.filter((field) => field.kind === 'secret').map((field) => field.name);
}
