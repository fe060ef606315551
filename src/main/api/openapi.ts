/**
 * `GET /v1/openapi.json`: this API and every active webhook endpoint with its parameters and its authentication, for
 * callers' tools and for `/docs` (SPEC 11). The API's own part is made once; the endpoints are read with each call.
 */
import { OpenAPIGenerator } from '@orpc/openapi';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { AppError } from '../../shared/errors.ts';
import { lanOrigins } from '../base/addresses.ts';
import { exportOperation } from './export-download.ts';
import { recordExportOperation } from './record-export.ts';
import { recordImportRequest } from './record-import.ts';
import { callerOrigin, ownOrigin } from './origins.ts';
import type { ApiParts } from './parts.ts';
import { type ApiContext, hasScope } from './procedures.ts';
import type { ApiRouter } from './router.ts';
import { webhookPaths } from './webhook-docs.ts';
import { answerSchemas } from './webhook-responses.ts';
import { fieldsIn, type Json } from './webhook-security.ts';

const errorSchema = {
  type: 'object',
  required: ['success', 'error', 'msg', 'requestId'],
  properties: {
    success: { const: false },
    error: { type: 'string', description: 'A code, e.g. not_found, conflict, invalid.' },
    msg: { type: 'string' },
    requestId: { type: 'string' },
    missing: {
      type: 'array',
      items: { type: 'string' },
      description: 'With missing_parameter: their names.',
    },
    executionId: { type: 'string', description: 'With run_failed, run_timeout and no_response: the run.' },
    issues: {
      type: 'array',
      items: { type: 'object', properties: { path: { type: 'string' }, message: { type: 'string' } } },
    },
  },
} as const;

const recordImportPath = '/v1/entities/{name}/import';
const idParameter = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };
const healthOperation = {
  operationId: 'healthz',
  tags: ['System'],
  summary: 'Whether requests are taken; needs no token',
  security: [{}],
  responses: {
    '200': { description: 'They are.', content: { 'application/json': { schema: { type: 'object' } } } },
    '503': {
      description: 'The store can not be written.',
      content: { 'application/json': { schema: { type: 'object' } } },
    },
  },
};
const bodyOperation = {
  operationId: 'requests.body',
  tags: ['Requests'],
  summary: 'The exact bytes that arrived',
  parameters: [idParameter],
  responses: {
    '200': { description: 'OK', content: { 'application/octet-stream': { schema: { type: 'string' } } } },
  },
};
const documentOperation = {
  operationId: 'openapi',
  tags: ['System'],
  summary: 'This document',
  responses: {
    '200': { description: 'OK', content: { 'application/json': { schema: { type: 'object' } } } },
  },
};

/** Refusals of `/v1` by status, and when a call can get them. */
const refusals = [
  ['400', 'bad_request, malformed_json: what was sent can not be read.', 'body'],
  ['401', 'unauthorized: the token is missing or wrong.', 'all'],
  ['403', 'forbidden: the token has not the scope for this call.', 'all'],
  ['404', 'not_found: there is no such object.', 'id'],
  ['409', 'conflict: not possible in the present state.', 'change'],
  ['413', 'payload_too_large: the body is larger than 5 MiB.', 'body'],
  ['422', 'invalid: the faults stand in `issues`, with their paths.', 'all'],
  ['500', 'internal: something went wrong here; the log says more.', 'all'],
  ['503', 'storage_unavailable: nothing was changed.', 'change'],
] as const;

/** The same for every call that can get it; what a call says itself stays. */
function withRefusals(path: string, method: string, operation: Json): Json {
  const traits = new Set<string>(['all']);
  if (path.includes('{')) traits.add('id');
  if (method !== 'get') traits.add('change');
  if (operation['requestBody'] !== undefined) traits.add('body');
  const own = refusals.filter(([, , trait]) => traits.has(trait));
  const added = own.map(([status]) => [status, { $ref: `#/components/responses/V1-${status}` }] as const);
  return { ...operation, responses: { ...Object.fromEntries(added), ...fieldsIn(operation['responses']) } };
}

function withRefusalsEverywhere(paths: Json): Json {
  return Object.fromEntries(
    Object.entries(paths).map(([path, item]): [string, Json] => [
      path,
      Object.fromEntries(
        Object.entries(fieldsIn(item)).map(([method, operation]): [string, unknown] => [
          method,
          withRefusals(path, method, fieldsIn(operation)),
        ]),
      ),
    ]),
  );
}

const refusalResponses: Json = Object.fromEntries(
  refusals.map(([status, description]) => [
    `V1-${status}`,
    { description, content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
  ]),
);

/** Where callers reach this receiver: what they are told to use first, then this machine and its networks. */
function serversOf(parts: ApiParts): readonly Json[] {
  const { host, port } = parts.control.listening();
  const told = callerOrigin(parts);
  const local = ownOrigin(parts);
  return [
    ...(told === local ? [] : [{ url: told, description: 'The public address' }]),
    { url: local, description: 'On this machine' },
    ...lanOrigins(host, port)
      .filter((url) => url !== local)
      .map((url) => ({ url, description: 'In this network' })),
  ];
}

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
    const told = Object.fromEntries(entries);
    const recordImport = fieldsIn(fieldsIn(told[recordImportPath])['post']);
    const paths = withRefusalsEverywhere({
      ...told,
      [recordImportPath]: { post: { ...recordImport, ...recordImportRequest } },
      '/v1/requests/{id}/body': { get: bodyOperation },
      '/v1/requests/export': { get: exportOperation },
      '/v1/entities/{name}/export': { get: recordExportOperation },
      '/v1/openapi.json': { get: documentOperation },
    });
    return { document, paths: { ...paths, '/healthz': { get: healthOperation } } };
  }

  return async (context) => {
    if (!hasScope(context, 'read')) throw new AppError({ code: 'forbidden' });
    own ??= generate();
    const { document, paths } = await own;
    const hooks = webhookPaths(parts);
    return {
      ...document,
      servers: serversOf(parts),
      tags: [
        { name: 'Webhooks', description: 'What is active now: what callers send, and what they get back.' },
      ],
      paths: { ...paths, ...hooks.paths },
      components: {
        ...document.components,
        schemas: { ...document.components?.schemas, Error: errorSchema, ...answerSchemas },
        responses: refusalResponses,
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'An API token of this install.' },
          ...hooks.securitySchemes,
        },
      },
    };
  };
}
