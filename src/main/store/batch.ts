/**
 * Runs calls as one transaction. Normally without savepoints: only when one of them throws, everything is rolled back
 * and done again call by call, so that it fails alone. What the disk refuses fails the batch as a whole.
 */
import Database from 'better-sqlite3';
import { AppError } from '../../shared/errors.ts';
import { passPoint } from '../base/crash-points.ts';
import { openDedupeKeys } from './dedupe-keys.ts';
import { runCall } from './operations.ts';
import { toPosted } from './protocol.ts';
import type { BatchReport, CallResult, PostedCall } from './protocol.ts';
import { trimBounded } from './requests-write.ts';
import { openSlots } from './slots.ts';
import type { Sql } from './sql.ts';
import type { FeedTopic } from './types.ts';
import type { LiveCounts, WriteContext } from './write-context.ts';

/** Errors of one statement's input; all others of the driver are the disk's or the file's. */
const statementErrors = [
  'SQLITE_CONSTRAINT',
  'SQLITE_ERROR',
  'SQLITE_MISMATCH',
  'SQLITE_RANGE',
  'SQLITE_TOOBIG',
];

function isStorageError(thrown: unknown): thrown is InstanceType<typeof Database.SqliteError> {
  if (!(thrown instanceof Database.SqliteError)) return false;
  return !statementErrors.some((code) => thrown.code.startsWith(code));
}

/** What one call's failure is for its caller. */
function toCallError(thrown: unknown): unknown {
  if (!(thrown instanceof Database.SqliteError)) return thrown;
  const isTaken = ['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY'].includes(thrown.code);
  return isTaken
    ? new AppError({ code: 'conflict', message: 'This exists already.', cause: thrown })
    : new AppError({ code: 'internal', cause: thrown });
}

export interface BatchRunner {
  /** Live runs as of the last commit. */
  readonly live: LiveCounts;
  /** Commits calls; never throws. */
  run(calls: readonly PostedCall[]): BatchReport;
  /** Does a little of what keeps later commits small; answers whether there is more of it. */
  tidy(): boolean;
  /** Commits work that is no call of anybody. @throws what the disk refused; then nothing of it is done */
  inTransaction<Result>(work: () => Result): Result;
}

/** Makes the runner of this connection; what it keeps in memory is read here once. */
export function createBatchRunner(db: Database.Database, sql: Sql): BatchRunner {
  const live = countLive(sql);
  const keys = openDedupeKeys(sql);
  const slots = openSlots(sql);
  const emitted: { topic: FeedTopic; id: string }[] = [];
  const context: WriteContext = {
    sql,
    live,
    slots,
    keys,
    toTrim: new Set(),
    emit: (topic, id) => void emitted.push({ topic, id }),
  };

  /** Remembers how things stand in memory; the answer puts them back. */
  function remember(): () => void {
    const counts = { ...live };
    const told = emitted.length;
    const { savepoint } = keys;
    const slotsBefore = slots.savepoint;
    return () => {
      Object.assign(live, counts);
      emitted.length = told;
      keys.rollBackTo(savepoint);
      slots.rollBackTo(slotsBefore);
    };
  }

  function inTransaction<Result>(work: () => Result): Result {
    emitted.length = 0;
    context.toTrim.clear();
    const putBack = remember();
    try {
      sql.run('BEGIN IMMEDIATE');
      const result = work();
      for (const place of context.toTrim) trimBounded(context, place);
      passPoint('commit before');
      sql.run('COMMIT');
      passPoint('commit after');
      keys.settle();
      slots.settle();
      return result;
    } catch (error) {
      putBack();
      if (db.inTransaction) sql.run('ROLLBACK');
      throw error;
    }
  }

  function runAlone(posted: PostedCall): CallResult {
    const putBack = remember();
    sql.run('SAVEPOINT one_call');
    try {
      const value = runCall(context, posted.call);
      sql.run('RELEASE one_call');
      return { id: posted.id, value };
    } catch (error) {
      if (isStorageError(error)) throw error;
      putBack();
      sql.run('ROLLBACK TO one_call');
      sql.run('RELEASE one_call');
      return { id: posted.id, error: toPosted(toCallError(error)) };
    }
  }

  function commit(calls: readonly PostedCall[]): readonly CallResult[] {
    try {
      return inTransaction(() => calls.map(({ id, call }) => ({ id, value: runCall(context, call) })));
    } catch (error) {
      if (isStorageError(error)) throw error;
      return inTransaction(() => calls.map(runAlone));
    }
  }

  return {
    live,
    inTransaction,
    run(calls) {
      try {
        const results = commit(calls);
        return { kind: 'done', results, changes: merge(emitted), live: { ...live }, storageError: null };
      } catch (thrown) {
        const error = toPosted(new AppError({ code: 'storage_unavailable', cause: thrown }));
        const results = calls.map(({ id }) => ({ id, error }));
        return { kind: 'done', results, changes: [], live: { ...live }, storageError: sayOf(thrown) };
      }
    },
    tidy() {
      if (!keys.isMoveDue) return false;
      try {
        inTransaction(() => keys.moveSome())();
        return keys.isMoveDue;
      } catch {
        // Nothing is lost: the keys are where they were, and the next commit tells what the disk is up to.
        return false;
      }
    },
  };
}

const sayOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

function merge(events: readonly { topic: FeedTopic; id: string }[]): BatchReport['changes'] {
  const topics = new Map<FeedTopic, Set<string>>();
  for (const { topic, id } of events) {
    const ids = topics.get(topic);
    if (ids === undefined) topics.set(topic, new Set([id]));
    else ids.add(id);
  }
  return [...topics].map(([topic, ids]) => ({ topic, ids: [...ids] }));
}

function countLive(sql: Sql): LiveCounts {
  const of = (status: string): number =>
    sql.get<{ n: number }>(
      "SELECT count(*) AS n FROM runs WHERE status = ? AND status <> 'succeeded'",
      status,
    )?.n ?? 0;
  return { queued: of('queued'), running: of('running'), waiting: of('waiting') };
}
