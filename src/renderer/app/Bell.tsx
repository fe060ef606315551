/** The bell in the rail: how much is unread, and the list behind it. Tells of what arrives while one looks elsewhere. */
import { notifications as toasts } from '@mantine/notifications';
import { IconBell } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { NotificationView } from '../../shared/contract/notifications.ts';
import { useMirror } from '../data/mirror.ts';
import { notificationsMirror } from '../data/notifications.ts';
import { useCommands } from '../ui/commands.ts';
import { formatCount } from '../ui/formats.ts';
import { HostileText } from '../ui/HostileText.tsx';
import { NotificationsDrawer } from './NotificationsDrawer.tsx';
import classes from './Rail.module.css';

const colors: Readonly<Record<NotificationView['level'], string>> = {
  info: 'gray',
  success: 'green',
  warning: 'yellow',
  error: 'red',
};

/** The button and its drawer. */
export function Bell(): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const { data } = useMirror(notificationsMirror, null);
  const unread = data?.unread ?? 0;
  useTellOfNews(data?.items);
  useCommands([
    {
      id: 'notifications',
      title: 'Show notifications',
      group: 'Pages',
      keys: 'g n',
      run: () => setOpen(true),
    },
  ]);
  return (
    <>
      <button
        type="button"
        className={`${classes['link']} ${classes['bell']}`}
        title="Notifications"
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <IconBell size={17} stroke={1.6} aria-hidden />
        <span className={classes['label']}>Notifications</span>
        {unread > 0 && (
          <span className={classes['badge']}>
            {unread > 999 ? '999+' : unread}
            <span className={classes['unseen']}> {formatCount(unread, 'unread notification')}</span>
          </span>
        )}
      </button>
      <NotificationsDrawer isOpen={isOpen} onClose={() => setOpen(false)} />
    </>
  );
}

/** Shows what arrives in a corner, at most three at once; what was there when the page opened is old news. */
function useTellOfNews(items: readonly NotificationView[] | undefined): void {
  const told = useRef<ReadonlySet<string>>(null);
  useEffect(() => {
    if (items === undefined) return;
    const known = told.current;
    told.current = new Set(items.map(({ id }) => id));
    if (known === null) return;
    for (const item of items.filter(({ id, isRead }) => !isRead && !known.has(id)).slice(0, 3)) {
      toasts.show({
        color: colors[item.level],
        title: <HostileText text={item.title} />,
        message: <HostileText text={item.message.slice(0, 300)} isBlock />,
        autoClose: 8_000,
      });
    }
  }, [items]);
}
