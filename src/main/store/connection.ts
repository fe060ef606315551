/**
 * Opens connections to the database with the settings its promises need. A commit must be on the disk before anyone is
 * told of it, so every connection asks for synchronous=FULL after the switch to WAL, which lowers it on its own.
 */
import Database from 'better-sqlite3';
import { AppError } from '../../shared/errors.ts';

/** Bytes per page of a new database. Measured: see test/bench/store. */
const pageBytes = 8_192;
const mebibyte = 1_048_576;

function asKibibytes(bytes: number): number {
  return -Math.round(bytes / 1_024);
}

/** The writer's connection. Makes the file's layout choices when it is new; runs nothing else. */
export function openWriter(file: string): Database.Database {
  const db = new Database(file, { timeout: 5_000 });
  db.pragma(`page_size = ${pageBytes}`);
  // Has to be said before the first table; of a file that has some, even saying it again would change it. One that was
  // made without it keeps the pages it once took.
  if (Number(db.pragma('user_version', { simple: true })) === 0) db.pragma('auto_vacuum = INCREMENTAL');
  return db;
}

/** Switches the writer's connection to durable commits. Call once the file is known to be ours. */
export function makeDurable(db: Database.Database): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('fullfsync = ON');
  db.pragma('checkpoint_fullfsync = ON');
  // The writer decides when to checkpoint: after it has answered, never within a commit.
  db.pragma('wal_autocheckpoint = 0');
  db.pragma(`journal_size_limit = ${64 * mebibyte}`);
  db.pragma(`cache_size = ${asKibibytes(32 * mebibyte)}`);
  db.pragma('temp_store = MEMORY');
  db.pragma('secure_delete = FAST');
  db.pragma('foreign_keys = OFF');
}

/**
 * Proves that commits are synced: to be called after a first write, because only then the driver's own lowering of
 * `synchronous` would show.
 * @throws AppError `data_folder_unusable`
 */
export function assertDurable(db: Database.Database): void {
  const mode = db.pragma('journal_mode', { simple: true });
  const synchronous = db.pragma('synchronous', { simple: true });
  if (mode === 'wal' && synchronous === 2) return;
  throw new AppError({
    code: 'data_folder_unusable',
    message: 'The data folder can not be used: its file system does not allow durable commits.',
    details: { journalMode: mode, synchronous },
  });
}

/** A connection that only reads and never waits for the writer. */
export function openReader(file: string): Database.Database {
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: 5_000 });
  db.pragma('synchronous = FULL');
  db.pragma(`cache_size = ${asKibibytes(16 * mebibyte)}`);
  db.pragma('temp_store = MEMORY');
  return db;
}
