/** What somebody should look at before an imported workflow goes live: what it runs, calls, needs and opens (RELIABILITY O1). */
import type { ImportReview } from '../../shared/contract/workflow-files.ts';
import {
  formatPath,
  type Issue,
  type WorkflowDocument,
  type WorkflowNode,
} from '../../shared/model/document.ts';
import { hostCalledBy, secretsUsed } from '../engine/check-secrets.ts';
import { findStep } from '../engine/kinds.ts';
import { authOf, hooksOf, ownHooksOf, secretFieldsOfAuth } from './hooks.ts';
import type { ApiParts } from './parts.ts';
import { faultsOfDocument, warningsOfDocument } from './workflow-faults.ts';
import { startKindsOf } from './workflow-view.ts';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const named = ({ id, name }: WorkflowNode) => ({ nodeId: id, name });

/** The workflows a document starts: by its steps, and when it fails. */
function workflowsOf({ nodes, settings }: WorkflowDocument): readonly { path: string; workflow: string }[] {
  const steps = nodes.flatMap(({ type, config }, index) =>
    type === 'workflow' && textOf(config['workflow']) !== ''
      ? [{ path: `nodes[${index}].config.workflow`, workflow: textOf(config['workflow']) }]
      : [],
  );
  const { onFailure } = settings;
  return onFailure === undefined ? steps : [...steps, { path: 'settings.onFailure', workflow: onFailure }];
}

/** Secrets of senders, which nobody here can make up. */
function keysToSet(document: WorkflowDocument): readonly Issue[] {
  return ownHooksOf(document).flatMap(({ config, index, node }) => {
    const { all, generated } = secretFieldsOfAuth(authOf(config));
    return all
      .filter((field) => !generated.includes(field))
      .map((field) => ({
        path: formatPath(['nodes', index, 'config', 'auth', field]),
        message: `The ${field} of the sender is to be set, if it has one.`,
        nodeId: node.id,
      }));
  });
}

function withheldIssues(document: WorkflowDocument, withheld: readonly string[]): readonly Issue[] {
  return withheld.map((path) => {
    const node = document.nodes[Number(/^nodes\[(\d+)\]/.exec(path)?.[1] ?? -1)];
    const message = 'A credential stood here and was not exported: name a secret instead.';
    return { path, message, ...(node === undefined ? {} : { nodeId: node.id }) };
  });
}

function secretsNeeded({ store }: ApiParts, document: WorkflowDocument): ImportReview['secrets'] {
  const uses = secretsUsed(document);
  return [...new Set(uses.map(({ name }) => name))].map((name) => ({
    name,
    exists: store.read.secrets.byName(name) !== undefined,
    nodeIds: [...new Set(uses.filter((use) => use.name === name).map(({ nodeId }) => nodeId))],
  }));
}

interface Reviewed {
  /** As it would be saved, with the slug it gets. */
  readonly document: WorkflowDocument;
  readonly slugIsTaken: boolean;
  readonly withheld: readonly string[];
}

/** Reviews a document of a file. */
export function reviewDocument(parts: ApiParts, { document, slugIsTaken, withheld }: Reviewed): ImportReview {
  const { store } = parts;
  const { nodes, settings } = document;
  const sends = nodes.filter(({ type }) => findStep(type)?.definition.effect === 'outward');
  return {
    name: document.name,
    slug: document.slug ?? '',
    slugIsTaken,
    steps: nodes.length,
    startKinds: startKindsOf(document),
    code: nodes
      .filter(({ type }) => type === 'code')
      .map((node) => ({ ...named(node), lines: textOf(node.config['code']).trimEnd().split('\n').length })),
    calls: sends.map((node) => ({ ...named(node), type: node.type, host: hostCalledBy(node) ?? null })),
    privateHosts: [...(settings.privateHosts ?? [])],
    schedules: nodes
      .filter(({ type }) => type === 'schedule')
      .map((node) => ({
        ...named(node),
        cron: textOf(node.config['cron']),
        timeZone: textOf(node.config['timeZone']) || null,
      })),
    secrets: secretsNeeded(parts, document),
    endpoints: ownHooksOf(document).map(({ node, config }) => ({
      ...named(node),
      style: config.style,
      scheme: authOf(config).scheme,
      isOpen: authOf(config).scheme === 'none',
    })),
    sources: hooksOf(document).flatMap(({ node, config: { endpointId } }) =>
      endpointId === undefined
        ? []
        : [{ ...named(node), endpointId, exists: store.read.endpoints.byId(endpointId)?.kind === 'shared' }],
    ),
    workflows: workflowsOf(document).map((use) => ({
      ...use,
      exists: store.read.workflows.byIdOrSlug(use.workflow) !== undefined,
    })),
    missing: [...withheldIssues(document, withheld), ...keysToSet(document)],
    issues: [...faultsOfDocument(parts, document)],
    warnings: [...warningsOfDocument(parts, document)],
  };
}
