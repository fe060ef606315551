/** What was resolved is on the disk: durable settings, a killed process, one owner per folder, layouts that fit. */
import Database from 'better-sqlite3';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { assertDurable, makeDurable, openReader, openWriter } from '../../../src/main/store/connection.ts';
import { layoutOf, migrate } from '../../../src/main/store/migrate.ts';
import { migrations } from '../../../src/main/store/migrations/list.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';
import { admission, capturedRequest, codeOf, openAt, openTestStore } from './support.ts';

const acceptingProcess = fileURLToPath(new URL('./accepting-process.ts', import.meta.url));

/** Starts the accepting process; resolves once its store is open. */
async function startAccepting(dataDir: string) {
  const child = spawn(process.execPath, [acceptingProcess, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  await until(
    'the other process to open the store',
    () => output.startsWith('open\n') || child.exitCode !== null,
    {
      deadlineMs: 20_000,
    },
  );
  return {
    /** Whole lines written so far. */
    lines: () => output.split('\n').slice(1, -1),
    async kill() {
      const ended = new Promise((resolve) => void child.once('close', resolve));
      child.kill('SIGKILL');
      await ended;
    },
  };
}

describe('the connection that writes', () => {
  test('still syncs every commit after its first write, where the driver alone would have stopped to', () => {
    using folder = makeTempDir();
    const plain = new Database(join(folder.path, 'plain.db'));
    plain.pragma('journal_mode = WAL');
    plain.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)');
    expect(plain.pragma('synchronous', { simple: true })).toBe(1);
    expect(() => assertDurable(plain)).toThrow('durable');
    plain.close();

    const file = join(folder.path, 'ours.db');
    for (let open = 0; open < 2; open += 1) {
      const db = openWriter(file);
      makeDurable(db);
      db.exec('CREATE TABLE IF NOT EXISTS t (a); INSERT INTO t VALUES (1)');
      expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
      expect(db.pragma('synchronous', { simple: true })).toBe(2);
      expect(db.pragma('fullfsync', { simple: true })).toBe(1);
      assertDurable(db);
      db.close();
    }
  });

  test('is the only one that can write', async () => {
    await using opened = await openTestStore();
    const reader = openReader(join(opened.dataDir, 'hookyard.db'));
    expect(reader.pragma('synchronous', { simple: true })).toBe(2);
    expect(() => reader.exec("INSERT INTO settings VALUES ('a', '1')")).toThrow('readonly');
    reader.close();
  });
});

describe('a process killed while it accepts', () => {
  test('loses nothing that was resolved, and its folder is free at once', async () => {
    using folder = makeTempDir();
    const acknowledged: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const accepting = await startAccepting(folder.path);
      await until('some requests', () => accepting.lines().length > 150 + round * 100);
      await accepting.kill();
      acknowledged.push(...accepting.lines());
      const store = await openAt(folder.path);
      for (const line of acknowledged) {
        const [id = '', hash] = line.split(' ');
        const body = store.read.requests.body(id);
        expect(
          createHash('sha256')
            .update(body ?? '')
            .digest('hex'),
        ).toBe(hash);
        expect(store.read.requests.byId(id)?.runs).toHaveLength(1);
      }
      await store.close();
    }
    expect(acknowledged.length).toBeGreaterThan(450);
    const db = new Database(join(folder.path, 'hookyard.db'), { readonly: true });
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    db.close();
  });
});

