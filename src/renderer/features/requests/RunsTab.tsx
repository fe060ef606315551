/** The runs a request started or resumed. */
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { RequestView } from '../../../shared/contract/views.ts';
import { useMirror } from '../../data/mirror.ts';
import { workflowChoices } from '../../data/workflows.ts';
import { RunStatusBadge } from '../../ui/badges.tsx';
import classes from './detail.module.css';

/** Links to the runs. */
export function RunsTab({ request }: { readonly request: RequestView }): ReactNode {
  const { data: workflows } = useMirror(workflowChoices, null);
  if (request.runs.length === 0) {
    return <p className={classes['empty']}>This request started no run.</p>;
  }
  return (
    <div>
      {request.runs.map((run) => (
        <Link key={run.id} to={`/runs/${run.id}`} className={classes['runLink']}>
          <RunStatusBadge status={run.status} />
          <span>{workflows?.find(({ id }) => id === run.workflowId)?.name ?? 'Workflow'}</span>
          <span className={`${classes['mono']} ${classes['dim']}`}>{run.id}</span>
        </Link>
      ))}
    </div>
  );
}
