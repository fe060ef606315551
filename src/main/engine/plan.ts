/** What a run is made of when it begins, and what follows a step: pure, over a compiled graph. */
import { ordinaryPort, portsOf } from '../../shared/model/catalog.ts';
import type { Target } from '../../shared/model/run.ts';
import { AppError } from '../../shared/errors.ts';
import type { ComingWait, PlannedRun, PlannedStep } from '../store/types.ts';
import type { Graph, GraphNode } from './graph.ts';

export interface RunStart {
  readonly workflowId: string;
  readonly version: number;
  readonly startNodeId: string;
  /** Payload as JSON text; null: it is the JSON of the request's body. */
  readonly inputJson: string | null;
  readonly paramsJson: string | null;
  readonly target: Target | null;
  /** Output of the start node; null or absent: derived from the request. */
  readonly startOutputJson?: string | null;
}

/** One step for each edge that leaves a node by a port. */
export function planNext(
  graph: Graph,
  node: GraphNode,
  port: string | null,
  dueAt: number,
): readonly PlannedStep[] {
  return (node.outgoing.get(port ?? ordinaryPort) ?? []).flatMap((id) => {
    const next = graph.nodes.get(id);
    return next === undefined ? [] : [{ nodeId: id, name: next.name, type: next.type, dueAt }];
  });
}

/**
 * The run that begins at a node; the start itself counts as done.
 * @param coming the waits it may come to
 * @throws AppError `workflow_missing` when the version has no such node.
 */
export function planRun(
  graph: Graph,
  start: RunStart,
  id: string,
  now: number,
  coming: readonly ComingWait[] = [],
): PlannedRun {
  const node = graph.nodes.get(start.startNodeId);
  if (node === undefined) throw new AppError({ code: 'workflow_missing' });
  return {
    id,
    workflowId: start.workflowId,
    version: start.version,
    startNodeId: node.id,
    startName: node.name,
    startType: node.type,
    inputJson: start.inputJson,
    paramsJson: start.paramsJson,
    target: start.target,
    startOutputJson: start.startOutputJson ?? null,
    next: planNext(graph, node, null, now),
    coming,
    ...(node.joinsAhead === undefined ? {} : { joins: node.joinsAhead }),
  };
}

/** The outlet a step goes on by when its failure is to be ignored: the last ordinary one, e.g. `default` or `false`. */
export function portAfterFailure(node: GraphNode): string {
  const ports =
    node.kind === undefined ? [] : portsOf(node.kind.definition, { ...node.config, onError: 'continue' });
  return ports.at(-1) ?? ordinaryPort;
}
