/** Expressions while they are written: what they can use at a step, and what they give (SPEC 7, UI Expression fields). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { documentSchema } from '../model/document.ts';
import { timeSchema } from './views.ts';

/** A step of a workflow: of its draft, or of a document that is not saved yet. */
const place = {
  workflow: z.string().min(1).max(64).optional(),
  document: documentSchema.optional(),
  node: z.string().min(1).max(40).optional(),
} as const;

/** Where a part of a scope comes from. */
export const scopePartSchema = z.object({
  /** `trigger`, `params`, `target`, `steps.total`, `item` … */
  path: z.string(),
  /**
   * `sample`: the endpoint's sample request. `run`: what really was there in a run. `example`: made of examples people
   * gave, or of the scope itself. `typed`: only the form is known, the values are not.
   */
  source: z.enum(['sample', 'run', 'example', 'typed']),
  runId: z.string().nullable(),
  requestId: z.string().nullable(),
  at: timeSchema.nullable(),
});
export type ScopePart = z.infer<typeof scopePartSchema>;

const scopeAnswer = z.object({
  /** The names an expression can use there, with values for completion; long texts and lists are cut. */
  scope: z.record(z.string(), z.unknown()),
  parts: z.array(scopePartSchema),
  /** Names of the secrets that may stand between braces in fields of steps that send something out. */
  secrets: z.array(z.string()),
  /** Something was cut: values are longer than shown. */
  isCut: z.boolean(),
});

const previewAnswer = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    /** False: the expression has no value there. */
    hasValue: z.boolean(),
    value: z.unknown().optional(),
    type: z.enum(['string', 'number', 'boolean', 'object', 'array', 'null', 'nothing']),
    isCut: z.boolean(),
  }),
  z.object({
    ok: z.literal(false),
    code: z.string(),
    /** One sentence, with the place. */
    message: z.string(),
    reason: z.string(),
    /** Characters from the start of the text to behind what is wrong; 0: all of it. */
    position: z.number().int(),
    /** Of the text at fault inside a template of several. */
    path: z.string().nullable(),
  }),
]);
export type PreviewAnswer = z.infer<typeof previewAnswer>;

export const expressions = {
  scope: oc
    .route({
      method: 'POST',
      path: '/expressions/scope',
      tags: ['Workflows'],
      summary:
        'What an expression at a step can use: real values of the newest run or the sample, else examples',
    })
    .input(z.strictObject({ ...place, node: z.string().min(1).max(40) }))
    .output(scopeAnswer),
  preview: oc
    .route({
      method: 'POST',
      path: '/expressions/preview',
      tags: ['Workflows'],
      summary: 'What an expression or a template gives, over a scope that is sent or that of a step',
    })
    .input(
      z.strictObject({
        ...place,
        expression: z.string().max(100_000).optional(),
        /** A text, or any value with texts in it. */
        template: z.unknown().optional(),
        scope: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .output(previewAnswer),
};
