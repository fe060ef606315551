/** Adding a step of a kind: after the selection, at an edge or port that was pointed out, or where it was dropped. */
import { useCallback } from 'react';
import { useReactFlow } from 'reactflow';
import type { WorkflowEdge } from '../../../../shared/model/document.ts';
import type { Edit, Point } from '../graph/edit.ts';
import { edgeId, makeEdge } from '../graph/edges.ts';
import { cardHeight, cardWidth } from '../graph/measures.ts';
import { makeStep } from '../graph/naming.ts';
import { addAfter, addFree, freeSpot, insertBetween, onlyOpenEnd } from '../graph/placement.ts';
import { firstConfig } from '../graph/start-options.ts';
import { withWaiting } from '../graph/waiting.ts';
import { useOpenWorkflow } from './editor-context.ts';

export interface Adding {
  /** Adds after the selection, or where the palette was asked to. */
  readonly add: (kind: string) => void;
  /** Adds at a point of the window, or into the edge there. */
  readonly drop: (kind: string, at: Point, edgeId: string | null) => void;
}

/** What the palette does with a kind. */
export function useAdding(): Adding {
  const { editor, workbench, kinds } = useOpenWorkflow();
  const flow = useReactFlow();

  const finish = useCallback(
    (made: Edit) => {
      const edit = withWaiting(made);
      if (!('node' in edit)) return;
      editor.edit(edit);
      workbench.noteNew(edit.node.id);
      editor.select({ nodeIds: [edit.node.id], edgeIds: [] });
      workbench.store.setState({ addTarget: null });
      const { x, y } = edit.node.position;
      const { zoom } = flow.getViewport();
      const shown = flow.screenToFlowPosition({ x: window.innerWidth, y: window.innerHeight });
      const from = flow.screenToFlowPosition({ x: 0, y: 0 });
      const isInView = x > from.x && y > from.y && x + cardWidth < shown.x && y + cardHeight(0) < shown.y;
      if (!isInView) void flow.setCenter(x + cardWidth / 2, y + cardHeight(0) / 2, { zoom, duration: 200 });
    },
    [editor, workbench, flow],
  );

  const make = useCallback(
    (kind: string, position: Point) => {
      const definition = kinds.definitionOf(kind);
      if (definition === undefined) return null;
      const { nodes } = editor.store.getState().history.present;
      return makeStep(definition, firstConfig(definition, kinds.catalog), nodes, position);
    },
    [editor, kinds],
  );

  const add = useCallback(
    (kind: string) => {
      const { history, selection } = editor.store.getState();
      const document = history.present;
      const { addTarget } = workbench.store.getState();
      const middle = flow.screenToFlowPosition({ x: window.innerWidth / 2, y: window.innerHeight / 2 });
      const node = make(kind, { x: middle.x - cardWidth / 2, y: middle.y - cardHeight(0) / 2 });
      if (node === null) return;
      const joints = kinds.jointsOf(node);
      if (addTarget?.kind === 'port') {
        const position = freeSpot(document, flow.screenToFlowPosition(addTarget.at));
        const edges = joints.canHaveIncoming ? [makeEdge(addTarget.source, node.id, addTarget.port)] : [];
        finish({ type: 'add', node: { ...node, position }, edges });
        return;
      }
      const edge =
        addTarget?.kind === 'edge' ? addTarget.edge : edgeOf(document.edges, selection.edgeIds[0] ?? null);
      const after = selection.nodeIds.at(-1) ?? onlyOpenEnd(document, kinds.jointsOf);
      if (edge !== undefined) finish(insertBetween(document, node, edge, joints));
      else if (after !== null) finish(addAfter(document, node, after, kinds.jointsOf));
      else finish(addFree(document, node, node.position));
    },
    [editor, workbench, kinds, flow, make, finish],
  );

  const drop = useCallback(
    (kind: string, at: Point, targetId: string | null) => {
      const document = editor.store.getState().history.present;
      const point = flow.screenToFlowPosition(at);
      const node = make(kind, { x: point.x - cardWidth / 2, y: point.y - cardHeight(0) / 2 });
      if (node === null) return;
      const edge = edgeOf(document.edges, targetId);
      if (edge === undefined) finish(addFree(document, node, node.position));
      else finish(insertBetween(document, node, edge, kinds.jointsOf(node)));
    },
    [editor, kinds, flow, make, finish],
  );

  return { add, drop };
}

function edgeOf(edges: readonly WorkflowEdge[], id: string | null): WorkflowEdge | undefined {
  return id === null ? undefined : edges.find((edge) => edgeId(edge) === id);
}
