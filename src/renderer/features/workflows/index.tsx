/** Workflows: the list and the editor. */
import type { ReactNode } from 'react';
import { useParams } from 'react-router';
import { useMirror } from '../../data/mirror.ts';
import { catalogMirror } from '../../data/system.ts';
import { workflowMirror } from '../../data/workflows.ts';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { WorkflowEditor } from './editor/WorkflowEditor.tsx';

export { WorkflowsPage } from './list/WorkflowsPage.tsx';

/** The page of one workflow; `?run=<id>` lays a run over it. */
export function WorkflowPage(): ReactNode {
  const { id = '' } = useParams();
  const workflow = useMirror(workflowMirror, id);
  const catalog = useMirror(catalogMirror, null);
  const failed = [workflow, catalog].find((mirror) => mirror.status === 'failed');
  if (failed !== undefined) {
    return (
      <ErrorState
        title="The workflow could not be opened"
        reason={failed.error?.message ?? ''}
        onRetry={failed.refetch}
      />
    );
  }
  if (workflow.data === undefined || catalog.data === undefined)
    return <LoadingState what="workflow" shape="detail" />;
  return <WorkflowEditor key={workflow.data.id} workflow={workflow.data} catalog={catalog.data} />;
}
