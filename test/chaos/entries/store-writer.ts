/** The writer's thread as it is, with ends of the process at named points: see at-point.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { serveWriter } from '../../../src/main/store/writer.ts';
import { endAtPoint } from './at-point.ts';

if (parentPort === null) throw new TypeError('this file is the entry of a worker thread');
endAtPoint();
serveWriter(parentPort, z.object({ file: z.string() }).parse(workerData).file);
