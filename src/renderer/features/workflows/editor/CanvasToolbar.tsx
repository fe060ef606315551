/** What one does to the whole canvas: add, undo, redo, arrange. */
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp, IconLayoutGrid, IconPlus } from '@tabler/icons-react';
import { useReactFlow } from 'reactflow';
import { Kbd } from '../../../ui/Kbd.tsx';
import { arrangeSteps } from '../graph/arrange.ts';
import { redoLabel, undoLabel } from '../graph/history.ts';
import { useEditorState, useOpenWorkflow, useWorkbench } from './editor-context.ts';
import classes from './WorkflowEditor.module.css';

/** The toolbar over the canvas. */
export function CanvasToolbar() {
  const { editor, workbench } = useOpenWorkflow();
  const undone = useEditorState((state) => undoLabel(state.history));
  const redone = useEditorState((state) => redoLabel(state.history));
  const isPaletteOpen = useWorkbench((state) => state.isPaletteOpen);
  const arrange = useArrange();
  return (
    <div className={classes.toolbar} role="toolbar" aria-label="Canvas">
      <Tooltip
        label={
          <>
            Add a step <Kbd keys="a" />
          </>
        }
      >
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconPlus size={15} aria-hidden />}
          aria-expanded={isPaletteOpen}
          onClick={() => (isPaletteOpen ? workbench.closePalette() : workbench.openPalette())}
        >
          Workflow Steps
        </Button>
      </Tooltip>
      <ToolButton
        label={undone === null ? 'Nothing to undo' : `Undo ${undone}`}
        keys="mod+z"
        isDisabled={undone === null}
        onClick={editor.undo}
      >
        <IconArrowBackUp size={16} aria-hidden />
      </ToolButton>
      <ToolButton
        label={redone === null ? 'Nothing to redo' : `Redo ${redone}`}
        keys="mod+shift+z"
        isDisabled={redone === null}
        onClick={editor.redo}
      >
        <IconArrowForwardUp size={16} aria-hidden />
      </ToolButton>
      <ToolButton label="Arrange the steps" isDisabled={false} onClick={arrange}>
        <IconLayoutGrid size={16} aria-hidden />
      </ToolButton>
    </div>
  );
}

/** Lays the graph out and brings it into view. */
export function useArrange(): () => void {
  const { editor, kinds } = useOpenWorkflow();
  const flow = useReactFlow();
  return () => {
    editor.edit(arrangeSteps(editor.store.getState().history.present, kinds.heightOf));
    // Fits once the steps stand where they were put.
    requestAnimationFrame(() => void flow.fitView({ maxZoom: 1, padding: 0.15, duration: 250 }));
  };
}

interface ToolButtonProps {
  readonly label: string;
  readonly keys?: string;
  readonly isDisabled: boolean;
  readonly onClick: () => void;
  readonly children: React.ReactNode;
}

function ToolButton({ label, keys, isDisabled, onClick, children }: ToolButtonProps) {
  return (
    <Tooltip
      label={
        <>
          {label} {keys === undefined ? null : <Kbd keys={keys} />}
        </>
      }
    >
      <ActionIcon
        aria-label={label}
        className={classes.tool ?? ''}
        aria-disabled={isDisabled}
        onClick={() => {
          if (!isDisabled) onClick();
        }}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
