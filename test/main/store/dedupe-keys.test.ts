/** Idempotency keys wherever they are: young, on their way, moved, read again, rolled back. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDurable, openWriter } from '../../../src/main/store/connection.ts';
import { markOf, openDedupeKeys } from '../../../src/main/store/dedupe-keys.ts';
import type { DedupeKeys } from '../../../src/main/store/dedupe-keys.ts';
import { migrate } from '../../../src/main/store/migrate.ts';
import { migrations } from '../../../src/main/store/migrations/list.ts';
import { createSql } from '../../../src/main/store/sql.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const many = 16_384;
const later = 1_000_000;

function openKeys(folder: string) {
  const file = join(folder, 'keys.db');
  const db = openWriter(file);
  makeDurable(db);
  migrate(db, file, migrations);
  const sql = createSql(db);
  const count = (table: string): number =>
    sql.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)?.n ?? 0;
  return {
    keys: openDedupeKeys(sql),
    reopen: () => openDedupeKeys(sql),
    inTransaction(work: () => void): void {
      sql.run('BEGIN');
      work();
      sql.run('COMMIT');
    },
    rollBack: () => void sql.run('ROLLBACK'),
    counts: () => ({ young: count('young_keys'), moved: count('dedupe_keys') }),
    [Symbol.dispose]: () => void db.close(),
  };
}

function remember(keys: DedupeKeys, from: number, to: number): void {
  for (let seq = from; seq <= to; seq += 1)
    keys.remember(markOf('ep', `key-${seq}`), `body-${seq}`, seq, later);
  keys.settle();
}

/** Which of these keys lead to a wrong request, or to none. */
function wrong(keys: DedupeKeys, seqs: readonly number[]): readonly number[] {
  return seqs.filter((seq) => keys.find(markOf('ep', `key-${seq}`), `body-${seq}`, 0)?.requestSeq !== seq);
}

const samples = [1, 2, 511, 512, 513, 8_000, many - 1, many];

test('a key is found until its window is over, and its body is told from another', () => {
  using folder = makeTempDir();
  using opened = openKeys(folder.path);
  const { keys } = opened;
  remember(keys, 1, 1);
  const mark = markOf('ep', 'key-1');
  expect(keys.find(mark, 'body-1', later - 1)).toEqual({ requestSeq: 1, isSameBody: true });
  expect(keys.find(mark, 'other', 0)).toEqual({ requestSeq: 1, isSameBody: false });
  expect(keys.find(mark, 'body-1', later)).toBeUndefined();
  expect(keys.find(markOf('ep_other', 'key-1'), 'body-1', 0)).toBeUndefined();
});

test('keys move in slices, found at every moment, also by who opens them in between', () => {
  using folder = makeTempDir();
  using opened = openKeys(folder.path);
  const { keys, inTransaction } = opened;
  inTransaction(() => remember(keys, 1, many - 1));
  expect(keys.isMoveDue).toBe(false);
  inTransaction(() => remember(keys, many, many));
  let slices = 0;
  while (keys.isMoveDue) {
    let settle = (): void => undefined;
    inTransaction(() => {
      settle = keys.moveSome();
    });
    settle();
    slices += 1;
    if (slices % 8 === 1) {
      expect(wrong(keys, samples)).toEqual([]);
      expect(wrong(opened.reopen(), samples)).toEqual([]);
    }
    // One that came while the others move stays young.
    if (slices === 5) inTransaction(() => remember(keys, many + 1, many + 1));
  }
  expect(slices).toBeGreaterThan(10);
  expect(opened.counts()).toEqual({ young: 1, moved: many });
  expect(wrong(keys, [...samples, many + 1])).toEqual([]);
  expect(wrong(opened.reopen(), [...samples, many + 1])).toEqual([]);
});

test('a slice whose commit failed is moved again', () => {
  using folder = makeTempDir();
  using opened = openKeys(folder.path);
  const { keys, inTransaction } = opened;
  inTransaction(() => remember(keys, 1, many));
  // Its commit failed: what it answered is never called.
  expect(() =>
    inTransaction(() => {
      keys.moveSome();
      throw new Error('disk full');
    }),
  ).toThrow('disk full');
  expect(keys.isMoveDue).toBe(true);
  opened.rollBack();
  while (keys.isMoveDue) {
    let settle = (): void => undefined;
    inTransaction(() => {
      settle = keys.moveSome();
    });
    settle();
  }
  expect(opened.counts()).toEqual({ young: 0, moved: many });
});

test('what is rolled back is forgotten, and what it replaced is back', () => {
  using folder = makeTempDir();
  using opened = openKeys(folder.path);
  const { keys } = opened;
  remember(keys, 1, 1);
  const mark = markOf('ep', 'key-1');
  const { savepoint } = keys;
  keys.remember(mark, 'body-new', 2, later * 2);
  keys.remember(markOf('ep', 'key-2'), 'body-2', 3, later);
  keys.rollBackTo(savepoint);
  expect(keys.find(mark, 'body-1', 0)).toEqual({ requestSeq: 1, isSameBody: true });
  expect(keys.find(markOf('ep', 'key-2'), 'body-2', 0)).toBeUndefined();
});
