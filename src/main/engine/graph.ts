/**
 * A workflow version made ready to run: nodes by id, what follows by which port, where it starts. Compiled once per
 * version and shared by all its runs, so whatever can be known before a run is found out here.
 */
import type { WorkflowDocument, WorkflowNode } from '../../shared/model/document.ts';
import { rootsReadBy, type Roots } from './config-texts.ts';
import { findStep } from './kinds.ts';
import type { StepKind } from '../steps/step.ts';
import type { JoinPlan } from '../store/types.ts';
import { type GraphShape, portOf, shapeOf, sourcesOf } from './graph-shape.ts';

export interface GraphNode {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Undefined for a type this version of the product does not know. */
  readonly kind: StepKind | undefined;
  /** Ids of the nodes that follow, by port, in the order the edges were drawn; not those of edges back to a loop. */
  readonly outgoing: ReadonlyMap<string, readonly string[]>;
  /** How many edges lead here. */
  readonly incoming: number;
  /** Names of the scope its config reads; a run prepares no others for it. */
  readonly reads: Roots;
  /** Nearest waiting webhook node from here on, this one included: the one `run.resumeUrl` resumes. */
  readonly waitAhead: string | undefined;
  /** The loops around it, the outermost first. */
  readonly loops: readonly string[];
  /** Joins that can be reached from here; undefined: none. */
  readonly joinsAhead: readonly JoinPlan[] | undefined;
  /** Of a loop: the waiting nodes inside it. */
  readonly waitsInside: readonly string[];
}

export interface Graph {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  /** Nodes without an incoming edge whose kind may start a run, in document order. */
  readonly starts: readonly string[];
  /** Longest time a run may take; undefined: any. */
  readonly timeoutMs: number | undefined;
  /** The workflow that is told of a failed run, by id or slug; undefined: none. */
  readonly onFailure: string | undefined;
  /** Hosts in private networks that steps may call. */
  readonly privateHosts: readonly string[];
  /** Undefined: none. */
  readonly joins: readonly JoinPlan[] | undefined;
  /** The waiting nodes a run may come to from these on, themselves included. */
  waitsFrom(ids: readonly string[]): readonly GraphNode[];
}

/** Whether a node pauses the run when it is reached. */
export function isWaiting(node: Pick<WorkflowNode, 'type' | 'config'>): boolean {
  return node.type === 'webhook' && node.config['waitWhenReached'] === true;
}

/** The nearest waiting node by number of edges; of equally near ones the first drawn. */
function nearestWait(
  from: readonly string[],
  followers: ReadonlyMap<string, readonly string[]>,
  waiting: ReadonlySet<string>,
): string | undefined {
  const seen = new Set(from);
  for (const id of seen) {
    if (waiting.has(id)) return id;
    for (const next of followers.get(id) ?? []) seen.add(next);
  }
  return undefined;
}

/** The nearest wait from a node on; when its round of a loop has none, from where the loop goes on. */
function findWaitAhead(
  from: string,
  { followers, loopsOf, bodyOf }: GraphShape,
  waiting: ReadonlySet<string>,
): string | undefined {
  if (waiting.size === 0) return undefined;
  const after = loopsOf(from)
    .toReversed()
    .map((loop) => (followers.get(loop) ?? []).filter((id) => !bodyOf(loop).has(id)));
  for (const start of [[from], ...after]) {
    const found = nearestWait(start, followers, waiting);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The joins, each with where it can be reached from. */
function joinsOf(nodes: readonly WorkflowNode[], { followers }: GraphShape): readonly JoinPlan[] {
  const joins = nodes.filter((node) => node.type === 'join');
  const sources = sourcesOf(
    joins.map((node) => node.id),
    followers,
  );
  return joins.map(
    ({ id, config }): JoinPlan => ({
      nodeId: id,
      mode: config['mode'] === 'any' ? 'any' : 'all',
      timeoutMs: typeof config['timeoutSeconds'] === 'number' ? config['timeoutSeconds'] * 1_000 : null,
      sources: sources.get(id) ?? [],
    }),
  );
}

/** The joins by the nodes that lead to them. */
function joinsBySource(joins: readonly JoinPlan[]): ReadonlyMap<string, readonly JoinPlan[]> {
  const ahead = new Map<string, JoinPlan[]>();
  for (const plan of joins) {
    for (const source of plan.sources) ahead.set(source, [...(ahead.get(source) ?? []), plan]);
  }
  return ahead;
}

/** Compiles a document. Faulty parts are left as they are: edges to nowhere lead nowhere. */
export function compileGraph(document: WorkflowDocument): Graph {
  const known = new Set(document.nodes.map((node) => node.id));
  const outgoing = new Map<string, Map<string, string[]>>();
  const incoming = new Map<string, number>();
  const shape = shapeOf(document);
  const { followers } = shape;
  for (const edge of document.edges) {
    const { source, target } = edge;
    if (!known.has(source) || !known.has(target)) continue;
    incoming.set(target, (incoming.get(target) ?? 0) + 1);
    if (shape.isBack(edge)) continue;
    const ports = outgoing.get(source) ?? new Map<string, string[]>();
    const port = portOf(edge);
    outgoing.set(source, ports.set(port, [...(ports.get(port) ?? []), target]));
  }
  const waiting = new Set(document.nodes.filter(isWaiting).map((node) => node.id));
  const joins = joinsOf(document.nodes, shape);
  const joinsAhead = joinsBySource(joins);
  const nodes = new Map<string, GraphNode>();
  for (const { id, name, type, config } of document.nodes) {
    nodes.set(id, {
      id,
      name,
      type,
      config,
      kind: findStep(type),
      outgoing: outgoing.get(id) ?? new Map(),
      incoming: incoming.get(id) ?? 0,
      reads: rootsReadBy(type, config),
      waitAhead: findWaitAhead(id, shape, waiting),
      loops: shape.loopsOf(id),
      joinsAhead: joinsAhead.get(id),
      waitsInside: [...shape.bodyOf(id)].filter((inside) => waiting.has(inside)),
    });
  }
  const waitsFrom = new Map<string, readonly GraphNode[]>();
  const { timeoutSeconds } = document.settings;
  return {
    nodes,
    joins: joins.length === 0 ? undefined : joins,
    waitsFrom(ids) {
      if (waiting.size === 0) return [];
      const key = ids.join(' ');
      const known = waitsFrom.get(key);
      if (known !== undefined) return known;
      const reached = new Set(ids);
      for (const id of reached) for (const next of followers.get(id) ?? []) reached.add(next);
      const found = [...waiting].flatMap((id) => (reached.has(id) ? (nodes.get(id) ?? []) : []));
      // Runs begin at few nodes, again and again; a repeated one may go on from any.
      if (waitsFrom.size < 100) waitsFrom.set(key, found);
      return found;
    },
    starts: [...nodes.values()]
      .filter(
        (node) => node.incoming === 0 && node.kind !== undefined && node.kind.definition.start !== 'never',
      )
      .map((node) => node.id),
    timeoutMs: timeoutSeconds === undefined ? undefined : timeoutSeconds * 1_000,
    onFailure: document.settings.onFailure,
    privateHosts: document.settings.privateHosts ?? [],
  };
}
