/** Endpoints: shared data sources and those of workflows; switching, keys, URLs, trying out (SPEC 2, 3, 5, 11). */
import type { EndpointView } from '../../shared/contract/views.ts';
import { AppError } from '../../shared/errors.ts';
import { type EndpointSettings, endpointSettingsSchema } from '../../shared/model/endpoint.ts';
import { readAllowList } from '../auth/allow-list.ts';
import { resolveAuth } from '../auth/registry.ts';
import { newId, newSecret } from '../base/ids.ts';
import type { EndpointRow } from '../store/types.ts';
import { styleOf } from '../styles/registry.ts';
import { openSecrets, planSecrets, storeSecrets } from './endpoint-secrets.ts';
import { readSettings, readSurroundings, toEndpointView } from './endpoint-view.ts';
import { authOf, secretFieldsOfScheme, splitAuth } from './hooks.ts';
import { invalid } from './issues.ts';
import { callerOrigin } from './origins.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';
import { makeSampleCall, urlWithKey } from './sample-call.ts';
import { snippetsOf } from './snippets.ts';
import { sendTestRequest } from './test-request.ts';
import { toTimeOrNull } from './times.ts';
import type { InTurn } from './turns.ts';

/** Settings as they are stored, and the secrets that came with them. @throws AppError `invalid` */
function splitSettings(given: EndpointSettings) {
  const auth = authOf(given);
  try {
    resolveAuth(auth);
  } catch (error) {
    throw error instanceof AppError ? prefixed(error, 'auth') : error;
  }
  readAllowList(given.ipAllow ?? []);
  const split = splitAuth(auth);
  return {
    settings: endpointSettingsSchema.parse({ ...given, auth: split.kept }),
    given: split.given,
    scheme: auth.scheme,
  };
}

function prefixed(error: AppError, prefix: string): AppError {
  const { issues } = error.details;
  if (!Array.isArray(issues)) return error;
  return invalid(
    issues.map((issue: { path: string; message: string }) => ({
      path: `${prefix}.${issue.path}`,
      message: issue.message,
    })),
  );
}

