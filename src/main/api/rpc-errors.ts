/**
 * Errors on their way to a client of the contract: AppErrors keep their code and sentence, input the schema refused
 * becomes `invalid` with paths people can follow, and everything else is `internal` with its story in the log only.
 */
import { ORPCError, ValidationError } from '@orpc/server';
import { AppError, isErrorCode, toAppError } from '../../shared/errors.ts';
import type { Issue } from '../../shared/model/document.ts';
import type { Logger } from '../base/logger.ts';
import { invalid, toInputIssues } from './issues.ts';

/** What travels beside code and message: the call's id, `issues` of an input, facts for programs. */
export interface RpcErrorData {
  readonly requestId: string;
  readonly issues?: readonly Issue[];
  readonly [fact: string]: unknown;
}

/** An oRPC error as any transport sends it; its `code` is a word of the error table. */
export function toRpcError(
  thrown: unknown,
  requestId: string,
  logger: Logger,
): ORPCError<string, RpcErrorData> {
  const error = asAppError(thrown);
  if (error.kind === 'defect')
    logger.error({ err: thrown, requestId }, 'a call failed for a reason of our own');
  return new ORPCError(error.code, {
    status: error.status,
    message: error.message,
    data: { ...error.details, requestId },
    cause: thrown,
  });
}

function asAppError(thrown: unknown): AppError {
  if (!(thrown instanceof ORPCError)) return toAppError(thrown);
  const { cause, message } = thrown;
  const code = String(thrown.code);
  if (cause instanceof AppError) return cause;
  if (cause instanceof ValidationError && code === 'BAD_REQUEST') return invalid(toInputIssues(cause.issues));
  if (code === 'BAD_REQUEST') return new AppError({ code: 'malformed_body', cause: thrown });
  if (isErrorCode(code)) return new AppError({ code, message, cause: thrown });
  return new AppError({ code: 'internal', cause: thrown });
}
