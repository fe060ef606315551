/**
 * The store's face: everything outside reads, writes and listens through what `openStore` answers. A write's promise
 * resolves once its commit is synced to the disk (SPEC 4.12).
 */
import type Database from 'better-sqlite3';
import { statSync } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { toCall } from './calls.ts';
import { openReader } from './connection.ts';
import { lockDataFolder, prepareDataFolder, unusable } from './data-folder.ts';
import { createFeed } from './feed.ts';
import type { Feed } from './feed.ts';
import { createLazyBuffer } from './lazy-buffer.ts';
import type { LazyOperationName, OperationInput, OperationName, OperationOutput } from './operations.ts';
import { createReads } from './reads.ts';
import type { StoreReads } from './reads.ts';
import { createSql } from './sql.ts';
import type { FeedTopic } from './types.ts';
import type { LiveCounts } from './write-context.ts';
import { startWriter } from './writer-link.ts';
import type { WriterLink } from './writer-link.ts';
import type { WriterHealth } from './writer-health.ts';

export interface StoreOptions {
  readonly dataDir: string;
  /** Entry of the writer thread, e.g. `new URL('./store-writer.ts', import.meta.url)`. */
  readonly writerUrl: URL;
  readonly logger: Logger;
  readonly clock: Clock;
}

export interface StoreHealth extends WriterHealth {
  readonly databaseBytes: number;
  readonly walBytes: number;
}

export interface Store {
  readonly read: StoreReads;
  /**
   * Resolves after the commit is synced. What the operation refuses rejects with its AppError; what the disk refuses
   * rejects with `storage_unavailable`, and nothing of it is stored.
   */
  write<Name extends OperationName>(name: Name, input: OperationInput<Name>): Promise<OperationOutput<Name>>;
  /** Stores soon, without a promise; dropped when the buffer is full or the process ends. */
  writeLazy<Name extends LazyOperationName>(name: Name, input: OperationInput<Name>): void;
  /** Waits until every lazy write so far was stored. Never rejects. */
  drain(): Promise<void>;
  /** Raised by every write to workflows, endpoints, secrets or settings, before that write resolves. */
  readonly configVersion: number;
  readonly feed: Feed;
  health(): StoreHealth;
  /** Writes what is queued, empties the log into the database and gives the data folder back. */
  close(): Promise<void>;
}

const configTopics: ReadonlySet<FeedTopic> = new Set(['workflows', 'endpoints', 'secrets', 'settings']);

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/**
 * Opens the data folder, making it if need be.
 * @throws AppError `data_folder_locked` when another process has it, `data_folder_unusable`
 */
export async function openStore({ dataDir, writerUrl, logger, clock }: StoreOptions): Promise<Store> {
  const files = prepareDataFolder(dataDir);
  const unlock = lockDataFolder(files);
  const { feed, tell } = createFeed(logger);
  let configVersion = 1;
  let live: LiveCounts = { queued: 0, running: 0, waiting: 0 };

  let writer: WriterLink | undefined;
  try {
    writer = await startWriter({
      writerUrl,
      file: files.database,
      clock,
      logger,
      onCommit(changes, counts) {
        live = counts;
        if (changes.some(({ topic }) => configTopics.has(topic))) configVersion += 1;
        tell(changes);
      },
    });
    const reader = openReader(files.database);
    return createStore(writer, reader);
  } catch (error) {
    await writer?.close();
    unlock();
    throw unusable(dataDir, error);
  }

  function createStore(link: WriterLink, reader: Database.Database): Store {
    const lazy = createLazyBuffer((calls) => link.postLazy(calls), logger);
    let closing: Promise<void> | undefined;

    async function close(): Promise<void> {
      await lazy.drain();
      reader.close();
      await link.close();
      unlock();
    }

    return {
      read: createReads(createSql(reader), () => ({ ...live })),
      write: (name, input) => link.write(name, input),
      writeLazy: (name, input) => lazy.add(toCall(name, input)),
      drain: () => lazy.drain(),
      get configVersion() {
        return configVersion;
      },
      feed,
      health: () => ({
        ...link.health,
        databaseBytes: sizeOf(files.database),
        walBytes: sizeOf(files.wal),
      }),
      close() {
        closing ??= close();
        return closing;
      },
    };
  }
}
