/**
 * What crosses between the app and a sandbox process: batches of jobs one way, one answer per job the other, in the
 * order of the jobs. Only plain text and numbers; values travel as JSON text, so nothing shared can be reached.
 */

/** The codes a job can fail with inside the sandbox process. */
export const sandboxCodes = [
  'expression_invalid',
  'expression_failed',
  'expression_timeout',
  'code_failed',
  'code_timeout',
  'sandbox_limit',
] as const;

export type SandboxCode = (typeof sandboxCodes)[number];

export const consoleLevels = ['log', 'info', 'warn', 'error'] as const;

/** One line a code step wrote with `console`. */
export interface ConsoleLine {
  readonly level: (typeof consoleLevels)[number];
  readonly text: string;
}

/** One name of the scope: `[root, child or null for all of it, number of its text in the batch]`. */
export type WirePart = readonly [root: string, child: string | null, text: number];

export interface ExpressionJob {
  readonly kind: 'expression';
  readonly id: number;
  readonly source: string;
  readonly parts: readonly WirePart[];
  readonly limitMs: number;
}

export interface CodeJob {
  readonly kind: 'code';
  readonly id: number;
  readonly source: string;
  /** Number of the input's text in the batch; -1: the input is undefined. */
  readonly input: number;
  readonly limitMs: number;
  readonly memoryBytes: number;
}

export type WireJob = ExpressionJob | CodeJob;

/** Jobs asked together; equal values of theirs share one text. */
export interface Batch {
  readonly texts: readonly string[];
  readonly jobs: readonly WireJob[];
}

/** The sandbox process says this once, when it can take jobs. */
export const READY = 'ready';

export interface Success {
  readonly ok: true;
  readonly id: number;
  /** JSON of the value; null is no value. */
  readonly text: string | null;
  readonly console: readonly ConsoleLine[];
}

export interface Failure {
  readonly ok: false;
  readonly id: number;
  readonly code: SandboxCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export type Answer = Success | Failure;

/** Largest value that may leave the sandbox, in bytes of JSON (SPEC 12: step output). */
export const MAX_RESULT_BYTES = 4 * 1024 * 1024;
