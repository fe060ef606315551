/** Endpoints: shared data sources and those of workflows; switching, keys, URLs, trying out (SPEC 2, 3, 5, 11). */
import type { EndpointView } from '../../shared/contract/views.ts';
import { AppError } from '../../shared/errors.ts';
import type { SecretValues } from '../../shared/fields.ts';
import type { AuthSettings } from '../../shared/model/endpoint.ts';
import { newSecret } from '../base/ids.ts';
import type { EndpointRow } from '../store/types.ts';
import { openSecrets, storeSecrets } from './endpoint-secrets.ts';
import { readSurroundings } from './endpoint-surroundings.ts';
import { readSettings, toEndpointView } from './endpoint-view.ts';
import { authOf, secretFieldsOfAuth } from './hooks.ts';
import { invalid } from './issues.ts';
import { callerOrigin } from './origins.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';
import { makeSampleCall, urlWithKey } from './sample-call.ts';
import { sampleProcedures } from './samples.ts';
import {
  changeSharedSource,
  createSharedSource,
  findEndpoint,
  removeSharedSource,
} from './shared-sources.ts';
import { snippetsOf } from './snippets.ts';
import { switchEndpoint } from './switch-endpoint.ts';
import { sendTestRequest } from './test-request.ts';
import { toTimeOrNull } from './times.ts';
import type { InTurn } from './turns.ts';

/** Where the page after a cursor begins: behind the endpoint it names, or where that one was. */
function placeAfter(all: readonly EndpointRow[], cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const [, id, createdAt] = /^(ep_\w+)\.(\d{1,15})$/.exec(cursor) ?? [];
  if (id === undefined) throw invalid([{ path: 'cursor', message: 'The cursor is not one of ours.' }]);
  const place = all.findIndex((row) => row.id === id);
  if (place >= 0) return place + 1;
  const older = all.findIndex((row) => row.createdAt < Number(createdAt));
  return older < 0 ? all.length : older;
}

/** `endpoints.*` of the contract. */
export function endpointProcedures(os: Procedures, parts: ApiParts, inTurn: InTurn) {
  const { store, clock } = parts;

  const requireEndpoint = (id: string): EndpointRow => findEndpoint(parts, id);
  const view = (id: string): EndpointView =>
    toEndpointView(parts, requireEndpoint(id), readSurroundings(parts));

  function switched(id: string, state: EndpointRow['state']): Promise<EndpointView> {
    return inTurn(async () => {
      await switchEndpoint(parts, id, state);
      return view(id);
    });
  }

  return {
    ...sampleProcedures(os, parts, inTurn),

    list: os.endpoints.list.use(requires('read')).handler(async ({ input: { q, kind, limit, cursor } }) => {
      await store.drain();
      const around = readSurroundings(parts);
      const words = q?.trim().toLowerCase() ?? '';
      const all = store.read.endpoints
        .list()
        .filter((row) => (kind === undefined || row.kind === kind) && isFound(row, words));
      const from = placeAfter(all, cursor);
      const rows = all.slice(from, from + limit);
      const last = rows.at(-1);
      return {
        items: rows.map((row) => toEndpointView(parts, row, around)),
        nextCursor: from + limit < all.length && last !== undefined ? `${last.id}.${last.createdAt}` : null,
      };
    }),

    create: os.endpoints.create
      .use(requires('admin'))
      .handler(({ input }) => inTurn(async () => view(await createSharedSource(parts, input)))),

    get: os.endpoints.get.use(requires('read')).handler(async ({ input }) => {
      await store.drain();
      return view(input.id);
    }),

    update: os.endpoints.update.use(requires('admin')).handler(({ input }) =>
      inTurn(async () => {
        await changeSharedSource(parts, input);
        return view(input.id);
      }),
    ),

    remove: os.endpoints.remove.use(requires('admin')).handler(({ input: { id } }) =>
      inTurn(async () => {
        return { id, workflows: await removeSharedSource(parts, id) };
      }),
    ),

    activate: os.endpoints.activate
      .use(requires('admin'))
      .handler(({ input }) => switched(input.id, 'active')),

    deactivate: os.endpoints.deactivate
      .use(requires('admin'))
      .handler(({ input }) => switched(input.id, 'deactivated')),

    resetKey: os.endpoints.resetKey.use(requires('admin')).handler(({ input }) =>
      inTurn(async () => {
        const row = requireEndpoint(input.id);
        const secrets = nextSecrets(authOf(readSettings(parts, row)), input.secrets ?? {});
        const until = await storeSecrets(parts, {
          endpointId: row.id,
          values: secrets,
          overlapMs: input.overlapSeconds * 1_000,
          at: clock.now(),
        });
        return {
          url: urlWithKey(parts, row, callerOrigin(parts)),
          secrets,
          previousValidUntil: toTimeOrNull(until),
        };
      }),
    ),

    revokePrevious: os.endpoints.revokePrevious.use(requires('admin')).handler(({ input: { id } }) =>
      inTurn(async () => {
        requireEndpoint(id);
        await store.write('revokePrevious', { endpointId: id });
        return view(id);
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

/**
 * The secrets a reset sets: those given, or else new ones for all that are made here.
 * @throws AppError `conflict` where there is nothing to reset, `invalid` for fields the scheme has not
 */
function nextSecrets(auth: AuthSettings, given: SecretValues): Record<string, string> {
  const { all, generated } = secretFieldsOfAuth(auth);
  const unknown = Object.keys(given).filter((field) => !all.includes(field));
  if (unknown.length > 0) {
    const message = 'The authentication of this endpoint has no such secret.';
    throw invalid(unknown.map((field) => ({ path: `secrets.${field}`, message })));
  }
  if (Object.keys(given).length > 0) return { ...given };
  if (generated.length > 0) return Object.fromEntries(generated.map((field) => [field, newSecret()]));
  throw new AppError({
    code: 'conflict',
    message:
      all.length === 0
        ? 'The authentication of this endpoint has no key.'
        : `The sender makes this secret: get a new one there and send it as {"secrets": {"${all[0] ?? ''}": "…"}}.`,
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
