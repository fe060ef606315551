/** Active webhook endpoints as OpenAPI paths: methods, parameters, authentication, an example that passes the parser. */
import type { EndpointSettings, Parameter } from '../../shared/model/endpoint.ts';
import { methodsOf, styleOf } from '../styles/registry.ts';
import { readSurroundings } from './endpoint-surroundings.ts';
import { settingsOf } from './endpoint-view.ts';
import { authOf } from './hooks.ts';
import type { ApiParts } from './parts.ts';

/** A part of an OpenAPI document; tools read it as JSON, nothing here does. */
type Json = Readonly<Record<string, unknown>>;

interface WebhookDocs {
  readonly paths: Json;
  readonly securitySchemes: Json;
}

/** Named security schemes; all of them are needed together. */
type Security = readonly (readonly [string, Json])[];

const types: Readonly<Record<Parameter['type'], Json>> = {
  string: { type: 'string' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date-time' },
  object: { type: 'object' },
  array: { type: 'array', items: {} },
};

function schemaOf({ type, description, example }: Parameter): Json {
  return {
    ...types[type],
    ...(description === undefined ? {} : { description }),
    ...(example === undefined ? {} : { examples: [example] }),
  };
}

function text(settings: Readonly<Record<string, unknown>>, name: string, fallback: string): string {
  const value = settings[name];
  return typeof value === 'string' && value !== '' ? value : fallback;
}

/** What a caller has to show, as far as OpenAPI has words for it. */
function securityOf(id: string, settings: EndpointSettings): Security {
  const auth = authOf(settings);
  const inHeader = (suffix: string, name: string, description: string) =>
    [`${id}-${suffix}`, { type: 'apiKey', in: 'header', name, description }] as const;
  switch (auth.scheme) {
    case 'apiKey': {
      const place = auth['in'] === 'query' ? 'query' : 'header';
      const name = text(auth, 'name', 'x-api-key');
      return [[`${id}-key`, { type: 'apiKey', in: place, name }]];
    }
    case 'keyPair':
      return [
        inHeader('key', text(auth, 'keyHeader', 'x-api-key'), 'API key'),
        inHeader('secret', text(auth, 'secretHeader', 'x-api-secret'), 'API secret'),
      ];
    case 'hmac':
      return [
        inHeader(
          'signature',
          text(auth, 'header', 'X-Webhook-Signature'),
          'HMAC of the body with the shared secret',
        ),
      ];
    case 'appSign':
      return ['AppKey', 'Sign', 'Timestamp'].map((name) => [
        `${id}-${name}`,
        { type: 'apiKey', in: 'query', name } as const,
      ]);
    default:
      return [];
  }
}

function bodyOf(settings: EndpointSettings): Json {
  const fields = (settings.parameters ?? []).filter((parameter) => parameter.in === 'body');
  const sample = styleOf(settings.style).sampleRequest({ role: 'start' });
  const required = fields.filter((field) => field.required).map((field) => field.name);
  return {
    content: {
      [sample.contentType]: {
        schema: {
          type: 'object',
          properties: Object.fromEntries(fields.map((field) => [field.name, schemaOf(field)])),
          ...(required.length === 0 ? {} : { required }),
        },
        ...(fields.length === 0 ? { example: parsedOrText(sample.body) } : {}),
      },
    },
  };
}

function parsedOrText(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body);
    return value;
  } catch {
    return body;
  }
}

/** Paths of every endpoint callers can use now. */
export function webhookPaths(parts: ApiParts): WebhookDocs {
  const around = readSurroundings(parts);
  const paths: Record<string, Json> = {};
  const securitySchemes: Record<string, Json> = {};
  for (const endpoint of parts.store.read.endpoints.list()) {
    const bound = around.bound(endpoint);
    if (endpoint.state !== 'active' || !bound.some(({ version }) => version !== null)) continue;
    const settings = settingsOf(endpoint, bound);
    const security = securityOf(endpoint.id, settings);
    for (const [name, scheme] of security) securitySchemes[name] = scheme;
    const parameters = (settings.parameters ?? []).flatMap((parameter): Json[] =>
      parameter.in === 'body'
        ? []
        : [
            {
              // What a caller writes: a header is named by its path.
              name: parameter.path ?? parameter.name,
              in: parameter.in,
              required: parameter.required,
              schema: schemaOf(parameter),
            },
          ],
    );
    const operations = methodsOf(settings).map((method): [string, Json] => [
      method.toLowerCase(),
      {
        operationId: `webhook.${endpoint.id}.${method.toLowerCase()}`,
        tags: ['Webhooks'],
        summary: endpoint.name,
        description: `Starts or resumes: ${bound.map(({ row }) => row.name).join(', ')}`,
        security: security.length === 0 ? [{}] : [Object.fromEntries(security.map(([name]) => [name, []]))],
        parameters,
        ...(method === 'GET' ? {} : { requestBody: bodyOf(settings) }),
        responses: {
          '200': { description: 'Accepted and stored' },
          default: {
            description: 'Refused',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
          },
        },
      },
    ]);
    paths[endpoint.path] = Object.fromEntries(operations);
  }
  return { paths, securitySchemes };
}
