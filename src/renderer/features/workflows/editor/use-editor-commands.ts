/** What can be done on the page of a workflow, for the palette and the list of keys. */
import { useCommands } from '../../../ui/commands.ts';
import { useArrange } from './CanvasToolbar.tsx';
import { useOpenWorkflow } from './editor-context.ts';

export interface EditorCommandTargets {
  readonly commit: () => void;
  readonly activate: () => void;
  readonly run: () => void;
}

const group = 'Workflow';

/** Registers the commands of the open workflow. */
export function useEditorCommands({ commit, activate, run }: EditorCommandTargets): void {
  const { editor, workbench } = useOpenWorkflow();
  const arrange = useArrange();
  useCommands([
    {
      id: 'workflow-save',
      title: 'Save the draft now',
      group,
      keys: 'mod+s',
      run: () => void editor.saveNow(),
    },
    {
      id: 'workflow-add',
      title: 'Add a step',
      group,
      keys: 'a',
      words: 'palette workflow steps insert',
      run: () => workbench.openPalette(),
    },
    { id: 'workflow-arrange', title: 'Arrange the steps', group, words: 'layout tidy', run: arrange },
    { id: 'workflow-commit', title: 'Commit a version…', group, run: commit },
    { id: 'workflow-activate', title: 'Activate a version…', group, words: 'live publish', run: activate },
    { id: 'workflow-run', title: 'Run the workflow…', group, words: 'start test', run },
    {
      id: 'workflow-problems',
      title: 'Show problems',
      group,
      run: () => workbench.store.setState({ panel: 'problems' }),
    },
    {
      id: 'workflow-versions',
      title: 'Show versions',
      group,
      words: 'history restore',
      run: () => workbench.store.setState({ panel: 'versions' }),
    },
  ]);
}
