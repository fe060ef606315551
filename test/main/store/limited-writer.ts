/**
 * A writer whose disk can be filled and whose thread can be killed from outside: the file `disk-pages` in the data
 * folder limits the database's pages, the file `die` ends the thread.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { serveWriter } from '../../../src/main/store/writer.ts';

if (parentPort === null) throw new TypeError('this file is the entry of a worker thread');
const { file } = z.object({ file: z.string() }).parse(workerData);
const pages = join(dirname(file), 'disk-pages');
const die = join(dirname(file), 'die');

serveWriter(parentPort, file, (db) => {
  setInterval(() => {
    if (existsSync(die)) {
      rmSync(die);
      process.exit(1);
    }
    const limit = existsSync(pages) ? Number(readFileSync(pages, 'utf8')) : 0;
    if (limit > 0) db.pragma(`max_page_count = ${limit}`);
  }, 10).unref();
});
