/** The writer's thread as seen from the main one: started, listened to, and started again after a while when it dies. */
import { Worker } from 'node:worker_threads';
import type { Transferable } from 'node:worker_threads';
import { AppError } from '../../shared/errors.ts';
import type { Logger } from '../base/logger.ts';
import { fromPosted } from './protocol.ts';
import type { BatchReport, FromWriter, ToWriter } from './protocol.ts';
import type { LiveCounts } from './write-context.ts';

const firstRespawnMs = 100;
const longestRespawnMs = 5_000;

export interface WriterThread {
  /** Whether it takes messages now. */
  readonly isUp: boolean;
  post(message: ToWriter, transfer?: readonly Transferable[]): void;
  /** Ends it after what it was sent is done. */
  close(): Promise<void>;
}

interface ThreadOptions {
  readonly writerUrl: URL;
  readonly file: string;
  readonly logger: Logger;
  /** The database is open; called again after each new start. */
  readonly onReady: (live: LiveCounts) => void;
  readonly onReport: (report: BatchReport) => void;
  /** It ended or did not start again: nothing it was sent will be answered. */
  readonly onLost: (reason: string) => void;
}

/** Starts the thread. @throws AppError `data_folder_unusable`, `storage_unavailable` when it can not be started */
export async function startThread(options: ThreadOptions): Promise<WriterThread> {
  const { logger } = options;
  let worker: Worker | undefined;
  let isClosing = false;
  let respawnMs = firstRespawnMs;

  function lost(reason: string): void {
    worker = undefined;
    options.onLost(reason);
    if (isClosing) return;
    setTimeout(() => {
      if (!isClosing)
        spawn().catch((error: unknown) => lost(error instanceof Error ? error.message : String(error)));
    }, respawnMs).unref();
    respawnMs = Math.min(respawnMs * 2, longestRespawnMs);
  }

  function spawn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const next = new Worker(options.writerUrl, {
        workerData: { file: options.file },
        name: 'store-writer',
      });
      let reason = 'the writer ended';
      next.on('message', (message: FromWriter) => {
        switch (message.kind) {
          case 'ready':
            if (message.copiedTo !== null)
              logger.info({ copy: message.copiedTo }, 'the database was copied, then changed');
            worker = next;
            respawnMs = firstRespawnMs;
            options.onReady(message.live);
            resolve();
            break;
          case 'refused':
            reject(fromPosted(message.error));
            break;
          case 'done':
            options.onReport(message);
            break;
        }
      });
      next.on('error', (error) => {
        reason = error instanceof Error ? error.message : String(error);
        logger.error({ err: error }, 'the writer failed');
      });
      next.on('exit', () => {
        if (worker === next) lost(reason);
        else reject(new AppError({ code: 'storage_unavailable', cause: reason }));
      });
    });
  }

  await spawn();

  return {
    get isUp() {
      return worker !== undefined;
    },
    post: (message, transfer = []) => worker?.postMessage(message, transfer),
    async close() {
      isClosing = true;
      const ending = worker;
      if (ending === undefined) return;
      const ended = new Promise<void>((resolve) => void ending.once('exit', () => resolve()));
      ending.postMessage({ kind: 'close' } satisfies ToWriter);
      await ended;
    },
  };
}
