/**
 * Parsing of JSONata without running it: the check behind every expression field, and the syntax tree the sandbox
 * plans with. Pure, so the editor marks mistakes while they are typed.
 */
import jsonata from 'jsonata';
import { AppError } from '../errors.ts';
import { expressionError, type ExpressionFault, readJsonataFault } from './expression-error.ts';
import { splitTemplate } from './template.ts';

/** Longest expression that is parsed, in characters. */
export const MAX_EXPRESSION_LENGTH = 65_536;

/** The verdict on an expression or template; `position` counts from the start of the checked text. */
export type ExpressionCheck = { readonly ok: true } | ({ readonly ok: false } & ExpressionFault);

/**
 * The syntax tree of an expression.
 * @throws AppError `expression_invalid` with `{position, reason}`.
 */
export function parseExpression(expression: string): unknown {
  if (expression.length > MAX_EXPRESSION_LENGTH) {
    const reason = `An expression is at most ${MAX_EXPRESSION_LENGTH} characters long`;
    throw expressionError('expression_invalid', { position: MAX_EXPRESSION_LENGTH, reason });
  }
  if (expression.trim() === '') {
    throw expressionError('expression_invalid', { position: 0, reason: 'The expression is empty' });
  }
  try {
    return jsonata(expression).ast();
  } catch (thrown) {
    const reason = thrown instanceof RangeError ? 'The expression is nested too deep' : undefined;
    const fault = readJsonataFault(thrown);
    throw expressionError('expression_invalid', reason === undefined ? fault : { ...fault, reason });
  }
}

function verdictOf(check: () => void, offset: number): ExpressionCheck {
  try {
    check();
    return { ok: true };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { position, reason } = error.details;
    return {
      ok: false,
      position: offset + (typeof position === 'number' ? position : 0),
      reason: typeof reason === 'string' ? reason : error.message,
    };
  }
}

/** Whether a bare expression can be parsed (SPEC 8: the fields that hold bare JSONata). Never throws. */
export function checkExpression(expression: string): ExpressionCheck {
  return verdictOf(() => parseExpression(expression), 0);
}

/** Whether a template can be split and each of its expressions parsed. Never throws. */
export function checkTemplate(template: string): ExpressionCheck {
  const split = verdictOf(() => splitTemplate(template), 0);
  if (!split.ok) return split;
  for (const part of splitTemplate(template)) {
    if (part.kind === 'text') continue;
    const verdict = verdictOf(() => parseExpression(part.expression), part.position);
    if (!verdict.ok) return verdict;
  }
  return { ok: true };
}
