/**
 * The data folder: made for its owner alone, held by one process at a time. The lock is an exclusive transaction on a
 * file of its own, so the system frees it the moment its holder ends, however it ends (RELIABILITY I7).
 */
import Database from 'better-sqlite3';
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';

/** The files in a data folder that belong to the store. */
export interface DataFiles {
  readonly database: string;
  readonly wal: string;
  readonly lock: string;
}

/** Paths of the store's files. */
export function dataFiles(dataDir: string): DataFiles {
  const database = join(dataDir, 'hookyard.db');
  return { database, wal: `${database}-wal`, lock: join(dataDir, 'hookyard.lock') };
}

/** The error for a folder or file that can not be used, with what the system said. */
export function unusable(path: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const said = cause instanceof Error ? cause.message : String(cause);
  return new AppError({
    code: 'data_folder_unusable',
    message: `The data folder can not be used: ${path}: ${said}.`,
    cause,
  });
}

/**
 * Makes the folder if need be and closes it and its files to others.
 * @throws AppError `data_folder_unusable`
 */
export function prepareDataFolder(dataDir: string): DataFiles {
  const files = dataFiles(dataDir);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    if (!statSync(dataDir).isDirectory()) throw new Error('it is not a folder');
    closeToOthers(dataDir, 0o700);
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    for (const file of [files.database, files.lock]) {
      // SQLite gives the files it adds (-wal, -shm) the mode of the database.
      closeSync(openSync(file, 'a', 0o600));
      closeToOthers(file, 0o600);
    }
    for (const file of [files.wal, `${files.database}-shm`]) if (existsSync(file)) closeToOthers(file, 0o600);
    return files;
  } catch (error) {
    throw unusable(dataDir, error);
  }
}

function closeToOthers(path: string, mode: number): void {
  if (process.platform === 'win32') return;
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, mode);
}

/**
 * Takes the folder for this process; answers how to give it back.
 * @throws AppError `data_folder_locked`, `data_folder_unusable`
 */
export function lockDataFolder(files: DataFiles): () => void {
  let lock: Database.Database | undefined;
  try {
    lock = new Database(files.lock, { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock?.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      throw new AppError({ code: 'data_folder_locked', cause: error });
    }
    throw unusable(files.lock, error);
  }
  const held = lock;
  return () => void held.close();
}
