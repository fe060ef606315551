/** A disk that refuses a write, or takes it and says it did not: no step is lost and none is done twice (RELIABILITY I5). */
import { describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../../src/main/base/clock.ts';
import type { Store } from '../../../src/main/store/open-store.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { openHttpTarget } from '../../support/http-target.ts';
import { makeDocument, openEngine, runOnce } from './open-engine.ts';

/** Pauses are short here; what is tested is that there is a second try. */
const hastyClock: Clock = {
  now: () => Date.now(),
  after: (ms, callback) => systemClock.after(ms > 5_000 ? ms : Math.min(ms, 10), callback),
};

type Fault = 'refused' | 'done but reported failed';

/** A store whose n-th write of these, counted from 1, goes wrong. */
function faultyStore(store: Store, nth: number, fault: Fault, seen: { writes: number }): Store {
  const write: Store['write'] = async (name, input) => {
    if (name !== 'settleStep' && name !== 'startStep' && name !== 'recoverRuns')
      return store.write(name, input);
    seen.writes += 1;
    if (seen.writes !== nth) return store.write(name, input);
    if (fault === 'done but reported failed') await store.write(name, input);
    throw new AppError({ code: 'storage_unavailable' });
  };
  return {
    read: store.read,
    write,
    writeLazy: (name, input) => store.writeLazy(name, input),
    drain: () => store.drain(),
    configVersion: 1,
    feed: store.feed,
    health: () => store.health(),
    close: () => store.close(),
  };
}

const document = (origin: string) =>
  makeDocument(
    [
      { id: 'start', type: 'manual' },
      { id: 'set', type: 'set', config: { fields: { n: '{{trigger.data.n}}' } } },
      {
        id: 'call',
        type: 'http',
        config: { method: 'POST', url: origin, body: { n: '{{steps.set.output.n}}' } },
      },
      { id: 'pause', type: 'delay', config: { seconds: 0.01 } },
      {
        id: 'end',
        type: 'set',
        config: { fields: { n: '{{steps.set.output.n}}', status: '{{steps.call.output.status}}' } },
      },
    ],
    ['start>set', 'set>call', 'call>pause', 'pause>end'],
  );

describe.each<Fault>(['refused', 'done but reported failed'])('a write that is %s', (fault) => {
  it('loses no step and doubles none, whichever write it is', async () => {
    for (let nth = 1; ; nth++) {
      await using target = await openHttpTarget();
      const seen = { writes: 0 };
      const bench = await openEngine({
        clock: hastyClock,
        wrapStore: (store) => faultyStore(store, nth, fault, seen),
      });
      const run = await runOnce(bench, document(target.origin), { n: 5 });
      expect(run, `write ${nth}`).toMatchObject({ status: 'succeeded', output: { n: 5, status: 200 } });
      expect(run.steps.map((step) => step.nodeId)).toEqual(['start', 'set', 'call', 'pause', 'end']);
      expect(run.steps.every((step) => step.attempt === 1)).toBe(true);
      expect(target.calls.map((call) => call.body)).toEqual(['{"n":5}']);
      await bench.close();
      if (seen.writes < nth) break;
      expect(nth).toBeLessThan(20);
    }
  });
});
