/**
 * The writer's thread over a disk that fails once, at the n-th statement that writes after it is told to: entry of a
 * worker. It is spoken to over a broadcast channel named after its database.
 */
import Database from 'better-sqlite3';
import { BroadcastChannel, parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { serveWriter } from '../../../src/main/store/writer.ts';

if (parentPort === null) throw new TypeError('this file is the entry of a worker thread');
const { file } = z.object({ file: z.string() }).parse(workerData);
const wish = z.object({ nth: z.number(), code: z.string() });

let left = 0;
let passed = 0;
let code = '';

const channel = new BroadcastChannel(`faults of ${file}`);
channel.unref();
// Both kinds of message are answered with how many writes there were since the last.
channel.onmessage = ({ data }: { readonly data: unknown }) => {
  const { success, data: wanted } = wish.safeParse(data);
  if (!success) return;
  channel.postMessage({ passed, isDue: left > 0 });
  ({ nth: left, code } = wanted);
  passed = 0;
};

/** Of the others a transaction that failed is put back, and those must not fail. */
const isWrite = (text: string): boolean => /^\s*(BEGIN|COMMIT|INSERT|UPDATE|DELETE)/i.test(text);

serveWriter(parentPort, file, (db) => {
  const prepare = db.prepare.bind(db);
  const fail = (): void => {
    passed += 1;
    left -= 1;
    if (left !== 0) return;
    // Where the disk is full, SQLite may have put everything back already.
    if (code === 'SQLITE_FULL' && db.inTransaction) db.exec('ROLLBACK');
    throw new Database.SqliteError('made to fail', code);
  };
  db.prepare = ((text: string) => {
    const statement = prepare(text);
    if (!isWrite(text)) return statement;
    for (const way of ['run', 'get', 'all'] as const) {
      const act = statement[way].bind(statement);
      Object.assign(statement, {
        [way]: (...values: unknown[]) => {
          fail();
          return act(...values);
        },
      });
    }
    return statement;
  }) as typeof db.prepare;
});