/** `endpoints.*` of the contract. */
export function endpointProcedures(os: Procedures, parts: ApiParts, inTurn: InTurn) {
  const { store, clock } = parts;

  function requireEndpoint(id: string): EndpointRow {
    const row = store.read.endpoints.byId(id);
    if (row === undefined) throw new AppError({ code: 'not_found', message: 'No such endpoint.' });
    return row;
  }

  function requireShared(id: string): EndpointRow & { settings: EndpointSettings } {
    const row = requireEndpoint(id);
    if (row.settings !== null) return { ...row, settings: row.settings };
    throw new AppError({
      code: 'conflict',
      message: 'This endpoint belongs to a step of a workflow; change it there.',
    });
  }

  function refuseTakenPath(path: string, ownId: string): void {
    const other = store.read.endpoints.byPath(path);
    if (other === undefined || other.id === ownId) return;
    throw new AppError({
      code: 'conflict',
      message: `The URL path ${path} is used by another endpoint.`,
      details: { path: 'slug' },
    });
  }

  function refuseTakenName(name: string, ownId: string): void {
    const isTaken = store.read.endpoints
      .list()
      .some((row) => row.kind === 'shared' && row.name === name && row.id !== ownId);
    if (!isTaken) return;
    throw new AppError({
      code: 'conflict',
      message: `There is a data source named "${name}" already.`,
      details: { path: 'name' },
    });
  }

  const view = (id: string): EndpointView =>
    toEndpointView(parts, requireEndpoint(id), readSurroundings(parts));

  function switched(id: string, state: EndpointRow['state']): Promise<EndpointView> {
    return inTurn(async () => {
      requireEndpoint(id);
      await store.write('updateEndpoint', { id, state, at: clock.now() });
      return view(id);
    });
  }

  return {
    list: os.endpoints.list.use(requires('read')).handler(({ input: { q, kind, limit, cursor } }) => {
      const around = readSurroundings(parts);
      const words = q?.trim().toLowerCase() ?? '';
      const all = store.read.endpoints
        .list()
        .filter((row) => (kind === undefined || row.kind === kind) && isFound(row, words));
      const from = cursor === undefined ? 0 : all.findIndex((row) => row.id === cursor) + 1;
      const rows = all.slice(from, from + limit);
      return {
        items: rows.map((row) => toEndpointView(parts, row, around)),
        nextCursor: from + limit < all.length ? (rows.at(-1)?.id ?? null) : null,
      };
    }),

    create: os.endpoints.create.use(requires('admin')).handler(({ input: { name, description, ...given } }) =>
      inTurn(async () => {
        const { settings, given: secrets, scheme } = splitSettings(given);
        const id = newId('ep');
        const at = clock.now();
        const path = pathOfShared(id, name, settings);
        refuseTakenName(name, id);
        refuseTakenPath(path, id);
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
            values: planSecrets(scheme, secrets, new Set()),
            overlapMs: 0,
            at,
          }),
        ]);
        return view(id);
      }),
    ),

    get: os.endpoints.get.use(requires('read')).handler(({ input }) => view(input.id)),

    update: os.endpoints.update
      .use(requires('admin'))
      .handler(({ input: { id, name, description, ...changes } }) =>
        inTurn(async () => {
          const row = requireShared(id);
          const merged = { ...row.settings, ...changes, style: row.style };
          const { settings, given, scheme } = splitSettings(endpointSettingsSchema.parse(merged));
          const kept = new Set(store.read.endpoints.secrets(id).map((secret) => secret.field));
          const wanted = new Set(secretFieldsOfScheme(scheme).all);
          const gone = [...kept].filter((field) => !wanted.has(field));
          const at = clock.now();
          const path = changes.slug === undefined ? row.path : pathOfShared(id, name ?? row.name, settings);
          refuseTakenName(name ?? row.name, id);
          refuseTakenPath(path, id);
          await Promise.all([
            store.write('updateEndpoint', { id, name, description, settings, path, at }),
            ...(gone.length === 0
              ? []
              : [store.write('removeEndpointSecrets', { endpointId: id, fields: gone })]),
            storeSecrets(parts, {
              endpointId: id,
              values: planSecrets(scheme, given, kept),
              overlapMs: 0,
              at,
            }),
          ]);
          return view(id);
        }),
      ),

    remove: os.endpoints.remove.use(requires('admin')).handler(({ input: { id } }) =>
      inTurn(async () => {
        const row = requireShared(id);
        if (row.state === 'active') {
          throw new AppError({
            code: 'conflict',
            message: 'This data source is active: deactivate it first, and tell those who call it.',
          });
        }
        await store.write('removeEndpoint', { id, at: clock.now() });
        return { id };
      }),
    ),

    activate: os.endpoints.activate
      .use(requires('admin'))
      .handler(({ input }) => switched(input.id, 'active')),

    deactivate: os.endpoints.deactivate
      .use(requires('admin'))
      .handler(({ input }) => switched(input.id, 'deactivated')),

    resetKey: os.endpoints.resetKey.use(requires('admin')).handler(({ input: { id, overlapSeconds } }) =>
      inTurn(async () => {
        const row = requireEndpoint(id);
        const { scheme } = authOf(readSettings(parts, row));
        const secrets = Object.fromEntries(
          secretFieldsOfScheme(scheme).generated.map((field) => [field, newSecret()]),
        );
        if (Object.keys(secrets).length === 0) {
          throw new AppError({
            code: 'conflict',
            message: 'The authentication of this endpoint has no key.',
          });
        }
        const until = await storeSecrets(parts, {
          endpointId: id,
          values: secrets,
          overlapMs: overlapSeconds * 1_000,
          at: clock.now(),
        });
        return {
          url: urlWithKey(parts, row, callerOrigin(parts)),
          secrets,
          previousValidUntil: toTimeOrNull(until),
        };
      }),
    ),

    url: os.endpoints.url
      .use(requires('admin'))
      .handler(({ input }) => ({ url: urlWithKey(parts, requireEndpoint(input.id), callerOrigin(parts)) })),

    credentials: os.endpoints.credentials.use(requires('admin')).handler(({ input: { id, target } }) => {
      const endpoint = requireEndpoint(id);
      const record = target === undefined ? undefined : { entity: 'InventoryModel', cuid: target };
      const call = makeSampleCall(parts, { endpoint, origin: callerOrigin(parts), target: record });
      return {
        url: urlWithKey(parts, endpoint, callerOrigin(parts)),
        method: call.method,
        headers: { ...call.headers },
        body: call.body,
        secrets: { ...openSecrets(parts, id) },
      };
    }),

    snippets: os.endpoints.snippets.use(requires('admin')).handler(({ input: { id, body, base } }) => {
      const origin = base === undefined ? callerOrigin(parts) : originOf(base);
      const call = makeSampleCall(parts, { endpoint: requireEndpoint(id), origin, body });
      return { snippets: [...snippetsOf(call)] };
    }),

    sendTest: os.endpoints.sendTest
      .use(requires('admin'))
      .handler(({ input: { id, body }, signal }) =>
        sendTestRequest(parts, requireEndpoint(id), body, signal),
      ),
  };
}

function pathOfShared(id: string, name: string, settings: EndpointSettings): string {
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

function isFound(row: EndpointRow, words: string): boolean {
  if (words === '') return true;
  return [row.name, row.path, row.id, row.style].some((text) => text.toLowerCase().includes(words));
}

/** The origin to show in commands. @throws AppError `invalid` for anything but http and https */
function originOf(base: string): string {
  const url = URL.canParse(base) ? new URL(base) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw invalid([{ path: 'base', message: 'must be an http or https address' }]);
  }
  return (url.origin + url.pathname).replace(/\/+$/, '');
}
