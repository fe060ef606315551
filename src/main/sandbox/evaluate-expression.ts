/**
 * Evaluates one JSONata expression inside the sandbox process. Compiled expressions are kept, values are not: each
 * evaluation parses its own copy of the scope, so none can see what another did.
 */
import jsonata from 'jsonata';
import { readJsonataFault } from '../../shared/expression/expression-error.ts';
import { SandboxFailure } from './failure.ts';
import type { SandboxCode } from './protocol.ts';
import { createRecentMap } from './recent-map.ts';
import { toResultText } from './result-text.ts';

/** JSONata's own limits; the process around them is the wall that holds. */
const MAX_STACK = 250_000;
const MAX_SEQUENCE = 1_000_000;

const compiled = createRecentMap<string, jsonata.Expression>(500);

/** `$eval` reads JSON only: text that came with a request must never become an expression over the whole scope. */
function parseJsonText(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (cause) {
    const error = new Error('$eval takes JSON text only', { cause });
    throw Object.assign(error, { code: 'D3137' });
  }
}

function compile(source: string, limitMs: number): jsonata.Expression {
  const key = `${limitMs} ${source}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const expression = jsonata(source, { timeout: limitMs, stack: MAX_STACK, sequence: MAX_SEQUENCE });
  expression.registerFunction('eval', parseJsonText, '<sx?:x>');
  compiled.set(key, expression);
  return expression;
}

/** jsonata's code to ours: D1012 time, D1011 stack, D2014 and D2015 length of sequences, S... syntax. */
function codeOf(thrown: unknown, code: string | undefined): SandboxCode {
  if (code === 'D1012') return 'expression_timeout';
  if (code === 'D1011' || code === 'D2014' || code === 'D2015') return 'sandbox_limit';
  // The engine's own ends: text over 512 MiB, too deep for its stack, lists too long.
  if (thrown instanceof RangeError) return 'sandbox_limit';
  return code?.startsWith('S') === true ? 'expression_invalid' : 'expression_failed';
}

function toFailure(thrown: unknown): SandboxFailure {
  if (thrown instanceof SandboxFailure) return thrown;
  const { code, position, reason } = readJsonataFault(thrown);
  const where = position > 0 ? ` (at character ${position})` : '';
  return new SandboxFailure(codeOf(thrown, code), `${reason}${where}`, { position, reason });
}

/**
 * The JSON of the value of an expression over a scope, or null for no value.
 * @throws SandboxFailure
 */
export async function evaluateExpression(
  source: string,
  scope: unknown,
  limitMs: number,
): Promise<string | null> {
  try {
    const value: unknown = await compile(source, limitMs).evaluate(scope);
    return toResultText(value);
  } catch (thrown) {
    // A failed branch leaves its siblings running in microtasks: they must end before the next job begins.
    await new Promise(setImmediate);
    throw toFailure(thrown);
  }
}
