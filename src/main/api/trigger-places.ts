/** Where triggers stand: the starts and waits of every workflow, of its live version and of its draft, read once. */
import type { TriggerView } from '../../shared/contract/triggers.ts';
import { triggerTypeSchema } from '../../shared/contract/triggers.ts';
import type { WorkflowDocument, WorkflowNode } from '../../shared/model/document.ts';
import { localTimeZone, readCronRule } from '../steps/schedule/cron.ts';
import type { WorkflowRow } from '../store/types.ts';
import { hooksOf } from './hooks.ts';
import type { ApiParts } from './parts.ts';

export type TriggerPlace = TriggerView['locations'][number];

/** A start that has no endpoint: by hand, by the API, by the clock. */
export interface PlainStart {
  readonly id: string;
  readonly type: TriggerView['type'];
  readonly place: TriggerPlace;
  /** Of a schedule, by whose clock it comes. */
  readonly schedule: TriggerView['schedule'];
}

export interface TriggerPlaces {
  /** By endpoint: those bound to a shared source, or the node a dedicated one belongs to. */
  readonly ofEndpoint: ReadonlyMap<string, readonly TriggerPlace[]>;
  readonly plain: readonly PlainStart[];
}

/** Every workflow, newest first. */
export function allWorkflows({ store }: Pick<ApiParts, 'store'>): readonly WorkflowRow[] {
  const all: WorkflowRow[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: readonly WorkflowRow[]; nextCursor: string | null } = store.read.workflows.list({
      limit: 500,
      cursor,
    });
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return all;
}

function ruleOf({ config }: WorkflowNode): TriggerView['schedule'] {
  const { cron, timeZone } = readCronRule(config);
  return { cron, timeZone: timeZone === '' ? localTimeZone() : timeZone };
}

/** Reads the places. */
export function readPlaces(parts: Pick<ApiParts, 'store'>): TriggerPlaces {
  const { store } = parts;
  const own = new Map(
    store.read.endpoints.list().map((row) => [`${row.workflowId} ${row.nodeId}`, row.id] as const),
  );
  const live = new Map(store.read.workflows.active().map((one) => [one.workflow.id, one.version]));
  const ofEndpoint = new Map<string, TriggerPlace[]>();
  const plain: PlainStart[] = [];

  function take(
    row: WorkflowRow,
    document: WorkflowDocument,
    version: number | null,
    known: Set<string>,
  ): void {
    const placeOf = (node: WorkflowNode, role: TriggerPlace['role']): TriggerPlace => ({
      project: row.project,
      workflowId: row.id,
      workflowName: row.name,
      version,
      nodeId: node.id,
      nodeName: node.name,
      role,
    });
    for (const { node, config, isStart } of hooksOf(document)) {
      const endpointId = config.endpointId ?? own.get(`${row.id} ${node.id}`);
      if (endpointId === undefined || known.has(`${endpointId} ${node.id}`)) continue;
      known.add(`${endpointId} ${node.id}`);
      const role = isStart ? 'start' : config.waitWhenReached === true ? 'wait' : 'pass';
      ofEndpoint.set(endpointId, [...(ofEndpoint.get(endpointId) ?? []), placeOf(node, role)]);
    }
    const reached = new Set(document.edges.map((edge) => edge.target));
    for (const node of document.nodes) {
      const type = triggerTypeSchema.safeParse(node.type).data;
      if (type === undefined || type === 'webhook' || reached.has(node.id) || known.has(node.id)) continue;
      known.add(node.id);
      const schedule = type === 'schedule' ? ruleOf(node) : null;
      plain.push({ id: `${row.id}.${node.id}`, type, place: placeOf(node, 'start'), schedule });
    }
  }

  for (const row of allWorkflows(parts)) {
    const known = new Set<string>();
    const active = live.get(row.id);
    if (active !== undefined) take(row, active.document, active.version, known);
    // What only the draft has is there too, and told to be in no version yet.
    take(row, row.draft, null, known);
  }
  return { ofEndpoint, plain };
}
