/**
 * Expressions, templates and code steps, evaluated so that none of them can harm or hold up the app (SPEC 7, 12). Plain paths
 * are read in place; all else runs in a sandbox process that is ended when it is late. One process does expressions;
 * a second one joins for code, which may take seconds, and helps with expressions while they pile up.
 */
import { AppError, toAppError } from '../../shared/errors.ts';
import { readOwn } from '../../shared/expression/plain-path.ts';
import { checkExpression, type ExpressionCheck } from '../../shared/expression/parse-expression.ts';
import type { Logger } from '../base/logger.ts';
import { evaluateInPlace, planOf } from './expression-plan.ts';
import type { Reach } from './expression-reach.ts';
import { createLane, type Job, type Lane } from './lane.ts';
import type { Answer, ConsoleLine, Success, WirePart } from './protocol.ts';
import { fillTemplate, findPlaceholders, locateFault } from './render-template.ts';
import type { TextTable } from './text-table.ts';
import { raiseChildProcess, type RaiseWall } from './wall.ts';

export type { ConsoleLine } from './protocol.ts';

/** What expressions are evaluated over: plain data, unchanged until the promise settles (see ExpressionScope). */
export type Scope = Readonly<Record<string, unknown>>;

/** How a code step ended well. `value` is JSON; undefined when the code returned nothing. */
export interface CodeResult {
  readonly value: unknown;
  readonly console: readonly ConsoleLine[];
}

export interface SandboxOptions {
  /** Entry of the sandbox process: `sandbox-worker.ts` or its build. */
  readonly workerUrl: URL;
  /** Processes at most: 1 or 2 (default). Each starts when first needed and ends after two idle minutes. */
  readonly poolSize?: 1 | 2;
  readonly logger?: Logger;
  readonly expressionTimeoutMs?: number;
  readonly codeTimeoutMs?: number;
  readonly codeMemoryBytes?: number;
  /** How a sandbox process is started; the desktop app passes `raiseUtilityProcess(utilityProcess.fork)`. */
  readonly raiseWall?: RaiseWall;
}

export interface Sandbox {
  /**
   * The value of a bare expression; undefined is no value. Lists and objects may be the scope's own: read only.
   * Rejects with `expression_invalid`, `expression_failed`, `expression_timeout` (details `{position?, reason}`) or
   * `sandbox_limit`.
   */
  evaluate(expression: string, scope: Scope): Promise<unknown>;
  /**
   * The same at once, for plain paths and constants; undefined for what needs a sandbox.
   * @throws AppError `expression_invalid`.
   */
  evaluateNow(expression: string, scope: Scope): { readonly value: unknown } | undefined;
  /** A template with its placeholders filled, at any depth; rejects like `evaluate`, with `path` in the details. */
  render(template: unknown, scope: Scope): Promise<unknown>;
  /** The same at once, when every placeholder is a plain path or constant; else undefined. */
  renderNow(template: unknown, scope: Scope): { readonly value: unknown } | undefined;
  /**
   * Runs the body of a JavaScript function with `input`. Rejects with `code_failed` (details `{reason, line?, console}`),
   * `code_timeout` or `sandbox_limit`.
   */
  runCode(code: string, input: unknown, options?: { readonly timeoutMs?: number }): Promise<CodeResult>;
  /** Whether a bare expression can be evaluated at all. Never throws. */
  check(expression: string): ExpressionCheck;
  /** Ends the processes; what is unanswered rejects with `interrupted`. */
  close(): Promise<void>;
}

const IDLE_MS = 120_000;
/** From here on the second process takes expressions too: so many waiting, or one at work for so long. */
const BUSY_LOAD = 64;
const BUSY_MS = 50;

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What an expression reaches, as texts; secrets are never among them. */
function encodeReach(reach: Reach, scope: Scope, table: TextTable): WirePart[] {
  const wanted = reach === 'all' ? Object.keys(scope).map((root) => ({ root, child: undefined })) : reach;
  const parts: WirePart[] = [];
  for (const { root, child } of wanted) {
    if (root === 'secrets') continue;
    const value = readOwn(scope, root);
    const isChild = child !== undefined && isRecord(value);
    const text = table.add(isChild ? readOwn(value, child) : value);
    if (text !== -1) parts.push([root, isChild ? child : null, text]);
  }
  return parts;
}

