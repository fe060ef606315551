/**
 * What can go wrong with a call, in one shape for every page: the code of the error table, a sentence for people
 * and the faults of single fields. Whatever the transport throws becomes one of these.
 */
import { ORPCError } from '@orpc/client';

/** A fault of one value of the input, e.g. `{path: 'nodes[2].config.url', message: 'required'}`. */
export interface FailureIssue {
  readonly path: string;
  readonly message: string;
  readonly nodeId?: string;
}

/** Why a call failed. `code` is a code of `src/shared/errors.ts`, or `offline`. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly issues: readonly FailureIssue[];
}

/** The failure of every call made while nothing answers. */
export const offlineFailure: Failure = {
  code: 'offline',
  message: 'Hookyard does not answer. Your work stays here; it goes on as soon as the connection is back.',
  issues: [],
};

/** An error that carries its failure, so that it can travel by `throw`. */
export class FailureError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, cause?: unknown) {
    super(failure.message, { cause });
    this.name = 'FailureError';
    this.failure = failure;
  }
}

/** Turns anything thrown by a call into a failure. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof FailureError) return thrown.failure;
  if (thrown instanceof ORPCError) {
    const code: unknown = thrown.code;
    const details: unknown = thrown.data;
    return { code: String(code).toLowerCase(), message: thrown.message, issues: issuesOf(details) };
  }
  if (thrown instanceof Error && /not open|closed|aborted the connection/i.test(thrown.message)) {
    return offlineFailure;
  }
  return {
    code: 'internal',
    message: thrown instanceof Error ? thrown.message : 'Something went wrong here; the log says more.',
    issues: [],
  };
}

/** Whether something thrown only says that nobody wants the answer any more. */
export function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'AbortError';
}

function issuesOf(details: unknown): readonly FailureIssue[] {
  if (!isObject(details) || !Array.isArray(details['issues'])) return [];
  return details['issues'].flatMap((entry: unknown) => {
    if (!isObject(entry)) return [];
    const { path, message, nodeId } = entry;
    return [
      {
        path: Array.isArray(path) ? path.map(String).join('.') : typeof path === 'string' ? path : '',
        message: typeof message === 'string' ? message : 'not valid',
        ...(typeof nodeId === 'string' ? { nodeId } : {}),
      },
    ];
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
