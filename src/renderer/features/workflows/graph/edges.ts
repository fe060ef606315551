/**
 * Edges as the canvas speaks of them: an edge is the same edge when source, port and target agree, and its id says so.
 * The ordinary outlet is left out of documents (SPEC 8) and called `out` on the canvas.
 */
import { ordinaryPort } from '../../../../shared/model/catalog.ts';
import type { WorkflowEdge } from '../../../../shared/model/document.ts';

/** The port an edge leaves by, with the ordinary one named. */
export function portOf(edge: WorkflowEdge): string {
  return edge.port ?? ordinaryPort;
}

/** A stable id for React Flow; node ids never hold `>` or a space, so no two edges share one. */
export function edgeId(edge: WorkflowEdge): string {
  return `${edge.source}>${edge.target} ${portOf(edge)}`;
}

/** Whether both say: from this port of this step to that step. */
export function isSameEdge(left: WorkflowEdge, right: WorkflowEdge): boolean {
  return left.source === right.source && left.target === right.target && portOf(left) === portOf(right);
}

/** Makes an edge as documents write it: no `port` for the ordinary outlet. */
export function makeEdge(source: string, target: string, port?: string | null): WorkflowEdge {
  return port == null || port === ordinaryPort ? { source, target } : { source, target, port };
}

/** Adds edges, leaving out those that are there already, lead to themselves or name a step that is not there. */
export function joinEdges(
  present: readonly WorkflowEdge[],
  added: readonly WorkflowEdge[],
  nodeIds: ReadonlySet<string>,
): WorkflowEdge[] {
  const joined = [...present];
  const known = new Set(present.map(edgeId));
  for (const edge of added) {
    const id = edgeId(edge);
    if (known.has(id) || edge.source === edge.target) continue;
    if (!nodeIds.has(edge.source) || !nodeIds.has(edge.target)) continue;
    known.add(id);
    joined.push(edge);
  }
  return joined;
}
