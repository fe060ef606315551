/** Manage Triggers: what starts runs, where it stands and how busy it is; switched many at once (SPEC 2; UI). */
import type { TriggerView } from '../../shared/contract/triggers.ts';
import { toAppError } from '../../shared/errors.ts';
import { nextTime } from '../steps/schedule/cron.ts';
import type { EndpointRow } from '../store/types.ts';
import { type EndpointSurroundings, readSurroundings } from './endpoint-surroundings.ts';
import { invalid } from './issues.ts';
import { callerOrigin } from './origins.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';
import { notLive, switchEndpoint } from './switch-endpoint.ts';
import { toTimeOrNull } from './times.ts';
import { type PlainStart, readPlaces, type TriggerPlace } from './trigger-places.ts';
import type { InTurn } from './turns.ts';

const dayMs = 86_400_000;
const withWorkflow = 'It is on and off with its workflow.';

function ofEndpoint(
  parts: ApiParts,
  endpoint: EndpointRow,
  locations: readonly TriggerPlace[],
  around: EndpointSurroundings,
): TriggerView {
  const { lastRequestAt, accepted, rejected } = around.recent(endpoint.id);
  const isLive = locations.some(({ version }) => version !== null);
  const isShared = endpoint.kind === 'shared';
  return {
    id: endpoint.id,
    state: isShared || isLive ? endpoint.state : 'deactivated',
    type: 'webhook',
    style: endpoint.style,
    eventName: endpoint.name,
    endpointId: endpoint.id,
    isShared,
    locations: [...locations],
    url: callerOrigin(parts) + endpoint.path,
    lastCallAt: toTimeOrNull(lastRequestAt),
    nextAt: null,
    schedule: null,
    recent: { accepted, rejected },
    fixed: isShared || isLive ? null : notLive,
  };
}

function ofStart(
  { store, clock }: ApiParts,
  { id, place, type, schedule }: PlainStart,
  nextAt: number | null,
): TriggerView {
  const { lastAt, recent } = store.read.runs.startedAt(place.workflowId, place.nodeId, clock.now() - dayMs);
  return {
    id,
    state: place.version === null ? 'deactivated' : 'active',
    type,
    style: null,
    eventName: place.nodeName,
    endpointId: null,
    isShared: false,
    locations: [place],
    url: null,
    lastCallAt: toTimeOrNull(lastAt),
    nextAt: toTimeOrNull(nextAt),
    schedule,
    recent: { accepted: recent, rejected: 0 },
    fixed: withWorkflow,
  };
}

function isFound(view: TriggerView, words: string): boolean {
  const { eventName, id, locations, url } = view;
  return [eventName, id, url ?? '', ...locations.flatMap((one) => [one.workflowName, one.project])].some(
    (text) => text.toLowerCase().includes(words),
  );
}

/** `triggers.*` of the contract. */
export function triggerProcedures(os: Procedures, parts: ApiParts, inTurn: InTurn) {
  const { store } = parts;

  function all(): readonly TriggerView[] {
    const places = readPlaces(parts);
    const around = readSurroundings(parts);
    const next = new Map(
      store.read.schedules
        .all()
        .map((row): readonly [string, number | null] => [
          `${row.workflowId}.${row.nodeId}`,
          row.nextAt ?? nextTime(row, parts.clock.now()),
        ]),
    );
    return [
      ...store.read.endpoints
        .list()
        .map((row) => ofEndpoint(parts, row, places.ofEndpoint.get(row.id) ?? [], around)),
      ...places.plain.map((start) => ofStart(parts, start, next.get(start.id) ?? null)),
    ];
  }

  return {
    list: os.triggers.list.use(requires('read')).handler(({ input }) => {
      const { cursor, limit, q = '', state, type } = input;
      const words = q.trim().toLowerCase();
      const found = all().filter(
        (view) =>
          (state === undefined || view.state === state) &&
          (type === undefined || view.type === type) &&
          isFound(view, words),
      );
      const from = cursor === undefined ? 0 : found.findIndex(({ id }) => id === cursor) + 1;
      if (cursor !== undefined && from === 0) {
        throw invalid([
          { path: 'cursor', message: 'The trigger the page began behind is gone: begin anew.' },
        ]);
      }
      const items = found.slice(from, from + limit);
      return { items, nextCursor: from + limit < found.length ? (items.at(-1)?.id ?? null) : null };
    }),

    switch: os.triggers.switch.use(requires('admin')).handler(({ input: { ids, state } }) =>
      inTurn(async () => {
        const errors = new Map<string, { code: string; msg: string }>();
        for (const id of new Set(ids)) {
          const isPlain = id.includes('.');
          try {
            if (isPlain) errors.set(id, { code: 'conflict', msg: withWorkflow });
            else await switchEndpoint(parts, id, state);
          } catch (thrown) {
            const { code, message } = toAppError(thrown);
            errors.set(id, { code, msg: message });
          }
        }
        const after = new Map(all().map((view) => [view.id, view.state]));
        return {
          items: ids.map((id) => ({ id, state: after.get(id) ?? null, error: errors.get(id) ?? null })),
        };
      }),
    ),
  };
}
