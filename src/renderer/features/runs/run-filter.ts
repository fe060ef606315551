/** The filter of the runs and the address: every view of the list can be linked to. */
import type { RunStatus } from '../../../shared/model/run.ts';
import type { RunFilter } from '../../data/runs.ts';

export const statuses: readonly RunStatus[] = [
  'running',
  'waiting',
  'queued',
  'succeeded',
  'failed',
  'cancelled',
];

export const spans: readonly { readonly value: string; readonly label: string; readonly ms: number }[] = [
  { value: '1h', label: 'Last hour', ms: 3_600_000 },
  { value: '24h', label: 'Last 24 hours', ms: 86_400_000 },
  { value: '7d', label: 'Last 7 days', ms: 604_800_000 },
];

/** Reads the filter out of the address; `now` is the moment relative times count from. */
export function readFilter(params: URLSearchParams, now: number): RunFilter {
  const workflow = params.get('workflow');
  const request = params.get('request');
  const status = statuses.find((known) => known === params.get('status'));
  const span = spans.find(({ value }) => value === params.get('time'));
  const q = params.get('q')?.trim();
  return {
    ...(workflow ? { workflow } : {}),
    ...(request ? { request } : {}),
    ...(status === undefined ? {} : { status }),
    ...(span === undefined ? {} : { since: new Date(now - span.ms).toISOString() }),
    ...(q ? { q } : {}),
  };
}
