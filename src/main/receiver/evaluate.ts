/**
 * Expressions and templates of endpoint settings, over the trigger scope of a request (SPEC 7). Plain paths are read at
 * once; everything else goes to the sandbox.
 */
import type { ExpressionScope } from '../../shared/expression/scope.ts';
import type { Exchange } from './exchange.ts';
import type { Tools } from './tools.ts';

/** `trigger`, `webhookData` and `params` of a request whose parameters are known. */
export function scopeOf(exchange: Exchange, { engine }: Pick<Tools, 'engine'>): ExpressionScope {
  return exchange.scope(({ raw, payload, params }) =>
    engine.requestScope({ raw, payload: payload?.value ?? null, params }),
  );
}

/**
 * The value of a bare expression.
 * @throws AppError `expression_invalid`, `expression_failed`, `expression_timeout`, `sandbox_limit`
 */
export async function evaluate(
  expression: string,
  scope: ExpressionScope,
  { sandbox }: Pick<Tools, 'sandbox'>,
) {
  const known = sandbox.evaluateNow(expression, scope);
  return known === undefined ? sandbox.evaluate(expression, scope) : known.value;
}

/**
 * A template with its placeholders filled.
 * @throws AppError like `evaluate`
 */
export async function render(template: unknown, scope: ExpressionScope, { sandbox }: Pick<Tools, 'sandbox'>) {
  const known = sandbox.renderNow(template, scope);
  return known === undefined ? sandbox.render(template, scope) : known.value;
}
