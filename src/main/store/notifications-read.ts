/** Reads notifications. */
import { Conditions, cursorSeq, toPage } from './paging.ts';
import { notificationId } from './notifications-write.ts';
import type { PageQuery } from './paging.ts';
import type { Sql } from './sql.ts';
import type { NotificationEffect, Page } from './types.ts';

export interface NotificationRow extends NotificationEffect {
  readonly seq: number;
  readonly id: string;
  readonly runId: string;
  readonly stepSeq: number;
  readonly workflowId: string;
  readonly workflowName: string;
  readonly nodeId: string;
  readonly createdAt: number;
  readonly readAt: number | null;
}

type Columns = Omit<NotificationRow, 'id'>;

function toNotification(row: Columns): NotificationRow {
  return { ...row, id: notificationId(row.seq) };
}

const selectNotifications = `SELECT n.seq, n.kind, n.level, n.title, n.message, n.run_id AS runId, n.step_seq AS stepSeq,
  n.workflow_id AS workflowId, coalesce(w.name, '') AS workflowName, n.node_id AS nodeId, n.created_at AS createdAt,
  n.read_at AS readAt FROM notifications AS n LEFT JOIN workflows AS w ON w.id = n.workflow_id`;

/** The reads of notifications. */
export function readNotifications(sql: Sql) {
  return {
    /** Newest first. */
    list(query: PageQuery & { readonly isUnread?: boolean | undefined }): Page<NotificationRow> {
      const conditions = new Conditions().add('n.seq < ?', cursorSeq(query.cursor));
      if (query.isUnread === true) conditions.add('n.read_at IS NULL');
      const rows = sql.all<Columns>(
        `${selectNotifications} ${conditions.where} ORDER BY n.seq DESC LIMIT ?`,
        ...conditions.values,
        query.limit + 1,
      );
      return toPage(rows, query.limit, toNotification);
    },
    /** Those that came after one, the oldest first, at most 100. */
    after: (seq: number): readonly NotificationRow[] =>
      sql
        .all<Columns>(`${selectNotifications} WHERE n.seq > ? ORDER BY n.seq LIMIT 100`, seq)
        .map(toNotification),
    /** The newest one's number; 0: there is none. */
    newest: (): number =>
      sql.get<{ seq: number | null }>('SELECT max(seq) AS seq FROM notifications')?.seq ?? 0,
    unread: (): number =>
      sql.get<{ n: number }>('SELECT count(*) AS n FROM notifications WHERE read_at IS NULL')?.n ?? 0,
  };
}
