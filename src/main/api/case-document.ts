/**
 * A workflow document that stands for itself: shared sources inlined, doors open, nothing that leads out of it. In a
 * regression test nobody has the keys, so every webhook is called without.
 */
import type { WorkflowDocument, WorkflowNode } from '../../shared/model/document.ts';
import { secretsUsed } from '../engine/check-secrets.ts';
import { knownParameters } from '../receiver/sample/known-parameters.ts';
import type { EndpointRow } from '../store/types.ts';
import { hooksOf } from './hooks.ts';
import type { ApiParts } from './parts.ts';

/** Settings of the door: who may call, how often, from where. */
const ofTheDoor = ['auth', 'ipAllow', 'rateLimit', 'endpointId'] as const;

function portableHook(
  parts: Pick<ApiParts, 'store'>,
  node: WorkflowNode,
  endpoint: EndpointRow | undefined,
): WorkflowNode {
  const shared = endpoint?.kind === 'shared' ? { ...endpoint.settings, style: endpoint.style } : undefined;
  const { slug: _slug, ...settings }: Record<string, unknown> = shared ?? {};
  const config: Record<string, unknown> = { ...settings, ...node.config };
  for (const name of ofTheDoor) delete config[name];
  const known = endpoint === undefined ? undefined : knownParameters(parts.store, endpoint.id);
  if (known !== undefined && known.parameters.length > 0) config['parameters'] ??= known.parameters;
  if (known?.fullBody === true) config['fullBody'] ??= true;
  return { ...node, config: { ...config, auth: { scheme: 'none' } } };
}

/** The document of a regression test. */
export function portableDocument(
  parts: Pick<ApiParts, 'store'>,
  document: WorkflowDocument,
  workflowId: string,
): WorkflowDocument {
  const { endpoints } = parts.store.read;
  const own = endpoints.ofWorkflow(workflowId);
  const hooks = new Map(hooksOf(document).map((hook) => [hook.node.id, hook.config]));
  const { onFailure: _onFailure, silenceAlarmHours: _silence, ...settings } = document.settings;
  return {
    ...document,
    settings,
    nodes: document.nodes.map((node) => {
      const config = hooks.get(node.id);
      if (config === undefined) return node;
      const endpoint =
        config.endpointId === undefined
          ? own.find((row) => row.nodeId === node.id)
          : endpoints.byId(config.endpointId);
      return portableHook(parts, node, endpoint);
    }),
  };
}

/** The named secrets a document uses, with the hosts they may go to. */
export function secretNamesOf({ store }: Pick<ApiParts, 'store'>, document: WorkflowDocument) {
  return [...new Set(secretsUsed(document).map(({ name }) => name))].map((name) => ({
    name,
    hosts: [...(store.read.secrets.byName(name)?.hosts ?? [])],
  }));
}
