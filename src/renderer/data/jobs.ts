/** Bulk jobs: started, watched and cancelled; they go on by themselves in the core, whatever the page does. */
import type { HookyardClient } from '../../shared/contract/index.ts';
import type { JobView } from '../../shared/contract/jobs.ts';
import { call } from './connection.ts';
import { defineSingle } from './mirror.ts';

/** The newest jobs, at work or ended. */
export const jobsMirror = defineSingle<readonly JobView[]>({
  topics: ['jobs'],
  read: async (client, signal) => (await client.jobs.list({ limit: 20 }, { signal })).items,
});

type FailedSelection = NonNullable<Parameters<HookyardClient['failedTriggers']['retryAll']>[0]>;
type Replays = NonNullable<Parameters<HookyardClient['requests']['replayAll']>[0]>;

/** Judges all open failed triggers of a cause or endpoint again. */
export const retryAll = (selection: FailedSelection): Promise<JobView> =>
  call((client) => client.failedTriggers.retryAll(selection));
/** Dismisses all open failed triggers of a cause or endpoint; answers how many. */
export const dismissAll = (selection: FailedSelection): Promise<number> =>
  call(async (client) => (await client.failedTriggers.dismissAll(selection)).dismissed);
/** Sends all requests that fit again, oldest first. */
export const replayAll = (filter: Replays): Promise<JobView> =>
  call((client) => client.requests.replayAll(filter));
type RunRetries = NonNullable<Parameters<HookyardClient['runs']['retryAll']>[0]>;
type RunCancels = NonNullable<Parameters<HookyardClient['runs']['cancelAll']>[0]>;

/** Runs all failed runs that fit again, oldest first. */
export const retryAllRuns = (filter: RunRetries): Promise<JobView> =>
  call((client) => client.runs.retryAll(filter));
/** Cancels all live runs that fit. */
export const cancelAllRuns = (filter: RunCancels): Promise<JobView> =>
  call((client) => client.runs.cancelAll(filter));
/** Ends a job; what was done stays done. */
export const cancelJob = (id: string): Promise<JobView> => call((client) => client.jobs.cancel({ id }));
