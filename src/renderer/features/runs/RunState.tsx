/** What a waiting run waits for and how it is resumed; why a failed one failed. */
import type { ReactNode } from 'react';
import type { RunView } from '../../../shared/contract/views.ts';
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
  if (run.status !== 'waiting') return null;
  const due = run.steps.find(({ status, dueAt }) => status === 'waiting' && dueAt !== null)?.dueAt ?? null;
  return (
    <div className={`${classes['callout']} ${classes['isWait']}`}>
      <p className={classes['waitText']}>
        <HostileText text={run.waitingFor ?? 'Waits for something to resume it.'} />
        {due !== null && (
          <>
            {' '}
            Until <TimeText at={due} />.
          </>
        )}
      </p>
      {run.resumeUrl !== null && (
        <CopyField label="Command that resumes it" isBlock value={resumeCommand(run.resumeUrl)} />
      )}
    </div>
  );
}

/** A shell line; the URL is ours and holds no quote, but a shell must never be trusted with that. */
function resumeCommand(url: string): string {
  return `curl -X POST '${url.replaceAll("'", "'\\''")}' \\\n  -H 'content-type: application/json' \\\n  --data-raw '{}'`;
}
