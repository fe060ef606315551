/** The state of a step in a run, as a mark on its card: never by colour alone. */
import {
  IconBan,
  IconCheck,
  IconClock,
  IconHourglassHigh,
  IconLoader2,
  type IconProps,
  IconX,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import type { StepStatus } from '../../../../shared/model/run.ts';
import classes from './StepCard.module.css';

const marks: Readonly<Record<StepStatus, ComponentType<IconProps>>> = {
  queued: IconClock,
  running: IconLoader2,
  waiting: IconHourglassHigh,
  succeeded: IconCheck,
  failed: IconX,
  cancelled: IconBan,
};

/** Shows a state; `count` tells how often the step ran when that was more than once. */
export function StepStateMark({
  status,
  count = 1,
}: {
  readonly status: StepStatus;
  readonly count?: number;
}) {
  const Icon = marks[status];
  return (
    <span
      className={classes.state}
      data-status={status}
      title={count > 1 ? `${status}, ran ${count} times` : status}
    >
      <Icon size={14} stroke={2.4} aria-hidden />
      {count > 1 ? <span>{count}</span> : null}
    </span>
  );
}
