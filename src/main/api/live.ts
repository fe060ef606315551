/**
 * Live changes: commits of the store told to each subscriber, put together so that however fast they come there are at
 * most twenty tellings a second and never more than one waiting. A slow subscriber gets one larger change, not a queue
 * that grows or drops; the sequence number tells what it has seen.
 */
import type { Change } from '../../shared/contract/system.ts';
import type { Store } from '../store/open-store.ts';
import type { FeedEvent, FeedTopic } from '../store/types.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';

/** Shortest time between two tellings to one subscriber. */
const paceMs = 50;
/** More ids than this of one topic are told as "many": an empty list. */
const mostIds = 200;

/** Changes waiting to be told; null stands for many. */
type Pending = Map<FeedTopic, Set<string> | null>;

function gather(pending: Pending, events: readonly FeedEvent[]): void {
  for (const { topic, ids } of events) {
    const known = pending.get(topic);
    if (known === null) continue;
    const all = known ?? new Set<string>();
    for (const id of ids) all.add(id);
    pending.set(topic, ids.length === 0 || all.size > mostIds ? null : all);
  }
}

/**
 * Changes for one subscriber: at once the present sequence number, then what was committed since, until the signal
 * ends it.
 */
export async function* watchChanges(
  feed: Store['feed'],
  signal: AbortSignal | undefined,
): AsyncGenerator<Change, void, void> {
  const pending: Pending = new Map();
  let seq = feed.seq;
  let wake: (() => void) | undefined;
  const unsubscribe = feed.subscribe((events) => {
    gather(pending, events);
    seq = Math.max(seq, ...events.map((event) => event.seq));
    wake?.();
  });
  const onAbort = (): void => wake?.();
  signal?.addEventListener('abort', onAbort);
  try {
    yield { seq, topics: {} };
    while (signal?.aborted !== true) {
      if (pending.size === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = undefined;
        continue;
      }
      const topics = Object.fromEntries(
        [...pending].map(([topic, ids]) => [topic, ids === null ? [] : [...ids]]),
      );
      pending.clear();
      yield { seq, topics };
      await pause(paceMs, signal);
    }
  } finally {
    unsubscribe();
    signal?.removeEventListener('abort', onAbort);
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done);
  });
}

/** When a stream ends: with its caller, or with the app. */
function endOf(closing: AbortSignal, signal: AbortSignal | undefined): AbortSignal {
  return signal === undefined ? closing : AbortSignal.any([signal, closing]);
}

/** `live.*` of the contract. */
export function liveProcedures(os: Procedures, { store, closing }: ApiParts) {
  return {
    changes: os.live.changes
      .use(requires('read'))
      .handler(({ signal }) => watchChanges(store.feed, endOf(closing, signal))),
  };
}
