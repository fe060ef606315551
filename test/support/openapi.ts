/**
 * What makes a document valid OpenAPI 3.1, as far as its readers depend on it: the shape of every operation, parameters of a
 * path that are all declared, references that lead somewhere, security schemes that exist, ids that are unique.
 */
import { z } from 'zod';

const schema = z.union([z.boolean(), z.looseObject({})]);
const content = z.record(z.string().min(1), z.looseObject({ schema: schema.optional() }));
const reference = z.strictObject({ $ref: z.string() });
const parameter = z
  .strictObject({
    name: z.string().min(1),
    in: z.enum(['path', 'query', 'header', 'cookie']),
    required: z.boolean().optional(),
    description: z.string().optional(),
    deprecated: z.boolean().optional(),
    schema: schema.optional(),
    content: content.optional(),
    style: z.string().optional(),
    explode: z.boolean().optional(),
    allowReserved: z.boolean().optional(),
    allowEmptyValue: z.boolean().optional(),
    example: z.unknown().optional(),
  })
  .refine((one) => one.in !== 'path' || one.required === true, 'a path parameter is required')
  .refine((one) => (one.schema === undefined) !== (one.content === undefined), 'either schema or content');
const response = z.strictObject({
  description: z.string(),
  headers: z.record(z.string(), z.looseObject({})).optional(),
  content: content.optional(),
});
const operation = z.strictObject({
  operationId: z.string().min(1),
  tags: z.array(z.string()).optional(),
  summary: z.string().optional(),
  description: z.string().optional(),
  deprecated: z.boolean().optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  parameters: z.array(z.union([reference, parameter])).optional(),
  requestBody: z
    .strictObject({ description: z.string().optional(), required: z.boolean().optional(), content })
    .optional(),
  responses: z
    .record(z.string().regex(/^(?:[1-5]\d\d|[1-5]XX|default)$/), z.union([reference, response]))
    .refine((all) => Object.keys(all).length > 0, 'at least one response'),
});
const securityScheme = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('apiKey'),
    in: z.enum(['header', 'query', 'cookie']),
    name: z.string().min(1),
    description: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('http'),
    scheme: z.enum(['basic', 'bearer']),
    bearerFormat: z.string().optional(),
    description: z.string().optional(),
  }),
]);
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;
const componentName = z.string().regex(/^[A-Za-z0-9._-]+$/);

export const openApiSchema = z.strictObject({
  openapi: z.string().regex(/^3\.1\.\d+$/),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  servers: z.array(z.strictObject({ url: z.url(), description: z.string().optional() })).min(1),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  tags: z.array(z.strictObject({ name: z.string(), description: z.string().optional() })).optional(),
  paths: z.record(z.string().startsWith('/'), z.partialRecord(z.enum(methods), operation)),
  components: z.strictObject({
    schemas: z.record(componentName, schema),
    responses: z.record(componentName, response).optional(),
    securitySchemes: z.record(componentName, securityScheme),
  }),
});
export type OpenApi = z.infer<typeof openApiSchema>;
type Operation = z.infer<typeof operation>;

/** Reads a document. @throws ZodError, or an Error that names what leads nowhere */
export function readOpenApi(value: unknown): OpenApi {
  const document = openApiSchema.parse(value);
  const ids = new Set<string>();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, one] of Object.entries(item)) checkOperation(document, `${method} ${path}`, one, ids);
  }
  for (const target of referencesIn(document)) {
    if (valueAt(document, target) === undefined) throw new Error(`The reference ${target} leads nowhere.`);
  }
  return document;
}

function checkOperation(document: OpenApi, place: string, one: Operation, ids: Set<string>): void {
  if (ids.has(one.operationId)) throw new Error(`${place}: the id ${one.operationId} is there twice.`);
  ids.add(one.operationId);
  const wanted = new Set([...place.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
  const declared = new Set(
    (one.parameters ?? []).flatMap((all) => ('name' in all && all.in === 'path' ? [all.name] : [])),
  );
  if (wanted.symmetricDifference(declared).size > 0) {
    throw new Error(`${place}: path parameters ${[...declared].join()}.`);
  }
  for (const requirement of one.security ?? document.security ?? []) {
    for (const name of Object.keys(requirement)) {
      if (document.components.securitySchemes[name] === undefined)
        throw new Error(`${place}: no scheme ${name}.`);
    }
  }
}

function referencesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : referencesIn(inner),
  );
}

function valueAt(document: unknown, target: string): unknown {
  if (!target.startsWith('#/')) return undefined;
  return target
    .slice(2)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (holder, key) =>
        typeof holder === 'object' && holder !== null
          ? Object.getOwnPropertyDescriptor(holder, key)?.value
          : undefined,
      document,
    );
}
