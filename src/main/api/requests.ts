/** Captured requests: looked at and sent again, one or many (SPEC 2, 11). */
import { AppError } from '../../shared/errors.ts';
import type { RequestRow } from '../store/types.ts';
import { compareRequests } from './compare.ts';
import { exportRequests } from './export.ts';
import { makeJob, pageSize } from './job-selection.ts';
import { viewJob } from './jobs.ts';
import type { ApiParts } from './parts.ts';
import { hasScope, type Procedures, requires } from './procedures.ts';
import { repeatRequest } from './replay.ts';
import { requestQuery } from './request-query.ts';
import { curlOf, snippetsOfRequest } from './request-snippets.ts';
import { secretsByEndpoint, toBodyView, toRequestSummary, toRequestView } from './request-view.ts';
import { driftOf } from './sample-content.ts';
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

    drift: os.requests.drift.use(requires('read')).handler(async ({ input }) => {
      return { drift: await driftOf(parts, await requireRequest(parts, input.id)) };
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

    replayAll: os.requests.replayAll.use(requires('run')).handler(async ({ input: { mode, ...filters } }) => {
      const id = await makeJob(parts, {
        kind: 'replay',
        mode,
        title: (count) => `Replay ${count} ${count === 1 ? 'request' : 'requests'}`,
        page: (cursor) => store.read.requests.find(requestQuery({ ...filters, limit: pageSize, cursor })),
      });
      return viewJob(parts, id);
    }),
  };
}
