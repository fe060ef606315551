/** Approvals, called runs and schedules over processes that are killed: each happens once (RELIABILITY P3, P6, P7, G). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { createSealedVault, newDataKey } from '../../../src/main/base/sealed-vault.ts';
import type { Store } from '../../../src/main/store/open-store.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';
import { liveWorkflow, makeDocument, openEngine, untilRun } from './open-engine.ts';

const entry = new URL('./engine-process.ts', import.meta.url).pathname;
const parents = 20;
/** Steps settled before each kill. */
const lives = [30, 45, 30];

/** Lets a process work on the folder until it kills itself before so many steps are settled, or has nothing to do. */
async function liveFor(dataDir: string, key: Buffer, steps: number): Promise<void> {
  const child = spawn(process.execPath, [entry, dataDir, key.toString('base64'), String(steps)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'idle') child.kill('SIGKILL');
  });
  await ended;
}

/** Approves what waits, without an engine that could go on with it. */
async function approveAll(store: Store): Promise<number> {
  const { items } = store.read.approvals.list({ limit: 500 });
  const words = items.map(({ runId, nodeId }, index) =>
    store.write('decideApproval', {
      runId,
      nodeId,
      stepSeq: null,
      valueJson: JSON.stringify({
        approved: true,
        form: {},
        comment: String(index),
        decidedAt: '',
        by: 'ada',
      }),
      at: Date.now(),
    }),
  );
  return (await Promise.all(words)).filter(({ applied }) => applied).length;
}

it('approvals, called runs and schedules happen once over kills at any moment', async () => {
  const temp = makeTempDir();
  onTestFinished(() => temp.remove());
  const key = newDataKey();
  const vault = createSealedVault({ keys: [key], description: 'test' });
  const place = { dataDir: temp.path, vault, start: false } as const;
  const start = { id: 'start', type: 'manual' };

  const first = await openEngine(place);
  const child = await liveWorkflow(
    first.store,
    makeDocument([start, { id: 'work', type: 'set', config: { fields: { ok: true } } }], ['start>work']),
  );
  const workflowId = await liveWorkflow(
    first.store,
    makeDocument(
      [
        start,
        { id: 'call', type: 'workflow', config: { workflow: child } },
        { id: 'ask', type: 'approval', config: { title: 'Well?' } },
        { id: 'end', type: 'set', config: { fields: { word: '{{steps.ask.output.comment}}' } } },
      ],
      ['start>call', 'call>ask', 'ask>end'],
    ),
  );
  await liveWorkflow(
    first.store,
    makeDocument([{ id: 'tick', type: 'schedule', config: { cron: '* * * * * *', timeZone: 'UTC' } }], []),
  );
  const runIds = await Promise.all(
    Array.from(
      { length: parents },
      async () => (await first.engine.startRun({ workflowId, input: 1 })).runId,
    ),
  );
  await first.close();

  let approved = 0;
  for (const steps of lives) {
    await liveFor(temp.path, key, steps);
    const between = await openEngine(place);
    approved += await approveAll(between.store);
    await between.close();
  }

  const last = await openEngine({ ...place, start: true });
  await until('every answer', async () => {
    approved += await approveAll(last.store);
    last.engine.wake();
    return approved >= parents;
  });
  for (const id of runIds) {
    const run = await untilRun(last.engine, id);
    expect(run).toMatchObject({ status: 'succeeded', output: { word: expect.any(String) } });
    expect(run.children).toHaveLength(1);
    expect(run.steps.map(({ nodeId }) => nodeId)).toEqual(['start', 'call', 'ask', 'end']);
  }
  expect(approved).toBe(parents);
  const ticks = last.store.read.runs
    .list({ limit: 500 })
    .items.filter(({ startNodeId }) => startNodeId === 'tick')
    .map(({ inputJson }) => inputJson?.slice(0, 45));
  expect(ticks.length).toBeGreaterThan(0);
  expect(new Set(ticks).size).toBe(ticks.length);
}, 60_000);
