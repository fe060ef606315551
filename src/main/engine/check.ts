/**
 * The judge of workflow documents. A draft may be unfinished, so saving asks for less than a commit: known types and
 * settings, ids that are there once, edges between them (SPEC 8). A commit needs a workflow that can run. Pure.
 */
import { webhookConfigSchema, type WebhookConfig } from '../../shared/model/endpoint.ts';
import type { Issue, WorkflowDocument, WorkflowNode } from '../../shared/model/document.ts';
import { checkConfig } from './check-config.ts';
import { checkEdgeEnds, checkGraph } from './check-graph.ts';
import { checkReferences } from './check-references.ts';
import { isPrivateHost } from '../steps/network/private-hosts.ts';
import { findStep } from './kinds.ts';

interface Faults {
  /** Refuse saving. */
  readonly shape: Issue[];
  /** Refuse a commit. */
  readonly rest: Issue[];
}

function checkNodes(document: WorkflowDocument): Faults {
  const faults: Faults = { shape: [], rest: [] };
  const ids = new Set<string>();
  for (const [index, node] of document.nodes.entries()) {
    const path = `nodes[${index}]`;
    if (ids.has(node.id)) {
      faults.shape.push({
        path: `${path}.id`,
        message: `There are two steps with the id "${node.id}".`,
        nodeId: node.id,
      });
    }
    ids.add(node.id);
    const kind = findStep(node.type);
    if (kind === undefined) {
      faults.shape.push({
        path: `${path}.type`,
        message: `There is no step type "${node.type}".`,
        nodeId: node.id,
      });
      continue;
    }
    for (const { path: inner, message, isShape } of checkConfig(kind, node.config)) {
      const issue = {
        path: inner === '' ? `${path}.config` : `${path}.config.${inner}`,
        message,
        nodeId: node.id,
      };
      (isShape ? faults.shape : faults.rest).push(issue);
    }
  }
  return faults;
}

interface Hook {
  readonly node: WorkflowNode;
  readonly path: string;
  readonly config: WebhookConfig;
  readonly isStart: boolean;
}

function hooksOf(document: WorkflowDocument): readonly Hook[] {
  const targets = new Set(document.edges.map((edge) => edge.target));
  return document.nodes.flatMap((node, index) => {
    const verdict = node.type === 'webhook' ? webhookConfigSchema.safeParse(node.config) : undefined;
    if (verdict?.success !== true) return [];
    return [{ node, path: `nodes[${index}].config`, config: verdict.data, isStart: !targets.has(node.id) }];
  });
}

function nodesAfter(document: WorkflowDocument, id: string): ReadonlySet<string> {
  const reached = new Set([id]);
  for (const from of reached) {
    for (const edge of document.edges) if (edge.source === from) reached.add(edge.target);
  }
  return reached;
}

/** The step a mode names is there and follows. (A run that does not reach its answer is told so: SPEC 10.) */
function checkResponse(document: WorkflowDocument, { node, path, config }: Hook): readonly Issue[] {
  const { response } = config;
  const nodeId = node.id;
  if (response?.mode !== 'specificNode') return [];
  const wanted = response.nodeId;
  if (wanted === undefined || wanted === '') {
    return [{ path: `${path}.response.nodeId`, message: 'Name the step whose output answers.', nodeId }];
  }
  if (!document.nodes.some((one) => one.id === wanted)) {
    return [{ path: `${path}.response.nodeId`, message: `There is no step "${wanted}".`, nodeId }];
  }
  if (nodesAfter(document, nodeId).has(wanted)) return [];
  return [{ path: `${path}.response.nodeId`, message: `The step "${wanted}" does not follow.`, nodeId }];
}

function checkHooks(document: WorkflowDocument): readonly Issue[] {
  const slugs = new Set<string>();
  return hooksOf(document).flatMap((hook) => {
    const { node, path, config, isStart } = hook;
    const issues: Issue[] = isStart ? [...checkResponse(document, hook)] : [];
    const nodeId = node.id;
    if (config.onMatch === 'resume' && config.correlation === undefined) {
      issues.push({ path: `${path}.onMatch`, message: 'To resume, say by which correlation.', nodeId });
    }
    if (config.slug !== undefined && config.endpointId === undefined) {
      const place = `${config.style} ${config.slug}`;
      if (slugs.has(place))
        issues.push({ path: `${path}.slug`, message: 'Another step has this URL.', nodeId });
      slugs.add(place);
    }
    return issues;
  });
}

function checkPrivateHosts({ settings }: WorkflowDocument): readonly Issue[] {
  return (settings.privateHosts ?? []).flatMap((entry, index) => {
    const message = 'A host, host:port, IP address or CIDR block, spelt plainly, e.g. nas.lan or 10.0.0.0/8.';
    return isPrivateHost(entry) ? [] : [{ path: `settings.privateHosts[${index}]`, message }];
  });
}

/** Faults that refuse saving, even as a draft. */
export function checkSavable(document: WorkflowDocument): readonly Issue[] {
  return [...checkNodes(document).shape, ...checkEdgeEnds(document), ...checkPrivateHosts(document)];
}

/** Every fault of a document; a commit is refused while there is one. */
export function checkDocument(document: WorkflowDocument): readonly Issue[] {
  const { shape, rest } = checkNodes(document);
  return [
    ...shape,
    ...checkEdgeEnds(document),
    ...checkPrivateHosts(document),
    ...rest,
    ...checkReferences(document).issues,
    ...checkGraph(document),
    ...checkHooks(document),
  ];
}
