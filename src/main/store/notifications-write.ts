/** Writes notifications: with the step that tells them, read, cleared. The newest 1,000 are kept. */
import type { NotificationEffect } from './types.ts';
import type { WriteContext } from './write-context.ts';

const mostKept = 1_000;

/** How ids of notifications begin. */
export const notificationPrefix = 'ntf_';

/** The place a notification comes from. */
export interface NotificationPlace {
  readonly runId: string;
  readonly stepSeq: number;
  readonly workflowId: string;
  readonly nodeId: string;
}

/** The id people and programs know one by. */
export function notificationId(seq: number): string {
  return `${notificationPrefix}${seq}`;
}

/** Adds one. */
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
  emit('notifications', notificationId(seq));
}

/** Runs a statement that answers the numbers of those it changed, and says so; answers how many. */
function change(
  { sql, emit }: WriteContext,
  text: string,
  ...values: readonly (string | number | null)[]
): number {
  const changed = sql.all<{ seq: number }>(text, ...values);
  for (const { seq } of changed) emit('notifications', notificationId(seq));
  return changed.length;
}

/** What a step asked is answered: its notification is no news any more. */
export function noteAnswered(context: WriteContext, stepSeq: number, at: number): void {
  change(
    context,
    'UPDATE notifications SET read_at = ? WHERE step_seq = ? AND read_at IS NULL RETURNING seq',
    at,
    stepSeq,
  );
}

/** A run has ended before its questions were answered: they are no news any more. */
export function noteUnanswered(context: WriteContext, runSeq: number, at: number): void {
  change(
    context,
    `UPDATE notifications SET read_at = ? WHERE read_at IS NULL AND kind = 'approval'
       AND step_seq IN (SELECT seq FROM steps WHERE run_seq = ? AND wait_kind = 'approval') RETURNING seq`,
    at,
    runSeq,
  );
}

interface Chosen {
  /** Null: all of them. */
  readonly seqs: readonly number[] | null;
  readonly at: number;
}

const isChosen = '(? IS NULL OR seq IN (SELECT value FROM json_each(?)))';

/** Marks notifications as read; answers how many were not. */
export function readNotifications(context: WriteContext, { seqs, at }: Chosen): { readonly count: number } {
  const chosen = seqs === null ? null : JSON.stringify(seqs);
  const text = `UPDATE notifications SET read_at = ? WHERE read_at IS NULL AND ${isChosen} RETURNING seq`;
  return { count: change(context, text, at, chosen, chosen) };
}

/** Removes notifications; answers how many. */
export function clearNotifications(context: WriteContext, { seqs }: Chosen): { readonly count: number } {
  const chosen = seqs === null ? null : JSON.stringify(seqs);
  const text = `DELETE FROM notifications WHERE ${isChosen} RETURNING seq`;
  return { count: change(context, text, chosen, chosen) };
}
