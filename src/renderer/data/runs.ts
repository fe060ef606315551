/** Runs: lists, details, and what one does with them. */
import type { RunSummary, RunView } from '../../shared/contract/views.ts';
import type { RunStatus, Target } from '../../shared/model/run.ts';
import { call } from './connection.ts';
import { defineList } from './list.ts';
import { defineMirror } from './mirror.ts';

/** What a list of runs is narrowed to; times are ISO 8601. */
export interface RunFilter {
  readonly workflow?: string;
  readonly status?: RunStatus;
  readonly request?: string;
  readonly since?: string;
  readonly until?: string;
  readonly q?: string;
}

/** Runs, newest first. */
export const runList = defineList<RunFilter, RunSummary>({
  topics: ['runs'],
  rowTopic: 'runs',
  page: (client, filter, place, signal) => client.runs.list({ ...filter, ...place }, { signal }),
  one: (client, id, signal) => client.runs.get({ id }, { signal }),
});

/** One run with its steps. */
export const runMirror = defineMirror<string, RunView>({
  topics: ['runs'],
  about: (id) => ({ topic: 'runs', id }),
  read: (client, id, signal) => client.runs.get({ id }, { signal }),
});

/** Starts a run of a live workflow by hand. */
export const startRun = (
  workflowId: string,
  body: { readonly input?: unknown; readonly target?: Target | string },
): Promise<RunView> =>
  call(async (client) => {
    const { body: run } = await client.runs.start({ params: { id: workflowId }, body });
    return run;
  });

/** Ends a live run. */
export const cancelRun = (id: string): Promise<RunView> => call((client) => client.runs.cancel({ id }));

/** Runs again with the same input, from the start or from a step; answers the new run. */
export const retryRun = (id: string, fromStep?: string): Promise<RunView> =>
  call((client) => client.runs.retry({ id, ...(fromStep === undefined ? {} : { fromStep }) }));

const liveStatuses: readonly RunStatus[] = ['queued', 'running', 'waiting'];

/** Whether a run can still change. (The model says the same, with its validators, which have no place in a page.) */
export function isRunLive(status: RunStatus): boolean {
  return liveStatuses.includes(status);
}
