/** What happened to a request, in order and in milliseconds, and the facts around it. */
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { RequestView, StepView } from '../../../shared/contract/views.ts';
import { useMirror } from '../../data/mirror.ts';
import { runMirror } from '../../data/runs.ts';
import { runTones, StatusDot, type Tone, VerdictBadge } from '../../ui/badges.tsx';
import { SizeText, TimeText } from '../../ui/figures.tsx';
import { formatDuration, formatSize } from '../../ui/formats.ts';
import { HostileText } from '../../ui/HostileText.tsx';
import classes from './detail.module.css';
import { DriftSection } from './DriftSection.tsx';
import { meaningOfStage, titleOfStage } from './stage-words.ts';

interface Moment {
  readonly key: string;
  readonly title: string;
  readonly note: string;
  readonly atMs: number | null;
  readonly tone: Tone;
}

/** Timeline and facts. */
export function OverviewTab({ request }: { readonly request: RequestView }): ReactNode {
  const [firstRun] = request.runs;
  const { data: run } = useMirror(runMirror, firstRun?.id ?? null);
  const moments: readonly Moment[] = [
    { key: 'received', title: 'Received', note: `from ${request.clientIp}`, atMs: 0, tone: 'ok' },
    ...request.stages.map(
      (stage, index): Moment => ({
        key: `${index}-${stage.stage}`,
        title: titleOfStage(stage.stage),
        note: stage.note ?? (stage.ok ? meaningOfStage(stage.stage) : ''),
        atMs: stage.atMs,
        tone: stage.ok ? 'ok' : 'bad',
      }),
    ),
    ...(request.status === null
      ? []
      : [
          {
            key: 'answered',
            title: 'Answered',
            note: `with ${request.status}`,
            atMs: request.durationMs,
            tone: request.status < 400 ? 'ok' : 'bad',
          } as const,
        ]),
    ...(run?.steps ?? []).slice(0, 50).map((step) => momentOf(step, Date.parse(request.receivedAt))),
  ];
  return (
    <>
      <Reason request={request} />
      <section className={classes['section']}>
        <h3 className={classes['heading']}>Timeline</h3>
        <ol className={classes['timeline']}>
          {moments.map((moment) => (
            <li
              key={moment.key}
              className={`${classes['stage']} ${moment.tone === 'bad' ? classes['isFault'] : ''}`}
            >
              <span className={classes['stageDot']} style={{ color: `var(--hy-${moment.tone})` }}>
                <StatusDot tone={moment.tone} />
              </span>
              <span className={classes['stageName']}>{moment.title}</span>
              <span className={classes['stageNote']}>
                <HostileText text={moment.note} />
              </span>
              <span className={classes['stageAt']}>
                {moment.atMs === null ? '' : formatDuration(moment.atMs)}
              </span>
            </li>
          ))}
        </ol>
      </section>
      <DriftSection request={request} />
      <section className={classes['section']}>
        <h3 className={classes['heading']}>Facts</h3>
        <dl className={classes['facts2']}>
          <dt>Endpoint</dt>
          <dd>
            <Link to={`/requests?endpoint=${request.endpointId}`}>
              <HostileText text={request.endpointName} />
            </Link>
          </dd>
          <dt>Received</dt>
          <dd>
            <TimeText at={request.receivedAt} /> (<TimeText at={request.receivedAt} mode="relative" />)
          </dd>
          <dt>Client</dt>
          <dd>
            <HostileText text={request.clientIp} />
            {request.remoteIp !== request.clientIp && (
              <span className={classes['dim']}>
                {' '}
                through <HostileText text={request.remoteIp} />
              </span>
            )}
            <div className={classes['dim']}>
              <HostileText text={request.clientIpNote} />
            </div>
          </dd>
          <dt>Body</dt>
          <dd>
            {request.bodySize === 0 ? 'none' : <SizeText bytes={request.bodySize} />}
            {request.contentType !== null && (
              <span className={classes['dim']}>
                {' '}
                <HostileText text={request.contentType} />
              </span>
            )}
            {request.storedBodySize < request.bodySize && (
              <span className={classes['dim']}> ({formatSize(request.storedBodySize)} kept)</span>
            )}
          </dd>
          <dt>Protocol</dt>
          <dd>HTTP/{request.httpVersion}</dd>
          {request.dedupeKey !== null && (
            <>
              <dt>Delivery key</dt>
              <dd className={classes['mono']}>
                <HostileText text={request.dedupeKey} />
              </dd>
            </>
          )}
          <Twins request={request} />
          {request.replay !== null && (
            <>
              <dt>Sent again</dt>
              <dd>
                {replayWords(request.replay)} of{' '}
                <Link to={`/requests/${request.replay.of}`} className={classes['mono']}>
                  {request.replay.of}
                </Link>
              </dd>
            </>
          )}
          <dt>Id</dt>
          <dd className={classes['mono']}>{request.id}</dd>
        </dl>
      </section>
    </>
  );
}

/** Deliveries of the same key: what came first, what came again. */
function Twins({ request }: { readonly request: RequestView }): ReactNode {
  const { firstRequestId, twins } = request;
  return (
    <>
      {firstRequestId !== null && (
        <>
          <dt>First delivery</dt>
          <dd>
            <Link to={`/requests/${firstRequestId}`} className={classes['mono']}>
              {firstRequestId}
            </Link>
          </dd>
        </>
      )}
      {twins.length > 0 && (
        <>
          <dt>Came again</dt>
          <dd>
            {twins.slice(0, 10).map((twin) => (
              <div key={twin.id}>
                <Link to={`/requests/${twin.id}`}>
                  <TimeText at={twin.receivedAt} />
                </Link>{' '}
                <VerdictBadge verdict={twin.verdict} />
              </div>
            ))}
            {twins.length > 10 && <span className={classes['dim']}>and {twins.length - 10} more</span>}
          </dd>
        </>
      )}
    </>
  );
}

function replayWords({ mode, edited, elsewhere }: NonNullable<RequestView['replay']>): string {
  const made = mode === 'signed' ? 'Signed afresh' : 'As captured, its time judged as of then';
  return [made, ...(edited ? ['changed'] : []), ...(elsewhere ? ['to another endpoint'] : [])].join(', ');
}

function Reason({ request }: { readonly request: RequestView }): ReactNode {
  if (request.reasonText === null) return null;
  const isBad = request.verdict === 'rejected';
  return (
    <div className={`${classes['callout']} ${isBad ? '' : classes['isNote']}`}>
      <HostileText text={request.reasonText} />
      {request.triage === 'open' && (
        <>
          {' '}
          <Link to={`/failed?request=${request.id}`}>Open as failed trigger</Link>
        </>
      )}
    </div>
  );
}

function momentOf(step: StepView, receivedAt: number): Moment {
  const at = step.finishedAt ?? step.startedAt;
  return {
    key: `step-${step.nodeId}-${step.startedAt ?? ''}-${step.attempt}`,
    title: step.name,
    note: step.error?.message ?? step.waitingFor ?? `step ${step.status}`,
    atMs: at === null ? null : Math.max(0, Date.parse(at) - receivedAt),
    tone: runTones[step.status],
  };
}
