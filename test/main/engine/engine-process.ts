/** An install in a process of its own, to be killed: `<data folder> <vault key as base64>`. Says `started` and `idle`. */
import { argv, stdout } from 'node:process';
import { systemClock } from '../../../src/main/base/clock.ts';
import { createSilentLogger } from '../../../src/main/base/logger.ts';
import { createSealedVault } from '../../../src/main/base/sealed-vault.ts';
import { createEngine } from '../../../src/main/engine/engine.ts';
import { createSandbox } from '../../../src/main/sandbox/sandbox.ts';
import { openStore } from '../../../src/main/store/open-store.ts';

const [, , dataDir = '', key = ''] = argv;
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
