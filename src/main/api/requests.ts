/** Captured requests and failed triggers: looked at, sent again, dismissed (SPEC 2, 11). */
import { AppError } from '../../shared/errors.ts';
import type { RequestRow } from '../store/types.ts';
import { compareRequests } from './compare.ts';
import { exportRequests } from './export.ts';
import { failureWords } from './failure-words.ts';
import type { ApiParts } from './parts.ts';
import { hasScope, type Procedures, requires } from './procedures.ts';
import { repeatRequest } from './replay.ts';
import { requestQuery } from './request-query.ts';
import { curlOf, snippetsOfRequest } from './request-snippets.ts';
import {
  secretsByEndpoint,
  toBodyView,
  toFailedTrigger,
  toRequestSummary,
  toRequestView,
} from './request-view.ts';
import { toTime } from './times.ts';
import { verificationOf } from './verification.ts';

/** Finds a captured request. @throws AppError `not_found` */
export async function requireRequest({ store }: Pick<ApiParts, 'store'>, id: string): Promise<RequestRow> {
  await store.drain();
  const row = store.read.requests.byId(id);
  if (row === undefined) throw new AppError({ code: 'not_found', message: 'No such request.' });
  return row;
}

/** `requests.*` of the contract. */
export function requestProcedures(os: Procedures, parts: ApiParts) {
  const { store } = parts;
  return {
    list: os.requests.list.use(requires('read')).handler(async ({ input }) => {
      await store.drain();
      const page = await store.read.requests.find(requestQuery(input));
      const secretsOf = secretsByEndpoint(parts);
      return {
        items: page.items.map((row) => toRequestSummary(row, secretsOf(row.endpointId))),
        nextCursor: page.nextCursor,
      };
    }),

    get: os.requests.get.use(requires('read')).handler(async ({ input }) => {
      const row = await requireRequest(parts, input.id);
      return toRequestView(row, secretsByEndpoint(parts)(row.endpointId), store.read.requests.twins(row.id));
    }),

    preview: os.requests.preview.use(requires('read')).handler(async ({ input: { id, maxBytes } }) => {
      const row = await requireRequest(parts, id);
      const body = store.read.requests.body(id) ?? new Uint8Array(0);
      return toBodyView(body, row.bodySize, maxBytes);
    }),

    curl: os.requests.curl.use(requires('read')).handler(async ({ input, context }) => {
      const row = await requireRequest(parts, input.id);
      return { curl: curlOf(parts, row, hasScope(context, 'admin')) };
    }),

    snippets: os.requests.snippets.use(requires('read')).handler(async ({ input, context }) => {
      const row = await requireRequest(parts, input.id);
      return { items: snippetsOfRequest(parts, row, hasScope(context, 'admin')) };
    }),

    compare: os.requests.compare.use(requires('read')).handler(async ({ input }) => {
      const [left, right] = [
        await requireRequest(parts, input.left),
        await requireRequest(parts, input.right),
      ];
      return compareRequests(parts, left, right);
    }),

    export: os.requests.export.use(requires('read')).handler(({ input }) => exportRequests(parts, input)),

    verification: os.requests.verification.use(requires('read')).handler(async ({ input }) => {
      return verificationOf(parts, await requireRequest(parts, input.id));
    }),

    replay: os.requests.replay.use(requires('run')).handler(async ({ input }) => {
      return repeatRequest(parts, await requireRequest(parts, input.id), input);
    }),
  };
}

/** `failedTriggers.*` of the contract. */
export function failedTriggerProcedures(os: Procedures, parts: ApiParts) {
  const { store, clock } = parts;

  async function requireFailed(id: string): Promise<RequestRow> {
    const row = await requireRequest(parts, id);
    if (row.triage === null) throw new AppError({ code: 'not_found', message: 'No such failed trigger.' });
    return row;
  }

  return {
    list: os.failedTriggers.list.use(requires('read')).handler(async ({ input }) => {
      await store.drain();
      const page = store.read.requests.failed({
        limit: input.limit,
        cursor: input.cursor,
        state: input.state,
        reason: input.reason,
        endpointId: input.endpoint,
      });
      const secretsOf = secretsByEndpoint(parts);
      return {
        items: page.items.map((row) => toFailedTrigger(row, secretsOf(row.endpointId))),
        nextCursor: page.nextCursor,
      };
    }),

    groups: os.failedTriggers.groups.use(requires('read')).handler(async () => {
      await store.drain();
      const names = new Map(store.read.endpoints.list().map((row) => [row.id, row.name]));
      return {
        items: store.read.requests.failedGroups().map((group) => ({
          reason: group.reason,
          ...failureWords(group.reason),
          endpointId: group.endpointId,
          endpointName: names.get(group.endpointId) ?? '',
          count: group.count,
          firstAt: toTime(group.firstAt),
          lastAt: toTime(group.lastAt),
        })),
      };
    }),

    retry: os.failedTriggers.retry.use(requires('run')).handler(async ({ input }) => {
      const row = await requireFailed(input.id);
      const outcome = await repeatRequest(parts, row, { mode: input.mode, edit: input.edit });
      const isMended = outcome.status >= 200 && outcome.status < 300;
      await store.write('setTriage', {
        // A retry that fails again leaves the first one open; the repetition is no failed trigger of its own.
        ids: [row.id],
        triage: isMended ? 'retried' : 'open',
        at: clock.now(),
      });
      return outcome;
    }),

    dismiss: os.failedTriggers.dismiss.use(requires('run')).handler(async ({ input }) => {
      const row = await requireFailed(input.id);
      await store.write('setTriage', { ids: [row.id], triage: 'dismissed', at: clock.now() });
      return toFailedTrigger(await requireRequest(parts, row.id), secretsByEndpoint(parts)(row.endpointId));
    }),
  };
}
