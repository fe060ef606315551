/** One run in the list. */
import type { ReactNode } from 'react';
import type { RunSummary } from '../../../shared/contract/views.ts';
import { RunStatusBadge } from '../../ui/badges.tsx';
import { DurationText, TimeText } from '../../ui/figures.tsx';
import { HostileText } from '../../ui/HostileText.tsx';
import { useNow } from '../../ui/now.ts';
import { sayVersion } from '../../ui/run-version.ts';
import classes from './runs.module.css';

/** Height of a row, in pixels. */
export const rowHeight = 34;

/** A row of the runs. */
export function RunRow({ run }: { readonly run: RunSummary }): ReactNode {
  return (
    <div className={classes['row']}>
      <TimeText at={run.createdAt} className={classes['time']} />
      <span>
        <RunStatusBadge status={run.status} />
      </span>
      <span className={classes['workflow']} title={run.workflowName}>
        <HostileText text={run.workflowName} className={classes['name']} />
        <span className={classes['dim']}>{sayVersion(run)}</span>
      </span>
      <span className={classes['note']} title={noteOf(run)}>
        <HostileText text={noteOf(run)} />
      </span>
      <span className={classes['target']}>
        {run.target === null ? '' : <HostileText text={`${run.target.entity} ${run.target.cuid}`} />}
      </span>
      <span className={classes['duration']}>
        <RunDuration run={run} />
      </span>
    </div>
  );
}

/** Names of the columns, for those who see. */
export function RunColumns(): ReactNode {
  return (
    <div className={`${classes['row']} ${classes['columns']}`} aria-hidden="true">
      <span className={classes['time']}>Started</span>
      <span>Status</span>
      <span className={classes['workflow']}>Workflow</span>
      <span className={classes['note']}>Note</span>
      <span className={classes['target']}>Target</span>
      <span className={classes['duration']}>Took</span>
    </div>
  );
}

/** How long a run took, or has been going on. */
export function RunDuration({ run }: { readonly run: RunSummary }): ReactNode {
  const now = useNow();
  if (run.startedAt === null) return <DurationText ms={null} />;
  const end = run.finishedAt === null ? Math.max(now, Date.parse(run.startedAt)) : Date.parse(run.finishedAt);
  return <DurationText ms={end - Date.parse(run.startedAt)} />;
}

function noteOf(run: RunSummary): string {
  return run.error?.message ?? run.waitingFor ?? '';
}
