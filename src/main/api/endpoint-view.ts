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
import { withSample } from '../../shared/model/sample.ts';
import { listeningUntilOf } from '../store/samples-read.ts';
import type { EndpointRow } from '../store/types.ts';
import { methodsOf } from '../styles/registry.ts';
import { maskedAuth, toSecretViews } from './endpoint-secrets.ts';
import {
  alarmHoursOf,
  type BoundWorkflow,
  type EndpointSurroundings,
  isLive,
} from './endpoint-surroundings.ts';
import { coachOf } from './health/deadline-coach.ts';
import { exposureOf } from './health/exposure.ts';
import { judgeSilence } from './health/silence.ts';
import { authOf, hooksOf } from './hooks.ts';
import { callerOrigin } from './origins.ts';
import type { ApiParts } from './parts.ts';
import { toTime, toTimeOrNull } from './times.ts';
import { liveDocument } from './workflow-saving.ts';

/** The settings an endpoint is judged by: those of the version that is live, or the draft's while none is. */
export function settingsOf(endpoint: EndpointRow, bound: readonly BoundWorkflow[]): EndpointSettings {
  if (endpoint.settings !== null) return endpoint.settings;
  const [first] = bound;
  return first === undefined ? { style: endpoint.style } : settingsOfConfig(first.config);
}

/** What of a webhook node's config is about its endpoint. */
function settingsOfConfig(config: WebhookConfig): EndpointSettings {
  const names = new Set(Object.keys(endpointSettingsShape));
  const own = Object.entries(config).filter(([name]) => names.has(name));
  return endpointSettingsSchema.parse(Object.fromEntries(own));
}

/** Settings of one endpoint, read now. */
export function readSettings(parts: ApiParts, endpoint: EndpointRow): EndpointSettings {
  return withSample(readStated(parts, endpoint), parts.store.read.samples.byEndpoint(endpoint.id));
}

function readStated(parts: ApiParts, endpoint: EndpointRow): EndpointSettings {
  if (endpoint.settings !== null) return endpoint.settings;
  const row = endpoint.workflowId === null ? undefined : parts.store.read.workflows.byId(endpoint.workflowId);
  const documents = row === undefined ? [] : [liveDocument(parts, row), row.draft];
  const hook = documents
    .flatMap((document) => (document === undefined ? [] : hooksOf(document)))
    .find(({ node }) => node.id === endpoint.nodeId);
  return hook === undefined ? { style: endpoint.style } : settingsOfConfig(hook.config);
}

/** The endpoint object of SPEC 11. */
export function toEndpointView(
  parts: ApiParts,
  endpoint: EndpointRow,
  around: EndpointSurroundings,
): EndpointView {
  const bound = around.bound(endpoint);
  const sample = parts.store.read.samples.byEndpoint(endpoint.id);
  const settings = withSample(settingsOf(endpoint, bound), sample);
  const { lastRequestAt, accepted, duplicates, rejected } = around.recent(endpoint.id);
  const hasLive = bound.some(({ version }) => version !== null);
  return {
    id: endpoint.id,
    kind: endpoint.kind,
    name: endpoint.name,
    description: endpoint.description,
    style: endpoint.style,
    // One that belongs to a workflow is live with it (SPEC 11).
    state: endpoint.kind === 'shared' || hasLive ? endpoint.state : 'deactivated',
    live: isLive(endpoint, bound),
    url: callerOrigin(parts) + endpoint.path,
    path: endpoint.path,
    methods: [...methodsOf(settings)],
    workflowId: endpoint.workflowId,
    nodeId: endpoint.nodeId,
    workflows: bound.map(({ row, version }) => ({ id: row.id, name: row.name, version })),
    project: bound[0]?.row.project ?? 'default',
    settings: { ...settings, auth: maskedAuth(parts, authOf(settings), endpoint.id) },
    secrets: [...toSecretViews(parts, endpoint.id)],
    lastRequestAt: toTimeOrNull(lastRequestAt),
    recent: { accepted, duplicates, rejected },
    silence: silenceOf(parts, endpoint, bound),
    coach: coachOf(parts.store, endpoint, settings),
    listeningUntil: toTimeOrNull(listeningUntilOf(sample, parts.clock.now())),
    driftSince: toTimeOrNull(sample?.driftSince ?? null),
    ...exposureOf(settings),
    createdAt: toTime(endpoint.createdAt),
    updatedAt: toTime(endpoint.updatedAt),
  };
}

function silenceOf(
  { store, clock }: ApiParts,
  endpoint: EndpointRow,
  bound: readonly BoundWorkflow[],
): EndpointView['silence'] {
  const alarmHours = alarmHoursOf(endpoint, bound);
  if (alarmHours === undefined) return null;
  const { lastAt, isSilent, since } = judgeSilence({
    alarmHours,
    known: store.read.health.byId(endpoint.id),
    storedAt: store.read.health.lastGenuineAt(endpoint.id),
    now: clock.now(),
  });
  return { alarmHours, lastRequestAt: toTimeOrNull(lastAt), isSilent, since: toTimeOrNull(since) };
}
