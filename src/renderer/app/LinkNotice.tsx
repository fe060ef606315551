/** Says that the connection is lost, over the page and without moving it; what one sees and typed stays. */
import { Button, Loader } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { reconnectNow, useLink } from '../data/connection.ts';
import classes from './LinkNotice.module.css';

/** The notice; nothing while the connection is open. */
export function LinkNotice(): ReactNode {
  const { state } = useLink();
  return (
    <div className={classes['place']} role="status" aria-live="polite">
      {state.kind === 'lost' && (
        <div className={classes['notice']}>
          <Loader size={14} color="currentColor" aria-hidden />
          <span>
            <strong>Connection lost.</strong> {state.message} What you see may be old; trying again.
          </span>
          <Button size="compact-xs" variant="default" onClick={reconnectNow}>
            Try now
          </Button>
        </div>
      )}
      {state.kind === 'refused' && (
        <div className={classes['notice']}>
          <IconPlugConnectedX size={17} aria-hidden />
          <span>
            <strong>Not connected.</strong> {state.message} Open the address that Hookyard printed when it
            started: it ends with <code>#token=…</code>, and every start makes a new one.
          </span>
        </div>
      )}
    </div>
  );
}
