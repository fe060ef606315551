/**
 * Idempotency keys (SPEC 4.11). Most senders make them at random, and a random key costs its commit a page of its own,
 * which is half of what an admission writes. So a new key is appended to a young table and found again in memory; it
 * moves to the lasting table later, together with many others in their order, when one page takes several of them.
 */
import { hash } from 'node:crypto';
import type { Sql } from './sql.ts';

/** What a key is known by: the first 16 bytes of a sha256, as text of one character per byte. */
export type Mark = string;

interface YoungKey {
  readonly mark: Mark;
  readonly bodyMark: string;
  /** The request that used the key first. */
  readonly requestSeq: number;
  readonly expiresAt: number;
}

interface KeyColumns {
  readonly mark: Uint8Array;
  readonly body_mark: string;
  readonly request_seq: number;
  readonly expires_at: number;
}

/** The first use of a key. */
export interface FirstUse {
  readonly requestSeq: number;
  readonly isSameBody: boolean;
}

export interface DedupeKeys {
  /** The first use of a key whose window holds at `at`. */
  find(mark: Mark, bodyHash: string, at: number): FirstUse | undefined;
  /** Remembers a use, within the transaction that stores its request. */
  remember(mark: Mark, bodyHash: string, requestSeq: number, expiresAt: number): void;
  /** Where the present transaction stands, to roll back to. */
  readonly savepoint: number;
  /** Forgets what was remembered since: it is not stored. */
  rollBackTo(savepoint: number): void;
  /** What was remembered is stored. */
  settle(): void;
  /** Whether so many keys are young that some should move. */
  readonly isMoveDue: boolean;
  /** Moves some keys within a transaction; answers what to call once that is committed. */
  moveSome(): () => void;
}

/** Young keys at which they begin to move: some 3 MB of memory. */
const manyKeys = 16_384;
/** Keys moved at a time: a few milliseconds of the writer. */
const sliceKeys = 512;

/** The mark of an endpoint's key. */
export function markOf(endpointId: string, key: string): Mark {
  return hash('sha256', `${endpointId}\n${key}`, 'binary').slice(0, 16);
}

/** Half of a body's hash tells two bodies apart as well as the whole. */
const bodyMarkOf = (bodyHash: string): string => bodyHash.slice(0, 32);
const bytesOf = (mark: Mark): Uint8Array => Buffer.from(mark, 'latin1');
const markFrom = (bytes: Uint8Array): Mark => Buffer.from(bytes).toString('latin1');

/** Reads the young keys of the last session. */
export function openDedupeKeys(sql: Sql): DedupeKeys {
  const young = new Map<Mark, YoungKey>();
  for (const row of sql.all<KeyColumns>(
    'SELECT mark, body_mark, request_seq, expires_at FROM young_keys ORDER BY request_seq',
  )) {
    const mark = markFrom(row.mark);
    young.set(mark, {
      mark,
      bodyMark: row.body_mark,
      requestSeq: row.request_seq,
      expiresAt: row.expires_at,
    });
  }
  /** Remembered in the present transaction, with what was known of the key before. */
  let remembered: { readonly mark: Mark; readonly before: YoungKey | undefined }[] = [];
  /** Keys that are moving, in their order, and how many of them have. */
  let moving: { readonly keys: readonly YoungKey[]; readonly moved: number } | undefined;

  function lookUp(mark: Mark): Omit<YoungKey, 'mark'> | undefined {
    const known = young.get(mark);
    if (known !== undefined) return known;
    const row = sql.get<KeyColumns>(
      'SELECT mark, body_mark, request_seq, expires_at FROM dedupe_keys WHERE mark = ?',
      bytesOf(mark),
    );
    return row && { bodyMark: row.body_mark, requestSeq: row.request_seq, expiresAt: row.expires_at };
  }

  function moveSlice(keys: readonly YoungKey[]): void {
    for (const { mark, bodyMark, requestSeq, expiresAt } of keys) {
      sql.run(
        `INSERT INTO dedupe_keys (mark, body_mark, request_seq, expires_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (mark) DO UPDATE SET body_mark = excluded.body_mark, request_seq = excluded.request_seq,
           expires_at = excluded.expires_at`,
        bytesOf(mark),
        bodyMark,
        requestSeq,
        expiresAt,
      );
    }
  }

  /** Removes keys that have moved from the young table, all at once: they lie side by side there. */
  function forgetMoved(keys: readonly YoungKey[]): () => void {
    const last = keys.reduce((newest, { requestSeq }) => Math.max(newest, requestSeq), 0);
    sql.run('DELETE FROM young_keys WHERE request_seq <= ?', last);
    return () => {
      for (const key of keys) if (young.get(key.mark) === key) young.delete(key.mark);
      moving = undefined;
    };
  }

  return {
    find(mark, bodyHash, at) {
      const known = lookUp(mark);
      if (known === undefined || known.expiresAt <= at) return undefined;
      return { requestSeq: known.requestSeq, isSameBody: known.bodyMark === bodyMarkOf(bodyHash) };
    },
    remember(mark, bodyHash, requestSeq, expiresAt) {
      const bodyMark = bodyMarkOf(bodyHash);
      sql.run(
        'INSERT INTO young_keys (request_seq, expires_at, mark, body_mark) VALUES (?, ?, ?, ?)',
        requestSeq,
        expiresAt,
        bytesOf(mark),
        bodyMark,
      );
      remembered.push({ mark, before: young.get(mark) });
      young.set(mark, { mark, bodyMark, requestSeq, expiresAt });
    },
    get savepoint() {
      return remembered.length;
    },
    rollBackTo(savepoint) {
      for (const { mark, before } of remembered.splice(savepoint).toReversed()) {
        if (before === undefined) young.delete(mark);
        else young.set(mark, before);
      }
    },
    settle() {
      remembered = [];
    },
    get isMoveDue() {
      return moving !== undefined || young.size >= manyKeys;
    },
    moveSome() {
      const { keys, moved } = (moving ??= {
        keys: [...young.values()].toSorted((one, other) => (one.mark < other.mark ? -1 : 1)),
        moved: 0,
      });
      if (moved >= keys.length) return forgetMoved(keys);
      moveSlice(keys.slice(moved, moved + sliceKeys));
      return () => {
        moving = { keys, moved: moved + sliceKeys };
      };
    },
  };
}
