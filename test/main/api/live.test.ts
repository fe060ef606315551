import { describe, expect, it } from 'vitest';
import { watchChanges } from '../../../src/main/api/live.ts';
import type { FeedEvent } from '../../../src/main/store/types.ts';

/** A feed whose commits the test makes. */
function handFeed() {
  const listeners = new Set<(events: readonly FeedEvent[]) => void>();
  let seq = 7;
  return {
    feed: {
      subscribe(listener: (events: readonly FeedEvent[]) => void) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      get seq() {
        return seq;
      },
    },
    listeners,
    commit(topic: FeedEvent['topic'], ...ids: string[]): void {
      seq += 1;
      for (const listener of listeners) listener([{ seq, topic, ids }]);
    },
  };
}

describe('live changes', () => {
  it('begin with the present sequence number, so a listener knows from where on it listens', async () => {
    const { feed } = handFeed();
    const changes = watchChanges(feed, undefined);
    expect(await changes.next()).toEqual({ done: false, value: { seq: 7, topics: {} } });
    await changes.return();
  });

  it('lose nothing between two readings, put together by topic', async () => {
    const { feed, commit } = handFeed();
    const changes = watchChanges(feed, undefined);
    await changes.next();
    commit('runs', 'a');
    commit('runs', 'a', 'b');
    commit('requests', 'r');
    expect((await changes.next()).value).toEqual({ seq: 10, topics: { runs: ['a', 'b'], requests: ['r'] } });
    commit('tokens', 't');
    expect((await changes.next()).value).toEqual({ seq: 11, topics: { tokens: ['t'] } });
    await changes.return();
  });

  it('say "many" instead of growing without end', async () => {
    const { feed, commit } = handFeed();
    const changes = watchChanges(feed, undefined);
    await changes.next();
    for (let count = 0; count < 10_000; count += 1) commit('requests', `req_${count}`);
    commit('runs', 'one');
    expect((await changes.next()).value).toEqual({ seq: 10_008, topics: { requests: [], runs: ['one'] } });
    await changes.return();
  });

  it('end with the signal and leave no listener behind', async () => {
    const { feed, listeners } = handFeed();
    const abort = new AbortController();
    const changes = watchChanges(feed, abort.signal);
    await changes.next();
    const next = changes.next();
    expect(listeners.size).toBe(1);
    abort.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(listeners.size).toBe(0);
  });
});
