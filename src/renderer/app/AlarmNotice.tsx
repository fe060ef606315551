/** Says on every page what needs somebody: endpoints that fell silent, endpoints whose key is gone. */
import { Anchor } from '@mantine/core';
import { IconBellRinging } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useMirror } from '../data/mirror.ts';
import { statusMirror } from '../data/system.ts';
import { HostileText } from '../ui/HostileText.tsx';
import classes from './ReceiverNotice.module.css';

/** The notice; nothing while all is well. */
export function AlarmNotice(): ReactNode {
  const { data: status } = useMirror(statusMirror, null);
  const [first, ...others] = status?.alarms ?? [];
  if (first === undefined) return null;
  return (
    <div className={`${classes['notice']} ${classes['isWarning']}`} role="status">
      <IconBellRinging size={16} aria-hidden />
      <span>
        <strong>
          <HostileText text={first.endpointName} />:
        </strong>{' '}
        <HostileText text={first.sentence} />
        {others.length > 0 && ` And ${others.length} more.`}{' '}
        <Anchor component={Link} to="/triggers" inherit c="inherit" td="underline">
          Manage Triggers
        </Anchor>
      </span>
    </div>
  );
}
