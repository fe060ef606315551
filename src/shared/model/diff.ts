/**
 * What two documents of a workflow differ in, the way people read it: steps added, removed and changed field by field,
 * edges, settings. Steps that only moved on the canvas stand apart. The order of steps and edges does not count. Pure:
 * whoever takes one document and the diff can make the other.
 */
import { z } from 'zod';
import type { WorkflowDocument, WorkflowEdge, WorkflowNode } from './document.ts';

/** One value that differs. A side without `before` or `after` has no such field. */
export const fieldChangeSchema = z.object({
  /** Keys from the step (or the document) to the value, for people: `config.headers["X-Flow"]`. */
  path: z.string(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
});
export type FieldChange = z.infer<typeof fieldChangeSchema>;

const nodeShape = z.object({
  id: z.string(),
  type: z.string(),
  name: z.string(),
  position: z.object({ x: z.number(), y: z.number() }),
  config: z.record(z.string(), z.unknown()),
});
const edgeShape = z.object({ source: z.string(), target: z.string(), port: z.string().optional() });

/** The difference of two documents. */
export const documentDiffSchema = z.object({
  /** Nothing differs, not even a position. */
  identical: z.boolean(),
  /** `name`, `slug`, `description`, `project`. */
  about: z.array(fieldChangeSchema),
  settings: z.array(fieldChangeSchema),
  steps: z.object({
    added: z.array(nodeShape),
    removed: z.array(nodeShape),
    /** By the name it has afterwards; `fields` are `type`, `name` and what stands in `config`. */
    changed: z.array(
      z.object({ id: z.string(), type: z.string(), name: z.string(), fields: z.array(fieldChangeSchema) }),
    ),
    /** Elsewhere on the canvas; a step may be changed and moved. */
    moved: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        before: nodeShape.shape.position,
        after: nodeShape.shape.position,
      }),
    ),
  }),
  edges: z.object({ added: z.array(edgeShape), removed: z.array(edgeShape) }),
});
export type DocumentDiff = z.infer<typeof documentDiffSchema>;

const plainKey = /^[A-Za-z_$][\w$-]*$/;

/** Writes the place of a value so that it can be read back: only plain keys stand without quotes. */
function extendPath(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  if (!plainKey.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSame(one: unknown, other: unknown): boolean {
  return changesBetween(one, other, '').length === 0;
}

/**
 * Objects are compared key by key, lists of the same length item by item; anything else as a whole. No field and a
 * field without value are the same.
 */
function changesBetween(before: unknown, after: unknown, path: string): FieldChange[] {
  if (Object.is(before, after) || before === after) return [];
  if (isFields(before) && isFields(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    const own = (fields: Fields, key: string): unknown =>
      Object.hasOwn(fields, key) ? fields[key] : undefined;
    return [...keys].flatMap((key) =>
      changesBetween(own(before, key), own(after, key), extendPath(path, key)),
    );
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    if (before.length === after.length) {
      return before.flatMap((item, index) => changesBetween(item, after[index], extendPath(path, index)));
    }
  }
  return [
    {
      path,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    },
  ];
}

/** What counts of a step beside where it stands. */
const substanceOf = ({ type, name, config }: WorkflowNode): Fields => ({ type, name, config });

const aboutOf = ({ name, slug, description, project }: WorkflowDocument): Fields => ({
  name,
  slug,
  description,
  project,
});

const keyOf = ({ source, target, port }: WorkflowEdge): string =>
  JSON.stringify([source, port ?? null, target]);

/** Edges of `these` that are not among `those`; one that is there twice has to be there twice. */
function edgesBeside(these: readonly WorkflowEdge[], those: readonly WorkflowEdge[]): WorkflowEdge[] {
  const left = new Map<string, number>();
  for (const edge of those) left.set(keyOf(edge), (left.get(keyOf(edge)) ?? 0) + 1);
  return these.filter((edge) => {
    const count = left.get(keyOf(edge)) ?? 0;
    left.set(keyOf(edge), count - 1);
    return count <= 0;
  });
}

/** Compares two documents; the ids of a document's steps are there once. */
export function diffDocuments(before: WorkflowDocument, after: WorkflowDocument): DocumentDiff {
  const olds = new Map(before.nodes.map((node) => [node.id, node]));
  const news = new Map(after.nodes.map((node) => [node.id, node]));
  const pairs = after.nodes.flatMap((node) => {
    const old = olds.get(node.id);
    return old === undefined ? [] : [{ old, node }];
  });
  const diff = {
    about: changesBetween(aboutOf(before), aboutOf(after), ''),
    settings: changesBetween(before.settings, after.settings, ''),
    steps: {
      added: after.nodes.filter((node) => !olds.has(node.id)),
      removed: before.nodes.filter((node) => !news.has(node.id)),
      changed: pairs.flatMap(({ old, node }) => {
        const fields = changesBetween(substanceOf(old), substanceOf(node), '');
        return fields.length === 0 ? [] : [{ id: node.id, type: node.type, name: node.name, fields }];
      }),
      moved: pairs.flatMap(({ old, node }) =>
        isSame(old.position, node.position)
          ? []
          : [{ id: node.id, name: node.name, before: old.position, after: node.position }],
      ),
    },
    edges: {
      added: edgesBeside(after.edges, before.edges),
      removed: edgesBeside(before.edges, after.edges),
    },
  };
  const { about, settings, steps, edges } = diff;
  const lists = [about, settings, ...Object.values(steps), ...Object.values(edges)];
  return { identical: lists.every((list) => list.length === 0), ...diff };
}
