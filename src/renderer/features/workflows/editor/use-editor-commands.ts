/** What can be done on the page of a workflow, for the palette and the list of keys. */
import { useReactFlow } from 'reactflow';
import { useCommands } from '../../../ui/commands.ts';
import { useArrange } from './CanvasToolbar.tsx';
import { useOpenWorkflow } from './editor-context.ts';
import { chosenText, pasteText } from './use-editor-keys.ts';

export interface EditorCommandTargets {
  readonly commit: () => void;
  readonly activate: () => void;
  readonly run: () => void;
  readonly test: () => void;
  /** Whether a past version is on the canvas: then nothing is edited. */
  readonly isReadOnly: boolean;
}

const group = 'Workflow';

/** Registers the commands of the open workflow. */
export function useEditorCommands({ commit, activate, run, test, isReadOnly }: EditorCommandTargets): void {
  const open = useOpenWorkflow();
  const { editor, workbench } = open;
  const flow = useReactFlow();
  const arrange = useArrange();
  const edit = (work: () => void) => (): void => {
    if (!isReadOnly) work();
  };
  useCommands([
    { id: 'workflow-undo', title: 'Undo', group, keys: 'mod+z', isFieldFirst: true, run: edit(editor.undo) },
    {
      id: 'workflow-redo',
      title: 'Redo',
      group,
      keys: 'mod+shift+z',
      isFieldFirst: true,
      run: edit(editor.redo),
    },
    {
      id: 'workflow-redo-too',
      title: 'Redo',
      group,
      keys: 'mod+y',
      isFieldFirst: true,
      isHidden: true,
      run: edit(editor.redo),
    },
    {
      id: 'workflow-choose-all',
      title: 'Choose all steps',
      group,
      keys: 'mod+a',
      isFieldFirst: true,
      run: edit(() => {
        const { nodes } = editor.store.getState().history.present;
        editor.select({ nodeIds: nodes.map((node) => node.id), edgeIds: [] });
      }),
    },
    {
      id: 'workflow-double',
      title: 'Duplicate the chosen steps',
      group,
      keys: 'mod+d',
      isFieldFirst: true,
      run: edit(() => {
        const text = chosenText(open);
        if (text !== null) pasteText(open, text);
      }),
    },
    {
      id: 'workflow-fit',
      title: 'Show the whole canvas',
      group,
      keys: 'f',
      words: 'fit zoom',
      run: () => void flow.fitView({ maxZoom: 1, padding: 0.15, duration: 200 }),
    },
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
      run: edit(() => workbench.openPalette()),
    },
    { id: 'workflow-arrange', title: 'Arrange the steps', group, words: 'layout tidy', run: edit(arrange) },
    { id: 'workflow-commit', title: 'Commit a version…', group, run: commit },
    { id: 'workflow-activate', title: 'Activate a version…', group, words: 'live publish', run: activate },
    { id: 'workflow-run', title: 'Run the workflow…', group, words: 'start', run },
    { id: 'workflow-test', title: 'Test the draft…', group, words: 'try dry run', run: test },
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
