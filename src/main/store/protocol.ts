/**
 * What the main thread and the writer thread say to each other. Bodies of one message travel in one buffer that is
 * handed over, not copied again; nothing the caller holds is taken from it.
 */
import { AppError, toAppError } from '../../shared/errors.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import { bodyOf, withBody } from './calls.ts';
import type { Call } from './operations.ts';
import type { FeedTopic } from './types.ts';
import type { LiveCounts } from './write-context.ts';

/** `durable` calls are waited for; `lazy` ones are done when there is nothing else to do. */
export type Lane = 'durable' | 'lazy';

export interface PostedCall {
  readonly id: number;
  readonly call: Call;
  /** Bytes of the call's request body, cut from `bodies` in order; -1: the call has none. */
  readonly bodySize: number;
}

export type ToWriter =
  | {
      readonly kind: 'calls';
      readonly lane: Lane;
      readonly calls: readonly PostedCall[];
      readonly bodies: Uint8Array | null;
    }
  | { readonly kind: 'close' };

/** An AppError on its way between threads. */
export interface PostedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** What the disk or the driver said, for the log and the health page. */
  readonly cause: string | null;
}

export type CallResult =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: PostedError };

/** One commit, or one that failed as a whole. */
export interface BatchReport {
  readonly kind: 'done';
  readonly results: readonly CallResult[];
  readonly changes: readonly { readonly topic: FeedTopic; readonly ids: readonly string[] }[];
  readonly live: LiveCounts;
  /** Why nothing of the batch could be stored; null when it is. */
  readonly storageError: string | null;
}

export type FromWriter =
  | { readonly kind: 'ready'; readonly live: LiveCounts; readonly copiedTo: string | null }
  | { readonly kind: 'refused'; readonly error: PostedError }
  | BatchReport;

/** An error as it is posted. */
export function toPosted(thrown: unknown): PostedError {
  const error = toAppError(thrown);
  const cause = error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : null;
  return { code: error.code, message: error.message, details: error.details, cause };
}

/** A posted error as it is thrown. */
export function fromPosted(posted: PostedError): AppError {
  return new AppError({
    code: posted.code,
    message: posted.message,
    details: posted.details,
    cause: posted.cause ?? undefined,
  });
}

const noBytes = new Uint8Array(0);

/** Puts calls into one message. */
export function pack(
  lane: Lane,
  waiting: readonly { readonly id: number; readonly call: Call }[],
): {
  readonly message: ToWriter;
  readonly transfer: readonly ArrayBuffer[];
} {
  const bodies = waiting.map(({ call }) => bodyOf(call));
  const total = bodies.reduce((sum, body) => sum + (body?.byteLength ?? 0), 0);
  const calls = waiting.map(({ id, call }, index) => {
    const body = bodies[index];
    return body === undefined
      ? { id, call, bodySize: -1 }
      : { id, call: withBody(call, noBytes), bodySize: body.byteLength };
  });
  if (total === 0) return { message: { kind: 'calls', lane, calls, bodies: null }, transfer: [] };
  const buffer = new ArrayBuffer(total);
  const joined = new Uint8Array(buffer);
  let offset = 0;
  for (const body of bodies) {
    if (body === undefined) continue;
    joined.set(body, offset);
    offset += body.byteLength;
  }
  return { message: { kind: 'calls', lane, calls, bodies: joined }, transfer: [buffer] };
}

/** Takes the calls out of a message. */
export function unpack(message: Extract<ToWriter, { kind: 'calls' }>): readonly PostedCall[] {
  const { bodies } = message;
  if (bodies === null) return message.calls;
  let offset = 0;
  return message.calls.map((posted) => {
    if (posted.bodySize <= 0) return posted;
    const body = bodies.subarray(offset, offset + posted.bodySize);
    offset += posted.bodySize;
    return { ...posted, call: withBody(posted.call, body) };
  });
}
