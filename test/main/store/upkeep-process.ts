/**
 * A process of its own that takes requests in without end, while its index is filled and all but the newest of one
 * endpoint are deleted. Writes a line for each request of the other endpoint that is stored.
 */
import { writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../../src/main/base/clock.ts';
import { newId } from '../../../src/main/base/ids.ts';
import { createSilentLogger } from '../../../src/main/base/logger.ts';
import { createRetention } from '../../../src/main/store/retention.ts';
import { admission, bytes, capturedRequest, endpointRow, openAt, plannedRun } from './support.ts';

const dataDir = process.argv[2];
if (dataDir === undefined) throw new TypeError('the data folder is missing');
const store = await openAt(dataDir);
const retention = createRetention({
  store,
  dataDir,
  clock: systemClock,
  logger: createSilentLogger(),
  limits: () => ({ days: 30, requestsPerEndpoint: 10, databaseBytes: null }),
});
// Only endpoints that are known have a limit.
if (store.read.endpoints.byId('ep_limited') === undefined) {
  await store.write('insertEndpoint', endpointRow({ id: 'ep_limited' }));
}
writeSync(1, 'open\n');

async function accept(endpointId: string): Promise<string> {
  const id = newId('req');
  const base = capturedRequest({ id, endpointId, at: Date.now() });
  const body = bytes(`<${id}> ${'some words of a body that is not short '.repeat(20)}`);
  const request = { ...base, raw: { ...base.raw, body } };
  await store.write('admit', admission({ request, runs: [plannedRun({ id: newId('run'), next: [] })] }));
  return id;
}

async function acceptForEver(): Promise<void> {
  for (;;) {
    await accept('ep_limited');
    const id = await accept('ep_other');
    writeSync(1, `${id}\n`);
    await pause(5);
  }
}

async function pruneForEver(): Promise<void> {
  for (;;) {
    await retention.prune();
    await pause(20);
  }
}

await Promise.all([...Array.from({ length: 6 }, acceptForEver), pruneForEver()]);
