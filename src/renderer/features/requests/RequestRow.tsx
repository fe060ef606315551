/** One captured request in the list. */
import type { ReactNode } from 'react';
import type { RequestSummary } from '../../../shared/contract/views.ts';
import { RunStatusBadge, ToneBadge, VerdictBadge } from '../../ui/badges.tsx';
import { DurationText, SizeText, TimeText } from '../../ui/figures.tsx';
import { HostileText } from '../../ui/HostileText.tsx';
import { MethodText, StatusText } from './marks.tsx';
import classes from './requests.module.css';

/** Height of a row, in pixels. */
export const rowHeight = 34;

/** A row of the inspector. */
export function RequestRow({ request }: { readonly request: RequestSummary }): ReactNode {
  const [run, ...others] = request.runs;
  return (
    <div className={classes['row']}>
      <TimeText at={request.receivedAt} className={classes['time']} />
      <MethodText method={request.method} />
      <span className={classes['endpoint']} title={`${request.endpointName}\n${request.url}`}>
        <HostileText text={request.endpointName} className={classes['name']} />
        <HostileText text={request.url} className={classes['url']} />
      </span>
      <span className={classes['verdict']} title={request.reasonText ?? undefined}>
        <VerdictBadge verdict={request.verdict} />
        {request.drift !== null && request.drift > 0 && (
          <span className={classes['reason']}>
            <ToneBadge tone="wait" title="Fields that are new, missing or of another type than in the sample">
              drift {request.drift}
            </ToneBadge>
          </span>
        )}
        {request.reason !== null && request.reason !== request.verdict && (
          <span className={classes['reason']}>{request.reason}</span>
        )}
      </span>
      <StatusText status={request.status} />
      <span className={classes['size']}>
        <SizeText bytes={request.bodySize} />
      </span>
      <span className={classes['duration']}>
        <DurationText ms={request.durationMs} />
      </span>
      <HostileText text={request.clientIp} className={classes['client']} />
      <span className={classes['run']}>
        {run !== undefined && <RunStatusBadge status={run.status} />}
        {others.length > 0 && <span className={classes['reason']}>+{others.length}</span>}
      </span>
    </div>
  );
}

/** Names of the columns, for those who see. */
export function RequestColumns(): ReactNode {
  return (
    <div className={`${classes['row']} ${classes['columns']}`} aria-hidden="true">
      <span className={classes['time']}>Time</span>
      <span>Method</span>
      <span className={classes['endpoint']}>Endpoint</span>
      <span className={classes['verdict']}>Verdict</span>
      <span>Status</span>
      <span className={classes['size']}>Size</span>
      <span className={classes['duration']}>Took</span>
      <span className={classes['client']}>Client</span>
      <span className={classes['run']}>Run</span>
    </div>
  );
}
