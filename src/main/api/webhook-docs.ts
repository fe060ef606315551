/** Active webhook endpoints as OpenAPI paths: methods, parameters, authentication, answers (SPEC 11). */
import type { EndpointSettings } from '../../shared/model/endpoint.ts';
import type { EndpointRow } from '../store/types.ts';
import { withSample } from '../../shared/model/sample.ts';
import { methodsOf, styleOf } from '../styles/registry.ts';
import { type BoundWorkflow, isLive, readSurroundings } from './endpoint-surroundings.ts';
import { settingsOf } from './endpoint-view.ts';
import type { ApiParts } from './parts.ts';
import { responsesOf } from './webhook-responses.ts';
import { parametersOf, requestBodyOf } from './webhook-schemas.ts';
import { type Json, securityOf, type WebhookSecurity } from './webhook-security.ts';

interface WebhookDocs {
  readonly paths: Json;
  readonly securitySchemes: Json;
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    "The same for every try of one delivery: further ones start nothing and get the first one's run.",
  schema: { type: 'string' },
};

/** What a caller should know beside the fields, as Markdown. */
function descriptionOf(
  { description }: EndpointRow,
  bound: readonly BoundWorkflow[],
  settings: EndpointSettings,
  security: WebhookSecurity,
): string {
  const { definition } = styleOf(settings.style);
  const { ipAllow, maxBodyBytes = 1_048_576, rateLimit } = settings;
  return [
    description,
    `Starts or resumes: ${bound.map(({ row }) => row.name).join(', ')}. ${definition.title}: ${definition.description}`,
    `**Authentication.** ${security.sentence}`,
    security.provider?.handshake == null ? '' : `**Handshake.** ${security.provider.handshake}`,
    security.isTypeable
      ? ''
      : 'A signature can not be typed in here: `POST /v1/endpoints/{id}/snippets` gives commands that sign, `POST /v1/endpoints/{id}/test` sends a signed call.',
    `**Limits.** A body of at most ${maxBodyBytes} bytes.${rateLimit === undefined ? '' : ` ${rateLimit.perMinute} requests a minute.`}${ipAllow === undefined ? '' : ' Only from addresses on its list.'}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function operationsOf(
  endpoint: EndpointRow,
  bound: readonly BoundWorkflow[],
  settings: EndpointSettings,
  security: WebhookSecurity,
): Json {
  const resumes = bound.some(({ isStart, config }) => !isStart || config.onMatch === 'resume');
  const role = bound.some(({ isStart }) => isStart) ? 'start' : 'wait';
  const responses = responsesOf(settings, { isAuthenticated: security.schemes.length > 0, resumes });
  const ownKey = settings.dedupe?.key ?? '';
  const own = parametersOf(settings);
  const isNamed = own.some((parameter) => String(parameter['name']).toLowerCase() === 'idempotency-key');
  const isKeyed = ownKey !== '' || isNamed || security.provider !== undefined;
  const parameters = [...own, ...(isKeyed ? [] : [idempotencyKey])];
  const operations = methodsOf(settings).map((method): [string, Json] => [
    method.toLowerCase(),
    {
      operationId: `webhook.${endpoint.id}.${method.toLowerCase()}`,
      tags: ['Webhooks'],
      summary: endpoint.name,
      description: descriptionOf(endpoint, bound, settings, security),
      security:
        security.schemes.length === 0
          ? [{}]
          : [Object.fromEntries(security.schemes.map(([name]) => [name, []]))],
      parameters,
      ...(method === 'GET' ? {} : { requestBody: requestBodyOf(settings, role) }),
      responses,
    },
  ]);
  return Object.fromEntries(operations);
}

/** Where any waiting run goes on, by the token in the URL it gave out. */
const resumePath: Json = {
  post: {
    operationId: 'webhook.resume.post',
    tags: ['Webhooks'],
    summary: 'Resume the run this URL belongs to',
    description: 'A run that waits gives out this URL (`{{run.resumeUrl}}`). It is good for one use.',
    security: [{}],
    parameters: [{ name: 'token', in: 'path', required: true, schema: { type: 'string' } }],
    requestBody: { required: false, content: { 'application/json': { schema: {} }, '*/*': { schema: {} } } },
    responses: responsesOf({ style: 'native' }, { isAuthenticated: false, resumes: true }),
  },
};

/** Paths of every endpoint callers can use now. */
export function webhookPaths(parts: ApiParts): WebhookDocs {
  const around = readSurroundings(parts);
  const paths: Record<string, Json> = {};
  const securitySchemes: Record<string, Json> = {};
  for (const endpoint of parts.store.read.endpoints.list()) {
    const bound = around.bound(endpoint);
    if (!isLive(endpoint, bound)) continue;
    const sample = parts.store.read.samples.byEndpoint(endpoint.id);
    const settings = withSample(settingsOf(endpoint, bound), sample);
    const security = securityOf(parts, endpoint, settings);
    for (const [name, scheme] of security.schemes) securitySchemes[name] = scheme;
    paths[endpoint.path] = operationsOf(endpoint, bound, settings, security);
  }
  return { paths: { ...paths, '/hooks/resume/{token}': resumePath }, securitySchemes };
}
