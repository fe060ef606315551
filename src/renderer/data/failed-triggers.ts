/** Failed triggers: requests that did not start or resume what they should have. */
import type { FailureGroup, RequestSummary } from '../../shared/contract/views.ts';
import type { Triage } from '../../shared/model/request.ts';
import { call } from './connection.ts';
import { defineList } from './list.ts';
import { defineSingle } from './mirror.ts';

export interface FailedFilter {
  readonly state?: Triage;
  readonly reason?: string;
  readonly endpoint?: string;
}

export const failedTriggerList = defineList<FailedFilter, RequestSummary>({
  topics: ['requests'],
  rowTopic: 'requests',
  page: (client, filter, place, signal) => client.failedTriggers.list({ ...filter, ...place }, { signal }),
  one: (client, id, signal) => client.requests.get({ id }, { signal }),
});

/** Open ones by cause. */
export const failureGroupsMirror = defineSingle<readonly FailureGroup[]>({
  topics: ['requests'],
  read: async (client, signal) => (await client.failedTriggers.groups(undefined, { signal })).items,
});

/** Judges the stored request again by today's configuration. */
export const retryFailedTrigger = (id: string) => call((client) => client.failedTriggers.retry({ id }));
export const dismissFailedTrigger = (id: string): Promise<RequestSummary> =>
  call((client) => client.failedTriggers.dismiss({ id }));
