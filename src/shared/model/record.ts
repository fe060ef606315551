/** Worksheets as data from outside: entities with typed fields, and how their records are asked for (SPEC 2, 11). */
import { z } from 'zod';
import { conditionOps } from './record-filter.ts';
import { fieldTypes, judgeValue } from './record-values.ts';

export const entityNameSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,59}$/, 'a letter, then letters, digits or _');

/** What an id of a record may look like; ours begin with `rec_`. */
export const cuidSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'letters, digits, _ and -');

/** Names rows have already. */
const systemNames: readonly string[] = ['cuid', 'createdAt', 'updatedAt'];

/** A field of an entity. Keys that do not belong to its type are refused. */
export const fieldSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[^"\\\p{C}]{1,60}$/u, '1 to 60 characters without quotation marks and backslashes')
      .refine((name) => name === name.trim(), 'no space at the beginning or end')
      .refine((name) => !systemNames.includes(name), 'every record has this already'),
    type: z.enum(fieldTypes),
    /** Every record has a value. */
    required: z.boolean().optional(),
    /** No two records have the same value. */
    unique: z.boolean().optional(),
    /** Value of a new record that brings none. */
    default: z.unknown().optional(),
    /** With `select`: what can be chosen. */
    options: z.array(z.string().min(1).max(200)).min(1).max(500).optional(),
    /** With `reference`: the entity whose records it names. */
    entity: entityNameSchema.optional(),
  })
  .superRefine((field, context) => {
    const fault = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (field.type === 'select' && field.options === undefined) fault('options', 'a select needs options');
    if (field.type !== 'select' && field.options !== undefined) fault('options', 'only a select has options');
    if (field.type === 'reference' && field.entity === undefined)
      fault('entity', 'a reference needs the entity it names records of');
    if (field.type !== 'reference' && field.entity !== undefined)
      fault('entity', 'only a reference has an entity');
    if (field.type === 'json' && field.unique === true) fault('unique', 'a json field can not be unique');
    if (field.default === undefined || field.default === null) return;
    if (field.unique === true) fault('default', 'a unique field can not have a default');
    const verdict = judgeValue(field, field.default, false);
    if (!verdict.ok) fault('default', verdict.message);
  });

/** Fields of an entity: each name once. */
export const fieldListSchema = z
  .array(fieldSchema)
  .max(200)
  .superRefine((fields, context) => {
    const names = fields.map(({ name }) => name);
    const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
    if (twice < 0) return;
    context.addIssue({ code: 'custom', path: [twice, 'name'], message: 'Another field has this name.' });
  });

/** One condition of a filter; `value` is left out with `empty` and `notEmpty`, a list with `in`. */
export const conditionSchema = z.strictObject({
  field: z.string().min(1).max(200),
  op: z.enum(conditionOps),
  value: z.unknown().optional(),
});

/** All of them must hold. */
export const filterSchema = z.array(conditionSchema).max(20);

/** Who changed a record: a step of a run, the API, the app, an import, or a change of its entity. */
export const recordActorSchema = z.object({
  kind: z.enum(['run', 'api', 'app', 'import', 'entity']),
  runId: z.string().optional(),
  nodeId: z.string().optional(),
  jobId: z.string().optional(),
});

export const recordChangeKinds = ['create', 'update', 'delete'] as const;
