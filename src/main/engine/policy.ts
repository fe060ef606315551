/**
 * What becomes of a failed try: tried again later, the run failed, or the flow goes on (SPEC 8). Pure; chance comes in
 * as a number.
 */
import type { AppError, ErrorCode } from '../../shared/errors.ts';
import { retrySchema, type RetryPolicy } from '../../shared/model/document.ts';
import type { StepKind } from '../steps/step.ts';

type Config = Readonly<Record<string, unknown>>;

/** What happens next to a step whose try failed. */
export type Verdict =
  | { readonly kind: 'retry'; readonly afterMs: number }
  | { readonly kind: 'fail' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'port' };

/** Failures that a second try can not mend, or that must not be overruled. */
const final: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'cancelled',
  'expression_invalid',
  'interrupted',
  'output_too_large',
  'rejected',
  'run_limit',
  'wait_timeout',
  'workflow_missing',
]);

/** Of these, failures of the run as a whole: `onError` does not catch them. */
const endsRun: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['cancelled', 'run_limit', 'workflow_missing']);

/** Whether an error is one of the run as a whole, which no step and no loop around it goes on after. */
export function isRunFailure({ code }: AppError): boolean {
  return endsRun.has(code);
}

/** A day: whatever a server asks for by Retry-After, a run does not sleep longer. */
const longestWaitMs = 86_400_000;

function retryOf(config: Config): RetryPolicy | undefined {
  const parsed = retrySchema.safeParse(config['retry']);
  return parsed.success ? parsed.data : undefined;
}

/**
 * Backoff before the try after `attempt`, in ms: never less than told, and up to a quarter more, so that many failures do
 * not return at once.
 */
export function backoffMs(retry: RetryPolicy, attempt: number, chance: number): number {
  const seconds = Math.min(retry.backoffSeconds * retry.factor ** (attempt - 1), retry.maxSeconds);
  return Math.round(seconds * 1_000 * (1 + chance / 4));
}

/**
 * Decides over a failed try.
 * @param attempt number of the try that failed, from 1.
 * @param chance from 0 to 1.
 */
export function judgeFailure(config: Config, error: AppError, attempt: number, chance: number): Verdict {
  const retry = retryOf(config);
  // What may have arrived is not sent again where that is forbidden (RELIABILITY P4).
  const isSpent = config['atMostOnce'] === true && error.details['sent'] === true;
  const mayRetry = !final.has(error.code) && error.details['retryable'] !== false && !isSpent;
  if (retry !== undefined && mayRetry && attempt < retry.attempts) {
    const asked = error.details['retryAfterMs'];
    const afterMs = Math.max(backoffMs(retry, attempt, chance), typeof asked === 'number' ? asked : 0);
    return { kind: 'retry', afterMs: Math.min(afterMs, longestWaitMs) };
  }
  if (isRunFailure(error)) return { kind: 'fail' };
  const { onError } = config;
  return { kind: onError === 'continue' || onError === 'port' ? onError : 'fail' };
}

/** How long one try may take, in ms; undefined: any time. That of a step that waits is its wait's. */
export function timeoutMsOf(kind: StepKind, config: Config): number | undefined {
  const { timeoutSeconds = kind.timeoutSeconds } = config;
  const isWait = kind.definition.kind === 'webhook' || kind.definition.waits === true;
  return typeof timeoutSeconds === 'number' && !isWait ? timeoutSeconds * 1_000 : undefined;
}
