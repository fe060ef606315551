/**
 * What waits for the writer, and what goes into the next commit. Calls somebody waits for come first; notes ride along
 * with them; captured refusals have their turn when nobody waits, or a small one when they have waited for long.
 */
import type { Lane, PostedCall } from './protocol.ts';

/** Calls in one commit. Measured: 32 pay the sync too often, 128 keep callers waiting without gain. */
const maxCalls = 64;
/** Body bytes in one commit, so that large bodies do not keep many callers waiting. */
const maxBytes = 1_048_576;
/** Notes that join a commit: each is one small row. */
const maxNotes = 128;
/** How long captured refusals may be passed over while there are durable calls. */
const patienceMs = 250;

export interface WriterQueue {
  add(lane: Lane, calls: readonly PostedCall[]): void;
  /** Takes the next batch; empty when nothing waits. */
  take(now: number): readonly PostedCall[];
}

/** Cuts calls off the front of a queue. */
function cut(queue: PostedCall[], most: number): readonly PostedCall[] {
  let bytes = 0;
  let count = 0;
  for (const { bodySize } of queue) {
    if (count === most || (count > 0 && bytes + bodySize > maxBytes)) break;
    bytes += Math.max(bodySize, 0);
    count += 1;
  }
  return queue.splice(0, count);
}

/** An empty queue. */
export function createWriterQueue(): WriterQueue {
  const durable: PostedCall[] = [];
  const notes: PostedCall[] = [];
  const captures: PostedCall[] = [];
  let passedOverSince = 0;

  return {
    add(lane, calls) {
      if (lane === 'durable') {
        for (const call of calls) durable.push(call);
        return;
      }
      for (const call of calls) (call.bodySize < 0 ? notes : captures).push(call);
    },
    take(now) {
      if (captures.length === 0) passedOverSince = now;
      const isTheirTurn = durable.length === 0 || now - passedOverSince > patienceMs;
      if (isTheirTurn) passedOverSince = now;
      return [
        ...cut(durable, maxCalls),
        ...cut(notes, maxNotes),
        ...(isTheirTurn ? cut(captures, maxCalls) : []),
      ];
    },
  };
}