describe('a data folder', () => {
  test('I7 belongs to one process at a time, also by another name, until that is gone', async () => {
    using folder = makeTempDir();
    const dataDir = join(folder.path, 'data');
    mkdirSync(dataDir);
    const alias = join(folder.path, 'alias');
    symlinkSync(dataDir, alias);
    const other = await startAccepting(dataDir);
    expect(await codeOf(openAt(dataDir))).toBe('data_folder_locked');
    expect(await codeOf(openAt(alias))).toBe('data_folder_locked');
    await other.kill();
    const store = await openAt(dataDir);
    expect(await codeOf(openAt(dataDir))).toBe('data_folder_locked');
    await store.close();
    await (await openAt(dataDir)).close();
  });

  test.skipIf(process.platform === 'win32')('is closed to other users with all its files', async () => {
    using folder = makeTempDir();
    const dataDir = join(folder.path, 'deep', 'data');
    const store = await openAt(dataDir);
    await store.write('setSetting', { key: 'a', value: 1 });
    const mode = (path: string): number => statSync(path).mode & 0o777;
    expect(mode(dataDir)).toBe(0o700);
    const files = readdirSync(dataDir);
    expect(files).toContain('hookyard.db-wal');
    expect(files.filter((name) => mode(join(dataDir, name)) !== 0o600)).toEqual([]);
    await store.close();

    chmodSync(dataDir, 0o755);
    chmodSync(join(dataDir, 'hookyard.db'), 0o644);
    await (await openAt(dataDir)).close();
    expect([mode(dataDir), mode(join(dataDir, 'hookyard.db'))]).toEqual([0o700, 0o600]);
  });

  test('I4 that is a file, or holds something else than a database, is refused in plain words', async () => {
    using folder = makeTempDir();
    const file = join(folder.path, 'file');
    writeFileSync(file, 'x');
    await expect(openAt(file)).rejects.toMatchObject({ code: 'data_folder_unusable' });
    const garbage = join(folder.path, 'garbage');
    mkdirSync(garbage);
    writeFileSync(join(garbage, 'hookyard.db'), 'this is no database '.repeat(500));
    await expect(openAt(garbage)).rejects.toMatchObject({ code: 'data_folder_unusable' });
    expect(readFileSync(join(garbage, 'hookyard.db'), 'utf8')).toContain('this is no database');
  });

  test('is emptied of its log when the store is closed', async () => {
    await using opened = await openTestStore();
    await opened.store.write('admit', admission({ request: capturedRequest() }));
    expect(opened.store.health().walBytes).toBeGreaterThan(0);
    await opened.store.close();
    expect(existsSync(join(opened.dataDir, 'hookyard.db-wal'))).toBe(false);
  });
});

describe('a database', () => {
  const later = {
    version: (migrations.at(-1)?.version ?? 0) + 1,
    name: 'later',
    sql: 'CREATE TABLE later (a INTEGER) STRICT;',
  };

  test('I8 of a newer version is refused and left as it was', async () => {
    using folder = makeTempDir();
    await (await openAt(folder.path)).close();
    const file = join(folder.path, 'hookyard.db');
    const db = new Database(file);
    db.pragma('user_version = 9999');
    db.close();
    const before = readFileSync(file);
    await expect(openAt(folder.path)).rejects.toMatchObject({
      code: 'data_folder_unusable',
      message: expect.stringContaining('newer version'),
    });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('that exists is copied before it is changed', () => {
    using folder = makeTempDir();
    const file = join(folder.path, 'hookyard.db');
    const db = openWriter(file);
    makeDurable(db);
    expect(migrate(db, file, migrations)).toBeUndefined();
    db.exec("INSERT INTO settings VALUES ('kept', '1')");
    const copy = migrate(db, file, [...migrations, later]);
    expect(layoutOf(db)).toBe(later.version);
    expect(migrate(db, file, [...migrations, later])).toBeUndefined();
    db.close();
    const old = new Database(copy ?? '', { readonly: true });
    expect(layoutOf(old)).toBe(later.version - 1);
    expect(old.prepare('SELECT key FROM settings').pluck().all()).toEqual(['kept']);
    old.close();
  });

  test('keeps its old layout when a change fails', () => {
    using folder = makeTempDir();
    const file = join(folder.path, 'hookyard.db');
    const db = openWriter(file);
    makeDurable(db);
    migrate(db, file, migrations);
    const broken = { ...later, sql: 'CREATE TABLE half (a INTEGER) STRICT; INSERT INTO nowhere VALUES (1);' };
    expect(() => migrate(db, file, [...migrations, broken])).toThrow('nowhere');
    expect(layoutOf(db)).toBe(later.version - 1);
    expect(db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'half'").get()).toBeUndefined();
    db.close();
  });
});
