/**
 * How an expression is evaluated, decided once per text: a constant or a plain path in place, anything else in a sandbox
 * process with the part of the scope it reaches.
 */
import { AppError } from '../../shared/errors.ts';
import { expressionError } from '../../shared/expression/expression-error.ts';
import { parseExpression } from '../../shared/expression/parse-expression.ts';
import { evaluatePlainPath, parsePlainPath, type PlainPath } from '../../shared/expression/plain-path.ts';
import { type Reach, reachOf } from './expression-reach.ts';
import { createRecentMap } from './recent-map.ts';

export type Plan =
  | { readonly kind: 'constant'; readonly value: string | number | boolean | null }
  | { readonly kind: 'path'; readonly path: PlainPath }
  | { readonly kind: 'remote'; readonly reach: Reach }
  | { readonly kind: 'invalid'; readonly error: AppError };

/** Secrets are read by bare paths only: an expression that computes with one would carry it into its errors. */
function refuseSecrets(reach: Reach): Reach {
  if (reach !== 'all' && reach.some(({ root }) => root === 'secrets')) {
    const reason = 'secrets.NAME can only stand alone between {{ and }}';
    throw expressionError('expression_invalid', { position: 0, reason });
  }
  return reach;
}

function constantIn(ast: unknown): Plan | undefined {
  if (typeof ast !== 'object' || ast === null || !('type' in ast) || !('value' in ast)) return undefined;
  const { type, value } = ast;
  const isLiteral = type === 'string' || type === 'number' || type === 'value';
  if (!isLiteral || 'predicate' in ast || 'group' in ast || 'keepArray' in ast) return undefined;
  const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isScalar || value === null ? { kind: 'constant', value } : undefined;
}

function makePlan(expression: string): Plan {
  const path = parsePlainPath(expression);
  if (path !== undefined) return { kind: 'path', path };
  try {
    const ast = parseExpression(expression);
    return constantIn(ast) ?? { kind: 'remote', reach: refuseSecrets(reachOf(ast)) };
  } catch (error) {
    if (error instanceof AppError) return { kind: 'invalid', error };
    throw error;
  }
}

const plans = createRecentMap<string, Plan>(2000);

/** The plan of an expression; the same text gives the same plan. */
export function planOf(expression: string): Plan {
  const known = plans.get(expression);
  if (known !== undefined) return known;
  const plan = makePlan(expression);
  plans.set(expression, plan);
  return plan;
}

/**
 * The value of an expression that needs no sandbox.
 * @throws AppError `expression_invalid`.
 */
export function evaluateInPlace(plan: Exclude<Plan, { kind: 'remote' }>, scope: unknown): unknown {
  switch (plan.kind) {
    case 'constant':
      return plan.value;
    case 'path':
      return evaluatePlainPath(plan.path, scope);
    case 'invalid':
      throw plan.error;
  }
}
