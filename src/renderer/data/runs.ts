/** Runs: lists, details, and what one does with them. */
import type { HookyardClient } from '../../shared/contract/index.ts';
import type { RunSummary, RunTrigger, RunView } from '../../shared/contract/views.ts';
import type { RunStatus } from '../../shared/model/run.ts';
import { call } from './connection.ts';
import { defineList } from './list.ts';
import { defineMirror } from './mirror.ts';

/** What a list of runs is narrowed to; times are ISO 8601. */
export interface RunFilter {
  readonly workflow?: string;
  readonly status?: RunStatus;
  readonly request?: string;
  readonly trigger?: RunTrigger;
  /** Only those with a step nobody knows of whether it happened. */
  readonly inDoubt?: boolean;
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

/** What a run is started with: an input, or what makes it a test. */
export type RunStart = NonNullable<Parameters<HookyardClient['runs']['start']>[0]['body']>;

/** Starts a run by hand: of what is live, or as a test of any version or of the draft. */
export const startRun = (workflowId: string, body: RunStart): Promise<RunView> =>
  call(async (client) => {
    const { body: run } = await client.runs.start({ params: { id: workflowId }, body });
    return run;
  });

/** The document a run is on; drafts of test runs are no versions. It never changes. */
export const runDocumentMirror = defineMirror<
  string,
  Awaited<ReturnType<HookyardClient['runs']['document']>>
>({
  topics: [],
  read: (client, id, signal) => client.runs.document({ id }, { signal }),
});

/** Ends a live run. */
export const cancelRun = (id: string): Promise<RunView> => call((client) => client.runs.cancel({ id }));

/** How a run is repeated; what is left out stays as it was. */
export interface RunAgain {
  readonly fromStep?: string;
  readonly input?: unknown;
  /** Outputs of kept steps, by node id, instead of what they gave. */
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** Runs again, from the start or from a step; answers the new run. */
export const retryRun = (id: string, { outputs, ...again }: RunAgain = {}): Promise<RunView> =>
  call((client) =>
    client.runs.retry({ id, ...again, ...(outputs === undefined ? {} : { outputs: { ...outputs } }) }),
  );

const liveStatuses: readonly RunStatus[] = ['queued', 'running', 'waiting'];

/** Whether a run can still change. (The model says the same, with its validators, which have no place in a page.) */
export function isRunLive(status: RunStatus): boolean {
  return liveStatuses.includes(status);
}
