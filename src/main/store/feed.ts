/** The change feed: tells what was committed, after it was. It informs and never drives: nobody's work hangs on it. */
import type { Logger } from '../base/logger.ts';
import type { FeedEvent } from './types.ts';

type Listener = (events: readonly FeedEvent[]) => void;

export interface Feed {
  /** Calls back after each commit that changed something; answers how to end it. */
  subscribe(listener: Listener): () => void;
  /** The newest event's number; 0 before the first. */
  readonly seq: number;
}

/** Makes a feed and the way to tell it. */
export function createFeed(logger: Logger): {
  readonly feed: Feed;
  tell(changes: readonly Omit<FeedEvent, 'seq'>[]): void;
} {
  const listeners = new Set<Listener>();
  let seq = 0;
  return {
    feed: {
      subscribe(listener) {
        // Wrapped, so that one function may listen twice and end each on its own.
        const own: Listener = (events) => listener(events);
        listeners.add(own);
        return () => void listeners.delete(own);
      },
      get seq() {
        return seq;
      },
    },
    tell(changes) {
      if (changes.length === 0) return;
      seq += 1;
      const events = changes.map(({ topic, ids }) => ({ seq, topic, ids }));
      for (const listener of listeners) {
        try {
          listener(events);
        } catch (error) {
          logger.error({ err: error }, 'a listener to changes failed');
        }
      }
    },
  };
}
