/**
 * An install in a process of its own, to be killed: `<data folder> <vault key as base64>`, or to kill itself before the
 * step with the number given behind these is settled. Says `started` and `idle`.
 */
import process, { argv, stdout } from 'node:process';
import { watchPoints } from '../../../src/main/base/crash-points.ts';
import { systemClock } from '../../../src/main/base/clock.ts';
import { createSilentLogger } from '../../../src/main/base/logger.ts';
import { createSealedVault } from '../../../src/main/base/sealed-vault.ts';
import { createEngine } from '../../../src/main/engine/engine.ts';
import { createSandbox } from '../../../src/main/sandbox/sandbox.ts';
import { openStore } from '../../../src/main/store/open-store.ts';

const [, , dataDir = '', key = '', lastStep] = argv;
let steps = 0;
if (lastStep !== undefined) {
  watchPoints((point) => {
    if (point === 'step before settling') steps += 1;
    if (steps === Number(lastStep)) process.kill(process.pid, 'SIGKILL');
  });
}
const logger = createSilentLogger();
const store = await openStore({
  dataDir,
  writerUrl: new URL('../../../src/main/store-writer.ts', import.meta.url),
  logger,
  clock: systemClock,
});
const sandbox = createSandbox({ workerUrl: new URL('../../../src/main/sandbox-worker.ts', import.meta.url) });
const vault = createSealedVault({ keys: [Buffer.from(key, 'base64')], description: 'test' });
const engine = createEngine({ store, sandbox, vault, clock: systemClock, logger });
await engine.start();
stdout.write('started\n');
const looking = setInterval(() => {
  const { queued, running } = store.read.runs.counts();
  if (queued + running > 0) return;
  clearInterval(looking);
  stdout.write('idle\n');
}, 20);
