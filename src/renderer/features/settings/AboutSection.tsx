/** What runs here, since when, and where it keeps its data. */
import type { ReactNode } from 'react';
import { useMirror } from '../../data/mirror.ts';
import { statusMirror } from '../../data/system.ts';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { TimeText } from '../../ui/figures.tsx';
import { formatCount, formatDuration, formatSize } from '../../ui/formats.ts';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import classes from './settings.module.css';

/** The section. */
export function AboutSection(): ReactNode {
  const { data, status, error, refetch } = useMirror(statusMirror, null);
  if (data === undefined) {
    return status === 'failed' ? (
      <ErrorState title="The status could not be read" reason={error?.message ?? ''} onRetry={refetch} />
    ) : (
      <LoadingState what="the status" shape="detail" />
    );
  }
  const { counts, disk } = data;
  return (
    <section className={classes['section']} aria-labelledby="about-title">
      <h2 id="about-title" className={classes['title']}>
        About
      </h2>
      <div className={classes['card']}>
        <dl className={classes['facts']}>
          <dt>Version</dt>
          <dd>{data.version}</dd>
          <dt>Running for</dt>
          <dd>{formatDuration(data.uptimeSeconds * 1_000)}</dd>
          <dt>Data folder</dt>
          <dd>
            {data.dataDir} <CopyButton value={data.dataDir} label="data folder" />
          </dd>
          <dt>Database</dt>
          <dd>
            {formatSize(disk.databaseBytes)}
            {disk.freeBytes !== null && `, ${formatSize(disk.freeBytes)} free on the disk`}
          </dd>
          <dt>Secrets kept by</dt>
          <dd>{data.vault}</dd>
          <dt>Holds</dt>
          <dd>
            {[
              formatCount(counts.workflows, 'workflow'),
              formatCount(counts.endpoints, 'endpoint'),
              formatCount(counts.requests, 'request'),
              formatCount(counts.runs, 'run'),
              formatCount(counts.records, 'record'),
            ].join(', ')}
          </dd>
          <dt>Last error</dt>
          <dd>
            {data.lastError === null ? (
              'none'
            ) : (
              <>
                {data.lastError.message} (<TimeText at={data.lastError.at} />)
              </>
            )}
          </dd>
        </dl>
      </div>
    </section>
  );
}
