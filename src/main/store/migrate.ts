/**
 * Brings a database to the layout this version knows. Each step is one transaction together with its number; a file of
 * a newer version is refused untouched; an existing file is copied before its first change.
 */
import type Database from 'better-sqlite3';
import { closeSync, copyFileSync, fsyncSync, openSync } from 'node:fs';
import { AppError } from '../../shared/errors.ts';
import { passPoint } from '../base/crash-points.ts';
import type { Migration } from './migrations/migration.ts';

/** The layout a file has; 0 = none yet. */
export function layoutOf(db: Database.Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

/**
 * Refuses a file this version can not read.
 * @throws AppError `data_folder_unusable`
 */
export function requireKnownLayout(db: Database.Database, migrations: readonly Migration[]): void {
  const found = layoutOf(db);
  const known = migrations.at(-1)?.version ?? 0;
  if (found <= known) return;
  throw new AppError({
    code: 'data_folder_unusable',
    message:
      `The data folder was written by a newer version of Hookyard (layout ${found}; this version knows up to ` +
      `${known}). Start the newer version, or choose another data folder.`,
    details: { found, known },
  });
}

/** Applies the migrations a file lacks. Answers the path of the copy made before, if one was. */
export function migrate(
  db: Database.Database,
  file: string,
  migrations: readonly Migration[],
): string | undefined {
  requireKnownLayout(db, migrations);
  const found = layoutOf(db);
  const missing = migrations.filter((migration) => migration.version > found);
  if (missing.length === 0) return undefined;
  const copy = found === 0 ? undefined : copyBefore(db, file, found);
  passPoint('migration copied');
  for (const migration of missing) {
    db.exec('BEGIN IMMEDIATE');
    try {
      db.exec(migration.sql);
      db.pragma(`user_version = ${migration.version}`);
      passPoint('migration before commit');
      db.exec('COMMIT');
      passPoint('migration after commit');
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }
  return copy;
}

/** Copies the whole database, with what is still in its write-ahead log, and syncs the copy. */
function copyBefore(db: Database.Database, file: string, layout: number): string {
  const copy = `${file}.layout-${layout}`;
  db.pragma('wal_checkpoint(TRUNCATE)');
  copyFileSync(file, copy);
  const handle = openSync(copy, 'r');
  fsyncSync(handle);
  closeSync(handle);
  return copy;
}
