/**
 * A disk that refuses a write, or takes it and says it did not: no step is lost and none is done twice, whichever write it
 * is (RELIABILITY I5). Here some of them; every single one by hand: `HOOKYARD_TEST_EVERY_FAULT=1`.
 */
import { BroadcastChannel } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { systemClock, type Clock } from '../../../src/main/base/clock.ts';
import type { Store } from '../../../src/main/store/open-store.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { openScenario } from './fault-scenario.ts';
import { openEngine } from './open-engine.ts';

const isEvery = process.env['HOOKYARD_TEST_EVERY_FAULT'] === '1';
const limit = isEvery ? 1_200_000 : 60_000;

/** Pauses are short here; what is tested is that there is a second try. */
const hastyClock: Clock = {
  now: () => Date.now(),
  after: (ms, callback) => systemClock.after(ms > 5_000 ? ms : Math.min(ms, 10), callback),
};

const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);
beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => {
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

/** Which writes fail, of those from 1 on: every one, or each so many-th and the first few. */
function* placesOf(stride: number): Generator<number> {
  for (let nth = 1; ; nth += isEvery ? 1 : stride) yield nth;
}

describe.each(['refused', 'done but reported failed'] as const)(
  'a write of the engine that is %s',
  (fault) => {
    it('I5 loses no step and doubles none, whichever write it is', { timeout: limit }, async () => {
      let left = 0;
      const fail = (store: Store): Store => ({
        ...store,
        get configVersion() {
          return store.configVersion;
        },
        async write(name, input) {
          left -= 1;
          if (left !== 0) return store.write(name, input);
          if (fault === 'done but reported failed') await store.write(name, input);
          throw new AppError({ code: 'storage_unavailable' });
        },
      });
      const bench = await openEngine({ clock: hastyClock, wrapStore: fail });
      await using scenario = await openScenario(bench);
      for (const nth of placesOf(3)) {
        left = nth;
        expect(await scenario.play(), `write ${nth}`).toEqual([]);
        if (left > 0) break;
      }
    });
  },
);

describe.each(['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_BUSY'])(
  'a statement that fails with %s',
  (code) => {
    it('I5 loses no step and doubles none, whichever statement it is', { timeout: limit }, async () => {
      const bench = await openEngine({
        clock: hastyClock,
        writerUrl: new URL('./faulty-writer.ts', import.meta.url),
      });
      const channel = new BroadcastChannel(`faults of ${bench.dataDir}/hookyard.db`);
      onTestFinished(() => channel.close());
      const told = z.object({ passed: z.number(), isDue: z.boolean() });
      /** Makes the n-th write from now on fail; answers what became of the one before. */
      const arm = (nth: number): Promise<z.infer<typeof told>> =>
        new Promise((resolve) => {
          channel.onmessage = ({ data }: { readonly data: unknown }) => resolve(told.parse(data));
          channel.postMessage({ nth, code });
        });
      await using scenario = await openScenario(bench);
      for (const nth of placesOf(23)) {
        await arm(nth);
        expect(await scenario.play(), `statement ${nth}`).toEqual([]);
        if ((await arm(0)).isDue) break;
      }
    });
  },
);
