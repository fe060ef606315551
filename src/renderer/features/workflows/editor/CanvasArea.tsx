/** The canvas with the ears of the editor, or as a past version that can only be looked at; and the step of a run beside it. */
import { Button } from '@mantine/core';
import { IconPlus, IconTopologyStar3 } from '@tabler/icons-react';
import { useCallback, useEffect, useMemo } from 'react';
import { Panel, useReactFlow } from 'reactflow';
import type { WorkflowView } from '../../../../shared/contract/views.ts';
import { useMirror } from '../../../data/mirror.ts';
import { pinsMirror } from '../../../data/pins.ts';
import { EmptyState } from '../../../ui/states.tsx';
import { Canvas } from '../canvas/Canvas.tsx';
import { CanvasProvider } from '../canvas/canvas-context.ts';
import type { Point } from '../graph/edit.ts';
import { type IssuesByStep, sortIssues } from '../graph/issues.ts';
import { cardWidth } from '../graph/measures.ts';
import { overlayRun } from '../graph/run-overlay.ts';
import { connectSteps } from '../graph/waiting.ts';
import { RunPicker } from '../run/RunBar.tsx';
import { StepRunPane } from '../run/StepRunPane.tsx';
import type { ShownRun } from '../run/use-shown-run.ts';
import { CanvasToolbar } from './CanvasToolbar.tsx';
import { useEditorState, useOpenWorkflow, useWorkbench } from './editor-context.ts';
import { useEditorKeys } from './use-editor-keys.ts';
import { useRunDocument } from './use-past-run.ts';
import classes from './WorkflowEditor.module.css';

const noIssues: IssuesByStep = new Map();
/** Later than the second click of a double click can be. */
const afterDoubleClickMs = 450;

export interface CanvasAreaProps {
  readonly shown: ShownRun;
  /** Whether the run shown is of another graph than the draft's. */
  readonly isPast: boolean;
}

/** The middle of the editor. */
export function CanvasArea({ shown, isPast }: CanvasAreaProps) {
  const { editor, workbench, workflow, kinds } = useOpenWorkflow();
  const draft = useEditorState((state) => state.history.present);
  const selection = useEditorState((state) => state.selection);
  const issues = useEditorState((state) => state.issues);
  const dragged = useWorkbench((state) => state.dragged);
  const { data: pins } = useMirror(pinsMirror, workflow.id);
  const past = useRunDocument(isPast ? (shown.run?.id ?? null) : null);
  const document = isPast && past !== null ? past : draft;
  const isReadOnly = isPast;
  useEditorKeys(isReadOnly);

  const overlay = useMemo(
    () => (shown.run === undefined ? null : overlayRun(shown.run, document.edges)),
    [shown.run, document.edges],
  );
  const look = useMemo(
    () => ({
      kinds,
      overlay,
      isReadOnly,
      issues: isPast ? noIssues : sortIssues(issues, draft),
      addresses: addressesOf(workflow),
      pinned: new Set(Object.keys(pins ?? {})),
    }),
    [kinds, overlay, isReadOnly, isPast, issues, draft, workflow, pins],
  );
  const onMove = useCallback(
    (positions: Readonly<Record<string, Point>>) => {
      if (!isReadOnly) editor.edit({ type: 'move', positions });
    },
    [editor, isReadOnly],
  );
  const onSelectNodes = useCallback(
    (change: (ids: readonly string[]) => readonly string[]) =>
      editor.select({ nodeIds: change(editor.store.getState().selection.nodeIds) }),
    [editor],
  );
  const onSelectEdges = useCallback(
    (change: (ids: readonly string[]) => readonly string[]) =>
      editor.select({ edgeIds: change(editor.store.getState().selection.edgeIds) }),
    [editor],
  );
  const onlyChosen = selection.nodeIds.length === 1 ? (selection.nodeIds[0] ?? null) : null;
  const chosen = document.nodes.find((node) => node.id === onlyChosen);
  useStepInView(shown.run === undefined ? null : onlyChosen);

  return (
    <CanvasProvider value={look}>
      <Canvas
        document={document}
        selection={selection}
        dropTarget={dragged?.edgeId ?? null}
        isDropping={dragged !== null}
        onSelectNodes={onSelectNodes}
        onSelectEdges={onSelectEdges}
        onMove={onMove}
        onConnect={(edge) => editor.edit(connectSteps(draft, edge))}
        onReconnect={(from, to) => editor.edit({ type: 'reconnect', from, to })}
        onConnectNowhere={(source, port, at) => workbench.openPalette({ kind: 'port', source, port, at })}
        onOpen={(stepId) => {
          if (!isReadOnly) workbench.openStep(stepId);
        }}
      >
        {isReadOnly ? null : (
          <Panel position="top-left">
            <CanvasToolbar />
          </Panel>
        )}
        <Panel position="top-right">
          <RunPicker shown={shown} />
        </Panel>
      </Canvas>
      {document.nodes.length === 0 && dragged === null ? <EmptyCanvas /> : null}
      {shown.run === undefined || chosen === undefined ? null : (
        <StepRunPane
          key={`${shown.run.id} ${chosen.id}`}
          name={chosen.name}
          nodeId={chosen.id}
          overlay={overlay?.steps.get(chosen.id) ?? null}
          onClose={() => editor.select({ nodeIds: [], edgeIds: [] })}
        />
      )}
    </CanvasProvider>
  );
}

/** Where the webhook steps are called, as far as they are stored. */
function addressesOf({ endpoints }: WorkflowView): ReadonlyMap<string, string> {
  return new Map(
    endpoints
      .filter(({ url }) => URL.canParse(url))
      .map(({ nodeId, url }): [string, string] => [nodeId, new URL(url).pathname]),
  );
}

/** Brings the chosen step back into view where the pane came over it; a double click is over by then. */
function useStepInView(nodeId: string | null): void {
  const flow = useReactFlow();
  const { editor, workbench } = useOpenWorkflow();
  useEffect(() => {
    if (nodeId === null) return;
    const timer = setTimeout(() => {
      const node = flow.getNode(nodeId);
      if (node === undefined || workbench.store.getState().openStepId !== null) return;
      if (editor.store.getState().selection.nodeIds[0] !== nodeId) return;
      const { x, y, zoom } = flow.getViewport();
      const canvas = globalThis.document.querySelector('[data-canvas]')?.getBoundingClientRect();
      const pane = globalThis.document.querySelector('[data-run-pane]')?.getBoundingClientRect();
      if (canvas === undefined) return;
      const room = Math.min(canvas.right, pane?.left ?? canvas.right) - canvas.left;
      const right = (node.position.x + cardWidth) * zoom + x;
      if (right > room - 20)
        void flow.setViewport({ x: x - (right - room + 40), y, zoom }, { duration: 200 });
    }, afterDoubleClickMs);
    return () => clearTimeout(timer);
  }, [nodeId, flow, editor, workbench]);
}

function EmptyCanvas() {
  const { workbench } = useOpenWorkflow();
  return (
    <div className={classes.empty}>
      <EmptyState
        icon={<IconTopologyStar3 size={26} stroke={1.5} />}
        title="An empty workflow"
        action={
          <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => workbench.openPalette()}>
            Add the first step
          </Button>
        }
      >
        Drag a start out of Workflow Steps, then what shall happen after it.
      </EmptyState>
    </div>
  );
}
