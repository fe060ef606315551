/** Entry of the writer thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { serveWriter } from './store/writer.ts';

if (parentPort === null) throw new Error('this file is the entry of a worker thread');
serveWriter(parentPort, z.object({ file: z.string() }).parse(workerData).file);
