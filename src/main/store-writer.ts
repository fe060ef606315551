/** Entry of the writer thread; `workerData.file` is the database. */
import { parentPort, workerData } from 'node:worker_threads';
import { serveWriter } from './store/writer.ts';

const data: unknown = workerData;
if (parentPort === null || typeof data !== 'object' || data === null || !('file' in data)) {
  throw new TypeError('this file is the entry of a worker thread');
}
serveWriter(parentPort, String(data.file));
