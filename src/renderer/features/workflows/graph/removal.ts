/**
 * Taking steps out of a graph. The gap is healed: what led into a removed step leads on to what came after it, unless
 * the step chose between several ways, where guessing one would silently change what the workflow does.
 */
import type { WorkflowDocument, WorkflowEdge } from '../../../../shared/model/document.ts';
import { joinEdges, makeEdge, portOf } from './edges.ts';

/** Outlets that lead aside: what follows them was never the way on. */
const sidePorts: ReadonlySet<string> = new Set(['error', 'timeout']);

/** Removes steps and their edges and heals each gap. The same document when none of the ids is there. */
export function removeSteps(document: WorkflowDocument, ids: readonly string[]): WorkflowDocument {
  const gone = new Set(ids.filter((id) => document.nodes.some((node) => node.id === id)));
  if (gone.size === 0) return document;
  const nodes = document.nodes.filter((node) => !gone.has(node.id));
  const kept = new Set(nodes.map((node) => node.id));
  const alive = new Set([...kept, ...gone]);
  let edges: readonly WorkflowEdge[] = document.edges;
  for (const id of gone) {
    alive.delete(id);
    edges = removeOne(edges, id, alive);
  }
  return {
    ...document,
    nodes,
    edges: edges.filter((edge) => kept.has(edge.source) && kept.has(edge.target)),
  };
}

function removeOne(
  edges: readonly WorkflowEdge[],
  id: string,
  alive: ReadonlySet<string>,
): readonly WorkflowEdge[] {
  const incoming = edges.filter((edge) => edge.target === id && edge.source !== id);
  const outgoing = edges.filter((edge) => edge.source === id && edge.target !== id);
  const rest = edges.filter((edge) => edge.source !== id && edge.target !== id);
  const onward = outgoing.filter((edge) => !sidePorts.has(portOf(edge)));
  const ways = new Set(onward.map(portOf));
  if (ways.size !== 1) return rest;
  const bridges = incoming.flatMap((before) =>
    onward.map((after) => makeEdge(before.source, after.target, before.port)),
  );
  return joinEdges(rest, bridges, alive);
}
