/**
 * The intent of a request (SPEC 3): which runs it starts or resumes, said by its style, its node and its correlation. At
 * a shared data source each bound node may have a filter of its own and leaves alone what that does not let pass.
 */
import { isTruthy } from '../../steps/condition/run.ts';
import { planAdmission } from '../admission/plan-admission.ts';
import { evaluate, scopeOf } from '../evaluate.ts';
import type { Answer, Exchange } from '../exchange.ts';
import { routeOf } from '../exchange.ts';
import type { RouteTarget } from '../routes/route.ts';
import type { Tools } from '../tools.ts';
import { filteredAnswer } from './filter.ts';

/** @throws AppError `unknown_action`, `missing_parameter` (validmind); expression errors of a correlation or filter */
export function findIntent(exchange: Exchange, tools: Tools): undefined | Promise<Answer | undefined> {
  const { targets } = routeOf(exchange);
  if (targets.some((target) => ownFilter(target) !== undefined)) return planPassing(exchange, tools);
  const plan = planAdmission(exchange, targets, tools);
  if (plan instanceof Promise) {
    return plan.then((planned) => {
      exchange.plan = planned;
      return undefined;
    });
  }
  exchange.plan = plan;
  return undefined;
}

async function planPassing(exchange: Exchange, tools: Tools): Promise<Answer | undefined> {
  const passing: RouteTarget[] = [];
  for (const target of routeOf(exchange).targets) {
    const filter = ownFilter(target);
    const isPassing =
      filter === undefined || isTruthy(await evaluate(filter, scopeOf(exchange, tools), tools));
    if (isPassing) passing.push(target);
  }
  if (passing.length === 0) {
    return filteredAnswer(
      exchange,
      'No workflow of this data source has a filter that is true for this request.',
    );
  }
  exchange.plan = await planAdmission(exchange, passing, tools);
  return undefined;
}

/** The filter of a node bound to a shared source; that of a dedicated endpoint is the endpoint's own. */
function ownFilter({ config: { endpointId, filter } }: RouteTarget): string | undefined {
  return endpointId === undefined || filter === undefined || filter.trim() === '' ? undefined : filter;
}
