/**
 * `GET /v1/openapi.json`: this API and every active webhook endpoint with its parameters and its authentication, for
 * callers' tools and for `/docs` (SPEC 11). The API's own part is made once; the endpoints are read with each call.
 */
import { OpenAPIGenerator } from '@orpc/openapi';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { exportLimit, requestFilterShape } from '../../shared/contract/inspector.ts';
import { AppError } from '../../shared/errors.ts';
import { callerOrigin } from './origins.ts';
import type { ApiParts } from './parts.ts';
import { type ApiContext, hasScope } from './procedures.ts';
import type { ApiRouter } from './router.ts';
import { webhookPaths } from './webhook-docs.ts';

const errorSchema = {
  type: 'object',
  required: ['success', 'error', 'msg', 'requestId'],
  properties: {
    success: { const: false },
    error: { type: 'string', description: 'A code, e.g. not_found, conflict, invalid.' },
    msg: { type: 'string' },
    requestId: { type: 'string' },
    issues: {
      type: 'array',
      items: { type: 'object', properties: { path: { type: 'string' }, message: { type: 'string' } } },
    },
  },
} as const;

const bodyOperation = {
  operationId: 'requests.body',
  tags: ['Requests'],
  summary: 'The exact bytes that arrived',
  parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
  responses: {
    '200': { description: 'OK', content: { 'application/octet-stream': { schema: { type: 'string' } } } },
  },
};

const exportOperation = {
  operationId: 'requests.export',
  tags: ['Requests'],
  summary: 'Requests as a HAR 1.2 or JSON file: chosen ones, or those the filters hold for',
  parameters: [
    { name: 'format', in: 'query', schema: { type: 'string', enum: ['har', 'json'], default: 'har' } },
    { name: 'ids', in: 'query', schema: { type: 'array', items: { type: 'string' }, maxItems: exportLimit } },
    ...Object.keys(requestFilterShape).map((name) => ({ name, in: 'query', schema: { type: 'string' } })),
  ],
  responses: {
    '200': { description: 'OK', content: { 'application/json': { schema: { type: 'object' } } } },
  },
};

/** A part of an OpenAPI document; tools read it as JSON, nothing here does. */
type Json = Readonly<Record<string, unknown>>;

/** Makes the document for a caller. @throws AppError `forbidden` */
export function createOpenApi(parts: ApiParts, router: ApiRouter): (context: ApiContext) => Promise<Json> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  let own: ReturnType<typeof generate> | undefined;

  async function generate() {
    const document = await generator.generate(router, {
      info: {
        title: 'Hookyard',
        version: parts.version,
        description: 'The API of this install, and every webhook that is active now.',
      },
      security: [{ token: [] }],
      customErrorResponseBodySchema: errorSchema,
    });
    const entries = Object.entries(document.paths ?? {}).map(([path, item]): [string, unknown] => [
      `/v1${path}`,
      item,
    ]);
    const paths: Json = {
      ...Object.fromEntries(entries),
      '/v1/requests/{id}/body': { get: bodyOperation },
      '/v1/requests/export': { get: exportOperation },
    };
    return { document, paths };
  }

  return async (context) => {
    if (!hasScope(context, 'read')) throw new AppError({ code: 'forbidden' });
    own ??= generate();
    const { document, paths } = await own;
    const hooks = webhookPaths(parts);
    return {
      ...document,
      servers: [{ url: callerOrigin(parts) }],
      paths: { ...paths, ...hooks.paths },
      components: {
        ...document.components,
        schemas: { ...document.components?.schemas, Error: errorSchema },
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'An API token of this install.' },
          ...hooks.securitySchemes,
        },
      },
    };
  };
}
