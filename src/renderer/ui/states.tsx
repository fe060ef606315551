/** What a page shows when it has nothing, when it failed, and while it waits. */
import { Button, Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './states.module.css';

export interface EmptyStateProps {
  readonly icon?: ReactNode;
  readonly title: string;
  /** One sentence: what this page is for. */
  readonly children: ReactNode;
  /** The button that fills it. */
  readonly action?: ReactNode;
}

/** Nothing is here yet: what it is for, and how to fill it. */
export function EmptyState({ icon, title, children, action }: EmptyStateProps): ReactNode {
  return (
    <div className={classes['state']}>
      {icon !== undefined && (
        <div className={classes['icon']} aria-hidden="true">
          {icon}
        </div>
      )}
      <h2 className={classes['title']}>{title}</h2>
      <div className={classes['text']}>{children}</div>
      {action !== undefined && <div className={classes['action']}>{action}</div>}
    </div>
  );
}

export interface ErrorStateProps {
  /** What did not work, e.g. "The runs could not be read". */
  readonly title: string;
  /** Why. */
  readonly reason: string;
  /** What to do next, where there is more to say than "try again". */
  readonly next?: string | undefined;
  readonly onRetry?: (() => void) | undefined;
}

/** Something failed: what, why, what next. */
export function ErrorState({ title, reason, next, onRetry }: ErrorStateProps): ReactNode {
  return (
    <div className={classes['state']} role="alert">
      <div className={`${classes['icon']} ${classes['isBad']}`} aria-hidden="true">
        <IconAlertTriangle size={26} stroke={1.5} />
      </div>
      <h2 className={classes['title']}>{title}</h2>
      <p className={classes['text']}>{reason}</p>
      {next !== undefined && <p className={classes['text']}>{next}</p>}
      {onRetry !== undefined && (
        <div className={classes['action']}>
          <Button variant="default" leftSection={<IconRefresh size={15} aria-hidden />} onClick={onRetry}>
            Try again
          </Button>
        </div>
      )}
    </div>
  );
}

export interface LoadingStateProps {
  /** What is being read, e.g. "runs"; for screen readers. */
  readonly what: string;
  /** Rows of a list, or the lines of a detail. */
  readonly shape?: 'rows' | 'detail';
  readonly rowHeight?: number;
}

/** Grey shapes where the content will be; appear only after a moment, so quick answers do not flash. */
export function LoadingState({ what, shape = 'rows', rowHeight = 36 }: LoadingStateProps): ReactNode {
  const count = shape === 'rows' ? 12 : 6;
  return (
    <div className={classes['loading']} role="status" aria-label={`Loading ${what}`}>
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className={classes['line']} style={{ height: shape === 'rows' ? rowHeight : 30 }}>
          <Skeleton height={11} width={`${[62, 48, 70, 55, 40, 66][index % 6] ?? 50}%`} />
        </div>
      ))}
    </div>
  );
}
