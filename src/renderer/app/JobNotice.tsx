/** Bulk jobs that are under way, on every page: how far they are, and a way to end them. */
import { Button, Progress } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import type { JobView } from '../../shared/contract/jobs.ts';
import { notifyDone, useAction } from '../data/action.ts';
import { cancelJob, jobsMirror } from '../data/jobs.ts';
import { useMirror } from '../data/mirror.ts';
import { formatCount } from '../ui/formats.ts';
import { HostileText } from '../ui/HostileText.tsx';
import classes from './JobNotice.module.css';

const isLive = ({ state }: JobView): boolean => state === 'queued' || state === 'running';

/** The notice; nothing while no job is under way. */
export function JobNotice(): ReactNode {
  const { data: jobs } = useMirror(jobsMirror, null);
  const live = (jobs ?? []).filter(isLive);
  useTellOfEnds(jobs);
  if (live.length === 0) return null;
  return (
    <section className={classes['jobs']} aria-label="Jobs under way">
      {live.map((job) => (
        <JobRow key={job.id} job={job} />
      ))}
    </section>
  );
}

function JobRow({ job }: { readonly job: JobView }): ReactNode {
  const cancel = useAction(cancelJob, { failed: 'The job was not cancelled' });
  return (
    <div className={classes['job']}>
      <span className={classes['title']}>
        <HostileText text={job.title} />
      </span>
      <Progress
        value={(100 * job.done) / Math.max(1, job.total)}
        aria-label={`Progress of ${job.title}`}
        className={classes['bar'] ?? ''}
      />
      <span className={classes['count']}>
        {formatCount(job.done)} of {formatCount(job.total, nounOf(job))}
        {job.failed > 0 && `, ${formatCount(job.failed)} refused`}
      </span>
      <Button
        size="compact-xs"
        variant="default"
        loading={cancel.isBusy}
        onClick={() => void cancel.run(job.id)}
      >
        Cancel
      </Button>
    </div>
  );
}

/** What a job works through. */
function nounOf({ kind }: JobView): string {
  if (kind === 'import') return 'row';
  return kind === 'retry' || kind === 'replay' ? 'request' : 'run';
}

/** Says once how a job ended; those that had ended before the page was opened are old news. */
function useTellOfEnds(jobs: readonly JobView[] | undefined): void {
  const told = useRef<Set<string>>(null);
  useEffect(() => {
    if (jobs === undefined) return;
    const ended = jobs.filter((job) => !isLive(job));
    for (const job of ended) if (told.current?.has(job.id) === false) notifyDone(endOf(job));
    told.current = new Set([...(told.current ?? []), ...ended.map(({ id }) => id)]);
  }, [jobs]);
}

function endOf({ title, state, succeeded, failed, lastError }: JobView): string {
  const counts = `${formatCount(succeeded)} went through, ${formatCount(failed)} were refused`;
  const why = failed > 0 && lastError !== null ? ` Last: ${lastError}` : '';
  return `${title}: ${state === 'cancelled' ? 'cancelled; ' : ''}${counts}.${why}`;
}
