/** What happened to a record: each change with the values before and after, when, and by whom. */
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { RecordChangeView } from '../../../shared/contract/records.ts';
import { useMirror } from '../../data/mirror.ts';
import { recordHistory } from '../../data/records.ts';
import { TimeText } from '../../ui/figures.tsx';
import { HostileText } from '../../ui/HostileText.tsx';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { showValue } from './field-text.ts';
import classes from './records.module.css';

/** The list, newest first. */
export function RecordHistory({
  entity,
  cuid,
}: {
  readonly entity: string;
  readonly cuid: string;
}): ReactNode {
  const { data, status, error, refetch } = useMirror(recordHistory, { name: entity, cuid });
  if (data === undefined) {
    return status === 'failed' ? (
      <ErrorState title="The history could not be read" reason={error?.message ?? ''} onRetry={refetch} />
    ) : (
      <LoadingState what="history" shape="detail" />
    );
  }
  if (data.length === 0) return <p className={classes['dim']}>Nothing is known of earlier changes.</p>;
  return (
    <ol className={classes['history']}>
      {data.map((change) => (
        <li key={`${change.at} ${JSON.stringify(change.after)}`}>
          <strong>{words[change.change]}</strong>{' '}
          <span className={classes['dim']}>
            <TimeText at={change.at} /> by <Actor by={change.by} />
          </span>
          <Values change={change} />
        </li>
      ))}
    </ol>
  );
}

const words: Readonly<Record<RecordChangeView['change'], string>> = {
  create: 'Made',
  update: 'Changed',
  delete: 'Deleted',
};

function Actor({ by }: { readonly by: RecordChangeView['by'] }): ReactNode {
  switch (by.kind) {
    case 'run':
      return by.runId === undefined ? (
        'a run'
      ) : (
        <>
          <Link to={`/runs/${by.runId}`}>a run</Link>
          {by.nodeId !== undefined && (
            <>
              , step <HostileText text={by.nodeId} />
            </>
          )}
        </>
      );
    case 'api':
      return 'the API';
    case 'app':
      return 'hand';
    case 'import':
      return 'an import';
    case 'entity':
      return 'a change of the fields';
  }
}

function Values({ change: { before, after } }: { readonly change: RecordChangeView }): ReactNode {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return (
    <dl style={{ margin: 0 }}>
      {names.map((name) => (
        <div key={name} className={classes['change']}>
          <dt className={classes['dim']}>
            <HostileText text={name} />
          </dt>
          <dd className={classes['before']}>
            <HostileText text={cut(showValue(before?.[name])) || '—'} />
          </dd>
          <dd className={classes['after']}>
            <HostileText text={cut(showValue(after?.[name])) || '—'} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

const cut = (text: string): string => (text.length > 500 ? `${text.slice(0, 500)}…` : text);
