/** What workflows tell the operator: the newest of it, and how much is unread. */
import type { NotificationView } from '../../shared/contract/notifications.ts';
import { call } from './connection.ts';
import { defineSingle } from './mirror.ts';

/** The newest notifications and how many are unread. */
export interface NotificationBox {
  readonly items: readonly NotificationView[];
  readonly unread: number;
}

export const notificationsMirror = defineSingle<NotificationBox>({
  topics: ['notifications'],
  read: (client, signal) => client.notifications.list({ limit: 100 }, { signal }),
});

const selection = (ids: readonly string[] | undefined) => (ids === undefined ? {} : { ids: [...ids] });

/** Marks some as read, or all. */
export const readNotifications = (ids?: readonly string[]) =>
  call((client) => client.notifications.read(selection(ids)));
/** Takes some off the list, or all. */
export const clearNotifications = (ids?: readonly string[]) =>
  call((client) => client.notifications.clear(selection(ids)));
