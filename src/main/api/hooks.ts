/**
 * The webhook nodes of a document: their settings read out, and their auth parted into what the document keeps and
 * what belongs to the endpoint's sealed secrets (SPEC 8: given secrets are stored and come back masked).
 */
import { defaultsOf, secretFieldsOf } from '../../shared/fields.ts';
import type { WorkflowDocument, WorkflowNode } from '../../shared/model/document.ts';
import { type AuthSettings, type WebhookConfig, webhookConfigSchema } from '../../shared/model/endpoint.ts';
import { fieldsOfAuth } from '../auth/registry.ts';
import { styleOf } from '../styles/registry.ts';
import { isMask } from './masking.ts';

/** A webhook node with an endpoint of its own, or bound to a shared one. */
export interface Hook {
  readonly node: WorkflowNode;
  /** Place in the document, for paths of faults. */
  readonly index: number;
  readonly config: WebhookConfig;
  /** No edge leads to it: its requests start runs. */
  readonly isStart: boolean;
}

/** The webhook nodes of a document, in its order; those whose config is not valid are left out. */
export function hooksOf(document: WorkflowDocument): readonly Hook[] {
  const reached = new Set(document.edges.map((edge) => edge.target));
  return document.nodes.flatMap((node, index) => {
    if (node.type !== 'webhook') return [];
    const read = webhookConfigSchema.safeParse(node.config);
    if (!read.success) return [];
    return [{ node, index, config: read.data, isStart: !reached.has(node.id) }];
  });
}

/** The webhook nodes that own their endpoint. */
export function ownHooksOf(document: WorkflowDocument): readonly Hook[] {
  return hooksOf(document).filter((hook) => hook.config.endpointId === undefined);
}

/** The fields of an endpoint's auth that hold secrets; `generated`: those made up when nobody gives them. */
export function secretFieldsOfAuth(auth: AuthSettings): {
  readonly all: readonly string[];
  readonly generated: readonly string[];
} {
  const fields = fieldsOfAuth(auth);
  const generated = fields.filter((field) => field.kind === 'secret' && field.generate === true);
  return { all: secretFieldsOf(fields), generated: generated.map((field) => field.name) };
}

/** Auth settings parted: `kept` holds no secret, `given` holds only newly given ones. */
export interface SplitAuth {
  readonly kept: AuthSettings;
  readonly given: Readonly<Record<string, string>>;
}

/** Takes the secrets out of auth settings and fills in the scheme's defaults; masks sent back count as not given. */
export function splitAuth(auth: AuthSettings): SplitAuth {
  const { all } = secretFieldsOfAuth(auth);
  const entries = Object.entries(auth);
  const given = entries.flatMap(([name, value]): [string, string][] =>
    all.includes(name) && typeof value === 'string' && value !== '' && !isMask(value) ? [[name, value]] : [],
  );
  const kept = Object.fromEntries(entries.filter(([name]) => !all.includes(name)));
  return {
    kept: { ...defaultsOf(fieldsOfAuth(auth)), ...kept, scheme: auth.scheme },
    given: Object.fromEntries(given),
  };
}

/** Auth settings of an endpoint: its own, else those its style begins with (SPEC 3). */
export function authOf(config: Pick<WebhookConfig, 'auth' | 'style'>): AuthSettings {
  return config.auth ?? styleOf(config.style).definition.defaultAuth;
}

/** A document as it is stored, and the secrets that came with it by node id. */
export interface SplitDocument {
  readonly document: WorkflowDocument;
  readonly given: ReadonlyMap<string, SplitAuth['given']>;
}

/** Parts a document from its secrets. Styles and auth that were left out are written down as they will be used. */
export function splitDocument(document: WorkflowDocument): SplitDocument {
  const given = new Map<string, SplitAuth['given']>();
  const hooks = new Map(hooksOf(document).map((hook) => [hook.node.id, hook]));
  const nodes = document.nodes.map((node) => {
    const hook = hooks.get(node.id);
    if (hook === undefined) return node;
    const { auth: _auth, ...config } = node.config;
    // A node bound to a shared source has no auth of its own.
    if (hook.config.endpointId !== undefined) return { ...node, config };
    const split = splitAuth(authOf(hook.config));
    given.set(node.id, split.given);
    return { ...node, config: { ...config, style: hook.config.style, auth: split.kept } };
  });
  return { document: { ...document, nodes }, given };
}
