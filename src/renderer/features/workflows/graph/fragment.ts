/**
 * Steps as text: what Ctrl+C puts on the clipboard, a file holds and Ctrl+V reads is the document of SPEC 8, so steps
 * travel between workflows, installs and a text editor. Pasted text is hostile until the schema has read it.
 */
import {
  documentSchema,
  formatPath,
  type WorkflowDocument,
  type WorkflowNode,
} from '../../../../shared/model/document.ts';
import type { Edit, Point } from './edit.ts';
import { snap } from './measures.ts';
import { freeName, freeNodeId } from './naming.ts';

/** Text of some steps and the edges among them; null when none of the ids is there. */
export function copySteps(document: WorkflowDocument, ids: readonly string[]): string | null {
  const chosen = new Set(ids);
  const nodes = document.nodes.filter((node) => chosen.has(node.id));
  if (nodes.length === 0) return null;
  const edges = document.edges.filter((edge) => chosen.has(edge.source) && chosen.has(edge.target));
  return `${JSON.stringify({ name: document.name, nodes, edges }, null, 2)}\n`;
}

export type Reading =
  | { readonly ok: true; readonly document: WorkflowDocument }
  /** Why not, with the path of the fault, for people. */
  | { readonly ok: false; readonly message: string };

/** Keys `/v1` adds to a document it answers with; a file saved from there is read as well. */
const addedKeys = [
  'id',
  'enabled',
  'activeVersion',
  'latestVersion',
  'changed',
  'endpoints',
  'createdAt',
  'updatedAt',
  'startKinds',
  'lastRun',
  'recent',
];

/** Reads a document from a file or the clipboard. Never throws. */
export function readDocument(text: string): Reading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, message: 'This is not JSON.' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !('nodes' in value))
    return { ok: false, message: 'This is no workflow document: it has no “nodes”.' };
  const entries = Object.entries(value).filter(([key]) => !addedKeys.includes(key));
  const parsed = documentSchema.safeParse({ name: 'Pasted steps', ...Object.fromEntries(entries) });
  if (parsed.success) return { ok: true, document: parsed.data };
  const [issue] = parsed.error.issues;
  const path = formatPath(issue?.path ?? []);
  return {
    ok: false,
    message: path === '' ? (issue?.message ?? 'Not valid.') : `${path}: ${issue?.message}`,
  };
}

/**
 * Fits foreign steps into a document: ids and names that are taken change, references among the pasted steps follow,
 * and what belongs to the original alone (a slug, secrets are not in documents) stays behind.
 */
export function pasteSteps(document: WorkflowDocument, foreign: WorkflowDocument, at: Point | null): Edit {
  const takenIds = new Set(document.nodes.map((node) => node.id));
  const takenNames = new Set(document.nodes.map((node) => node.name));
  const ids = new Map<string, string>();
  for (const node of foreign.nodes) {
    const id = takenIds.has(node.id) ? freeNodeId(node.type, takenIds) : node.id;
    takenIds.add(id);
    ids.set(node.id, id);
  }
  const offset = offsetFor(document, foreign.nodes, at);
  const nodes = foreign.nodes.map((node) => {
    const name = freeName(node.name, takenNames, ' ');
    takenNames.add(name);
    return {
      id: ids.get(node.id) ?? node.id,
      type: node.type,
      name,
      position: snap({ x: node.position.x + offset.x, y: node.position.y + offset.y }),
      config: followIds(withoutSlug(node), ids),
    };
  });
  const edges = foreign.edges.flatMap((edge) => {
    const source = ids.get(edge.source);
    const target = ids.get(edge.target);
    return source === undefined || target === undefined ? [] : [{ ...edge, source, target }];
  });
  return { type: 'paste', nodes, edges };
}

function withoutSlug(node: WorkflowNode): Record<string, unknown> {
  if (node.type !== 'webhook') return node.config;
  const { slug: _slug, ...config } = node.config;
  return config;
}

/** Where pasted steps go: at the pointer, else beside where they were when that is taken. */
function offsetFor(document: WorkflowDocument, nodes: readonly WorkflowNode[], at: Point | null): Point {
  const left = Math.min(...nodes.map((node) => node.position.x));
  const top = Math.min(...nodes.map((node) => node.position.y));
  if (nodes.length === 0) return { x: 0, y: 0 };
  if (at !== null) return { x: at.x - left, y: at.y - top };
  const isTaken = (shift: number): boolean =>
    nodes.some((node) =>
      document.nodes.some(
        (other) =>
          other.position.x === node.position.x + shift && other.position.y === node.position.y + shift,
      ),
    );
  let shift = 0;
  while (isTaken(shift) && shift < 4_000) shift += 40;
  return { x: shift, y: shift };
}

/** Writes new ids into every reference of a pasted config: `steps.<id>` in texts, and fields that hold an id. */
function followIds(
  config: Record<string, unknown>,
  ids: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const changed = new Map([...ids].filter(([from, to]) => from !== to));
  if (changed.size === 0) return config;
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, follow(value, key, changed)]));
}

function follow(value: unknown, key: string, ids: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') {
    if (key === 'nodeId') return ids.get(value) ?? value;
    return value
      .replace(/\bsteps\.([A-Za-z0-9_]+)/g, (whole, id: string) =>
        ids.has(id) ? `steps.${ids.get(id)}` : whole,
      )
      .replace(/\bsteps\.`([^`]+)`/g, (whole, id: string) =>
        ids.has(id) ? `steps.\`${ids.get(id)}\`` : whole,
      );
  }
  if (Array.isArray(value)) return value.map((item) => follow(item, '', ids));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, follow(item, name, ids)]));
  return value;
}
