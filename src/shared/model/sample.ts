/**
 * The sample of an endpoint (SPEC 6): what people showed as an example of its requests, the parameters read out of it, and
 * how later requests differ from it. The parameters live in two places with one rule: those a document or a shared source
 * states count; where it states none, those of the sample do. Whoever saves a sample writes them into the draft (or the
 * shared source) as well, so that the next version states them; a version that is live keeps what it states.
 */
import { z } from 'zod';
import type { EndpointSettings, Parameter } from './endpoint.ts';

/** Where a sample comes from: a request that was listened for, a JSON example, or key-value pairs. */
export const sampleSourceSchema = z.enum(['request', 'json', 'pairs']);
export type SampleSource = z.infer<typeof sampleSourceSchema>;

/** How long an endpoint listens for its sample (SPEC 6). */
export const listeningMs = 180_000;

/** Types of values as a shape knows them; `null` is a field whose type was not to be seen. */
export const shapeTypeSchema = z.enum(['string', 'number', 'boolean', 'date', 'object', 'array', 'null']);
export type ShapeType = z.infer<typeof shapeTypeSchema>;

/**
 * The form of a value without its contents. `fields` of an object that is too large or too deep to be compared field by
 * field is left out, and so is what is inside of it.
 */
export interface Shape {
  readonly types: readonly ShapeType[];
  /** As entries: names are the sender's. */
  readonly fields?: readonly (readonly [string, Shape])[] | undefined;
  /** What the items of a list have, put together. */
  readonly item?: Shape | undefined;
}
const shapeSchema: z.ZodType<Shape> = z.lazy(() =>
  z.object({
    types: z.array(shapeTypeSchema),
    fields: z.array(z.tuple([z.string(), shapeSchema])).optional(),
    item: shapeSchema.optional(),
  }),
);

/** The form of a request: its payload and its query. */
export const sampleShapeSchema = z.object({ body: shapeSchema, query: shapeSchema });
export type SampleShape = z.infer<typeof sampleShapeSchema>;

/**
 * How a request differs from the sample. Paths are those of the payload (`customer.name`, `lines[].qty` for a field of
 * list items, `$` for the payload itself); `?name` is a query parameter. Of what is new or missing as a whole only the
 * outermost is named.
 */
export const driftSchema = z.object({
  new: z.array(z.string()),
  missing: z.array(z.string()),
  retyped: z.array(z.object({ path: z.string(), was: z.string(), is: z.string() })),
});
export type Drift = z.infer<typeof driftSchema>;

/** Settings as they count: parameters nobody stated are those of the sample. */
export function withSample(
  settings: EndpointSettings,
  sample: { readonly parameters: readonly Parameter[] | null; readonly fullBody: boolean } | undefined,
): EndpointSettings {
  if (sample === undefined || sample.parameters === null || settings.parameters !== undefined)
    return settings;
  return {
    ...settings,
    parameters: [...sample.parameters],
    ...(sample.fullBody && settings.fullBody === undefined ? { fullBody: true } : {}),
  };
}
