/**
 * Every change a person can make to a workflow's graph, as plain data, and the pure reducer that carries it out:
 * document in, document out. An edit that changes nothing gives back the very same document.
 */
import type { WorkflowDocument, WorkflowEdge, WorkflowNode } from '../../../../shared/model/document.ts';
import { isSameJson } from './equality.ts';
import { isSameEdge, joinEdges, makeEdge } from './edges.ts';
import { removeSteps } from './removal.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What the document says about itself, beside its graph. */
export type Description = Partial<
  Pick<WorkflowDocument, 'name' | 'slug' | 'description' | 'project' | 'settings'>
>;

/** One undoable change. */
export type Edit =
  /** A new step, joined by `edges` and with room made by `moved`. */
  | {
      readonly type: 'add';
      readonly node: WorkflowNode;
      readonly edges?: readonly WorkflowEdge[];
      readonly moved?: Readonly<Record<string, Point>>;
    }
  /** A new step in the middle of an edge; it goes on by `port`, or ends the way when that is null. */
  | {
      readonly type: 'insert';
      readonly node: WorkflowNode;
      readonly edge: WorkflowEdge;
      readonly port: string | null;
      readonly moved?: Readonly<Record<string, Point>>;
    }
  | { readonly type: 'move'; readonly positions: Readonly<Record<string, Point>> }
  | { readonly type: 'connect'; readonly edge: WorkflowEdge }
  /** One edge led elsewhere. */
  | { readonly type: 'reconnect'; readonly from: WorkflowEdge; readonly to: WorkflowEdge }
  | {
      readonly type: 'remove';
      readonly nodeIds: readonly string[];
      readonly edges?: readonly WorkflowEdge[];
    }
  | {
      readonly type: 'paste';
      readonly nodes: readonly WorkflowNode[];
      readonly edges: readonly WorkflowEdge[];
    }
  | {
      readonly type: 'configure';
      readonly nodeId: string;
      readonly name: string;
      readonly config: Readonly<Record<string, unknown>>;
    }
  | { readonly type: 'describe'; readonly description: Description }
  /** Edits that are one to the person: a dialog that changed a step and its connections. */
  | { readonly type: 'several'; readonly edits: readonly Edit[]; readonly label: string }
  /** A whole other document: a restored version, or the draft as someone else saved it. */
  | { readonly type: 'replace'; readonly document: WorkflowDocument; readonly reason: string };

/** Carries out an edit. Never breaks the graph: ids stay unique and edges join steps that exist. */
export function applyEdit(document: WorkflowDocument, edit: Edit): WorkflowDocument {
  switch (edit.type) {
    case 'add':
      return addNodes(movePositions(document, edit.moved ?? {}), [edit.node], edit.edges ?? []);
    case 'insert':
      return insertOnEdge(movePositions(document, edit.moved ?? {}), edit.node, edit.edge, edit.port);
    case 'move':
      return movePositions(document, edit.positions);
    case 'connect':
      return withEdges(document, joinEdges(document.edges, [edit.edge], idsOf(document)));
    case 'reconnect': {
      const rest = document.edges.filter((edge) => !isSameEdge(edge, edit.from));
      if (rest.length === document.edges.length || isSameEdge(edit.from, edit.to)) return document;
      return withEdges(document, joinEdges(rest, [edit.to], idsOf(document)));
    }
    case 'remove':
      return removeSteps(disconnect(document, edit.edges ?? []), edit.nodeIds);
    case 'paste':
      return addNodes(document, edit.nodes, edit.edges);
    case 'configure':
      return configure(document, edit.nodeId, edit.name, edit.config);
    case 'describe':
      return { ...document, ...edit.description };
    case 'several':
      return edit.edits.reduce(applyEdit, document);
    case 'replace':
      return edit.document;
  }
}

function idsOf(document: WorkflowDocument): Set<string> {
  return new Set(document.nodes.map((node) => node.id));
}

function withEdges(document: WorkflowDocument, edges: WorkflowEdge[]): WorkflowDocument {
  const same =
    edges.length === document.edges.length && edges.every((edge, at) => edge === document.edges[at]);
  return same ? document : { ...document, edges };
}

function addNodes(
  document: WorkflowDocument,
  added: readonly WorkflowNode[],
  edges: readonly WorkflowEdge[],
): WorkflowDocument {
  const known = idsOf(document);
  const fresh = added.filter((node) => !known.has(node.id) && known.add(node.id));
  if (fresh.length === 0) return document;
  return {
    ...document,
    nodes: [...document.nodes, ...fresh],
    edges: joinEdges(document.edges, edges, known),
  };
}

function insertOnEdge(
  document: WorkflowDocument,
  node: WorkflowNode,
  edge: WorkflowEdge,
  port: string | null,
): WorkflowDocument {
  const isThere = document.edges.some((present) => isSameEdge(present, edge));
  const rest = document.edges.filter((present) => !isSameEdge(present, edge));
  const before = makeEdge(edge.source, node.id, edge.port);
  const after = port === null ? [] : [makeEdge(node.id, edge.target, port)];
  return addNodes({ ...document, edges: rest }, [node], isThere ? [before, ...after] : []);
}

function movePositions(
  document: WorkflowDocument,
  positions: Readonly<Record<string, Point>>,
): WorkflowDocument {
  let isMoved = false;
  const nodes = document.nodes.map((node) => {
    const to = Object.hasOwn(positions, node.id) ? positions[node.id] : undefined;
    if (to === undefined || (to.x === node.position.x && to.y === node.position.y)) return node;
    isMoved = true;
    return { ...node, position: { x: to.x, y: to.y } };
  });
  return isMoved ? { ...document, nodes } : document;
}

function disconnect(document: WorkflowDocument, edges: readonly WorkflowEdge[]): WorkflowDocument {
  return withEdges(
    document,
    document.edges.filter((edge) => !edges.some((gone) => isSameEdge(gone, edge))),
  );
}

function configure(
  document: WorkflowDocument,
  nodeId: string,
  name: string,
  config: Readonly<Record<string, unknown>>,
): WorkflowDocument {
  let isFound = false;
  const nodes = document.nodes.map((node) => {
    if (node.id !== nodeId || (node.name === name && isSameJson(node.config, config))) return node;
    isFound = true;
    return { ...node, name, config: { ...config } };
  });
  return isFound ? { ...document, nodes } : document;
}

/** Says an edit in a few words, for "Undo …". */
export function describeEdit(edit: Edit): string {
  switch (edit.type) {
    case 'add':
    case 'insert':
      return `add ${edit.node.name}`;
    case 'move':
      return 'move';
    case 'connect':
      return 'connect';
    case 'reconnect':
      return 'reconnect';
    case 'remove':
      return edit.nodeIds.length === 0
        ? 'disconnect'
        : `delete ${edit.nodeIds.length === 1 ? 'step' : `${edit.nodeIds.length} steps`}`;
    case 'paste':
      return `paste ${edit.nodes.length === 1 ? 'step' : `${edit.nodes.length} steps`}`;
    case 'configure':
      return `change ${edit.name}`;
    case 'describe':
      return 'change settings';
    case 'several':
      return edit.label;
    case 'replace':
      return edit.reason;
  }
}
