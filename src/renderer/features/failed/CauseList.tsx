/** The causes at the left, the most recent first. */
import type { ReactNode } from 'react';
import type { FailureGroup } from '../../../shared/contract/views.ts';
import { TimeText } from '../../ui/figures.tsx';
import { HostileText } from '../../ui/HostileText.tsx';
import classes from './failed.module.css';

export interface CauseListProps {
  readonly groups: readonly FailureGroup[];
  readonly chosenKey: string;
  readonly keyOf: (group: FailureGroup) => string;
  readonly onChoose: (key: string) => void;
}

/** One button per cause and endpoint. */
export function CauseList({ groups, chosenKey, keyOf, onChoose }: CauseListProps): ReactNode {
  return (
    <nav className={classes['causes']} aria-label="Causes">
      {groups.map((group) => {
        const key = keyOf(group);
        return (
          <button
            key={key}
            type="button"
            className={classes['causeButton']}
            aria-current={key === chosenKey}
            onClick={() => onChoose(key)}
          >
            <span className={classes['causeTitle']}>{group.title}</span>
            <span className={classes['count']}>{group.count.toLocaleString('en')}</span>
            <span className={classes['where']} title={group.endpointName}>
              <HostileText text={group.endpointName} />
            </span>
            <TimeText at={group.lastAt} mode="relative" className={classes['dim']} />
          </button>
        );
      })}
    </nav>
  );
}
