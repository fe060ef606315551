/**
 * Where a new step goes and what it is joined to: after the chosen step, on an edge it was dropped on, or free. Makes
 * the `add` or `insert` edit; the reducer carries it out.
 */
import type { WorkflowDocument, WorkflowEdge, WorkflowNode } from '../../../../shared/model/document.ts';
import type { Edit, Point } from './edit.ts';
import { makeEdge, portOf } from './edges.ts';
import { cardHeight, cardWidth, gapX, gapY, snap } from './measures.ts';

/** What placement has to know of a step kind: the ports it may be left by, and whether edges may lead to it. */
export interface Joints {
  readonly ports: readonly string[];
  readonly canHaveIncoming: boolean;
}

/** Ports of any step of the document, by its node. */
export type JointsOf = (node: WorkflowNode) => Joints;

const pitchX = cardWidth + gapX;
/** Rows are as far apart as a card with three ports needs. */
const pitchY = cardHeight(3) + gapY;

/** Adds a step after another: on its first free port, else in the middle of the first way that leaves it. */
export function addAfter(
  document: WorkflowDocument,
  node: WorkflowNode,
  sourceId: string,
  jointsOf: JointsOf,
): Edit {
  const source = document.nodes.find((other) => other.id === sourceId);
  const joints = jointsOf(node);
  if (source === undefined || !joints.canHaveIncoming) return addFree(document, node, node.position);
  const ports = jointsOf(source).ports;
  const leaving = document.edges.filter((edge) => edge.source === sourceId);
  const free = ports.find((port) => !leaving.some((edge) => portOf(edge) === port));
  if (free !== undefined) {
    const beside = { x: source.position.x + pitchX, y: source.position.y };
    return {
      type: 'add',
      node: { ...node, position: freeSpot(document, beside) },
      edges: [makeEdge(sourceId, node.id, free)],
    };
  }
  const edge = leaving.find((candidate) => portOf(candidate) === ports[0]);
  if (edge === undefined) {
    const beside = { x: source.position.x + pitchX, y: source.position.y };
    return addFree(document, node, freeSpot(document, beside));
  }
  return insertBetween(document, node, edge, joints);
}

/** Adds a step to the middle of an edge and pushes what follows to the right where it is too narrow. */
export function insertBetween(
  document: WorkflowDocument,
  node: WorkflowNode,
  edge: WorkflowEdge,
  joints: Joints,
): Edit {
  const source = document.nodes.find((other) => other.id === edge.source);
  const target = document.nodes.find((other) => other.id === edge.target);
  if (source === undefined || target === undefined || !joints.canHaveIncoming)
    return addFree(document, node, node.position);
  const position = snap({ x: source.position.x + pitchX, y: (source.position.y + target.position.y) / 2 });
  const missing = position.x + pitchX - target.position.x;
  const isForward = target.position.x > source.position.x;
  return {
    type: 'insert',
    node: { ...node, position },
    edge,
    port: joints.ports[0] ?? null,
    moved: isForward && missing > 0 ? shiftFrom(document, target.id, source.id, missing) : {},
  };
}

/** Adds a step that is joined to nothing. */
export function addFree(document: WorkflowDocument, node: WorkflowNode, position: Point): Edit {
  return { type: 'add', node: { ...node, position: freeSpot(document, position) } };
}

/** The step a click in the palette adds after when none is chosen: the only open end, if there is exactly one. */
export function onlyOpenEnd(document: WorkflowDocument, jointsOf: JointsOf): string | null {
  const ends = document.nodes.filter(
    (node) => jointsOf(node).ports.length > 0 && !document.edges.some((edge) => edge.source === node.id),
  );
  return ends.length === 1 ? (ends[0]?.id ?? null) : null;
}

/** The nearest spot at or below a point where a card covers no other. */
export function freeSpot(document: WorkflowDocument, wanted: Point): Point {
  let spot = snap(wanted);
  for (let tries = 0; tries <= document.nodes.length; tries += 1) {
    const covered = document.nodes.some(
      (node) =>
        Math.abs(node.position.x - spot.x) < cardWidth + 10 &&
        Math.abs(node.position.y - spot.y) < cardHeight(0) + 10,
    );
    if (!covered) return spot;
    spot = snap({ x: spot.x, y: spot.y + pitchY });
  }
  return spot;
}

/** New positions of a step and all that follows it, moved right; `stop` is never moved (ways may lead back). */
function shiftFrom(
  document: WorkflowDocument,
  from: string,
  stop: string,
  by: number,
): Record<string, Point> {
  const reached = new Set<string>();
  const open = [from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id) || id === stop) continue;
    reached.add(id);
    for (const edge of document.edges) if (edge.source === id) open.push(edge.target);
  }
  const moved: Record<string, Point> = {};
  for (const node of document.nodes)
    if (reached.has(node.id)) moved[node.id] = snap({ x: node.position.x + by, y: node.position.y });
  return moved;
}
