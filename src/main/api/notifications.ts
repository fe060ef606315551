/** Notifications: the list of what workflows told, and news of it for whoever shows them (SPEC 8, `notify`). */
import type { NotificationView } from '../../shared/contract/notifications.ts';
import { approvalId, stepSeqOf } from '../engine/approvals.ts';
import { invalid } from './issues.ts';
import { notificationPrefix } from '../store/notifications-write.ts';
import type { NotificationRow } from '../store/notifications-read.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';
import { toTime } from './times.ts';

function toView(row: NotificationRow): NotificationView {
  return {
    id: row.id,
    kind: row.kind,
    level: row.level,
    title: row.title,
    message: row.message,
    runId: row.runId,
    workflowId: row.workflowId,
    workflowName: row.workflowName,
    nodeId: row.nodeId,
    approvalId: row.kind === 'approval' ? approvalId(row.stepSeq) : null,
    at: toTime(row.createdAt),
    isRead: row.readAt !== null,
  };
}

/** The rows that ids name; null: all. @throws AppError `invalid` */
function seqsOf(ids: readonly string[] | undefined): readonly number[] | null {
  if (ids === undefined) return null;
  return ids.map((id, index) => {
    const seq = id.startsWith(notificationPrefix) ? Number(id.slice(notificationPrefix.length)) : Number.NaN;
    if (Number.isSafeInteger(seq)) return seq;
    throw invalid([{ path: `ids[${index}]`, message: 'This is no notification.' }]);
  });
}

/** `notifications.*` of the contract. */
export function notificationProcedures(os: Procedures, { store, clock }: ApiParts) {
  return {
    list: os.notifications.list.use(requires('read')).handler(({ input }) => {
      const { limit, cursor, unread } = input;
      const page = store.read.notifications.list({ limit, cursor, isUnread: unread });
      return {
        items: page.items.map(toView),
        nextCursor: page.nextCursor,
        unread: store.read.notifications.unread(),
      };
    }),

    read: os.notifications.read
      .use(requires('run'))
      .handler(({ input }) => store.write('readNotifications', { seqs: seqsOf(input.ids), at: clock.now() })),

    clear: os.notifications.clear
      .use(requires('run'))
      .handler(({ input }) =>
        store.write('clearNotifications', { seqs: seqsOf(input.ids), at: clock.now() }),
      ),
  };
}

/** Notifications for a host that shows them itself. */
export interface Notices {
  /** Tells each that comes from now on, once; answers how to end it. */
  watch(listener: (notification: NotificationView) => void): () => void;
  /** The operator's word on the approval a notification asks for. @throws AppError as `runs.approve` */
  answer(notification: NotificationView, approved: boolean): Promise<void>;
}

/** Makes the notices of an app. */
export function createNotices({ store, engine }: Pick<ApiParts, 'store' | 'engine'>): Notices {
  return {
    watch(listener) {
      let seen = store.read.notifications.newest();
      return store.feed.subscribe((events) => {
        if (!events.some(({ topic }) => topic === 'notifications')) return;
        for (const row of store.read.notifications.after(seen)) {
          seen = row.seq;
          listener(toView(row));
        }
      });
    },
    answer: ({ runId, nodeId, approvalId: id }, approved) =>
      engine.approve({
        runId,
        nodeId,
        stepSeq: stepSeqOf(id),
        approved,
        form: undefined,
        comment: '',
        by: 'operator',
      }),
  };
}
