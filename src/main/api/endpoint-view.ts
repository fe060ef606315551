/**
 * An endpoint as people see it: where it is, what it accepts, what it starts, how busy it was; its settings with
 * secrets masked (SPEC 2, 11). The settings of a dedicated one stand in its workflow, those of a shared one beside it.
 */
import type { EndpointView } from '../../shared/contract/views.ts';
import {
  type EndpointSettings,
  endpointSettingsSchema,
  endpointSettingsShape,
  type WebhookConfig,
} from '../../shared/model/endpoint.ts';
import type { EndpointRow, WorkflowRow } from '../store/types.ts';
import { methodsOf } from '../styles/registry.ts';
import { maskedAuth } from './endpoint-secrets.ts';
import { authOf, hooksOf } from './hooks.ts';
import { callerOrigin } from './origins.ts';
import type { ApiParts } from './parts.ts';
import { toTime, toTimeOrNull } from './times.ts';
import { liveDocument } from './workflow-saving.ts';

const dayMs = 86_400_000;

/** A workflow an endpoint belongs to or starts. */
export interface BoundWorkflow {
  readonly row: WorkflowRow;
  /** Null while it is not live with this endpoint. */
  readonly version: number | null;
  readonly config: WebhookConfig;
  readonly isStart: boolean;
}

/** What every endpoint of a list needs to know of the workflows, read once. */
export interface EndpointSurroundings {
  bound(endpoint: EndpointRow): readonly BoundWorkflow[];
  recent(endpointId: string): { readonly lastRequestAt: number | null; accepted: number; rejected: number };
}

/** Reads the workflows and figures around the endpoints. */
export function readSurroundings(parts: ApiParts): EndpointSurroundings {
  const { store, clock } = parts;
  const stats = new Map(store.read.endpoints.stats(clock.now() - dayMs).map((one) => [one.endpointId, one]));
  const live = store.read.workflows.active();

  function boundIn(
    row: WorkflowRow,
    document: WorkflowRow['draft'],
    version: number | null,
    endpoint: EndpointRow,
  ): readonly BoundWorkflow[] {
    return hooksOf(document)
      .filter(({ node, config }) =>
        endpoint.kind === 'shared'
          ? config.endpointId === endpoint.id
          : config.endpointId === undefined && node.id === endpoint.nodeId,
      )
      .map(({ config, isStart }) => ({ row, version, config, isStart }));
  }

  return {
    bound(endpoint) {
      const inLive = live
        .filter(({ workflow }) => endpoint.kind === 'shared' || workflow.id === endpoint.workflowId)
        .flatMap(({ workflow, version }) => boundIn(workflow, version.document, version.version, endpoint));
      if (inLive.length > 0 || endpoint.workflowId === null) return inLive;
      const row = store.read.workflows.byId(endpoint.workflowId);
      return row === undefined ? [] : boundIn(row, row.draft, null, endpoint);
    },
    recent(endpointId) {
      const found = stats.get(endpointId);
      return {
        lastRequestAt: found?.lastRequestAt ?? null,
        accepted: found?.accepted ?? 0,
        rejected: found?.rejected ?? 0,
      };
    },
  };
}

/** The settings an endpoint is judged by: those of the version that is live, or the draft's while none is. */
export function settingsOf(endpoint: EndpointRow, bound: readonly BoundWorkflow[]): EndpointSettings {
  if (endpoint.settings !== null) return endpoint.settings;
  const [first] = bound;
  if (first === undefined) return { style: endpoint.style };
  const names = new Set(Object.keys(endpointSettingsShape));
  const own = Object.entries(first.config).filter(([name]) => names.has(name));
  return endpointSettingsSchema.parse(Object.fromEntries(own));
}

/** Settings of one endpoint, read now. */
export function readSettings(parts: ApiParts, endpoint: EndpointRow): EndpointSettings {
  if (endpoint.settings !== null) return endpoint.settings;
  const row = endpoint.workflowId === null ? undefined : parts.store.read.workflows.byId(endpoint.workflowId);
  const documents = row === undefined ? [] : [liveDocument(parts, row), row.draft];
  const hook = documents
    .flatMap((document) => (document === undefined ? [] : hooksOf(document)))
    .find(({ node }) => node.id === endpoint.nodeId);
  if (row === undefined || hook === undefined) return { style: endpoint.style };
  return settingsOf(endpoint, [{ row, version: null, config: hook.config, isStart: hook.isStart }]);
}

/** The endpoint object of SPEC 11. */
export function toEndpointView(
  parts: ApiParts,
  endpoint: EndpointRow,
  around: EndpointSurroundings,
): EndpointView {
  const bound = around.bound(endpoint);
  const settings = settingsOf(endpoint, bound);
  const { lastRequestAt, accepted, rejected } = around.recent(endpoint.id);
  const isActive = endpoint.state === 'active';
  const isLive = bound.some(({ version }) => version !== null);
  return {
    id: endpoint.id,
    kind: endpoint.kind,
    name: endpoint.name,
    description: endpoint.description,
    style: endpoint.style,
    // One that belongs to a workflow is live with it (SPEC 11).
    state: endpoint.kind === 'shared' || isLive ? endpoint.state : 'deactivated',
    live: isActive && isLive,
    url: callerOrigin(parts) + endpoint.path,
    path: endpoint.path,
    methods: [...methodsOf(settings)],
    workflowId: endpoint.workflowId,
    nodeId: endpoint.nodeId,
    workflows: bound.map(({ row, version }) => ({ id: row.id, name: row.name, version })),
    project: bound[0]?.row.project ?? 'default',
    settings: { ...settings, auth: maskedAuth(parts, authOf(settings), endpoint.id) },
    secrets: parts.store.read.endpoints.secrets(endpoint.id).map((secret) => ({
      field: secret.field,
      setAt: toTime(secret.setAt),
      previousValidUntil: toTimeOrNull(secret.previousValidUntil),
      previousUsedAt: toTimeOrNull(secret.previousUsedAt),
    })),
    lastRequestAt: toTimeOrNull(lastRequestAt),
    recent: { accepted, rejected },
    createdAt: toTime(endpoint.createdAt),
    updatedAt: toTime(endpoint.updatedAt),
  };
}
