/** What stands around the endpoints of a list: the workflows they belong to or start, and how busy they were. Read once. */
import type { WebhookConfig } from '../../shared/model/endpoint.ts';
import type { EndpointStats } from '../store/endpoints-read.ts';
import type { EndpointRow, WorkflowRow } from '../store/types.ts';
import { hooksOf } from './hooks.ts';
import type { ApiParts } from './parts.ts';

const dayMs = 86_400_000;

/** A workflow an endpoint belongs to or starts. */
export interface BoundWorkflow {
  readonly row: WorkflowRow;
  /** Null while it is not live with this endpoint. */
  readonly version: number | null;
  readonly config: WebhookConfig;
  readonly isStart: boolean;
  /** Of the version that is live, or of the draft. */
  readonly silenceAlarmHours: number | undefined;
}

/** What every endpoint of a list needs to know. */
export interface EndpointSurroundings {
  bound(endpoint: EndpointRow): readonly BoundWorkflow[];
  /** Requests of the last 24 hours. */
  recent(endpointId: string): Omit<EndpointStats, 'endpointId' | 'lastRequestAt'> & {
    readonly lastRequestAt: number | null;
  };
}

const quiet = { lastRequestAt: null, accepted: 0, duplicates: 0, rejected: 0 };

/** Reads the workflows around the endpoints; the figures only when they are asked for. */
export function readSurroundings({ store, clock }: Pick<ApiParts, 'store' | 'clock'>): EndpointSurroundings {
  const live = store.read.workflows.active();
  let stats: ReadonlyMap<string, EndpointStats> | undefined;

  function boundIn(
    row: WorkflowRow,
    document: WorkflowRow['draft'],
    version: number | null,
    endpoint: EndpointRow,
  ): readonly BoundWorkflow[] {
    const { silenceAlarmHours } = document.settings;
    return hooksOf(document)
      .filter(({ node, config }) =>
        endpoint.kind === 'shared'
          ? config.endpointId === endpoint.id
          : config.endpointId === undefined && node.id === endpoint.nodeId,
      )
      .map(({ config, isStart }) => ({ row, version, config, isStart, silenceAlarmHours }));
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
      stats ??= new Map(store.read.endpoints.stats(clock.now() - dayMs).map((one) => [one.endpointId, one]));
      return stats.get(endpointId) ?? quiet;
    },
  };
}

/** Whether callers meet an endpoint: switched on, and something live behind it. */
export function isLive({ state }: Pick<EndpointRow, 'state'>, bound: readonly BoundWorkflow[]): boolean {
  return state === 'active' && bound.some(({ version }) => version !== null);
}

/** Hours after which a live endpoint that starts runs is silent; the most watchful of its workflows decides. */
export function alarmHoursOf(endpoint: EndpointRow, bound: readonly BoundWorkflow[]): number | undefined {
  if (!isLive(endpoint, bound)) return undefined;
  const hours = bound.flatMap(({ isStart, silenceAlarmHours, version }) =>
    isStart && version !== null && silenceAlarmHours !== undefined ? [silenceAlarmHours] : [],
  );
  return hours.length === 0 ? undefined : Math.min(...hours);
}
