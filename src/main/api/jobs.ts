/** Bulk jobs: their progress, and their end on the operator's wish (SPEC 2, RELIABILITY D7). */
import type { JobView } from '../../shared/contract/jobs.ts';
import { AppError } from '../../shared/errors.ts';
import type { JobRow } from '../store/jobs-read.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';
import { toTime, toTimeOrNull } from './times.ts';

function toJobView(row: JobRow): JobView {
  const { seq: _seq, createdAt, startedAt, finishedAt, ...shown } = row;
  return {
    ...shown,
    done: row.succeeded + row.failed,
    createdAt: toTime(createdAt),
    startedAt: toTimeOrNull(startedAt),
    finishedAt: toTimeOrNull(finishedAt),
  };
}

/** The job as people see it. @throws AppError `not_found` */
export function viewJob({ store }: Pick<ApiParts, 'store'>, id: string): JobView {
  const row = store.read.jobs.byId(id);
  if (row === undefined) throw new AppError({ code: 'not_found', message: 'No such job.' });
  return toJobView(row);
}

/** `jobs.*` of the contract. */
export function jobProcedures(os: Procedures, parts: ApiParts) {
  const { store, clock } = parts;
  return {
    list: os.jobs.list.use(requires('read')).handler(({ input }) => {
      const { items, nextCursor } = store.read.jobs.list(input);
      return { items: items.map(toJobView), nextCursor };
    }),

    get: os.jobs.get.use(requires('read')).handler(({ input }) => viewJob(parts, input.id)),

    cancel: os.jobs.cancel.use(requires('run')).handler(async ({ input: { id } }) => {
      const { applied } = await store.write('endJob', { id, state: 'cancelled', at: clock.now() });
      if (!applied) throw new AppError({ code: 'conflict', message: 'The job has ended already.' });
      return viewJob(parts, id);
    }),
  };
}
