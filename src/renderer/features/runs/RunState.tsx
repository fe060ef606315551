/** What a waiting run waits for and how it is resumed; why a failed one failed. */
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { RunView, RunWait } from '../../../shared/contract/views.ts';
import { TimeText } from '../../ui/figures.tsx';
import { CopyField } from '../../ui/CopyField.tsx';
import { HostileText } from '../../ui/HostileText.tsx';
import classes from './runs.module.css';

/** A callout; nothing for runs that need no word. */
export function RunState({ run }: { readonly run: RunView }): ReactNode {
  if (run.status === 'failed' && run.error !== null) {
    const step = run.steps.find(({ nodeId }) => nodeId === run.error?.nodeId);
    return (
      <div className={`${classes['callout']} ${classes['isBad']}`}>
        {step !== undefined && (
          <strong>
            <HostileText text={step.name} />:{' '}
          </strong>
        )}
        <HostileText text={run.error.message} isBlock />
        <span className={classes['code']}>{run.error.code}</span>
      </div>
    );
  }
  const waits = run.waits.filter(({ kind }) => kind !== 'approval' && kind !== 'join' && kind !== 'loop');
  if (run.status !== 'waiting' || waits.length === 0) return null;
  return (
    <div className={`${classes['callout']} ${classes['isWait']} ${classes['waits']}`}>
      {waits.slice(0, mostWaits).map((wait) => (
        <Wait key={`${wait.nodeId} ${wait.since ?? ''}`} wait={wait} />
      ))}
      {waits.length > mostWaits && (
        <p className={classes['waitText']}>And {waits.length - mostWaits} more.</p>
      )}
    </div>
  );
}

/** Waits told one by one; a loop may have hundreds. */
const mostWaits = 5;

function Wait({ wait }: { readonly wait: RunWait }): ReactNode {
  return (
    <div>
      <p className={classes['waitText']}>
        <HostileText text={wait.sentence} />
        {wait.until !== null && (
          <>
            {' '}
            Until <TimeText at={wait.until} />.
          </>
        )}
        {wait.childRunId !== null && (
          <>
            {' '}
            <Link to={`/runs/${wait.childRunId}`}>Show that run</Link>
          </>
        )}
      </p>
      {wait.curl !== null && <CopyField label="Command that resumes it" isBlock value={wait.curl} />}
    </div>
  );
}
