/** Captured requests and failed triggers: looked at, sent again, dismissed (SPEC 2, 11). */
import { AppError } from '../../shared/errors.ts';
import { restoreCredentials } from '../base/credentials.ts';
import type { RequestRow } from '../store/types.ts';
import { curlCommand } from './curl.ts';
import { failureWords } from './failure-words.ts';
import { maskHeaders, maskUrl } from './masking.ts';
import { ownOrigin } from './origins.ts';
import type { ApiParts } from './parts.ts';
import { type ApiContext, hasScope, type Procedures, requires } from './procedures.ts';
import {
  secretsByEndpoint,
  toBodyView,
  toFailedTrigger,
  toRequestSummary,
  toRequestView,
} from './request-view.ts';
import { toInstant, toTime } from './times.ts';

/** Finds a captured request. @throws AppError `not_found` */
export async function requireRequest({ store }: Pick<ApiParts, 'store'>, id: string): Promise<RequestRow> {
  await store.drain();
  const row = store.read.requests.byId(id);
  if (row === undefined) throw new AppError({ code: 'not_found', message: 'No such request.' });
  return row;
}

/** Judges a stored request again, as of today (SPEC 2). @throws AppError `conflict` when its body was cut */
async function judgeAgain(parts: ApiParts, row: RequestRow) {
  const { store, receiver } = parts;
  if (store.read.endpoints.byId(row.endpointId) === undefined) {
    throw new AppError({ code: 'conflict', message: 'The endpoint of this request is gone.' });
  }
  if (row.storedBodySize < row.bodySize) {
    throw new AppError({
      code: 'conflict',
      message: 'Only the beginning of this refused body was kept; the caller has to send it again.',
    });
  }
  const raw = store.read.requests.raw(row.id);
  if (raw === undefined) throw new AppError({ code: 'not_found', message: 'No such request.' });
  const reply = await receiver.judge(raw, {
    replayOf: row.id,
    endpointId: row.endpointId,
    waiveFreshness: true,
  });
  await store.drain();
  const repeat = store.read.requests.byId(reply.requestId);
  return {
    requestId: repeat?.id ?? null,
    status: reply.status,
    body: typeof reply.body === 'string' ? reply.body : Buffer.from(reply.body).toString('utf8'),
    runIds: repeat?.runs.map((run) => run.id) ?? [],
  };
}

/** The curl command of a captured request. Only who may see secrets gets the headers as they were. */
async function curlOf(parts: ApiParts, id: string, context: ApiContext): Promise<string> {
  const row = await requireRequest(parts, id);
  const known = secretsByEndpoint(parts)(row.endpointId);
  const maySee = hasScope(context, 'admin');
  const stored = { ...row.raw, body: parts.store.read.requests.body(id) ?? new Uint8Array(0) };
  const raw = maySee ? restoreCredentials(stored, parts.vault, id) : stored;
  const target = maySee ? raw.url : maskUrl(raw.url, known);
  return curlCommand({
    method: raw.method,
    url: target.startsWith('/') ? ownOrigin(parts) + target : target,
    headers: maySee ? raw.headers : maskHeaders(raw.headers, known),
    body: raw.body,
  });
}

/** `requests.*` of the contract. */
export function requestProcedures(os: Procedures, parts: ApiParts) {
  const { store } = parts;
  return {
    list: os.requests.list.use(requires('read')).handler(async ({ input }) => {
      await store.drain();
      const page = store.read.requests.list({
        limit: input.limit,
        cursor: input.cursor,
        endpointId: input.endpoint,
        verdict: input.verdict,
        status: input.status,
        method: input.method?.toUpperCase(),
        sinceAt: toInstant(input.since),
        untilAt: toInstant(input.until),
        q: input.q,
      });
      const secretsOf = secretsByEndpoint(parts);
      return {
        items: page.items.map((row) => toRequestSummary(row, secretsOf(row.endpointId))),
        nextCursor: page.nextCursor,
      };
    }),

    get: os.requests.get.use(requires('read')).handler(async ({ input }) => {
      const row = await requireRequest(parts, input.id);
      return toRequestView(row, secretsByEndpoint(parts)(row.endpointId));
    }),

    preview: os.requests.preview.use(requires('read')).handler(async ({ input: { id, maxBytes } }) => {
      const row = await requireRequest(parts, id);
      const body = store.read.requests.body(id) ?? new Uint8Array(0);
      return toBodyView(body, row.bodySize, maxBytes);
    }),

    curl: os.requests.curl
      .use(requires('read'))
      .handler(async ({ input, context }) => ({ curl: await curlOf(parts, input.id, context) })),

    replay: os.requests.replay.use(requires('run')).handler(async ({ input }) => {
      return judgeAgain(parts, await requireRequest(parts, input.id));
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
      const outcome = await judgeAgain(parts, row);
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
