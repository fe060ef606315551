/** Random graphs against a small model: which steps run in which rounds, what joins gather, how the run ends (SPEC 8, 9). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../../src/main/base/clock.ts';
import { checkDocument } from '../../../src/main/engine/check.ts';
import type { Store } from '../../../src/main/store/open-store.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { isLive } from '../../../src/shared/model/run.ts';
import { until } from '../../support/until.ts';
import { expectAsModelled } from './model/compare.ts';
import { expectedRun } from './model/expected-run.ts';
import { randomGraphs, type RandomGraph } from './model/random-graph.ts';
import { type Bench, liveWorkflow, openEngine, untilRun } from './open-engine.ts';

/** Pauses are short; the time of the clock itself is true. */
const hastyClock: Clock = {
  now: () => Date.now(),
  after: (ms, callback) => systemClock.after(Math.min(ms, 10), callback),
};

async function startAll(bench: Bench, graphs: readonly RandomGraph[]): Promise<readonly string[]> {
  return Promise.all(
    graphs.map(async ({ document }) => {
      const workflowId = await liveWorkflow(bench.store, document);
      return (await bench.engine.startRun({ workflowId, input: {} })).runId;
    }),
  );
}

async function compareAll(
  bench: Bench,
  graphs: readonly RandomGraph[],
  runIds: readonly string[],
): Promise<void> {
  for (const [index, graph] of graphs.entries()) {
    const run = await untilRun(bench.engine, runIds[index] ?? '');
    try {
      expectAsModelled(graph, run);
    } catch (error) {
      // The rest of the batch says nothing about this one.
      throw new Error(`${JSON.stringify(graph.document.nodes)}\n${JSON.stringify(graph.document.edges)}`, {
        cause: error,
      });
    }
  }
}

const batches = fc.array(randomGraphs, { minLength: 30, maxLength: 30 });

/** A store that commits so many ends of steps, and from then on answers nothing: the process is gone. */
function mortalStore(store: Store, life: { left: number }): Store {
  const silence = new Promise<never>(() => {});
  return withWrites(store, async (name, write) => {
    if (life.left <= 0) return silence;
    if (name !== 'settleStep') return write();
    const output = await write();
    life.left -= 1;
    // The last one is committed, and nobody is told.
    return life.left <= 0 ? silence : output;
  });
}

/** Numbers from 0 to 1, all equally likely. */
function diceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A store whose writes go wrong now and then: refused, or done and said to be refused. */
function shakyStore(store: Store, chance: () => number, seen: { faults: number }): Store {
  const failed = new AppError({ code: 'storage_unavailable' });
  return withWrites(store, async (name, write) => {
    const fate = name === 'settleStep' || name === 'startStep' ? chance() : 1;
    if (fate < 0.3) seen.faults += 1;
    if (fate < 0.15) throw failed;
    const output = await write();
    if (fate < 0.3) throw failed;
    return output;
  });
}

function withWrites(
  store: Store,
  around: <Output>(name: string, write: () => Promise<Output>) => Promise<Output>,
): Store {
  return {
    read: store.read,
    write: (name, input) => around(name, () => store.write(name, input)),
    writeLazy: (name, input) => store.writeLazy(name, input),
    drain: () => store.drain(),
    configVersion: 1,
    feed: store.feed,
    health: () => store.health(),
    close: () => store.close(),
  };
}

describe('a run of any graph', () => {
  it('is of a document the check finds no fault in, and not trivial', () => {
    const graphs = fc.sample(randomGraphs, { numRuns: 300, seed: 7 });
    for (const { document } of graphs) expect(checkDocument(document)).toEqual([]);
    const ends = graphs.map(expectedRun);
    const share = (isSo: (end: (typeof ends)[number]) => boolean): number => ends.filter(isSo).length;
    expect(share((end) => end.status === 'failed')).toBeGreaterThan(20);
    expect(share((end) => end.status === 'succeeded' && end.loops.size > 1)).toBeGreaterThan(50);
    expect(share((end) => end.steps.some((step) => step.sources.size > 1))).toBeGreaterThan(30);
    expect(share((end) => [...end.loops.values()].flat().includes(true))).toBeGreaterThan(20);
    expect(share((end) => end.steps.some((step) => step.path.includes('.')))).toBeGreaterThan(30);
  });

  it('does what the model says', async () => {
    const bench = await openEngine({ clock: hastyClock });
    await fc.assert(
      fc.asyncProperty(batches, async (graphs) => {
        await compareAll(bench, graphs, await startAll(bench, graphs));
      }),
      { numRuns: 3, endOnFailure: true },
    );
  }, 60_000);

  it('does so over any number of ends of the process, between any two commits', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.integer({ min: 40, max: 90 }), async (graphs, endsInALife) => {
        const first = await openEngine({ clock: hastyClock, start: false });
        const runIds = await startAll(first, graphs);
        await first.close();
        const { dataDir, vault } = first;
        let lives = 0;
        for (let isOver = false; !isOver; lives++) {
          const life = { left: endsInALife };
          const wrapStore = (store: Store) => mortalStore(store, life);
          const bench = await openEngine({ clock: hastyClock, dataDir, vault, wrapStore });
          await until('the process to be gone', () => {
            isOver = runIds.every((id) => isEnded(bench, id));
            return isOver || life.left <= 0;
          });
          if (isOver) await compareAll(bench, graphs, runIds);
          await bench.close();
        }
        expect(lives).toBeGreaterThan(2);
      }),
      { numRuns: 1, endOnFailure: true },
    );
  }, 60_000);

  it('does so when the disk refuses writes, or takes them and says it did not', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.nat(), async (graphs, seed) => {
        const chance = diceOf(seed);
        const seen = { faults: 0 };
        const bench = await openEngine({
          clock: hastyClock,
          wrapStore: (store) => shakyStore(store, chance, seen),
        });
        await compareAll(bench, graphs, await startAll(bench, graphs));
        expect(seen.faults).toBeGreaterThan(20);
        await bench.close();
      }),
      { numRuns: 1, endOnFailure: true },
    );
  }, 60_000);
});

function isEnded({ store }: Bench, runId: string): boolean {
  const status = store.read.runs.byId(runId)?.status;
  return status !== undefined && !isLive(status);
}
