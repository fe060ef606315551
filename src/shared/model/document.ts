/**
 * The workflow document: the graph people draw, exchange as files and send to `/v1` (SPEC 8).
 * Only its shape is judged here; what a node's `config` may hold is told by its step kind.
 */
import { z } from 'zod';

/** Ids of nodes: they may stand in webhook URLs and in expressions. */
export const nodeIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,40}$/, 'letters, digits, _ and -, at most 40');

/** Slugs of workflows and endpoints; they stand in URLs. */
export const slugSchema = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'lower-case letters, digits and -, at most 64');

/** How often and how patiently a failed step is tried again (SPEC 8). `attempts` counts all tries. */
export const retrySchema = z.strictObject({
  attempts: z.number().int().min(1).max(100),
  backoffSeconds: z.number().min(0).max(86_400).default(1),
  factor: z.number().min(1).max(100).default(2),
  maxSeconds: z.number().min(0).max(86_400).default(3_600),
});
export type RetryPolicy = z.infer<typeof retrySchema>;

/** Policies every step kind accepts in its config, beside its own fields (SPEC 8). */
export const stepPolicyShape = {
  retry: retrySchema.optional(),
  timeoutSeconds: z.number().positive().max(31_536_000).optional(),
  onError: z.enum(['fail', 'continue', 'port']).optional(),
  atMostOnce: z.boolean().optional(),
} as const;

const policyKeys = ['retry', 'timeoutSeconds', 'onError', 'atMostOnce'] as const;

/** A node. Policies may stand on the node or in its config; reading moves them into the config. */
export const nodeSchema = z
  .strictObject({
    id: nodeIdSchema,
    type: z.string().min(1).max(40),
    name: z.string().min(1).max(200).optional(),
    position: z.strictObject({ x: z.number(), y: z.number() }).optional(),
    config: z.record(z.string(), z.unknown()).default({}),
    ...stepPolicyShape,
  })
  .transform(({ id, type, name, position, config, ...policies }) => {
    const merged: Record<string, unknown> = { ...config };
    for (const key of policyKeys) if (policies[key] !== undefined) merged[key] ??= policies[key];
    return { id, type, name: name ?? id, position: position ?? { x: 0, y: 0 }, config: merged };
  });
export type WorkflowNode = z.infer<typeof nodeSchema>;

/** An edge; without `port` it leaves by the node's ordinary outlet. */
export const edgeSchema = z.strictObject({
  source: nodeIdSchema,
  target: nodeIdSchema,
  port: z.string().min(1).max(100).optional(),
});
export type WorkflowEdge = z.infer<typeof edgeSchema>;

export const workflowSettingsSchema = z.strictObject({
  concurrency: z.number().int().min(1).max(10_000).optional(),
  timeoutSeconds: z.number().positive().max(31_536_000).optional(),
  onFailure: z.string().min(1).max(64).optional(),
  silenceAlarmHours: z.number().positive().max(8_760).optional(),
  /** Hosts in private networks its steps may call: `host`, `host:port`, an address or a CIDR block. */
  privateHosts: z.array(z.string().trim().min(1).max(300)).max(100).optional(),
});

/** The document of SPEC 8. `slug` is made from the name when left out. */
export const documentSchema = z.strictObject({
  name: z.string().trim().min(1).max(200),
  slug: slugSchema.optional(),
  description: z.string().max(10_000).default(''),
  project: z.string().trim().min(1).max(100).default('default'),
  nodes: z.array(nodeSchema).max(1_000).default([]),
  edges: z.array(edgeSchema).max(10_000).default([]),
  settings: workflowSettingsSchema.default({}),
});
export type WorkflowDocument = z.infer<typeof documentSchema>;
/** What callers may send: defaults left out. */
export type WorkflowDocumentInput = z.input<typeof documentSchema>;

/** A fault in a document, with the path of the value at fault, e.g. `nodes[2].config.url`. */
export const issueSchema = z.object({
  path: z.string(),
  message: z.string(),
  /** The node the fault belongs to, where there is one. */
  nodeId: z.string().optional(),
});
export type Issue = z.infer<typeof issueSchema>;

/** Writes a path of keys the way people read it: `nodes[2].config.url`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

/** Makes a slug out of any name; empty names give `workflow`. */
export function slugify(name: string): string {
  const slug = name
    .normalize('NFKD')
    // Accents stand apart from their letters now.
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  return slug === '' ? 'workflow' : slug;
}
