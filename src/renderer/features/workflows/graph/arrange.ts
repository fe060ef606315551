/** Automatic layout, left to right, by dagre: the positions of every step as a `move` edit. */
import { graphlib, layout } from '@dagrejs/dagre';
import type { WorkflowDocument, WorkflowNode } from '../../../../shared/model/document.ts';
import { applyEdit, type Edit, type Point } from './edit.ts';
import { cardWidth, gapX, gapY, snap } from './measures.ts';

/** Lays the graph out. `heightOf` gives a card's height; the upper left card stays near where the graph began. */
export function arrangeSteps(document: WorkflowDocument, heightOf: (node: WorkflowNode) => number): Edit {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: gapY, ranksep: gapX, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of document.nodes) graph.setNode(node.id, { width: cardWidth, height: heightOf(node) });
  for (const [at, edge] of document.edges.entries()) graph.setEdge(edge.source, edge.target, {}, String(at));
  layout(graph);
  const positions: Record<string, Point> = {};
  for (const node of document.nodes) {
    const place: unknown = graph.node(node.id);
    const x = coordinate(place, 'x') - cardWidth / 2;
    positions[node.id] = snap({ x, y: coordinate(place, 'y') - heightOf(node) / 2 });
  }
  return { type: 'move', positions };
}

/**
 * A document whose steps were never placed (all stand on one spot, as when a program wrote it), laid out; any other as
 * it is.
 */
export function placeUnplaced(
  document: WorkflowDocument,
  heightOf: (node: WorkflowNode) => number,
): WorkflowDocument {
  const [first, ...others] = document.nodes;
  const isUnplaced =
    first !== undefined &&
    others.length > 0 &&
    others.every(({ position }) => position.x === first.position.x && position.y === first.position.y);
  return isUnplaced ? applyEdit(document, arrangeSteps(document, heightOf)) : document;
}

/** dagre writes the middle of each card onto the label it was given. */
function coordinate(place: unknown, axis: 'x' | 'y'): number {
  if (typeof place !== 'object' || place === null) return 0;
  const value: unknown = Reflect.get(place, axis);
  return typeof value === 'number' ? value : 0;
}
