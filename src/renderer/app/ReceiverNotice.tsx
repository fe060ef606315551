/** Says on every page that the receiver is down, why, and how to mend it. */
import { Anchor } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useMirror } from '../data/mirror.ts';
import { statusMirror } from '../data/system.ts';
import classes from './ReceiverNotice.module.css';

/** The notice; nothing while the receiver listens. */
export function ReceiverNotice(): ReactNode {
  const { data: status } = useMirror(statusMirror, null);
  if (status === undefined || status.receiver.listening) return null;
  const { host, port, error } = status.receiver;
  return (
    <div className={classes['notice']} role="alert">
      <IconAlertTriangle size={16} aria-hidden />
      <span>
        <strong>
          No request can arrive: the receiver does not listen on {host}:{port}.
        </strong>{' '}
        {error ?? 'It was stopped.'}{' '}
        <Anchor component={Link} to="/settings?section=receiver" inherit c="inherit" td="underline">
          Receiver settings
        </Anchor>
      </span>
    </div>
  );
}
