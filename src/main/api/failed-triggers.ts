/** Failed triggers: grouped by cause, retried against today's configuration, dismissed; one by one or all (SPEC 2, 11). */
import { AppError } from '../../shared/errors.ts';
import type { RequestRow } from '../store/types.ts';
import { failureWords } from './failure-words.ts';
import { makeJob, pageSize } from './job-selection.ts';
import { viewJob } from './jobs.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';
import { repeatRequest } from './replay.ts';
import { secretsByEndpoint, toFailedTrigger } from './request-view.ts';
import { requireRequest } from './requests.ts';
import { toTime } from './times.ts';

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
        items: page.items.map((row) =>
          toFailedTrigger(row, secretsOf(row.endpointId), store.read.requests.lastRepeat(row.id)),
        ),
        nextCursor: page.nextCursor,
      };
    }),

    groups: os.failedTriggers.groups.use(requires('read')).handler(async () => {
      await store.drain();
      const names = new Map(store.read.endpoints.list().map((row) => [row.id, row.name]));
      return {
        items: store.read.requests.failedGroups().map((group) => ({
          reason: group.reason,
          ...failureWords(group.reason, group.callers),
          endpointId: group.endpointId,
          endpointName: names.get(group.endpointId) ?? '',
          count: group.count,
          callers: group.callers,
          example: group.sampleText,
          firstAt: toTime(group.firstAt),
          lastAt: toTime(group.lastAt),
        })),
      };
    }),

    retry: os.failedTriggers.retry.use(requires('run')).handler(async ({ input }) => {
      const row = await requireFailed(input.id);
      const outcome = await repeatRequest(parts, row, { mode: input.mode, edit: input.edit });
      await store.write('setTriage', {
        // A retry that fails again leaves the first one open; the repetition is no failed trigger of its own.
        ids: [row.id],
        triage: outcome.isTaken ? 'retried' : 'open',
        at: clock.now(),
      });
      return outcome;
    }),

    retryAll: os.failedTriggers.retryAll.use(requires('run')).handler(async ({ input }) => {
      const { mode, reason, endpoint } = input;
      const id = await makeJob(parts, {
        kind: 'retry',
        mode,
        title: (count) => titleOf(count, reason),
        page: (cursor) =>
          store.read.requests.failed({
            limit: pageSize,
            cursor,
            state: 'open',
            reason,
            endpointId: endpoint,
          }),
      });
      return viewJob(parts, id);
    }),

    dismiss: os.failedTriggers.dismiss.use(requires('run')).handler(async ({ input }) => {
      const row = await requireFailed(input.id);
      await store.write('setTriage', { ids: [row.id], triage: 'dismissed', at: clock.now() });
      return toFailedTrigger(
        await requireRequest(parts, row.id),
        secretsByEndpoint(parts)(row.endpointId),
        store.read.requests.lastRepeat(row.id),
      );
    }),

    dismissAll: os.failedTriggers.dismissAll.use(requires('run')).handler(async ({ input }) => {
      await store.drain();
      const { reason, endpoint } = input;
      let dismissed = 0;
      let cursor: string | undefined;
      do {
        const query = { limit: pageSize, cursor, state: 'open', reason, endpointId: endpoint } as const;
        // Newest first: what comes meanwhile is not dismissed unseen.
        const page = store.read.requests.failed(query);
        const ids = page.items.map((row) => row.id);
        const { changed } = await store.write('setTriage', { ids, triage: 'dismissed', at: clock.now() });
        dismissed += changed.length;
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      return { dismissed };
    }),
  };
}

function titleOf(count: number, reason: string | undefined): string {
  const what = `Retry ${count} failed ${count === 1 ? 'trigger' : 'triggers'}`;
  return reason === undefined ? what : `${what}: ${failureWords(reason).title}`;
}
