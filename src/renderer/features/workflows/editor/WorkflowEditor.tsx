/** An open workflow: header, palette, canvas, panels, dialogs; and the run that lies over it. */
import { useCallback, useState } from 'react';
import { ReactFlowProvider } from 'reactflow';
import type { WorkflowView } from '../../../../shared/contract/views.ts';
import type { Catalog } from '../../../../shared/model/catalog.ts';
import { useAction } from '../../../data/action.ts';
import { deactivateWorkflow, workflowMirror } from '../../../data/workflows.ts';
import { ConfirmModal } from '../../../ui/ConfirmModal.tsx';
import { DragGhost } from '../palette/DragGhost.tsx';
import { Palette } from '../palette/Palette.tsx';
import { RunBar } from '../run/RunBar.tsx';
import { RunModal, type RunWish } from '../run/RunModal.tsx';
import { useShownRun } from '../run/use-shown-run.ts';
import { StepDialog } from '../step/StepDialog.tsx';
import { ActivateModal } from './ActivateModal.tsx';
import { CanvasArea } from './CanvasArea.tsx';
import { CommitModal } from './CommitModal.tsx';
import { EditorHeader } from './EditorHeader.tsx';
import { EditorNotices } from './EditorNotices.tsx';
import { EditorProvider, type OpenWorkflow, useEditorState, useWorkbench } from './editor-context.ts';
import { ProblemsPanel } from './ProblemsPanel.tsx';
import { SettingsModal } from './SettingsModal.tsx';
import { useEditor } from './use-editor.ts';
import { useEditorCommands } from './use-editor-commands.ts';
import { usePastRun } from './use-past-run.ts';
import { VersionsPanel } from './VersionsPanel.tsx';
import classes from './WorkflowEditor.module.css';

export interface WorkflowEditorProps {
  readonly workflow: WorkflowView;
  readonly catalog: Catalog;
}

/** The editor of one workflow; give it the workflow's id as key. */
export function WorkflowEditor({ workflow, catalog }: WorkflowEditorProps) {
  const open = useEditor(workflow, catalog);
  return (
    <EditorProvider value={open}>
      <ReactFlowProvider>
        <Workspace open={open} />
      </ReactFlowProvider>
    </EditorProvider>
  );
}

type Dialog = 'commit' | 'activate' | 'deactivate' | 'settings' | null;

function Workspace({ open }: { readonly open: OpenWorkflow }) {
  const { workflow } = open;
  const [dialog, setDialog] = useState<Dialog>(null);
  const [wish, setWish] = useState<RunWish | null>(null);
  const close = useCallback(() => setDialog(null), []);
  const isSaved = useEditorState((state) => state.save.kind === 'saved');
  const isSameGraph = isSaved && !workflow.changed && workflow.latestVersion !== null;
  const shown = useShownRun(workflow.id, isSameGraph && workflow.activeVersion === workflow.latestVersion);
  const draft = useEditorState((state) => state.history.present);
  const isPast = usePastRun(shown.run, isSameGraph ? workflow.latestVersion : null, draft);
  const panel = useWorkbench((state) => state.panel);
  const isPaletteOpen = useWorkbench((state) => state.isPaletteOpen);
  const start = useStart(open, () => setWish({ kind: 'live' }));
  useEditorCommands({
    commit: () => setDialog('commit'),
    activate: () => setDialog('activate'),
    run: start.run,
    test: () => setWish({ kind: 'test' }),
    isReadOnly: isPast,
  });
  const deactivate = useAction(deactivateWorkflow, {
    failed: 'The workflow was not deactivated',
    done: 'The workflow is not live any more.',
  });
  const onDeactivate = async (): Promise<void> => {
    const view = await deactivate.run(workflow.id);
    if (view !== undefined) workflowMirror.of(workflow.id).put(view);
  };
  return (
    <main className={classes.page} aria-label={`Workflow ${workflow.name}`}>
      <EditorHeader
        onCommit={() => setDialog('commit')}
        onActivate={() => setDialog('activate')}
        onDeactivate={() => setDialog('deactivate')}
        onRun={start.run}
        onTest={() => setWish({ kind: 'test' })}
        onSettings={() => setDialog('settings')}
        runHint={start.hint}
      />
      <EditorNotices pastVersion={isPast ? (shown.run?.version ?? null) : null} shown={shown} />
      <div className={classes.middle}>
        {isPaletteOpen && !isPast ? <Palette /> : null}
        <CanvasArea shown={shown} isPast={isPast} />
        {panel === 'problems' ? <ProblemsPanel /> : null}
        {panel === 'versions' ? <VersionsPanel /> : null}
      </div>
      {shown.run === undefined ? null : <RunBar run={shown.run} onHide={shown.hide} />}
      <DragGhost />
      <StepDialog
        run={shown.run}
        onShowRun={shown.show}
        onTest={(onlyStep) => setWish({ kind: 'test', onlyStep })}
      />
      <SettingsModal isOpen={dialog === 'settings'} onClose={close} />
      <CommitModal isOpen={dialog === 'commit'} onClose={close} />
      <ActivateModal isOpen={dialog === 'activate'} onClose={close} onCommit={() => setDialog('commit')} />
      <RunModal wish={wish} onClose={() => setWish(null)} onStarted={shown.show} />
      <ConfirmModal
        isOpen={dialog === 'deactivate'}
        title="Take the workflow offline?"
        confirm="Deactivate"
        onConfirm={onDeactivate}
        onClose={close}
      >
        Its webhook URLs will answer 404 from now on. Runs that are under way go on; keys and URLs are kept.
      </ConfirmModal>
    </main>
  );
}

/** What *Run* does: a manual or API start asks for an input; a webhook start is tried out by a request. */
function useStart({ workbench, workflow }: OpenWorkflow, openRun: () => void) {
  const nodes = useEditorState((state) => state.history.present.nodes);
  const edges = useEditorState((state) => state.history.present.edges);
  const starts = nodes.filter((node) => !edges.some((edge) => edge.target === node.id));
  const byHand = starts.some((node) => node.type === 'manual' || node.type === 'api');
  const webhook = starts.find((node) => node.type === 'webhook');
  const hint = !workflow.enabled
    ? 'Activate a version first: runs use the live one'
    : byHand || webhook === undefined
      ? null
      : 'Send a test request to the webhook';
  const run = (): void => {
    if (!byHand && webhook !== undefined) workbench.openStep(webhook.id, 'test');
    else openRun();
  };
  return { run, hint };
}
