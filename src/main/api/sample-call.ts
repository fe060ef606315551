/**
 * A correctly authenticated call of an endpoint: URL, headers and body that will pass, made with the endpoint's own
 * scheme. Serves the copy buttons, the ready commands and "Send test request" (UI, Webhook Step Trigger).
 */
import type { SecretValues } from '../../shared/fields.ts';
import type { EndpointSettings } from '../../shared/model/endpoint.ts';
import type { Target } from '../../shared/model/run.ts';
import { type ResolvedAuth, resolveAuth } from '../auth/registry.ts';
import type { EndpointRow } from '../store/types.ts';
import { methodsOf, styleOf } from '../styles/registry.ts';
import type { SampleRequest, StyleRole } from '../styles/style.ts';
import { openSecrets } from './endpoint-secrets.ts';
import { readSettings } from './endpoint-view.ts';
import { exampleFields } from './example-fields.ts';
import { authOf, hooksOf } from './hooks.ts';
import type { ApiParts } from './parts.ts';

export interface SampleCall {
  readonly method: string;
  /** Absolute, with the key where the scheme puts it in the query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly auth: ResolvedAuth;
  readonly secrets: SecretValues;
}

interface CallInput {
  readonly endpoint: EndpointRow;
  /** Origin callers use; the endpoint's path is added. */
  readonly origin: string;
  /** Default: an example the style understands. */
  readonly body?: string | undefined;
  readonly target?: Target | undefined;
  /** Leave out the examples of query and headers. */
  readonly isBare?: boolean | undefined;
}

/** The role of the node an endpoint belongs to; shared sources start workflows. */
function roleOf({ store }: ApiParts, endpoint: EndpointRow): StyleRole {
  const row = endpoint.workflowId === null ? undefined : store.read.workflows.byId(endpoint.workflowId);
  const hook =
    row === undefined ? undefined : hooksOf(row.draft).find(({ node }) => node.id === endpoint.nodeId);
  return hook?.isStart === false ? 'wait' : 'start';
}

function methodFor(settings: EndpointSettings, wished: string): string {
  const methods = methodsOf(settings);
  return methods.includes(wished) ? wished : (methods[0] ?? wished);
}

/** The style's sample with examples: beside the style's words where it has some (`action` and the like), else in their place. */
function withExamples(
  sample: SampleRequest,
  hasOwnWords: boolean,
  examples: Readonly<Record<string, unknown>>,
): SampleRequest {
  if (Object.keys(examples).length === 0) return sample;
  const words: unknown = hasOwnWords ? JSON.parse(sample.body) : {};
  return { ...sample, body: JSON.stringify({ ...Object(words), ...examples }) };
}

/** A URL with further pairs in its query. */
function withPairs(url: string, pairs: readonly (readonly [string, string])[]): string {
  if (pairs.length === 0) return url;
  const query = new URLSearchParams();
  for (const [name, value] of pairs) query.append(name, value);
  return `${url}${url.includes('?') ? '&' : '?'}${query.toString()}`;
}

/**
 * Makes a call that passes now.
 * @throws AppError `endpoint_misconfigured` when a secret is missing or cannot be opened.
 */
export function makeSampleCall(
  parts: ApiParts,
  { endpoint, origin, body, target, isBare = false }: CallInput,
): SampleCall {
  const settings = readSettings(parts, endpoint);
  const auth = resolveAuth(authOf(settings));
  const secrets = openSecrets(parts, endpoint.id);
  const role = roleOf(parts, endpoint);
  const style = styleOf(endpoint.style);
  const examples = exampleFields(settings.parameters ?? []);
  const sample = withExamples(
    style.sampleRequest(target === undefined ? { role } : { role, target }),
    style.reading === 'json',
    examples.body,
  );
  const method = methodFor(settings, sample.method);
  const isBodiless = method === 'GET';
  const content = isBodiless ? '' : (body ?? sample.body);
  const beside = isBare ? [] : examples.query;
  const plain = withPairs(origin + endpoint.path, beside);
  const signature = auth.scheme.sign?.({
    method,
    url: plain,
    body: Buffer.from(content),
    secrets,
    settings: auth.settings,
    now: parts.clock.now(),
    ...(isBodiless ? {} : { contentType: sample.contentType }),
  });
  return {
    method,
    url: withPairs(plain, Object.entries(signature?.query ?? {})),
    headers: {
      ...(isBodiless ? {} : { 'Content-Type': sample.contentType }),
      ...(isBare ? {} : examples.headers),
      ...signature?.headers,
    },
    body: content,
    auth,
    secrets,
  };
}

/** The URL callers use; with the key where it stands in the query of every call, as FlowX's does (SPEC 3). */
export function urlWithKey(parts: ApiParts, endpoint: EndpointRow, origin: string): string {
  const { scheme, settings } = resolveAuth(authOf(readSettings(parts, endpoint)));
  const plain = origin + endpoint.path;
  if (scheme.definition.scheme !== 'apiKey' || settings['in'] !== 'query') return plain;
  return makeSampleCall(parts, { endpoint, origin, isBare: true }).url;
}
