/** Bulk actions on runs: which ones a filter means is fixed when the job is made (RELIABILITY D7). */
import { makeJob, pageSize } from './job-selection.ts';
import { viewJob } from './jobs.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';
import { runQuery } from './run-query.ts';

const runsOf = (count: number): string => `${count} ${count === 1 ? 'run' : 'runs'}`;

/** `runs.retryAll` and `runs.cancelAll` of the contract. */
export function runJobProcedures(os: Procedures, parts: ApiParts) {
  const { store } = parts;
  return {
    retryAll: os.runs.retryAll.use(requires('run')).handler(async ({ input: { from, ...filters } }) => {
      const isContinued = from === 'failedStep';
      const id = await makeJob(parts, {
        kind: isContinued ? 'continueRuns' : 'retryRuns',
        title: (count) =>
          isContinued ? `Go on with ${runsOf(count)} where they failed` : `Do ${runsOf(count)} again`,
        page: (cursor) => store.read.runs.find(runQuery(store, { ...filters, limit: pageSize, cursor })),
      });
      return viewJob(parts, id);
    }),

    cancelAll: os.runs.cancelAll.use(requires('run')).handler(async ({ input: { status, ...filters } }) => {
      const id = await makeJob(parts, {
        kind: 'cancelRuns',
        title: (count) => `Cancel ${runsOf(count)}`,
        page: (cursor) =>
          store.read.runs.find(
            runQuery(store, { ...filters, status: status ?? 'live', limit: pageSize, cursor }),
          ),
      });
      return viewJob(parts, id);
    }),
  };
}
