/**
 * What the edges of a document make of its steps: which loops stand around each, which edges only end a round of one,
 * and from where each join can be reached. Pure; read by the compiled graph and by the check before a commit.
 */
import { ordinaryPort } from '../../shared/model/catalog.ts';
import type { WorkflowDocument, WorkflowEdge } from '../../shared/model/document.ts';
import { eachPort } from '../steps/loop/definition.ts';

export interface GraphShape {
  /** The loops around a step, the outermost first. */
  loopsOf(nodeId: string): readonly string[];
  /** The steps inside a loop, those of loops inside it too. */
  bodyOf(loopId: string): ReadonlySet<string>;
  /** Whether an edge leads from inside a loop back to it: it ends its branch, and the round goes on without. */
  isBack(edge: WorkflowEdge): boolean;
  /** Followers of each step by edges that are not back. */
  readonly followers: ReadonlyMap<string, readonly string[]>;
}

type Followers = ReadonlyMap<string, readonly string[]>;

/** All that can be reached from these on, themselves included, without stepping on one. */
export function reachFrom(
  from: Iterable<string>,
  followers: Followers,
  without?: string,
): ReadonlySet<string> {
  const reached = new Set(from);
  if (without !== undefined) reached.delete(without);
  for (const id of reached) {
    for (const next of followers.get(id) ?? []) if (next !== without) reached.add(next);
  }
  return reached;
}

function followersBy(edges: readonly WorkflowEdge[]): Followers {
  const followers = new Map<string, string[]>();
  for (const { source, target } of edges) {
    const list = followers.get(source);
    if (list === undefined) followers.set(source, [target]);
    else list.push(target);
  }
  return followers;
}

/** Finds the shape of a document; edges to nowhere are passed over. */
export function shapeOf(document: Pick<WorkflowDocument, 'nodes' | 'edges'>): GraphShape {
  const known = new Set(document.nodes.map((node) => node.id));
  const edges = document.edges.filter(({ source, target }) => known.has(source) && known.has(target));
  const loops = document.nodes.filter((node) => node.type === 'loop').map((node) => node.id);
  if (loops.length === 0) {
    const nothing: ReadonlySet<string> = new Set();
    return { loopsOf: () => [], bodyOf: () => nothing, isBack: () => false, followers: followersBy(edges) };
  }
  const targets = new Set(edges.map((edge) => edge.target));
  const roots = [...known].filter((id) => !targets.has(id));
  const all = followersBy(edges);
  // An edge may lead back to a loop only from where no way leads that has not passed the loop.
  const candidates = new Set(
    loops.flatMap((loop) => {
      const beside = reachFrom(roots, all, loop);
      return edges.filter(({ source, target }) => target === loop && source !== loop && !beside.has(source));
    }),
  );
  const ahead = followersBy(edges.filter((edge) => !candidates.has(edge)));
  const bodies = new Map(
    loops.map((loop) => {
      const first = edges.filter((edge) => edge.source === loop && portOf(edge) === eachPort);
      return [
        loop,
        reachFrom(
          first.map((edge) => edge.target),
          ahead,
          loop,
        ),
      ];
    }),
  );
  const back = new Set(
    [...candidates].filter(({ source, target }) => bodies.get(target)?.has(source) === true),
  );
  const depth = (loop: string): number => [...bodies.values()].filter((body) => body.has(loop)).length;
  const byDepth = loops.toSorted((one, other) => depth(one) - depth(other));
  return {
    loopsOf: (nodeId) => byDepth.filter((loop) => bodies.get(loop)?.has(nodeId) === true),
    bodyOf: (loopId) => bodies.get(loopId) ?? new Set(),
    isBack: (edge) => back.has(edge),
    followers: followersBy(edges.filter((edge) => !back.has(edge))),
  };
}

/** The outlet an edge leaves by. */
export function portOf({ port = ordinaryPort }: WorkflowEdge): string {
  return port;
}

/** The steps from which each of these can be reached, itself not among them. */
export function sourcesOf(
  nodeIds: readonly string[],
  followers: Followers,
): ReadonlyMap<string, readonly string[]> {
  if (nodeIds.length === 0) return new Map();
  const edges = [...followers].flatMap(([source, targets]) => targets.map((target) => ({ source, target })));
  const before = followersBy(edges.map(({ source, target }) => ({ source: target, target: source })));
  return new Map(nodeIds.map((id) => [id, [...reachFrom([id], before)].filter((source) => source !== id)]));
}
