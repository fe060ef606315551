/** The step that follows the pointer out of the palette, and a word on what letting go would do. */
import { Portal } from '@mantine/core';
import { StepIcon } from '../canvas/StepIcon.tsx';
import { useOpenWorkflow, useWorkbench } from '../editor/editor-context.ts';
import classes from './Palette.module.css';

/** Draws the dragged step; nothing while none is. */
export function DragGhost() {
  const { kinds } = useOpenWorkflow();
  const dragged = useWorkbench((state) => state.dragged);
  const definition = dragged === null ? undefined : kinds.definitionOf(dragged.stepKind);
  if (dragged === null || definition === undefined) return null;
  return (
    <Portal>
      <div
        className={classes.ghost}
        data-group={definition.group}
        data-allowed={dragged.isOverCanvas || undefined}
        style={{ transform: `translate(${dragged.at.x}px, ${dragged.at.y}px) translate(-50%, -50%)` }}
        aria-hidden
      >
        <span className={classes.icon}>
          <StepIcon name={definition.icon} size={17} />
        </span>
        <span className={classes.words}>
          <span className={classes.name}>{definition.title}</span>
          <span className={classes.description}>
            {dragged.edgeId === null
              ? dragged.isOverCanvas
                ? 'Let go to place it here'
                : 'Esc cancels'
              : 'Let go to insert it here'}
          </span>
        </span>
      </div>
    </Portal>
  );
}
