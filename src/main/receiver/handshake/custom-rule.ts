/**
 * The operator's own handshake rule (SPEC 4.7): what it matches, and its answer. Strangers reach it, so the answer is text
 * that no browser takes for more, or JSON (the settings allow no other type), and its template sees this request and nothing
 * else.
 */
import type { HandshakeRule } from '../../../shared/model/endpoint.ts';
import { readContentType } from '../body/content-type.ts';
import { bodyFieldsOf, bodyJsonOf } from '../body/body-fields.ts';
import { groupByName } from '../body/named-values.ts';
import { render } from '../evaluate.ts';
import type { Answer, Exchange } from '../exchange.ts';
import { bodyOfValue, successAnswer } from '../replies.ts';
import type { Tools } from '../tools.ts';

/** Stands for any value. */
const anything = '*';

type Pairs = ReadonlyArray<readonly [string, string]>;
type Wanted = Readonly<Record<string, string>> | undefined;

/** Whether all of `wanted` is there, each name once. */
function hasAll(pairs: Pairs, wanted: Wanted, isName: (key: string, name: string) => boolean): boolean {
  return Object.entries(wanted ?? {}).every(([name, value]) => {
    const found = pairs.filter(([key]) => isName(key, name));
    return found.length === 1 && (value === anything || found[0]?.[1] === value);
  });
}

const isSameName = (key: string, name: string): boolean => key === name;
const isSameHeader = (key: string, name: string): boolean => key.toLowerCase() === name.toLowerCase();

/** Whether a method the endpoint does not take may pass to the rule: it names the method, and all but the body fits. */
export function couldMatchRule({ match }: HandshakeRule, exchange: Exchange): boolean {
  return match.method === exchange.head.raw.method && fitsHead(match, exchange);
}

function fitsHead(match: HandshakeRule['match'], { head, query }: Exchange): boolean {
  return hasAll(query, match.query, isSameName) && hasAll(head.raw.headers, match.headers, isSameHeader);
}

/** The answer of a rule; undefined when the request does not match. A template that fails makes it a failure. */
export async function answerByRule(
  rule: HandshakeRule,
  exchange: Exchange,
  tools: Tools,
): Promise<Answer | undefined> {
  const { match, status, headers, body } = rule;
  const { method } = exchange.head.raw;
  const type = exchange.head.fields.get('content-type');
  if (method === 'HEAD' || (match.method !== undefined && match.method !== method)) return undefined;
  if (!fitsHead(match, exchange)) return undefined;
  const fields = match.body === undefined ? [] : bodyFieldsOf(exchange.decoded, type);
  if (!hasAll(fields, match.body, isSameName)) return undefined;
  const payload =
    readContentType(type).kind === 'form'
      ? groupByName(bodyFieldsOf(exchange.decoded, type))
      : (bodyJsonOf(exchange.decoded) ?? null);
  const scope = tools.engine.requestScope({ raw: exchange.raw, payload, params: {} });
  const value = await render(body ?? '', scope, tools);
  return successAnswer({ status, headers }, bodyOfValue(value ?? '', headers, 'plain'));
}
