/** The intent of a request (SPEC 3): which runs it starts or resumes, said by its style, its node and its correlation. */
import { planAdmission } from '../admission/plan-admission.ts';
import type { Exchange } from '../exchange.ts';
import type { Tools } from '../tools.ts';

/** @throws AppError `unknown_action`, `missing_parameter` (validmind); expression errors of a correlation */
export function findIntent(exchange: Exchange, tools: Tools): void | Promise<void> {
  const plan = planAdmission(exchange, tools);
  if (plan instanceof Promise) {
    return plan.then((planned) => {
      exchange.plan = planned;
    });
  }
  exchange.plan = plan;
}
