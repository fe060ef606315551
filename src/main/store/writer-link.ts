/**
 * The main thread's end of the writer: collects the writes of one event-loop turn into one message, keeps who waits for
 * what, and brings the thread back when it dies. A write that was not confirmed rejects with `storage_unavailable`.
 */
import { Worker } from 'node:worker_threads';
import { AppError } from '../../shared/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type {
  Call,
  LazyOperationName,
  OperationInput,
  OperationName,
  OperationOutput,
} from './operations.ts';
import { fromPosted, pack } from './protocol.ts';
import type { BatchReport, FromWriter, Lane } from './protocol.ts';
import type { LiveCounts } from './write-context.ts';

const firstRespawnMs = 100;
const longestRespawnMs = 5_000;
const probeMs = 1_000;

interface Waiter {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: AppError) => void;
}

/** What keeps the store from writing, if anything does. */
export interface WriterHealth {
  readonly writable: boolean;
  readonly lastError: { readonly at: number; readonly message: string } | null;
}

export interface WriterLink {
  write<Name extends OperationName>(name: Name, input: OperationInput<Name>): Promise<OperationOutput<Name>>;
  /** Hands over calls nobody waits for; resolves once each was stored or failed. */
  postLazy(calls: readonly Call<LazyOperationName>[]): Promise<void>;
  readonly health: WriterHealth;
  /** Lets what is queued be written, then ends the thread. */
  close(): Promise<void>;
}

interface LinkOptions {
  readonly writerUrl: URL;
  readonly file: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called with each commit before its writes resolve. */
  readonly onCommit: (report: Pick<BatchReport, 'changes' | 'live'>) => void;
}

/** Starts the writer; resolves when the database is open and of the known layout. @throws AppError `data_folder_unusable` */
export async function startWriter(options: LinkOptions): Promise<WriterLink & { readonly live: LiveCounts }> {
  const { clock, logger } = options;
  const waiters = new Map<number, Waiter>();
  const outbox: Record<Lane, { id: number; call: Call }[]> = { durable: [], lazy: [] };
  let worker: Worker | undefined;
  let lastId = 0;
  let isPosting = false;
  let isClosing = false;
  let respawnMs = firstRespawnMs;
  let failing = false;
  let lastError: WriterHealth['lastError'] = null;
  let probing: NodeJS.Timeout | undefined;

  function failed(message: string): void {
    if (!failing) logger.error({ reason: message }, 'the store can not be written');
    failing = true;
    lastError = { at: clock.now(), message };
    if (isClosing) return;
    probing ??= setTimeout(() => {
      probing = undefined;
      // Nothing else may ask for a write while the store is known not to take any.
      if (failing) write('probe', { at: clock.now() }).catch(() => undefined);
    }, probeMs);
    probing.unref();
  }

  function worked(): void {
    if (failing) logger.info('the store can be written again');
    failing = false;
  }

  function enqueue(lane: Lane, call: Call, waiter: Waiter): void {
    if (worker === undefined) {
      if (!isClosing) failed('the writer is being restarted');
      waiter.reject(new AppError({ code: 'storage_unavailable' }));
      return;
    }
    lastId += 1;
    waiters.set(lastId, waiter);
    outbox[lane].push({ id: lastId, call });
    if (isPosting) return;
    isPosting = true;
    setImmediate(post);
  }

  /** Sends what the turn has gathered. */
  function post(): void {
    isPosting = false;
    for (const lane of ['durable', 'lazy'] as const) {
      const calls = outbox[lane];
      if (calls.length === 0) continue;
      outbox[lane] = [];
      const { message, transfer } = pack(lane, calls);
      worker?.postMessage(message, transfer);
    }
  }

  function write<Name extends OperationName>(
    name: Name,
    input: OperationInput<Name>,
  ): Promise<OperationOutput<Name>> {
    return new Promise<OperationOutput<Name>>((resolve, reject) => {
      // The writer answers a call with what the operation of that name returned.
      enqueue(
        'durable',
        { name, input },
        { resolve: (value) => resolve(value as OperationOutput<Name>), reject },
      );
    });
  }

  function settle(report: BatchReport): void {
    if (report.storageError === null) worked();
    else failed(report.storageError);
    options.onCommit(report);
    for (const result of report.results) {
      const waiter = waiters.get(result.id);
      waiters.delete(result.id);
      if ('error' in result) waiter?.reject(fromPosted(result.error));
      else waiter?.resolve(result.value);
    }
  }

  function lost(reason: string): void {
    worker = undefined;
    outbox.durable = [];
    outbox.lazy = [];
    const unanswered = [...waiters.values()];
    waiters.clear();
    for (const waiter of unanswered)
      waiter.reject(new AppError({ code: 'storage_unavailable', cause: reason }));
    if (isClosing) return;
    failed(reason);
    setTimeout(() => {
      if (!isClosing)
        spawn().catch((error: unknown) => logger.error({ err: error }, 'the writer did not start again'));
    }, respawnMs);
    respawnMs = Math.min(respawnMs * 2, longestRespawnMs);
  }

  function spawn(): Promise<LiveCounts> {
    return new Promise((resolve, reject) => {
      const next = new Worker(options.writerUrl, {
        workerData: { file: options.file },
        name: 'store-writer',
      });
      let reason = 'the writer ended';
      let isReady = false;
      next.on('message', (message: FromWriter) => {
        switch (message.kind) {
          case 'ready':
            if (message.copiedTo !== null)
              logger.info({ copy: message.copiedTo }, 'the database was copied and changed');
            isReady = true;
            worker = next;
            respawnMs = firstRespawnMs;
            resolve(message.live);
            break;
          case 'refused':
            reject(fromPosted(message.error));
            break;
          case 'done':
            settle(message);
            break;
          case 'closed':
            break;
        }
      });
      next.on('error', (error) => {
        reason = error instanceof Error ? error.message : String(error);
        logger.error({ err: error }, 'the writer failed');
      });
      next.on('exit', () => {
        reject(new AppError({ code: 'storage_unavailable', cause: reason }));
        if (isReady) lost(reason);
      });
    });
  }

  const live = await spawn();

  return {
    live,
    write,
    postLazy: (calls) =>
      new Promise((resolve) => {
        let left = calls.length;
        let lostCalls = 0;
        const done = (): void => {
          left -= 1;
          if (left > 0) return;
          if (lostCalls > 0) logger.warn({ lost: lostCalls }, 'requests or notes were not recorded');
          resolve();
        };
        const waiter: Waiter = {
          resolve: done,
          reject: () => {
            lostCalls += 1;
            done();
          },
        };
        if (calls.length === 0) resolve();
        for (const call of calls) enqueue('lazy', call, waiter);
      }),
    get health() {
      return { writable: !failing && worker !== undefined, lastError };
    },
    async close() {
      isClosing = true;
      clearTimeout(probing);
      const ending = worker;
      if (ending === undefined) return;
      const ended = new Promise<void>((resolve) => void ending.once('exit', () => resolve()));
      post();
      ending.postMessage({ kind: 'close' });
      await ended;
    },
  };
}
