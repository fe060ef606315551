/**
 * The canvas: a document drawn as cards and edges. It reports what people do and decides nothing; the editor and the
 * run view give it different ears.
 */
import { useComputedColorScheme } from '@mantine/core';
import { type ReactNode, useMemo, useState } from 'react';
import {
  Background,
  type Connection,
  Controls,
  type Edge,
  type FinalConnectionState,
  MarkerType,
  MiniMap,
  ReactFlow,
} from 'reactflow';
import 'reactflow/dist/style.css';
import type { WorkflowDocument, WorkflowEdge } from '../../../../shared/model/document.ts';
import { edgeId, makeEdge } from '../graph/edges.ts';
import type { Point } from '../graph/edit.ts';
import { grid } from '../graph/measures.ts';
import { announceStep } from './announce-step.ts';
import classes from './Canvas.module.css';
import { useCanvasLook } from './canvas-context.ts';
import { type DrawnBefore, flowEdges, flowNodes } from './flow-elements.ts';
import { StepCard } from './StepCard.tsx';
import { useFlowChanges } from './use-flow-changes.ts';

export interface CanvasProps {
  readonly document: WorkflowDocument;
  readonly selection: { readonly nodeIds: readonly string[]; readonly edgeIds: readonly string[] };
  /** The edge a dragged step would be dropped on. */
  readonly dropTarget: string | null;
  /** Whether a step is being dragged over the canvas: edges are easier to hit then. */
  readonly isDropping: boolean;
  readonly onSelectNodes: (change: (ids: readonly string[]) => readonly string[]) => void;
  readonly onSelectEdges: (change: (ids: readonly string[]) => readonly string[]) => void;
  readonly onMove: (positions: Readonly<Record<string, Point>>) => void;
  readonly onConnect: (edge: WorkflowEdge) => void;
  readonly onReconnect: (from: WorkflowEdge, to: WorkflowEdge) => void;
  /** A connection let go over empty canvas: `at` is where, in window coordinates. */
  readonly onConnectNowhere: (source: string, port: string | null, at: Point) => void;
  readonly onOpen: (stepId: string) => void;
  readonly children?: ReactNode;
}

const nodeTypes = { step: StepCard };
/** With more steps than this only those in view are drawn. */
const manySteps = 150;
const markerEnd = { type: MarkerType.ArrowClosed, width: 13, height: 13 };
const fitOptions = { maxZoom: 1, minZoom: 0.3, padding: 0.15 };
const ariaLabels = {
  'node.a11yDescription.default': 'Press Enter to open the step, Delete to remove it, arrow keys to move it.',
  'node.a11yDescription.keyboardDisabled': 'Press Enter to open the step.',
  'edge.a11yDescription.default': 'Press Enter to choose the connection, Delete to remove it.',
};

/** Draws a document and reports what people do with it. */
export function Canvas(props: CanvasProps) {
  const { document, selection, onMove, onSelectNodes, onSelectEdges, onConnect, onReconnect } = props;
  const { kinds, issues, overlay, isReadOnly } = useCanvasLook();
  const colorMode = useComputedColorScheme('light');
  const { onScreen, onNodesChange, onEdgesChange } = useFlowChanges({ onMove, onSelectNodes, onSelectEdges });

  const [before] = useState<DrawnBefore>(() => new WeakMap());
  const nodes = useMemo(
    () =>
      flowNodes(before, document, selection.nodeIds, onScreen, {
        announce: (step) => announceStep(step, { kinds, issues, overlay }),
        ports: (step) => kinds.portsOf(step),
      }),
    [before, document, selection.nodeIds, onScreen, kinds, issues, overlay],
  );
  const edges = useMemo(
    () => flowEdges(document, { selected: selection.edgeIds, target: props.dropTarget, overlay }),
    [document, selection.edgeIds, props.dropTarget, overlay],
  );

  const isValidConnection = (connection: Connection | Edge): boolean => {
    const target = document.nodes.find((node) => node.id === connection.target);
    if (target === undefined || connection.source === connection.target) return false;
    const id = edgeId(makeEdge(connection.source, connection.target, connection.sourceHandle));
    return kinds.jointsOf(target).canHaveIncoming && !document.edges.some((edge) => edgeId(edge) === id);
  };
  const onConnectEnd = (event: MouseEvent | TouchEvent, state: FinalConnectionState): void => {
    if (state.isValid === true || state.toNode !== null || state.fromHandle?.type !== 'source') return;
    const at = 'changedTouches' in event ? event.changedTouches[0] : event;
    if (at === undefined || state.fromNode === null) return;
    props.onConnectNowhere(state.fromNode.id, state.fromHandle.id ?? null, { x: at.clientX, y: at.clientY });
  };

  return (
    <div className={classes.canvas} data-canvas data-dropping={props.isDropping || undefined}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        colorMode={colorMode}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onConnect={({ source, target, sourceHandle }) => onConnect(makeEdge(source, target, sourceHandle))}
        onConnectEnd={onConnectEnd}
        onReconnect={(edge, { source, target, sourceHandle }) =>
          onReconnect(
            makeEdge(edge.source, edge.target, edge.sourceHandle),
            makeEdge(source, target, sourceHandle),
          )
        }
        isValidConnection={isValidConnection}
        onNodeDoubleClick={(_event, node) => props.onOpen(node.id)}
        defaultEdgeOptions={{ markerEnd, interactionWidth: props.isDropping ? 60 : 24 }}
        nodesDraggable={!isReadOnly}
        nodesConnectable={!isReadOnly}
        edgesReconnectable={!isReadOnly}
        zoomOnDoubleClick={false}
        deleteKeyCode={null}
        onlyRenderVisibleElements={document.nodes.length > manySteps}
        snapToGrid
        snapGrid={[grid, grid]}
        connectionRadius={36}
        minZoom={0.2}
        maxZoom={1.6}
        fitView
        fitViewOptions={fitOptions}
        ariaLabelConfig={ariaLabels}
        proOptions={{ hideAttribution: true }}
      >
        <Background gap={grid} />
        <Controls showInteractive={false} fitViewOptions={fitOptions} position="bottom-left" />
        <MiniMap
          className={classes.map ?? ''}
          pannable
          zoomable
          position="bottom-right"
          ariaLabel="Overview"
        />
        {props.children}
      </ReactFlow>
    </div>
  );
}
