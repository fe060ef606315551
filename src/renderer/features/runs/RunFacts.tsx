/** What is known of a run beside its steps: when, by what it was started, what it repeats, and the runs it made. */
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { RunTrigger, RunView } from '../../../shared/contract/views.ts';
import { RunStatusBadge } from '../../ui/badges.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { TimeText } from '../../ui/figures.tsx';
import { HostileText } from '../../ui/HostileText.tsx';
import classes from './runs.module.css';

const triggers: Readonly<Record<RunTrigger, string>> = {
  webhook: 'A request',
  manual: 'A person',
  api: 'The API',
  schedule: 'Its schedule',
  workflow: 'A step of another run',
  failure: 'The failure of another run',
  retry: 'A repetition',
  test: 'A test',
};

/** The list of facts. */
export function RunFacts({ run }: { readonly run: RunView }): ReactNode {
  return (
    <dl className={classes['factList']}>
      <dt>Id</dt>
      <dd className={classes['mono']}>
        {run.id} <CopyButton value={run.id} label="id" />
      </dd>
      <Fact name="Created">
        <TimeText at={run.createdAt} />
      </Fact>
      <Fact name="Started">
        <TimeText at={run.startedAt} />
      </Fact>
      <Fact name="Finished">
        <TimeText at={run.finishedAt} />
      </Fact>
      <Fact name="Started by">
        {triggers[run.trigger]}
        {run.requestId !== null && (
          <>
            {' '}
            <Link to={`/requests/${run.requestId}`} className={classes['mono']}>
              {run.requestId}
            </Link>
          </>
        )}
        {run.parent !== null && (
          <>
            {' '}
            <RunLink id={run.parent.runId} />
          </>
        )}
      </Fact>
      {run.retryOf !== null && (
        <Fact name="Repeats">
          <RunLink id={run.retryOf} />
          {run.edits !== null && <span className={classes['dim']}> {editsText(run.edits)}</span>}
        </Fact>
      )}
      {run.test !== null && (
        <Fact name="Test of">
          {run.test.version === 'draft' ? 'the draft, as it was then' : `version ${run.test.version}`}
          {run.test.dryRun && ', without acting on the world'}
          {run.test.pinned.length > 0 && (
            <>
              ; pinned: <HostileText text={run.test.pinned.join(', ')} />
            </>
          )}
        </Fact>
      )}
      {run.target !== null && (
        <Fact name="Target">
          <HostileText text={`${run.target.entity} ${run.target.cuid}`} />
        </Fact>
      )}
      {run.children.length > 0 && (
        <Fact name="Runs it made">
          <ul className={classes['children']}>
            {run.children.map((child) => (
              <li key={child.runId}>
                <RunStatusBadge status={child.status} />
                <HostileText text={child.workflowName} />
                <RunLink id={child.runId} />
              </li>
            ))}
          </ul>
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function RunLink({ id }: { readonly id: string }): ReactNode {
  return (
    <Link to={`/runs/${id}`} className={classes['mono']}>
      {id}
    </Link>
  );
}

function editsText({ fromStep, input, outputs }: NonNullable<RunView['edits']>): string {
  const parts = [
    ...(fromStep === null ? [] : [`from ${fromStep}`]),
    ...(input ? ['with another input'] : []),
    ...(outputs.length === 0 ? [] : [`with other outputs of ${outputs.join(', ')}`]),
  ];
  return parts.length === 0 ? '' : `(${parts.join(', ')})`;
}
