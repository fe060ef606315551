/** What the API shows of a workflow: its draft with secrets masked, its URLs, and how it is doing (SPEC 11). */
import type { WorkflowSummary, WorkflowView } from '../../shared/contract/views.ts';
import type { WorkflowDocument } from '../../shared/model/document.ts';
import type { EndpointRow, WorkflowRow } from '../store/types.ts';
import { maskedAuth } from './endpoint-secrets.ts';
import { hooksOf } from './hooks.ts';
import { callerOrigin } from './origins.ts';
import type { ApiParts } from './parts.ts';
import { toTime } from './times.ts';
import { liveDocument } from './workflow-saving.ts';

const dayMs = 86_400_000;

/** A document's nodes with the masks of their endpoints' secrets. */
function maskedNodes(
  parts: ApiParts,
  document: WorkflowDocument,
  endpoints: readonly EndpointRow[],
): WorkflowView['nodes'] {
  const auths = new Map(hooksOf(document).map(({ node, config }) => [node.id, config.auth]));
  return document.nodes.map((node) => {
    const endpoint = endpoints.find((row) => row.nodeId === node.id);
    const auth = auths.get(node.id);
    if (endpoint === undefined || auth === undefined) return node;
    return { ...node, config: { ...node.config, auth: maskedAuth(parts, auth, endpoint.id) } };
  });
}

/** The endpoints through which a workflow is reached, by the nodes of its draft. */
function endpointRefs(
  parts: ApiParts,
  row: WorkflowRow,
  own: readonly EndpointRow[],
): WorkflowView['endpoints'] {
  const origin = callerOrigin(parts);
  const live = liveDocument(parts, row);
  const liveNodes = new Set(live === undefined ? [] : hooksOf(live).map((hook) => hook.node.id));
  return hooksOf(row.draft).flatMap(({ node, config }) => {
    const endpoint =
      config.endpointId === undefined
        ? own.find((one) => one.nodeId === node.id)
        : parts.store.read.endpoints.byId(config.endpointId);
    if (endpoint === undefined) return [];
    const isLive = endpoint.state === 'active' && (endpoint.kind === 'shared' || liveNodes.has(node.id));
    return [
      {
        nodeId: node.id,
        id: endpoint.id,
        url: origin + endpoint.path,
        style: endpoint.style,
        state: isLive ? ('active' as const) : ('deactivated' as const),
      },
    ];
  });
}

/** The workflow object of SPEC 11. */
export function toWorkflowView(parts: ApiParts, row: WorkflowRow): WorkflowView {
  const endpoints = parts.store.read.endpoints.ofWorkflow(row.id);
  return {
    ...row.draft,
    nodes: maskedNodes(parts, row.draft, endpoints),
    id: row.id,
    slug: row.slug,
    enabled: row.enabled,
    activeVersion: row.activeVersion,
    latestVersion: row.latestVersion,
    changed: row.changed,
    paused: row.paused,
    endpoints: endpointRefs(parts, row, endpoints),
    createdAt: toTime(row.createdAt),
    updatedAt: toTime(row.updatedAt),
  };
}

/** How runs of a document start: kinds of the steps nothing leads to, each once. */
export function startKindsOf({ nodes, edges }: WorkflowDocument): string[] {
  const reached = new Set(edges.map(({ target }) => target));
  return [...new Set(nodes.filter(({ id }) => !reached.has(id)).map(({ type }) => type))];
}

/** Makes entries of the list of workflows; what all of them need is read once. */
export function summarizer(parts: ApiParts): (row: WorkflowRow) => WorkflowSummary {
  const { store, clock } = parts;
  const recentOf = store.read.overview.runsSince(clock.now() - dayMs);
  return (row) => {
    const [last] = store.read.runs.list({ workflowId: row.id, limit: 1 }).items;
    return {
      ...toWorkflowView(parts, row),
      startKinds: startKindsOf(row.draft),
      lastRun: last === undefined ? null : { id: last.id, status: last.status, at: toTime(last.createdAt) },
      recent: recentOf(row.id),
      heldRuns: store.read.overview.heldRuns(row.id),
    };
  };
}
