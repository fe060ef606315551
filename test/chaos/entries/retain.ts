/** `<data folder>`: deletes all that may go from a data folder, with ends of the process at named points. */
import { systemClock } from '../../../src/main/base/clock.ts';
import { createSilentLogger } from '../../../src/main/base/logger.ts';
import { openStore } from '../../../src/main/store/open-store.ts';
import { createRetention } from '../../../src/main/store/retention.ts';

const dataDir = process.argv[2] ?? '';
const extension = import.meta.url.endsWith('.js') ? 'js' : 'ts';
const logger = createSilentLogger();
const writerUrl = new URL(`./store-writer.${extension}`, import.meta.url);
const store = await openStore({ dataDir, writerUrl, logger, clock: systemClock });
const retention = createRetention({
  store,
  dataDir,
  logger,
  clock: systemClock,
  limits: () => ({ days: 0, requestsPerEndpoint: 1, databaseBytes: null }),
});
const { requests } = await retention.prune();
await store.close();
process.stdout.write(`${requests}\n`);
