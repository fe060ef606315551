/**
 * The filter (SPEC 6), between parameters and admission: a request for which it is not true starts nothing and is no
 * failure. A filter that fails is one: nothing ever passes because a filter broke.
 */
import { isTruthy } from '../../steps/condition/run.ts';
import type { Answer, Exchange } from '../exchange.ts';
import { routeOf } from '../exchange.ts';
import { evaluate, scopeOf } from '../evaluate.ts';
import { jsonAnswer } from '../replies.ts';
import type { Tools } from '../tools.ts';

/** @throws AppError `expression_failed`, `expression_timeout`, `expression_invalid`, `sandbox_limit` */
export function filter(exchange: Exchange, tools: Tools): undefined | Promise<Answer | undefined> {
  const { filter: expression } = routeOf(exchange).settings;
  return expression === undefined || expression.trim() === ''
    ? undefined
    : judge(exchange, expression, tools);
}

async function judge(exchange: Exchange, expression: string, tools: Tools): Promise<Answer | undefined> {
  const value = await evaluate(expression, scopeOf(exchange, tools), tools);
  if (isTruthy(value)) {
    exchange.note = 'It passes.';
    return undefined;
  }
  return filteredAnswer(exchange, 'The filter of the endpoint is not true for this request.');
}

/** Ends the way of a request that is not wanted: no failure, nothing starts. */
export function filteredAnswer(exchange: Exchange, reasonText: string): Answer {
  exchange.verdict = 'filtered';
  exchange.reason = 'filtered';
  exchange.reasonText = reasonText;
  exchange.note = 'It is not true: nothing is started.';
  return jsonAnswer(200, { success: true, filtered: true });
}
