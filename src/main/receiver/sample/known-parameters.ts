/**
 * The parameters people see and edit: those of the draft of a workflow, or of a shared source; where these state none,
 * those of the sample (see `shared/model/sample.ts`).
 */
import { endpointSettingsShape, type Parameter } from '../../../shared/model/endpoint.ts';
import type { Store } from '../../store/open-store.ts';

export interface KnownParameters {
  readonly parameters: readonly Parameter[];
  readonly fullBody: boolean;
}

/** Parameters of an endpoint as they would be live with the next version. */
export function knownParameters({ read }: Pick<Store, 'read'>, endpointId: string): KnownParameters {
  const endpoint = read.endpoints.byId(endpointId);
  const workflow =
    endpoint === undefined || endpoint.workflowId === null
      ? undefined
      : read.workflows.byId(endpoint.workflowId);
  const node = workflow?.draft.nodes.find(({ id }) => id === endpoint?.nodeId);
  const sample = read.samples.byEndpoint(endpointId);
  const stated = endpoint?.settings ?? node?.config ?? {};
  const parameters = endpointSettingsShape.parameters.safeParse(stated['parameters']).data;
  const fullBody = endpointSettingsShape.fullBody.safeParse(stated['fullBody']).data;
  return {
    parameters: parameters ?? sample?.parameters ?? [],
    fullBody: fullBody ?? sample?.fullBody ?? false,
  };
}
