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
import type { FromWriter, PostedCall, ToWriter } from './protocol.ts';
import { createSql } from './sql.ts';

/** Calls in one commit; measured: larger batches make accepting and committing take turns instead of overlapping. */
const maxCalls = 32;
/** Body bytes in one commit, so that large bodies do not keep many callers waiting. */
const maxBytes = 1_048_576;
/** How long lazy calls may be passed over while there are durable ones. */
const lazyPatienceMs = 250;

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

/** Cuts the next batch off a queue. */
function takeBatch(queue: PostedCall[]): readonly PostedCall[] {
  let bytes = 0;
  let count = 0;
  for (const { bodySize } of queue) {
    if (count === maxCalls || (count > 0 && bytes + bodySize > maxBytes)) break;
    bytes += Math.max(bodySize, 0);
    count += 1;
  }
  return queue.splice(0, count);
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
  const durable: PostedCall[] = [];
  const lazy: PostedCall[] = [];
  let lazySince = 0;
  let isClosing = false;

  function accept(message: ToWriter): void {
    if (message.kind === 'close') {
      isClosing = true;
      return;
    }
    if (message.lane === 'lazy' && lazy.length === 0) lazySince = Date.now();
    const queue = message.lane === 'lazy' ? lazy : durable;
    for (const posted of unpack(message)) queue.push(posted);
  }

  /** Everything that has arrived meanwhile, without going back to the event loop. */
  function acceptWaiting(): void {
    for (;;) {
      const next: { message: ToWriter } | undefined = receiveMessageOnPort(port);
      if (next === undefined) return;
      accept(next.message);
    }
  }

  function nextBatch(): readonly PostedCall[] {
    const isLazyTurn = durable.length === 0 || (lazy.length > 0 && Date.now() - lazySince > lazyPatienceMs);
    if (!isLazyTurn) return takeBatch(durable);
    lazySince = Date.now();
    return takeBatch(lazy);
  }

  function work(): void {
    for (;;) {
      acceptWaiting();
      const calls = nextBatch();
      if (calls.length === 0) break;
      post(runner.run(calls));
      checkpoints.afterBatch();
    }
    if (isClosing) close();
    else checkpoints.whenIdle();
  }

  function close(): void {
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
