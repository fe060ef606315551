/** What can be wrong between steps: edges, ports, circles, steps nothing leads to. Pure. */
import { ordinaryPort, portsOf } from '../../shared/model/catalog.ts';
import type { Issue, WorkflowDocument, WorkflowEdge, WorkflowNode } from '../../shared/model/document.ts';
import { donePort, eachPort } from '../steps/loop/definition.ts';
import { type GraphShape, portOf, reachFrom, shapeOf } from './graph-shape.ts';
import { findStep } from './kinds.ts';

/** Edges that name steps which are not there: such a document can not be saved. */
export function checkEdgeEnds(document: WorkflowDocument): readonly Issue[] {
  const known = new Set(document.nodes.map((node) => node.id));
  return document.edges.flatMap(({ source, target }, index) =>
    (['source', 'target'] as const)
      .filter((end) => !known.has(end === 'source' ? source : target))
      .map((end) => ({
        path: `edges[${index}].${end}`,
        message: `There is no step "${end === 'source' ? source : target}".`,
      })),
  );
}

function checkPorts(document: WorkflowDocument, nodes: ReadonlyMap<string, WorkflowNode>): readonly Issue[] {
  const seen = new Set<string>();
  return document.edges.flatMap(({ source, target, port }, index) => {
    const node = nodes.get(source);
    const definition = node === undefined ? undefined : findStep(node.type)?.definition;
    if (node === undefined || definition === undefined) return [];
    const path = `edges[${index}]`;
    const ports = portsOf(definition, node.config);
    const name = port ?? ordinaryPort;
    const key = JSON.stringify([source, name, target]);
    if (seen.has(key)) return [{ path, message: 'This edge is there twice.', nodeId: source }];
    seen.add(key);
    if (ports.includes(name)) return [];
    const choice = ports.filter((one) => one !== ordinaryPort).join(', ');
    const message =
      ports.length === 0
        ? `Nothing follows a step of the type "${node.type}".`
        : port === undefined
          ? `Say by which outlet the edge leaves "${node.name}": ${choice}.`
          : `"${node.name}" has no outlet "${port}".`;
    return [{ path: port === undefined ? path : `${path}.port`, message, nodeId: source }];
  });
}

function checkStarts(
  document: WorkflowDocument,
  incoming: ReadonlyMap<string, number>,
): { readonly issues: readonly Issue[]; readonly starts: readonly string[] } {
  const issues: Issue[] = [];
  const starts: string[] = [];
  for (const [index, node] of document.nodes.entries()) {
    const start = findStep(node.type)?.definition.start;
    if (start === undefined) continue;
    const edges = incoming.get(node.id) ?? 0;
    if (edges === 0 && start !== 'never') starts.push(node.id);
    if (edges > 0 && start === 'only') {
      issues.push({
        path: `nodes[${index}]`,
        message: `"${node.name}" begins runs; no edge may lead to it.`,
        nodeId: node.id,
      });
    }
  }
  if (starts.length === 0)
    issues.unshift({ path: 'nodes', message: 'Nothing starts this workflow: add a start.' });
  return { issues, starts };
}

/** The steps of one circle, in order, or undefined when there is none. */
export function findCircle(followers: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  for (const root of followers.keys()) {
    const path: string[] = [];
    const onPath = new Set<string>();
    // Walks depth first without recursion: a document may hold a thousand steps in a row.
    const stack: { readonly id: string; next: number }[] = [{ id: root, next: 0 }];
    while (stack.length > 0) {
      const top = stack.at(-1);
      if (top === undefined) break;
      if (top.next === 0) {
        path.push(top.id);
        onPath.add(top.id);
      }
      const next = done.has(top.id) ? undefined : followers.get(top.id)?.[top.next];
      top.next += 1;
      if (next === undefined) {
        done.add(top.id);
        onPath.delete(top.id);
        path.pop();
        stack.pop();
      } else if (onPath.has(next)) return path.slice(path.indexOf(next));
      else if (!done.has(next)) stack.push({ id: next, next: 0 });
    }
  }
  return undefined;
}

/** Circles that are none of a loop's own: those by edges back to the loop around a step end its round. */
function checkCircles(document: WorkflowDocument, shape: GraphShape): readonly Issue[] {
  const circle = findCircle(shape.followers);
  const [first] = circle ?? [];
  if (circle === undefined || first === undefined) return [];
  const last = document.edges.findIndex((edge) => edge.source === circle.at(-1) && edge.target === first);
  const way = [...circle, first].join(' → ');
  return [{ path: `edges[${last}]`, message: `Steps may not form a circle: ${way}.`, nodeId: first }];
}

/** Each step stands either inside a loop or outside: it is done once for each item, or once. */
function checkLoops(document: WorkflowDocument, shape: GraphShape): readonly Issue[] {
  const names = new Map(document.nodes.map((node) => [node.id, node.name]));
  return document.nodes.flatMap((loop, index): readonly Issue[] => {
    if (loop.type !== 'loop') return [];
    const leavesByEach = (edge: WorkflowEdge): boolean =>
      edge.source === loop.id && portOf(edge) === eachPort;
    if (!document.edges.some(leavesByEach)) {
      const message = `Nothing follows "${eachPort}": say what is to be done for each item.`;
      return [{ path: `nodes[${index}]`, message, nodeId: loop.id }];
    }
    const body = shape.bodyOf(loop.id);
    return document.edges.flatMap((edge, at) => {
      const isInside = body.has(edge.source) || leavesByEach(edge);
      if (!body.has(edge.target) || isInside || !names.has(edge.source)) return [];
      const message = `"${names.get(edge.target) ?? edge.target}" is inside the loop "${loop.name}", and this edge leads to it from outside: a step is done either for each item or once, after "${donePort}".`;
      return [{ path: `edges[${at}]`, message, nodeId: edge.target }];
    });
  });
}

/** Every fault between the steps of a document whose edges lead somewhere. */
export function checkGraph(document: WorkflowDocument): readonly Issue[] {
  const nodes = new Map(document.nodes.map((node) => [node.id, node]));
  const incoming = new Map<string, number>();
  for (const { source, target } of document.edges) {
    if (nodes.has(source) && nodes.has(target)) incoming.set(target, (incoming.get(target) ?? 0) + 1);
  }
  const shape = shapeOf(document);
  const { issues, starts } = checkStarts(document, incoming);
  const caught = document.nodes.flatMap((node, index) => {
    const isCaught = document.edges.some((edge) => edge.source === node.id && edge.port === 'error');
    if (node.config['onError'] !== 'port' || isCaught) return [];
    const message = 'Failures leave by the outlet "error", and nothing follows it.';
    return [{ path: `nodes[${index}].config.onError`, message, nodeId: node.id }];
  });
  const reached = reachFrom(starts, shape.followers);
  const unreached = document.nodes.flatMap((node, index) => {
    if (reached.has(node.id) || findStep(node.type) === undefined) return [];
    const isLoose = (incoming.get(node.id) ?? 0) === 0;
    const message = isLoose ? `Nothing leads to "${node.name}".` : `No start leads to "${node.name}".`;
    return [{ path: `nodes[${index}]`, message, nodeId: node.id }];
  });
  return [
    ...issues,
    ...checkPorts(document, nodes),
    ...caught,
    ...checkCircles(document, shape),
    ...checkLoops(document, shape),
    ...unreached,
  ];
}
