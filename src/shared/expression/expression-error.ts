/**
 * How a faulty expression is reported: always an AppError with the position and the reason (SPEC 7). Also reads
 * the bare objects jsonata throws, so that no other module needs to know their shape.
 */
import { AppError, type ErrorCode } from '../errors.ts';

/** Where and why an expression is wrong. `position` is the offset of the character behind the faulty token. */
export interface ExpressionFault {
  readonly position: number;
  readonly reason: string;
}

/** What jsonata threw, read without trusting its shape. `code` is jsonata's own (`S0203`, `T2001`, ...). */
export interface JsonataFault extends ExpressionFault {
  readonly code: string | undefined;
}

/** Reads anything thrown by jsonata; things without a position are at 0. */
export function readJsonataFault(thrown: unknown): JsonataFault {
  if (typeof thrown !== 'object' || thrown === null)
    return { code: undefined, position: 0, reason: 'unknown' };
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
  const position = 'position' in thrown && typeof thrown.position === 'number' ? thrown.position : 0;
  const message = 'message' in thrown && typeof thrown.message === 'string' ? thrown.message : '';
  return { code, position, reason: message === '' ? (code ?? 'unknown') : message };
}

/** The AppError for a fault; `details` are `{position, reason}`. */
export function expressionError(code: ErrorCode, fault: ExpressionFault): AppError {
  const { position, reason } = fault;
  const where = position > 0 ? ` (at character ${position})` : '';
  return new AppError({ code, message: `${reason}${where}`, details: { position, reason } });
}
