/**
 * The file of a regression test (`*.case.json`): a workflow as it was, what arrived, what the world answered, and what
 * has to come of it. Complete by itself and without secrets, so that it can live in a repository.
 */
import { z } from 'zod';
import { documentSchema, nodeIdSchema } from './document.ts';
import { headerListSchema } from './request.ts';
import { parseCasePath } from './case-compare.ts';

/** The first line of every file. */
export const caseFormat = 'hookyard-case/1';

const instant = z.iso.datetime({ offset: true });

/** Paths whose values are not compared, as ids and times are new every time. */
const ignoreSchema = z
  .array(
    z
      .string()
      .max(1_000)
      .refine((path) => parseCasePath(path) !== undefined, 'a path such as $.items[*].id'),
  )
  .max(1_000)
  .default([]);

/** Bytes: as text where they are UTF-8. */
const bodySchema = z.discriminatedUnion('encoding', [
  z.strictObject({ encoding: z.literal('utf8'), data: z.string() }),
  z.strictObject({ encoding: z.literal('base64'), data: z.base64() }),
]);
export type CaseBody = z.infer<typeof bodySchema>;

const requestShape = {
  /** The webhook node it comes to; the URL is that of the node in the test. */
  nodeId: nodeIdSchema,
  method: z.string().regex(/^[A-Z]{1,20}$/, 'capital letters'),
  /** Where it came to when it was captured, for people. */
  path: z.string().max(8_192).optional(),
  /** As it stands in the URL, without `?` and without keys. */
  query: z.string().max(8_192).default(''),
  /** In the order and case sent; no credentials, nothing that speaks of the connection. */
  headers: headerListSchema.default([]),
  body: bodySchema.nullable().default(null),
} as const;

/** What the test begins with: a call over HTTP, or a start by hand. */
const triggerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('request'), ...requestShape }),
  z.strictObject({ kind: z.literal('input'), input: z.unknown() }),
]);

/** A call that comes while the run waits at its node. */
const deliverySchema = z.strictObject(requestShape);
export type CaseDelivery = z.infer<typeof deliverySchema>;

/** How a step ends that depends on the world; the first time by the first, the last one stands for all that follow. */
const stubSchema = z.strictObject({
  output: z.unknown().optional(),
  port: z.string().max(100).optional(),
  error: z.strictObject({ code: z.string().max(60), message: z.string().max(4_000) }).optional(),
});
export type CaseStub = z.infer<typeof stubSchema>;

const responseSchema = z.strictObject({
  status: z.number().int().min(100).max(599),
  /** Those that have to be there with exactly these values; others may come beside them. */
  headers: z.record(z.string(), z.string()).default({}),
  /** The body as JSON, or as text; neither: it is not looked at. */
  json: z.unknown().optional(),
  text: z.string().optional(),
  ignore: ignoreSchema,
});
export type CaseResponse = z.infer<typeof responseSchema>;

/** One execution of a step, in the order of executions of this step. What is left out is not looked at. */
const stepSchema = z.strictObject({
  nodeId: nodeIdSchema,
  status: z.enum(['succeeded', 'failed', 'cancelled']),
  port: z.string().max(100).optional(),
  /** What an outward step was about to do. */
  input: z.unknown().optional(),
  output: z.unknown().optional(),
  error: z.string().max(60).optional(),
  /** Over `{"input": …, "output": …}`, e.g. `$.output.headers.date`. */
  ignore: ignoreSchema,
});
export type CaseStep = z.infer<typeof stepSchema>;

const expectSchema = z.strictObject({
  /** Null: no caller is answered, or the answer is not looked at. */
  response: responseSchema.nullable(),
  /** Null: no run starts. */
  run: z
    .strictObject({
      status: z.enum(['succeeded', 'failed', 'cancelled']),
      /** Code of the error of a failed run. */
      error: z.string().max(60).optional(),
    })
    .nullable(),
  steps: z.array(stepSchema).max(10_000),
});
export type CaseExpectation = z.infer<typeof expectSchema>;

/** The file. */
export const caseSchema = z.strictObject({
  format: z.literal(caseFormat),
  name: z.string().trim().min(1).max(200),
  description: z.string().max(10_000).default(''),
  /** When what it is made of happened: the test's clock begins there. */
  capturedAt: instant.optional(),
  workflow: documentSchema,
  /** Rows that have to be there. */
  records: z
    .array(
      z.strictObject({
        entity: z.string().min(1).max(100),
        cuid: z.string().min(1).max(64),
        data: z.record(z.string(), z.unknown()),
      }),
    )
    .default([]),
  /** Named secrets the workflow uses, with the hosts they may go to; the test makes up the values. */
  secrets: z.array(z.strictObject({ name: z.string(), hosts: z.array(z.string()) })).default([]),
  trigger: triggerSchema,
  deliveries: z.array(deliverySchema).default([]),
  stubs: z.record(nodeIdSchema, z.array(stubSchema).min(1)).default({}),
  expect: expectSchema,
});
export type CaseFile = z.infer<typeof caseSchema>;

/** What stands in the file: readable, in a fixed order, with a line break at the end. */
export function writeCase(file: CaseFile): string {
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** A name for the file that every system takes. */
export function caseFileName(name: string): string {
  const word = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return `${word === '' ? 'workflow' : word}.case.json`;
}
