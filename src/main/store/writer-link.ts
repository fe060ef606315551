/**
 * The main thread's end of the writer: collects the writes of one event-loop turn into one message and keeps who waits
 * for what. A write that was not confirmed rejects with `storage_unavailable`.
 */
import { AppError } from '../../shared/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { toCall } from './calls.ts';
import type { Call, OperationInput, OperationName, OperationOutput } from './operations.ts';
import { fromPosted, pack } from './protocol.ts';
import type { BatchReport, Lane } from './protocol.ts';
import { watchHealth } from './writer-health.ts';
import type { WriterHealth } from './writer-health.ts';
import { startThread } from './writer-thread.ts';
import type { LiveCounts } from './write-context.ts';

interface Waiter {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: AppError) => void;
}

export interface WriterLink {
  write<Name extends OperationName>(name: Name, input: OperationInput<Name>): Promise<OperationOutput<Name>>;
  /** Hands over calls nobody waits for; resolves once each was stored or failed. Never rejects. */
  postLazy(calls: readonly Call[]): Promise<void>;
  readonly health: WriterHealth;
  /** Lets what is queued be written, then ends the thread. */
  close(): Promise<void>;
}

interface LinkOptions {
  readonly writerUrl: URL;
  readonly file: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called with each commit before its writes resolve, and at each start of the writer. */
  readonly onCommit: (changes: BatchReport['changes'], live: LiveCounts) => void;
}

/** Starts the writer. @throws AppError `data_folder_unusable`, `storage_unavailable` */
export async function startWriter(options: LinkOptions): Promise<WriterLink> {
  const { clock, logger, onCommit } = options;
  const waiters = new Map<number, Waiter>();
  const outbox: Record<Lane, { readonly id: number; readonly call: Call }[]> = { durable: [], lazy: [] };
  let lastId = 0;
  let isPosting = false;
  let isClosed = false;

  const watch = watchHealth(clock, logger, () => {
    // Its failure is reported by the batch it was in.
    write('probe', { at: clock.now() }).catch(() => undefined);
  });

  const thread = await startThread({
    writerUrl: options.writerUrl,
    file: options.file,
    logger,
    onReady(live) {
      watch.worked();
      onCommit([], live);
    },
    onReport(report) {
      if (report.storageError === null) watch.worked();
      else watch.failed(report.storageError);
      onCommit(report.changes, report.live);
      for (const result of report.results) {
        const waiter = waiters.get(result.id);
        waiters.delete(result.id);
        if ('error' in result) waiter?.reject(fromPosted(result.error));
        else waiter?.resolve(result.value);
      }
    },
    onLost(reason) {
      outbox.durable = [];
      outbox.lazy = [];
      const unanswered = [...waiters.values()];
      waiters.clear();
      if (!isClosed) watch.failed(reason);
      for (const waiter of unanswered) {
        waiter.reject(new AppError({ code: 'storage_unavailable', cause: reason }));
      }
    },
  });

  function enqueue(lane: Lane, call: Call, waiter: Waiter): void {
    if (!thread.isUp || isClosed) {
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
      thread.post(message, transfer);
    }
  }

  function write<Name extends OperationName>(
    name: Name,
    input: OperationInput<Name>,
  ): Promise<OperationOutput<Name>> {
    return new Promise<OperationOutput<Name>>((resolve, reject) => {
      // The writer answers a call with what the operation of that name returned.
      enqueue('durable', toCall(name, input), {
        resolve: (value) => resolve(value as OperationOutput<Name>),
        reject,
      });
    });
  }

  function postLazy(calls: readonly Call[]): Promise<void> {
    if (calls.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      let left = calls.length;
      let lost = 0;
      const done = (): void => {
        left -= 1;
        if (left > 0) return;
        if (lost > 0) logger.warn({ lost }, 'requests or notes were not recorded');
        resolve();
      };
      const waiter: Waiter = {
        resolve: done,
        reject: () => {
          lost += 1;
          done();
        },
      };
      for (const call of calls) enqueue('lazy', call, waiter);
    });
  }

  return {
    write,
    postLazy,
    get health() {
      return { ...watch.health, writable: watch.health.writable && thread.isUp };
    },
    async close() {
      watch.stop();
      post();
      isClosed = true;
      await thread.close();
    },
  };
}
