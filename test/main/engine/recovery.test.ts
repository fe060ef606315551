/** The end of the process at any moment: what was committed goes on, what was in doubt is done again or told as such. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSealedVault, newDataKey } from '../../../src/main/base/sealed-vault.ts';
import { idempotencyKeyOf } from '../../../src/main/engine/attempt.ts';
import { openHttpTarget } from '../../support/http-target.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { liveWorkflow, makeDocument, openEngine, type Bench } from './open-engine.ts';

const entry = new URL('./engine-process.ts', import.meta.url).pathname;
const start = { id: 'start', type: 'manual' };

interface Life {
  /** Resolves when the process said this. */
  said(word: string): Promise<void>;
  kill(): Promise<void>;
}

function live(dataDir: string, key: Buffer): Life {
  const child = spawn(process.execPath, [entry, dataDir, key.toString('base64')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const words = new Set<string>();
  const listeners: (() => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    words.add(line);
    for (const listener of listeners) listener();
  });
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    said: (word) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (words.has(word)) resolve();
        };
        listeners.push(look);
        look();
      }),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Runs a workflow of two calls a hundred times over processes that are killed in the middle of it. */
async function killInTheMiddle(config: Record<string, unknown>, kills: number) {
  const temp = makeTempDir();
  onTestFinished(() => temp.remove());
  const key = newDataKey();
  const vault = createSealedVault({ keys: [key], description: 'test' });
  let onCall: (() => void) | undefined;
  const target = await openHttpTarget((_call, response) => {
    onCall?.();
    setTimeout(() => response.end('{}'), 5);
  });
  onTestFinished(() => target.close());
  const call = (id: string) => ({
    id,
    type: 'http',
    config: { method: 'POST', url: target.origin, ...config },
  });
  const first = await openEngine({ dataDir: temp.path, vault, start: false });
  const workflowId = await liveWorkflow(
    first.store,
    makeDocument(
      [
        start,
        call('one'),
        { id: 'mid', type: 'transform', config: { expression: 'steps.one.output.status' } },
        call('two'),
      ],
      ['start>one', 'one>mid', 'mid>two'],
    ),
  );
  const runIds = await Promise.all(
    Array.from({ length: 100 }, async () => (await first.engine.startRun({ workflowId, input: null })).runId),
  );
  await first.close();

  for (let kill = 1; kill <= kills; kill++) {
    const life = live(temp.path, key);
    await life.said('started');
    // So many calls into this life: some are answered and not committed, some on the wire.
    const called = new Promise<void>((resolve) => {
      let left = kill * 9;
      onCall = () => {
        left -= 1;
        if (left === 0) resolve();
      };
    });
    await Promise.race([called, life.said('idle')]);
    await life.kill();
  }
  const last = live(temp.path, key);
  await last.said('idle');
  await last.kill();
  const bench: Bench = await openEngine({ dataDir: temp.path, vault, start: false });
  const steps = runIds.flatMap((id) => bench.store.read.runs.steps(id));
  const sends = new Map<string, number>();
  for (const { headers } of target.calls) {
    const sent = String(headers['idempotency-key']);
    sends.set(sent, (sends.get(sent) ?? 0) + 1);
  }
  const statuses = runIds.map((id) => bench.store.read.runs.byId(id)?.status);
  await bench.close();
  const keyOf = (step: (typeof steps)[number]) => idempotencyKeyOf(step.runId, step.nodeId, step.seq);
  return { steps, sends, statuses, keyOf };
}

describe('kill -9', () => {
  it('in the middle of calls: every run ends once, each key is sent at least once and at most once more per kill', async () => {
    const kills = 4;
    const { steps, sends, statuses, keyOf } = await killInTheMiddle({}, kills);
    expect(new Set(statuses)).toEqual(new Set(['succeeded']));
    const calls = steps.filter((step) => step.type === 'http');
    expect(calls).toHaveLength(200);
    expect(new Set(sends.keys())).toEqual(new Set(calls.map(keyOf)));
    expect(Math.min(...sends.values())).toBe(1);
    expect(Math.max(...sends.values())).toBeLessThanOrEqual(1 + kills);
    // Not by luck: some were cut off, and their history says so.
    const cutOff = calls.filter((step) =>
      step.failures.some((failure) => failure.error.code === 'interrupted'),
    );
    expect(cutOff.length).toBeGreaterThan(0);
    expect(cutOff.every((step) => step.attempt === step.failures.length + 1)).toBe(true);
    for (const { error } of cutOff.flatMap((step) => step.failures)) {
      if (error.code === 'interrupted') expect(error.details).toMatchObject({ inDoubt: true });
    }
  }, 60_000);

  it('of calls marked atMostOnce: none is sent twice, and those in doubt are failed as interrupted', async () => {
    const { steps, sends, statuses, keyOf } = await killInTheMiddle({ atMostOnce: true }, 2);
    expect(Math.max(...sends.values())).toBe(1);
    const inDoubt = steps.filter((step) => step.error?.code === 'interrupted');
    expect(inDoubt.length).toBeGreaterThan(0);
    expect(inDoubt.every((step) => step.error?.details?.['inDoubt'] === true)).toBe(true);
    expect(statuses.filter((status) => status === 'failed')).toHaveLength(inDoubt.length);
    expect(statuses.filter((status) => status === 'succeeded')).toHaveLength(100 - inDoubt.length);
    const done = steps.filter((step) => step.type === 'http' && step.status === 'succeeded');
    for (const step of done) expect(sends.get(keyOf(step))).toBe(1);
  }, 60_000);
});
