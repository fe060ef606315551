/**
 * The scope of SPEC 7 out of what was received and what steps gave: plain data in which every key from outside stays
 * data, `__proto__` included. Pure; shared by the runner and the receiver.
 */
import type {
  ExpressionScope,
  RunScope,
  TriggerScope,
  WebhookDataScope,
} from '../../shared/expression/scope.ts';
import type { HeaderList } from '../../shared/model/request.ts';
import type { RawRequest } from '../base/raw-request.ts';

export interface RequestFacts {
  readonly raw: Pick<RawRequest, 'method' | 'url' | 'headers' | 'receivedAt'>;
  readonly payload: unknown;
  readonly params: Readonly<Record<string, unknown>>;
  /** The record named by the request, where there is one. */
  readonly target?: unknown;
}

type Query = Record<string, string | string[]>;

/** Makes an object out of pairs; fromEntries defines own properties, so no key can reach a prototype. */
function groupPairs(pairs: Iterable<readonly [string, string]>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [value]);
    else group.push(value);
  }
  return groups;
}

/** The query of a request target: decoded, a repeated key as a list. */
export function queryOf(url: string): Query {
  const from = url.indexOf('?');
  if (from < 0) return {};
  const groups = groupPairs(new URLSearchParams(url.slice(from + 1)));
  return Object.fromEntries(
    [...groups].map(([name, list]) => [name, list.length === 1 ? (list[0] ?? '') : list]),
  );
}

function headersBy(headers: HeaderList, nameOf: (name: string) => string): Record<string, string> {
  const joined = new Map<string, string>();
  for (const [sent, value] of headers) {
    const name = nameOf(sent);
    const earlier = joined.get(name);
    joined.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return Object.fromEntries(joined);
}

/** Headers by lower-case name; repeated ones joined by a comma. */
export function headersOf(headers: HeaderList): Record<string, string> {
  return headersBy(headers, (name) => name.toLowerCase());
}

/** A payload as `trigger.data`: objects carry `_query` unless they have their own. */
function withQuery(payload: unknown, query: Query): unknown {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return payload;
  return Object.hasOwn(payload, '_query') ? payload : { ...payload, _query: query };
}

/** `trigger`, `webhookData`, `params` and `target` of a request. */
export function requestScope(facts: RequestFacts): ExpressionScope & {
  readonly trigger: TriggerScope;
  readonly webhookData: WebhookDataScope;
  readonly params: Readonly<Record<string, unknown>>;
} {
  const { raw, payload, params, target } = facts;
  const query = queryOf(raw.url);
  const dateTime = new Date(raw.receivedAt).toISOString();
  return {
    trigger: {
      data: withQuery(payload, query),
      payload,
      query,
      headers: headersOf(raw.headers),
      method: raw.method,
      dateTime,
    },
    webhookData: { dateTime, payload, headers: headersBy(raw.headers, (name) => name) },
    params,
    ...(target === undefined ? {} : { target }),
  };
}

/** `trigger`, `webhookData` and `params` of a run that no request started. */
export function inputScope(
  input: unknown,
  at: number,
  params: Readonly<Record<string, unknown>>,
): ExpressionScope {
  const dateTime = new Date(at).toISOString();
  return {
    trigger: { data: input, payload: input, query: {}, headers: {}, dateTime },
    webhookData: { dateTime, payload: input, headers: {} },
    params,
  };
}

/** Output of a webhook start that no request stands behind. */
export function inputOutput(
  input: unknown,
  at: number,
  params: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const dateTime = new Date(at).toISOString();
  return { payload: input, query: {}, headers: {}, method: null, params, dateTime };
}

/** Output of a webhook node: what arrived, as the steps after it see it (SPEC 7). */
export function webhookOutput(facts: RequestFacts): Readonly<Record<string, unknown>> {
  const { raw, payload, params } = facts;
  return {
    payload,
    query: queryOf(raw.url),
    headers: headersOf(raw.headers),
    method: raw.method,
    dateTime: new Date(raw.receivedAt).toISOString(),
    params,
  };
}

export interface StepOutput {
  readonly nodeId: string;
  readonly name: string;
  readonly output: unknown;
  readonly error?: unknown;
}

/** `steps`: by node id, and by step name where no node has that id and no earlier step that name. */
export function stepsScope(
  outputs: Iterable<StepOutput>,
): Record<string, { output?: unknown; error?: unknown }> {
  const byId = new Map<string, { output?: unknown; error?: unknown }>();
  const byName = new Map<string, { output?: unknown; error?: unknown }>();
  for (const { nodeId, name, output, error } of outputs) {
    const step = { ...(output === undefined ? {} : { output }), ...(error === undefined ? {} : { error }) };
    byId.set(nodeId, step);
    byName.set(name, step);
  }
  return Object.fromEntries([...byName, ...byId]);
}

/** `run`, without the names that do not apply. */
export function runScope(run: {
  id: string;
  workflowId: string;
  startedAt: number;
  resumeUrl?: string | undefined;
}): RunScope {
  const { id, workflowId, startedAt, resumeUrl } = run;
  return {
    id,
    workflowId,
    startedAt: new Date(startedAt).toISOString(),
    ...(resumeUrl === undefined ? {} : { resumeUrl }),
  };
}
