/**
 * React Flow's reports turned into what the editor means by them: where steps are while they are dragged, how large
 * they are drawn, what is chosen, and one move when the pointer lets go.
 */
import { useCallback, useRef, useState } from 'react';
import type { EdgeChange, NodeChange } from 'reactflow';
import type { Point } from '../graph/edit.ts';
import type { OnScreen, StepFlowNode } from './flow-elements.ts';

export interface ChangeTargets {
  readonly onMove: (positions: Readonly<Record<string, Point>>) => void;
  readonly onSelectNodes: (change: (ids: readonly string[]) => readonly string[]) => void;
  readonly onSelectEdges: (change: (ids: readonly string[]) => readonly string[]) => void;
}

const still: OnScreen = { positions: new Map(), sizes: new Map() };

/** Keeps what lives only on the screen and passes on the rest. */
export function useFlowChanges({ onMove, onSelectNodes, onSelectEdges }: ChangeTargets) {
  const [onScreen, setOnScreen] = useState(still);
  /** Where dragged steps are; kept beside the state because the last report of a drag comes before it is drawn. */
  const dragged = useRef(new Map<string, Point>());

  const onNodesChange = useCallback(
    (changes: NodeChange<StepFlowNode>[]) => {
      let sizes: Map<string, { width: number; height: number }> | null = null;
      let isMoved = false;
      let hasEnded = false;
      const chosen = new Map<string, boolean>();
      for (const change of changes) {
        if (change.type === 'dimensions' && change.dimensions !== undefined) {
          sizes ??= new Map();
          sizes.set(change.id, change.dimensions);
        } else if (change.type === 'position') {
          if (change.position !== undefined) dragged.current.set(change.id, change.position);
          isMoved = true;
          if (change.dragging !== true) hasEnded = true;
        } else if (change.type === 'select') chosen.set(change.id, change.selected);
      }
      if (hasEnded) {
        onMove(Object.fromEntries(dragged.current));
        dragged.current = new Map();
      }
      if (sizes !== null || isMoved) {
        const positions = new Map(dragged.current);
        setOnScreen((before) => ({
          positions,
          sizes: sizes === null ? before.sizes : new Map([...before.sizes, ...sizes]),
        }));
      }
      if (chosen.size > 0) onSelectNodes((ids) => choose(ids, chosen));
    },
    [onMove, onSelectNodes],
  );

  const onEdgesChange = useCallback(
    (changes: EdgeChange[]) => {
      const chosen = new Map<string, boolean>();
      for (const change of changes) if (change.type === 'select') chosen.set(change.id, change.selected);
      if (chosen.size > 0) onSelectEdges((ids) => choose(ids, chosen));
    },
    [onSelectEdges],
  );

  return { onScreen, onNodesChange, onEdgesChange };
}

function choose(ids: readonly string[], changes: ReadonlyMap<string, boolean>): readonly string[] {
  const kept = ids.filter((id) => changes.get(id) !== false);
  const added = [...changes].filter(([id, isChosen]) => isChosen && !kept.includes(id)).map(([id]) => id);
  return [...kept, ...added];
}
