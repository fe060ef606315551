/** What can be wrong between steps: edges, ports, circles, steps nothing leads to. Pure. */
import { ordinaryPort, portsOf } from '../../shared/model/catalog.ts';
import type { Issue, WorkflowDocument, WorkflowNode } from '../../shared/model/document.ts';
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

function reachableFrom(
  starts: readonly string[],
  followers: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const reached = new Set(starts);
  for (const id of reached) for (const next of followers.get(id) ?? []) reached.add(next);
  return reached;
}

/** Every fault between the steps of a document whose edges lead somewhere. */
export function checkGraph(document: WorkflowDocument): readonly Issue[] {
  const nodes = new Map(document.nodes.map((node) => [node.id, node]));
  const incoming = new Map<string, number>();
  const followers = new Map<string, string[]>();
  for (const { source, target } of document.edges) {
    if (!nodes.has(source) || !nodes.has(target)) continue;
    incoming.set(target, (incoming.get(target) ?? 0) + 1);
    const list = followers.get(source);
    if (list === undefined) followers.set(source, [target]);
    else list.push(target);
  }
  const { issues, starts } = checkStarts(document, incoming);
  const circle = findCircle(followers);
  const circleIssue =
    circle === undefined
      ? []
      : [
          {
            path: `edges[${document.edges.findIndex((edge) => edge.source === circle.at(-1) && edge.target === circle[0])}]`,
            message: `Steps may not form a circle: ${[...circle, circle[0]].join(' → ')}.`,
            ...(circle[0] === undefined ? {} : { nodeId: circle[0] }),
          },
        ];
  const caught = document.nodes.flatMap((node, index) => {
    const isCaught = document.edges.some((edge) => edge.source === node.id && edge.port === 'error');
    if (node.config['onError'] !== 'port' || isCaught) return [];
    const message = 'Failures leave by the outlet "error", and nothing follows it.';
    return [{ path: `nodes[${index}].config.onError`, message, nodeId: node.id }];
  });
  const reached = reachableFrom(starts, followers);
  const unreached = document.nodes.flatMap((node, index) => {
    if (reached.has(node.id) || findStep(node.type) === undefined) return [];
    const isLoose = (incoming.get(node.id) ?? 0) === 0;
    const message = isLoose ? `Nothing leads to "${node.name}".` : `No start leads to "${node.name}".`;
    return [{ path: `nodes[${index}]`, message, nodeId: node.id }];
  });
  return [...issues, ...checkPorts(document, nodes), ...caught, ...circleIssue, ...unreached];
}
