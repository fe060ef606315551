/** The other direction of a diff: one document and the diff give the other. Shows that a diff leaves nothing out. */
import type { DocumentDiff, FieldChange } from '../../../src/shared/model/diff.ts';
import type { WorkflowDocument } from '../../../src/shared/model/document.ts';

type Keys = readonly (string | number)[];

/** Reads `a.b[0]["c d"]` back into its keys. */
function readPath(path: string): Keys {
  return [...path.matchAll(/\.?([A-Za-z_$][\w$-]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g)].map(
    ([, plain, index, quoted]) => {
      if (plain !== undefined) return plain;
      return index !== undefined ? Number(index) : String(JSON.parse(quoted ?? '""'));
    },
  );
}

function put(holder: unknown, [key, ...rest]: Keys, change: FieldChange): unknown {
  if (key === undefined) return structuredClone(change.after);
  if (Array.isArray(holder)) {
    return holder.map((item: unknown, index) => (index === key ? put(item, rest, change) : item));
  }
  const fields: Record<string, unknown> = Object(holder);
  const entries = new Map(Object.entries(fields));
  if (rest.length === 0 && !('after' in change)) entries.delete(String(key));
  else entries.set(String(key), put(entries.get(String(key)), rest, change));
  return Object.fromEntries(entries);
}

const putAll = (holder: unknown, changes: readonly FieldChange[]): object =>
  Object(changes.reduce((now, change) => put(now, readPath(change.path), change), holder));

/** The document a diff leads to. */
export function applyDiff(before: WorkflowDocument, diff: DocumentDiff): object {
  const gone = new Set(diff.steps.removed.map(({ id }) => id));
  const kept = before.nodes
    .filter(({ id }) => !gone.has(id))
    .map((node) => {
      const fields = diff.steps.changed.find(({ id }) => id === node.id)?.fields ?? [];
      const position = diff.steps.moved.find(({ id }) => id === node.id)?.after ?? node.position;
      return { ...putAll(node, fields), position };
    });
  const removed = diff.edges.removed.map((edge) => JSON.stringify([edge.source, edge.port, edge.target]));
  const edges = before.edges.filter((edge) => {
    const at = removed.indexOf(JSON.stringify([edge.source, edge.port, edge.target]));
    if (at >= 0) removed.splice(at, 1);
    return at < 0;
  });
  return {
    ...putAll(before, diff.about),
    settings: putAll(before.settings, diff.settings),
    nodes: [...kept, ...diff.steps.added],
    edges: [...edges, ...diff.edges.added],
  };
}
