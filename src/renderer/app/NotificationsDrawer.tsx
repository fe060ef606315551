/** What workflows told the operator, newest first: opened by the bell, read by opening a run or all at once. */
import { Button, Drawer, Group } from '@mantine/core';
import { IconBell, IconHandStop } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { NotificationView } from '../../shared/contract/notifications.ts';
import { useAction } from '../data/action.ts';
import { useMirror } from '../data/mirror.ts';
import { clearNotifications, notificationsMirror, readNotifications } from '../data/notifications.ts';
import { StatusDot, type Tone } from '../ui/badges.tsx';
import { TimeText } from '../ui/figures.tsx';
import { HostileText } from '../ui/HostileText.tsx';
import { EmptyState, ErrorState, LoadingState } from '../ui/states.tsx';
import classes from './NotificationsDrawer.module.css';

export interface NotificationsDrawerProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** The drawer. */
export function NotificationsDrawer({ isOpen, onClose }: NotificationsDrawerProps): ReactNode {
  return (
    <Drawer
      opened={isOpen}
      onClose={onClose}
      position="right"
      size={400}
      title="Notifications"
      closeButtonProps={{ 'aria-label': 'Close notifications' }}
    >
      {isOpen ? <Notifications onClose={onClose} /> : null}
    </Drawer>
  );
}

function Notifications({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { data, status, error, refetch } = useMirror(notificationsMirror, null);
  const read = useAction(readNotifications, { failed: 'They were not marked as read' });
  const clear = useAction(clearNotifications, { failed: 'They were not removed' });
  if (data === undefined) {
    return status === 'failed' ? (
      <ErrorState
        title="The notifications could not be read"
        reason={error?.message ?? ''}
        onRetry={refetch}
      />
    ) : (
      <LoadingState what="notifications" />
    );
  }
  if (data.items.length === 0) {
    return (
      <EmptyState icon={<IconBell size={26} stroke={1.5} />} title="Nothing to tell">
        What a Notify step says and what waits for your approval appears here.
      </EmptyState>
    );
  }
  return (
    <>
      <Group gap={6} mb="xs" justify="flex-end">
        <Button
          size="compact-xs"
          variant="default"
          disabled={data.unread === 0}
          loading={read.isBusy}
          onClick={() => void read.run()}
        >
          Mark all as read
        </Button>
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          loading={clear.isBusy}
          onClick={() => void clear.run()}
        >
          Clear
        </Button>
      </Group>
      <ul className={classes['list']}>
        {data.items.map((item) => (
          <Entry key={item.id} item={item} onClose={onClose} />
        ))}
      </ul>
    </>
  );
}

const tones: Readonly<Record<NotificationView['level'], Tone>> = {
  info: 'note',
  success: 'ok',
  warning: 'wait',
  error: 'bad',
};

function Entry({
  item,
  onClose,
}: {
  readonly item: NotificationView;
  readonly onClose: () => void;
}): ReactNode {
  const navigate = useNavigate();
  const open = (): void => {
    if (!item.isRead) void readNotifications([item.id]).catch(() => undefined);
    onClose();
    void navigate(`/runs/${item.runId}`);
  };
  return (
    <li>
      <button
        type="button"
        className={`${classes['entry']} ${item.isRead ? '' : classes['isUnread']}`}
        onClick={open}
      >
        <span className={classes[tones[item.level]]}>
          {item.kind === 'approval' ? (
            <IconHandStop size={14} aria-label="Approval" />
          ) : (
            <StatusDot tone={tones[item.level]} />
          )}
        </span>
        <span className={classes['text']}>
          <strong>
            <HostileText text={item.title} />
          </strong>
          {item.message === '' ? null : <HostileText text={item.message} isBlock />}
          <span className={classes['dim']}>
            <HostileText text={item.workflowName} /> · <TimeText at={item.at} mode="relative" />
            {item.isRead ? '' : ' · unread'}
          </span>
        </span>
      </button>
    </li>
  );
}