/** The value in an answer, or the error it tells. */
function readSuccess(answer: Answer): Success {
  if (answer.ok) return answer;
  throw new AppError({ code: answer.code, message: answer.message, details: answer.details });
}

function readValue(text: string | null): unknown {
  if (text === null) return undefined;
  const value: unknown = JSON.parse(text);
  return value;
}

/** A sandbox; it starts nothing until something is asked of it. */
export function createSandbox(options: SandboxOptions): Sandbox {
  const { workerUrl: entry, logger, expressionTimeoutMs = 1000, codeTimeoutMs = 5000 } = options;
  const memoryBytes = options.codeMemoryBytes ?? 64 * 1024 * 1024;
  const raise = options.raiseWall ?? raiseChildProcess;
  const first = createLane({ entry, raise, logger, idleMs: IDLE_MS });
  const second = options.poolSize === 1 ? first : createLane({ entry, raise, logger, idleMs: IDLE_MS });
  let lastId = 0;
  let isClosed = false;

  const laneFor = (kind: Job['kind']): Lane => {
    if (kind === 'code') return second;
    const isBusy = first.load >= BUSY_LOAD || first.ageMs > BUSY_MS;
    return isBusy && !second.hasCode && second.load < first.load ? second : first;
  };

  const ask = (
    kind: Job['kind'],
    limitMs: number,
    encode: (id: number, table: TextTable) => ReturnType<Job['encode']>,
  ) =>
    new Promise<Success>((resolve, reject) => {
      if (isClosed) throw new AppError({ code: 'interrupted', message: 'The sandbox was closed' });
      const id = ++lastId;
      laneFor(kind).add({
        id,
        kind,
        limitMs,
        encode: (table) => encode(id, table),
        onAnswer(answer) {
          try {
            resolve(readSuccess(answer));
          } catch (error) {
            reject(toAppError(error));
          }
        },
        onFailure: reject,
      });
    });

  const evaluate = async (expression: string, scope: Scope): Promise<unknown> => {
    const plan = planOf(expression);
    if (plan.kind !== 'remote') return evaluateInPlace(plan, scope);
    const limitMs = expressionTimeoutMs;
    const answer = await ask('expression', limitMs, (id, table) => {
      const parts = encodeReach(plan.reach, scope, table);
      return { kind: 'expression', id, source: expression, parts, limitMs };
    });
    return readValue(answer.text);
  };

  const evaluateNow = (expression: string, scope: Scope): { readonly value: unknown } | undefined => {
    const plan = planOf(expression);
    return plan.kind === 'remote' ? undefined : { value: evaluateInPlace(plan, scope) };
  };

  return {
    evaluate,
    evaluateNow,
    async render(template, scope) {
      const asked = findPlaceholders(template).map(async (placeholder) => {
        try {
          return await evaluate(placeholder.expression, scope);
        } catch (error) {
          throw locateFault(error, placeholder);
        }
      });
      return fillTemplate(template, await Promise.all(asked));
    },
    renderNow(template, scope) {
      const values: unknown[] = [];
      for (const placeholder of findPlaceholders(template)) {
        try {
          const found = evaluateNow(placeholder.expression, scope);
          if (found === undefined) return undefined;
          values.push(found.value);
        } catch (error) {
          throw locateFault(error, placeholder);
        }
      }
      return { value: fillTemplate(template, values) };
    },
    async runCode(code, input, { timeoutMs = codeTimeoutMs } = {}) {
      const answer = await ask('code', timeoutMs, (id, table) => {
        return { kind: 'code', id, source: code, input: table.add(input), limitMs: timeoutMs, memoryBytes };
      });
      return { value: readValue(answer.text), console: answer.console };
    },
    check: (expression) => checkExpression(expression),
    async close() {
      isClosed = true;
      first.close();
      second.close();
    },
  };
}
