/** Writes notifications: with the step that tells them, read, cleared. The newest 1,000 are kept. */
import type { NotificationEffect } from './types.ts';
import type { WriteContext } from './write-context.ts';

const mostKept = 1_000;

/** The place a notification comes from. */
export interface NotificationPlace {
  readonly runId: string;
  readonly stepSeq: number;
  readonly workflowId: string;
  readonly nodeId: string;
}

/** Adds one; answers its id. */
export function insertNotification(
  { sql, emit }: WriteContext,
  place: NotificationPlace,
  given: NotificationEffect,
  at: number,
): void {
  const seq = sql.insert(
    `INSERT INTO notifications (kind, level, title, message, run_id, step_seq, workflow_id, node_id, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    given.kind,
    given.level,
    given.title,
    given.message,
    place.runId,
    place.stepSeq,
    place.workflowId,
    place.nodeId,
    at,
  );
  sql.run(
    'DELETE FROM notifications WHERE seq <= (SELECT seq FROM notifications ORDER BY seq DESC LIMIT 1 OFFSET ?)',
    mostKept,
  );
  emit('notifications', String(seq));
}

/** What a step asked is answered: its notification is no news any more. */
export function noteAnswered({ sql, emit }: WriteContext, stepSeq: number, at: number): void {
  const changed = sql.run(
    'UPDATE notifications SET read_at = ? WHERE step_seq = ? AND read_at IS NULL',
    at,
    stepSeq,
  );
  if (changed > 0) emit('notifications', '');
}

/** A run has ended before its questions were answered: they are no news any more. */
export function noteUnanswered({ sql, emit }: WriteContext, runSeq: number, at: number): void {
  const changed = sql.run(
    `UPDATE notifications SET read_at = ? WHERE read_at IS NULL AND kind = 'approval'
       AND step_seq IN (SELECT seq FROM steps WHERE run_seq = ? AND wait_kind = 'approval')`,
    at,
    runSeq,
  );
  if (changed > 0) emit('notifications', '');
}

interface Chosen {
  /** Null: all of them. */
  readonly seqs: readonly number[] | null;
  readonly at: number;
}

const isChosen = '(?1 IS NULL OR seq IN (SELECT value FROM json_each(?1)))';

/** Marks notifications as read; answers how many were not. */
export function readNotifications(
  { sql, emit }: WriteContext,
  { seqs, at }: Chosen,
): { readonly count: number } {
  const chosen = seqs === null ? null : JSON.stringify(seqs);
  const count = sql.run(
    `UPDATE notifications SET read_at = ?2 WHERE read_at IS NULL AND ${isChosen}`,
    chosen,
    at,
  );
  if (count > 0) emit('notifications', '');
  return { count };
}

/** Removes notifications; answers how many. */
export function clearNotifications(
  { sql, emit }: WriteContext,
  { seqs }: Chosen,
): { readonly count: number } {
  const chosen = seqs === null ? null : JSON.stringify(seqs);
  const count = sql.run(`DELETE FROM notifications WHERE ${isChosen}`, chosen);
  if (count > 0) emit('notifications', '');
  return { count };
}
