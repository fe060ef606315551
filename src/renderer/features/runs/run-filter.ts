/** The filter of the runs and the address: every view of the list can be linked to. */
import type { RunTrigger } from '../../../shared/contract/views.ts';
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

/** What may have started a run, in words. */
export const triggers: readonly { readonly value: RunTrigger; readonly label: string }[] = [
  { value: 'webhook', label: 'Webhook' },
  { value: 'schedule', label: 'Schedule' },
  { value: 'api', label: 'API' },
  { value: 'manual', label: 'By hand' },
  { value: 'workflow', label: 'Another workflow' },
  { value: 'failure', label: 'A failure' },
  { value: 'retry', label: 'A repetition' },
  { value: 'test', label: 'A test' },
];

export const spans: readonly { readonly value: string; readonly label: string; readonly ms: number }[] = [
  { value: '1h', label: 'Last hour', ms: 3_600_000 },
  { value: '24h', label: 'Last 24 hours', ms: 86_400_000 },
  { value: '7d', label: 'Last 7 days', ms: 604_800_000 },
];

/** Reads the filter out of the address. */
export function readFilter(params: URLSearchParams): RunFilter {
  const workflow = params.get('workflow');
  const request = params.get('request');
  const status = statuses.find((known) => known === params.get('status'));
  const trigger = triggers.find(({ value }) => value === params.get('trigger'))?.value;
  const since = params.get('since');
  const q = params.get('q')?.trim();
  return {
    ...(workflow ? { workflow } : {}),
    ...(request ? { request } : {}),
    ...(status === undefined ? {} : { status }),
    ...(trigger === undefined ? {} : { trigger }),
    ...(params.get('doubt') === 'yes' ? { inDoubt: true } : {}),
    ...(since === null || Number.isNaN(Date.parse(since)) ? {} : { since }),
    ...(q ? { q } : {}),
  };
}

/** The same address narrowed to a span; it counts from now, and stays there, so that the list stays the same list. */
export function withTime(params: URLSearchParams, time: string | null): URLSearchParams {
  const next = new URLSearchParams(params);
  const span = spans.find(({ value }) => value === time);
  next.delete('time');
  next.delete('since');
  if (span === undefined) return next;
  next.set('time', span.value);
  next.set('since', new Date(Date.now() - span.ms).toISOString());
  return next;
}
