/**
 * Writes nobody waits for: refusals and notes. Kept in a bounded buffer and posted together soon after; a flood of them
 * costs the newest ones, never memory or the speed of what is accepted.
 */
import type { Logger } from '../base/logger.ts';
import type { Call, LazyOperationName } from './operations.ts';

const flushMs = 25;
const maxCalls = 4_096;
const maxBytes = 16_777_216;
/** Bytes kept of a refused request's body (SPEC 12). */
const refusedBodyBytes = 65_536;

export interface LazyBuffer {
  add(call: Call<LazyOperationName>): void;
  /** Posts what is buffered and waits until everything posted was stored, or failed. Never rejects. */
  drain(): Promise<void>;
}

/** Cuts a refused body before it is kept: a view would keep the whole of it in memory. */
function trimmed(call: Call<LazyOperationName>): {
  readonly call: Call<LazyOperationName>;
  readonly bytes: number;
} {
  if (call.name !== 'captureRefused') return { call, bytes: 0 };
  const { input } = call as Call<'captureRefused'>;
  const { raw } = input.request;
  if (input.verdict !== 'rejected' || raw.body.byteLength <= refusedBodyBytes) {
    return { call, bytes: raw.body.byteLength };
  }
  const body = raw.body.slice(0, refusedBodyBytes);
  return {
    call: {
      name: 'captureRefused',
      input: { ...input, request: { ...input.request, raw: { ...raw, body } } },
    },
    bytes: refusedBodyBytes,
  };
}

/** `post` hands calls to the writer and resolves once each was stored or failed. */
export function createLazyBuffer(
  post: (calls: readonly Call<LazyOperationName>[]) => Promise<void>,
  logger: Logger,
): LazyBuffer {
  let calls: Call<LazyOperationName>[] = [];
  let bytes = 0;
  let dropped = 0;
  let timer: NodeJS.Timeout | undefined;
  let posted: Promise<void> = Promise.resolve();

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (dropped > 0) logger.warn({ dropped }, 'more requests were refused than could be recorded');
    dropped = 0;
    if (calls.length === 0) return;
    const before = posted;
    const now = post(calls);
    posted = before.then(() => now);
    calls = [];
    bytes = 0;
  }

  return {
    add(call) {
      const kept = trimmed(call);
      if (calls.length >= maxCalls || bytes + kept.bytes > maxBytes) {
        dropped += 1;
        return;
      }
      calls.push(kept.call);
      bytes += kept.bytes;
      timer ??= setTimeout(flush, flushMs);
    },
    drain() {
      flush();
      return posted;
    },
  };
}
