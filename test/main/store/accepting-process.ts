/** A process of its own that admits without end into the folder it is given, and writes a line for each resolved id. */
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { newId } from '../../../src/main/base/ids.ts';
import { admission, bytes, capturedRequest, openAt, plannedRun } from './support.ts';

const dataDir = process.argv[2];
if (dataDir === undefined) throw new TypeError('the data folder is missing');
const store = await openAt(dataDir);
writeSync(1, 'open\n');

async function acceptForEver(): Promise<void> {
  for (;;) {
    const id = newId('req');
    const base = capturedRequest({ id });
    const body = bytes(id.repeat(40));
    await store.write(
      'admit',
      admission({
        request: { ...base, raw: { ...base.raw, body } },
        runs: [plannedRun({ id: newId('run') })],
      }),
    );
    // The line leaves only after the promise resolved, like an answer would.
    writeSync(1, `${id} ${createHash('sha256').update(body).digest('hex')}\n`);
  }
}

await Promise.all(Array.from({ length: 40 }, acceptForEver));
