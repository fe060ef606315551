/**
 * Shared data sources: endpoints of no workflow, made deactivated, to which webhook starts of any number of workflows
 * bind (SPEC 2). Their settings are judged like a webhook step's, and their secrets kept apart in the same way.
 */
import { AppError } from '../../shared/errors.ts';
import { type EndpointSettings, endpointSettingsSchema } from '../../shared/model/endpoint.ts';
import { newId } from '../base/ids.ts';
import { checkConfig } from '../engine/check-config.ts';
import { findStep } from '../engine/kinds.ts';
import type { EndpointRow } from '../store/types.ts';
import { styleOf } from '../styles/registry.ts';
import { planSecrets, storeSecrets } from './endpoint-secrets.ts';
import { authOf, secretFieldsOfAuth, splitAuth } from './hooks.ts';
import { gateFaults } from './gate-faults.ts';
import { invalid } from './issues.ts';
import type { ApiParts } from './parts.ts';
import { readPlaces } from './trigger-places.ts';

type SourceParts = Pick<ApiParts, 'store' | 'vault' | 'clock'>;

type Changeable = Omit<EndpointSettings, 'style'>;

/** A change of a source: what is left out stays, what is null goes back to how it was before anybody set it. */
interface SourceChange extends Readonly<{ [Name in keyof Changeable]?: Changeable[Name] | null }> {
  readonly id: string;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
}

interface SourceNames {
  readonly name: string;
  readonly description: string;
}

/** Finds an endpoint of either kind. @throws AppError `not_found` */
export function findEndpoint({ store }: Pick<ApiParts, 'store'>, id: string): EndpointRow {
  const row = store.read.endpoints.byId(id);
  if (row === undefined) throw new AppError({ code: 'not_found', message: 'No such endpoint.' });
  return row;
}

/** Makes a source, deactivated; answers its id. @throws AppError `invalid`, `conflict` */
export async function createSharedSource(
  parts: SourceParts,
  { name, description, ...given }: SourceNames & EndpointSettings,
): Promise<string> {
  const { store, clock } = parts;
  const { settings, secrets, auth } = splitSettings(given);
  const [id, at] = [newId('ep'), clock.now()];
  const path = pathOf(id, name, settings);
  refuseTaken(parts, { id, name, path });
  await Promise.all([
    store.write('insertEndpoint', {
      id,
      kind: 'shared',
      workflowId: null,
      nodeId: null,
      name,
      description,
      style: settings.style,
      path,
      state: 'deactivated',
      settings,
      createdAt: at,
      updatedAt: at,
    }),
    storeSecrets(parts, {
      endpointId: id,
      values: planSecrets(auth, secrets, new Set()),
      overlapMs: 0,
      at,
    }),
  ]);
  return id;
}

/** Changes what is given; the style never changes, for the URL follows it. @throws AppError `invalid`, `conflict` */
export async function changeSharedSource(
  parts: SourceParts,
  { id, name, description, ...changes }: SourceChange,
): Promise<void> {
  const { store, clock } = parts;
  const row = requireShared(parts, id);
  const left = Object.entries({ ...row.settings, ...changes }).filter(([, value]) => value !== null);
  const merged = endpointSettingsSchema.parse({ ...Object.fromEntries(left), style: row.style });
  const { settings, secrets, auth } = splitSettings(merged);
  const kept = new Set(store.read.endpoints.secrets(id).map((secret) => secret.field));
  const wanted = new Set(secretFieldsOfAuth(auth).all);
  const gone = [...kept].filter((field) => !wanted.has(field));
  const at = clock.now();
  const path = changes.slug == null ? row.path : pathOf(id, name ?? row.name, settings);
  refuseTaken(parts, { id, name: name ?? row.name, path });
  await Promise.all([
    store.write('updateEndpoint', { id, name, description, settings, path, at }),
    ...(gone.length === 0 ? [] : [store.write('removeEndpointSecrets', { endpointId: id, fields: gone })]),
    storeSecrets(parts, { endpointId: id, values: planSecrets(auth, secrets, kept), overlapMs: 0, at }),
  ]);
}

/** A workflow that names a source; `version` null: only its draft does, or it is not live. */
interface NamingWorkflow {
  readonly id: string;
  readonly name: string;
  readonly version: number | null;
}

/**
 * Deletes a source; answers the workflows that still name it, which can not be committed until they name another.
 * @throws AppError `conflict` while it is active
 */
export async function removeSharedSource(parts: SourceParts, id: string): Promise<NamingWorkflow[]> {
  const row = requireShared(parts, id);
  const workflows = (readPlaces(parts).ofEndpoint.get(id) ?? []).map(
    ({ workflowId, workflowName, version }) => ({ id: workflowId, name: workflowName, version }),
  );
  if (row.state === 'active') {
    throw new AppError({
      code: 'conflict',
      message: 'This data source is active: deactivate it first, and tell those who call it.',
      details: { workflows },
    });
  }
  await parts.store.write('removeEndpoint', { id, at: parts.clock.now() });
  return [...new Map(workflows.map((one) => [one.id, one])).values()];
}

function requireShared(
  parts: SourceParts,
  id: string,
): EndpointRow & { readonly settings: EndpointSettings } {
  const row = findEndpoint(parts, id);
  if (row.settings !== null) return { ...row, settings: row.settings };
  throw new AppError({
    code: 'conflict',
    message: 'This endpoint belongs to a step of a workflow; change it there.',
  });
}

/** Settings as they are stored, and the secrets that came with them. @throws AppError `invalid` */
function splitSettings(given: EndpointSettings) {
  const auth = authOf(given);
  const kind = findStep('webhook');
  const faults = kind === undefined ? [] : checkConfig(kind, { ...given, auth });
  const all = [...faults, ...gateFaults(given)];
  if (all.length > 0) throw invalid(all.map(({ path, message }) => ({ path, message })));
  const { kept, given: secrets } = splitAuth(auth);
  return { settings: endpointSettingsSchema.parse({ ...given, auth: kept }), secrets, auth };
}

function pathOf(id: string, name: string, settings: EndpointSettings): string {
  return styleOf(settings.style).path({
    endpointId: id,
    workflowId: null,
    workflowSlug: null,
    nodeId: null,
    project: 'default',
    slug: settings.slug,
    name,
  });
}

/** @throws AppError `conflict` when another source has the name, or another endpoint the URL */
function refuseTaken(
  { store }: SourceParts,
  { id, name, path }: { readonly id: string; readonly name: string; readonly path: string },
): void {
  const others = store.read.endpoints.list().filter((row) => row.id !== id);
  if (others.some((row) => row.kind === 'shared' && row.name === name)) {
    throw new AppError({
      code: 'conflict',
      message: `There is a data source named "${name}" already.`,
      details: { path: 'name' },
    });
  }
  if (others.some((row) => row.path === path)) {
    throw new AppError({
      code: 'conflict',
      message: `The URL path ${path} is used by another endpoint.`,
      details: { path: 'slug' },
    });
  }
}
