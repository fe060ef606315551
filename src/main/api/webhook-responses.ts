/** The answers a caller of an endpoint may get, with the codes in them (SPEC 4, 10): what is set tells which can come. */
import { errorTable, type ErrorCode } from '../../shared/errors.ts';
import { type EndpointSettings, responseSchema } from '../../shared/model/endpoint.ts';
import type { Json } from './webhook-security.ts';

/** Codes any endpoint may answer with, whatever is set. */
const usual: readonly ErrorCode[] = [
  'bad_request',
  'malformed_json',
  'malformed_body',
  'empty_body',
  'too_deep',
  'too_many_keys',
  'cross_site',
  'not_found',
  'method_not_allowed',
  'request_timeout',
  'payload_too_large',
  'uri_too_long',
  'unsupported_media_type',
  'idempotency_mismatch',
  'headers_too_large',
  'busy',
  'storage_unavailable',
  'internal',
];

/** What the description needs to know of an endpoint beside its settings. */
export interface AnswerFacts {
  readonly isAuthenticated: boolean;
  /** Some node behind it resumes runs. */
  readonly resumes: boolean;
}

const reference = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: Json): Json => ({ 'application/json': { schema } });

function codesOf(
  settings: EndpointSettings,
  { isAuthenticated, resumes }: AnswerFacts,
): readonly ErrorCode[] {
  const { filter, ipAllow, parameters = [], rateLimit, response, style } = settings;
  const waits = response !== undefined && response.mode !== 'minimal' && response.mode !== 'custom';
  const when = (isSo: boolean, ...codes: ErrorCode[]): ErrorCode[] => (isSo ? codes : []);
  return [
    ...usual,
    ...when(isAuthenticated, 'unauthorized', 'endpoint_misconfigured', 'rate_limited'),
    ...when(ipAllow !== undefined, 'ip_not_allowed'),
    ...when(rateLimit !== undefined && !isAuthenticated, 'rate_limited'),
    ...when(parameters.length > 0, 'missing_parameter', 'invalid_parameter'),
    ...when(style === 'validmind', 'unknown_action', 'target_not_found'),
    ...when(style === 'validmind' && parameters.length === 0, 'missing_parameter'),
    ...when(resumes, 'no_waiting_step'),
    ...when(filter !== undefined, 'expression_failed'),
    ...when(waits, 'run_timeout', 'run_failed', 'no_response'),
  ];
}

const retryAfter = { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } };

function refusals(codes: readonly ErrorCode[]): Json {
  const byStatus = Map.groupBy(codes, (code) => errorTable[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [
      String(status),
      {
        description: list.map((code) => `\`${code}\`: ${errorTable[code].message}`).join('\n\n'),
        ...(status === 429 || status === 503 ? { headers: retryAfter } : {}),
        content: json(reference('Error')),
      },
    ]),
  );
}

const modeWords: Readonly<Record<string, string>> = {
  minimal: 'Stored durably; the runs go on by themselves.',
  lastNode: 'The output of the last executed step.',
  specificNode: 'The output of one step.',
  allNodes: 'The outputs of all executed steps, by the ids of the steps.',
  respond: 'What the workflow answers.',
  custom: "Stored durably; an answer of the endpoint's own.",
};

/** Every answer of an endpoint by status. */
export function responsesOf(settings: EndpointSettings, facts: AnswerFacts): Json {
  const response = responseSchema.parse(settings.response ?? {});
  const own = Object.entries(response.headers);
  const [, type = 'application/json'] = own.find(([name]) => name.toLowerCase() === 'content-type') ?? [];
  const isMinimal = response.mode === 'minimal';
  const ownHeaders = Object.fromEntries(
    own
      .filter(([name]) => name.toLowerCase() !== 'content-type')
      .map(([name, value]) => [name, { schema: { type: 'string', const: value } }]),
  );
  const hasBody = response.status !== 204 && response.status !== 304;
  const success = {
    description: modeWords[response.mode] ?? '',
    ...(Object.keys(ownHeaders).length === 0 ? {} : { headers: ownHeaders }),
    ...(hasBody ? { content: { [type]: { schema: isMinimal ? reference('Accepted') : {} } } } : {}),
  };
  const further = {
    description:
      'A delivery whose idempotency key is known (`duplicate`), one that the filter leaves out (`filtered`), or one taken as the sample (`sample`): nothing was started.',
    content: json(reference('Accepted')),
  };
  const waits = !isMinimal && response.mode !== 'custom';
  const pending = {
    description: waits
      ? 'The run pauses, or the delivery is held until its run gets there: the answer does not wait for it.'
      : 'The delivery is held until its run gets there.',
    content: json(reference('Pending')),
  };
  return {
    ...refusals(codesOf(settings, facts)),
    ...(response.status === 200 ? {} : { '200': further }),
    ...(facts.resumes || waits ? { '202': pending } : {}),
    [String(response.status)]:
      response.status === 200
        ? { ...success, description: `${success.description} Also: ${further.description}` }
        : success,
  };
}

/** The bodies the answers refer to. */
export const answerSchemas: Json = {
  Accepted: {
    type: 'object',
    required: ['success'],
    properties: {
      success: { const: true },
      executionId: { type: 'string', description: 'The run that was started or resumed.' },
      executionIds: { type: 'array', items: { type: 'string' } },
      requestId: { type: 'string', description: 'The captured request.' },
      duplicate: { const: true },
      filtered: { const: true },
      sample: { const: true },
    },
  },
  Pending: {
    type: 'object',
    required: ['success', 'status'],
    properties: {
      success: { const: true },
      status: { enum: ['waiting', 'held'] },
      executionId: { type: 'string' },
      requestId: { type: 'string' },
    },
  },
};
