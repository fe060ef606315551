/**
 * The writer thread: the only connection that writes. It takes what is there, commits it as one synced transaction,
 * answers, and takes the next; it never waits for a batch to fill. Between batches it moves the log into the database.
 */
import type Database from 'better-sqlite3';
import { receiveMessageOnPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { createBatchRunner } from './batch.ts';
import { createCheckpoints } from './checkpoints.ts';
import { assertDurable, makeDurable, openWriter } from './connection.ts';
import { unusable } from './data-folder.ts';
import { migrate, requireKnownLayout } from './migrate.ts';
import { migrations } from './migrations/list.ts';
import { toPosted, unpack } from './protocol.ts';
import type { FromWriter, ToWriter } from './protocol.ts';
import { createSql } from './sql.ts';
import { createUpkeep } from './upkeep.ts';
import { createWriterQueue } from './writer-queue.ts';

/** Commits between two pieces of tidying while there is work. */
const batchesPerTidying = 8;

interface OpenDatabase {
  readonly db: Database.Database;
  readonly copiedTo: string | undefined;
}

function openDatabase(file: string): OpenDatabase {
  const db = openWriter(file);
  try {
    requireKnownLayout(db, migrations);
    makeDurable(db);
    const copiedTo = migrate(db, file, migrations);
    db.exec(
      "INSERT INTO meta (key, value) VALUES ('opened', 1) ON CONFLICT (key) DO UPDATE SET value = value + 1",
    );
    assertDurable(db);
    return { db, copiedTo };
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Serves the main thread until it says `close`.
 * @param onOpen called with the connection before it is used; for tests that make the disk fail.
 */
export function serveWriter(
  port: MessagePort,
  file: string,
  onOpen: (db: Database.Database) => void = () => undefined,
): void {
  const post = (message: FromWriter): void => port.postMessage(message);
  let open: OpenDatabase;
  try {
    open = openDatabase(file);
  } catch (error) {
    post({ kind: 'refused', error: toPosted(unusable(file, error)) });
    port.close();
    return;
  }
  const { db, copiedTo } = open;
  onOpen(db);
  const sql = createSql(db);
  const runner = createBatchRunner(db, sql);
  const checkpoints = createCheckpoints(sql);
  const upkeep = createUpkeep(sql, runner.inTransaction, () => {
    checkpoints.afterBatch();
    checkpoints.whenIdle();
  });
  const queue = createWriterQueue();
  let isClosing = false;

  function accept(message: ToWriter): void {
    if (message.kind === 'close') isClosing = true;
    else queue.add(message.lane, unpack(message));
  }

  /** Everything that has arrived meanwhile, without going back to the event loop. */
  function acceptWaiting(): void {
    for (;;) {
      const next: { message: ToWriter } | undefined = receiveMessageOnPort(port);
      if (next === undefined) return;
      accept(next.message);
    }
  }

  function work(): void {
    for (let batches = 1; ; batches += 1) {
      acceptWaiting();
      const calls = queue.take(Date.now());
      const isIdle = calls.length === 0;
      if (!isIdle) {
        post(runner.run(calls));
        upkeep.received(calls.length);
      }
      const hasMore = (isIdle || batches % batchesPerTidying === 0) && !isClosing && runner.tidy();
      if (isIdle && !hasMore) break;
      checkpoints.afterBatch();
    }
    if (isClosing) {
      close();
      return;
    }
    checkpoints.whenIdle();
    upkeep.whenIdle();
  }

  function close(): void {
    upkeep.close();
    checkpoints.close();
    db.close();
    port.close();
  }

  port.on('message', (message: ToWriter) => {
    accept(message);
    work();
  });
  post({ kind: 'ready', live: { ...runner.live }, copiedTo: copiedTo ?? null });
}
