/**
 * Which path belongs to which endpoint (SPEC 3, 4.2): an exact match of the pathname as sent. Built from the store and
 * built again when the configuration changed, so a request never meets yesterday's key or version.
 */
import type { Logger } from '../../base/logger.ts';
import type { Vault } from '../../base/vault.ts';
import {
  webhookConfigSchema,
  type EndpointSettings,
  type WebhookConfig,
} from '../../../shared/model/endpoint.ts';
import type { Store } from '../../store/open-store.ts';
import type { SampleRow } from '../../store/samples-read.ts';
import type { EndpointRow } from '../../store/types.ts';
import { compileRoute, type Route, type RouteTarget } from './route.ts';
import { secretsOpener, type OpenSecrets } from './secrets.ts';

export interface RouteTable {
  /** The route of an exact pathname. */
  find(pathname: string): Route | undefined;
  /** The route of an endpoint, wherever its URL is now. */
  byEndpoint(endpointId: string): Route | undefined;
  /** The route through which a node is reached. */
  byNode(workflowId: string, nodeId: string): Route | undefined;
}

interface Built {
  readonly version: number;
  readonly byPath: ReadonlyMap<string, Route>;
  readonly byId: ReadonlyMap<string, Route>;
  readonly byNode: ReadonlyMap<string, Route>;
}

export function createRouteTable(parts: {
  readonly store: Store;
  readonly vault: Vault;
  readonly logger: Logger;
}): RouteTable {
  const { store, vault, logger } = parts;
  let built: Built | undefined;

  const build = (version: number): Built => {
    const targets = Map.groupBy(readTargets(store, logger), keyOfTarget);
    const secrets = Map.groupBy(store.read.endpoints.allSecrets(), (row) => row.endpointId);
    const samples = new Map(store.read.samples.all().map((sample) => [sample.endpointId, sample]));
    const byPath = new Map<string, Route>();
    const byId = new Map<string, Route>();
    const byNode = new Map<string, Route>();
    for (const endpoint of store.read.endpoints.list()) {
      const own = targets.get(keyOfEndpoint(endpoint)) ?? [];
      const opener = secretsOpener(secrets.get(endpoint.id) ?? [], vault);
      const draft = own.length > 0 ? undefined : draftOf(store, endpoint);
      const route = routeOf(endpoint, own, opener, draft, samples.get(endpoint.id));
      byPath.set(endpoint.path, route);
      byId.set(endpoint.id, route);
      byNode.set(keyOfEndpoint(endpoint), route);
      for (const target of own) byNode.set(keyOfNode(target), route);
    }
    return { version, byPath, byId, byNode };
  };

  const present = (): Built => {
    const version = store.configVersion;
    if (built?.version !== version) built = build(version);
    return built;
  };

  return {
    find: (pathname) => present().byPath.get(pathname),
    byEndpoint: (endpointId) => present().byId.get(endpointId),
    byNode: (workflowId, nodeId) => present().byNode.get(keyOfNode({ workflowId, nodeId })),
  };
}

/** Nodes reach a shared source by its id; a dedicated endpoint belongs to one node. */
function keyOfTarget(target: RouteTarget): string {
  return target.config.endpointId ?? keyOfNode(target);
}

function keyOfEndpoint({ kind, id, workflowId, nodeId }: EndpointRow): string {
  return kind === 'shared' || workflowId === null || nodeId === null ? id : keyOfNode({ workflowId, nodeId });
}

function keyOfNode({ workflowId, nodeId }: { readonly workflowId: string; readonly nodeId: string }): string {
  return `${workflowId} ${nodeId}`;
}

/** What the draft says of an endpoint whose workflow is not live. */
function draftOf(store: Store, { workflowId, nodeId }: EndpointRow): WebhookConfig | undefined {
  if (workflowId === null) return undefined;
  const node = store.read.workflows.byId(workflowId)?.draft.nodes.find(({ id }) => id === nodeId);
  return webhookConfigSchema.safeParse(node?.config).data;
}

function routeOf(
  endpoint: EndpointRow,
  targets: readonly RouteTarget[],
  secretsAt: OpenSecrets,
  draft: WebhookConfig | undefined,
  sample: SampleRow | undefined,
): Route {
  const closed =
    endpoint.state === 'deactivated' ? 'deactivated' : targets.length === 0 ? 'not_live' : undefined;
  const settings: EndpointSettings | undefined =
    endpoint.kind === 'shared' ? (endpoint.settings ?? undefined) : (targets[0]?.config ?? draft);
  return compileRoute({ endpoint, closed, settings, targets, secretsAt, sample });
}

/** Every webhook node of every live workflow. */
function readTargets(store: Store, logger: Logger): readonly RouteTarget[] {
  return store.read.workflows.active().flatMap(({ workflow, version }) => {
    const { document } = version;
    const entered = new Set(document.edges.map((edge) => edge.target));
    return document.nodes.flatMap((node): RouteTarget[] => {
      if (node.type !== 'webhook') return [];
      const config = webhookConfigSchema.safeParse(node.config);
      if (!config.success) {
        logger.error({ workflowId: workflow.id, nodeId: node.id }, 'a live webhook node can not be read');
        return [];
      }
      return [
        {
          workflowId: workflow.id,
          version: version.version,
          document,
          nodeId: node.id,
          role: roleOf(entered.has(node.id), config.data),
          config: config.data,
        },
      ];
    });
  });
}

function roleOf(isEntered: boolean, config: WebhookConfig): RouteTarget['role'] {
  if (!isEntered) return 'start';
  return config.waitWhenReached === true ? 'wait' : 'pass';
}
