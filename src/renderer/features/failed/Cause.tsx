/** One cause in the list at the left: what it is, how often, where, and when last. */
import type { ReactNode } from 'react';
import type { FailureGroup } from '../../../shared/contract/views.ts';
import { TimeText } from '../../ui/figures.tsx';
import { HostileText } from '../../ui/HostileText.tsx';
import table from '../../ui/table.module.css';
import classes from './failed.module.css';

/** The cause. */
export function Cause({ group }: { readonly group: FailureGroup }): ReactNode {
  return (
    <span className={classes['cause']}>
      <span className={classes['causeTitle']}>{group.title}</span>
      <span className={table['bad']}>{group.count.toLocaleString('en')}</span>
      <span className={`${table['clip']} ${classes['dim']}`} title={group.endpointName}>
        <HostileText text={group.endpointName} />
      </span>
      <TimeText at={group.lastAt} mode="relative" className={classes['dim']} />
    </span>
  );
}
