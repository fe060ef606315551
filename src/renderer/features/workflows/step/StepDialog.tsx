/** The dialog of the step that is open, if one is: the webhook's own, or the one every kind gets from its definition. */
import type { RunView } from '../../../../shared/contract/views.ts';
import { useEditorState, useOpenWorkflow, useWorkbench } from '../editor/editor-context.ts';
import { WebhookModal } from '../webhook/WebhookModal.tsx';
import { StepModal } from './StepModal.tsx';

/** Opens with a double click on a step, or Enter. */
export function StepDialog({
  run,
  onShowRun,
  onTest,
}: {
  readonly run: RunView | undefined;
  readonly onShowRun: (runId: string) => void;
  /** Tests one step of the draft alone. */
  readonly onTest: (nodeId: string) => void;
}) {
  const { kinds } = useOpenWorkflow();
  const stepId = useWorkbench((state) => state.openStepId);
  const node = useEditorState((state) => state.history.present.nodes.find(({ id }) => id === stepId));
  if (node === undefined) return null;
  if (node.type === 'webhook')
    return <WebhookModal key={node.id} node={node} run={run} onShowRun={onShowRun} />;
  return (
    <StepModal
      key={node.id}
      node={node}
      definition={kinds.definitionOf(node.type)}
      run={run}
      onTest={onTest}
    />
  );
}
