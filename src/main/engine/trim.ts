/** The part of a workflow a test run needs that ends at a step: what leads there, and nothing after. Pure. */
import type { WorkflowDocument, WorkflowEdge } from '../../shared/model/document.ts';

/** The ids reached from some by edges, themselves included. */
export function reachedFrom(
  edges: readonly WorkflowEdge[],
  ids: readonly string[],
  direction: 'forward' | 'back' = 'forward',
): ReadonlySet<string> {
  const reached = new Set(ids);
  for (const id of reached) {
    for (const { source, target } of edges) {
      if (direction === 'forward' && source === id) reached.add(target);
      if (direction === 'back' && target === id) reached.add(source);
    }
  }
  return reached;
}

/** Whether an edge leads into the body of a loop. */
const isBody = (edge: WorkflowEdge): boolean => edge.port === 'each';

/**
 * The document until a step, which is its end; `start` stays in any case. Of a loop its body stays, so that it loops.
 */
export function trimDocument(document: WorkflowDocument, until: string, start: string): WorkflowDocument {
  const isLoop = document.nodes.some((node) => node.id === until && node.type === 'loop');
  const edges = document.edges.filter((edge) => edge.source !== until || (isLoop && isBody(edge)));
  const wanted = new Set([start, ...reachedFrom(edges, [until], 'back')]);
  if (isLoop) for (const id of reachedFrom(edges, [until])) wanted.add(id);
  return {
    ...document,
    nodes: document.nodes.filter((node) => wanted.has(node.id)),
    edges: edges.filter((edge) => wanted.has(edge.source) && wanted.has(edge.target)),
  };
}
