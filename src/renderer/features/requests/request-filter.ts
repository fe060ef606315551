/** The filter of the inspector and the address: every view of the list can be linked to, and Back undoes a filter. */
import type { RequestFilter } from '../../data/requests.ts';
import type { Verdict } from '../../../shared/model/request.ts';

/** Verdicts in the order offered. */
export const verdicts: readonly Verdict[] = [
  'accepted',
  'rejected',
  'duplicate',
  'held',
  'filtered',
  'sample',
  'handshake',
];

export const spans: readonly { readonly value: string; readonly label: string; readonly ms: number }[] = [
  { value: '15m', label: 'Last 15 minutes', ms: 900_000 },
  { value: '1h', label: 'Last hour', ms: 3_600_000 },
  { value: '24h', label: 'Last 24 hours', ms: 86_400_000 },
  { value: '7d', label: 'Last 7 days', ms: 604_800_000 },
];

export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;
export const statuses = [
  '200',
  '201',
  '202',
  '400',
  '401',
  '403',
  '404',
  '409',
  '413',
  '422',
  '429',
  '500',
  '503',
  '504',
];

/** Reads the filter out of the address. */
export function readFilter(params: URLSearchParams): RequestFilter {
  const endpoint = params.get('endpoint');
  const verdict = verdicts.find((known) => known === params.get('verdict'));
  const status = Number(params.get('status') ?? Number.NaN);
  const method = params.get('method');
  const since = params.get('since');
  const q = params.get('q')?.trim();
  const run = params.get('run');
  const client = params.get('client');
  return {
    ...(endpoint ? { endpoint } : {}),
    ...(verdict === undefined ? {} : { verdict }),
    ...(Number.isInteger(status) ? { status } : {}),
    ...(method ? { method } : {}),
    ...(since === null || Number.isNaN(Date.parse(since)) ? {} : { since }),
    ...(q ? { q } : {}),
    ...(run ? { run } : {}),
    ...(client ? { client } : {}),
  };
}

/** The same address with one filter changed; null takes it out. */
export function withParam(params: URLSearchParams, name: string, value: string | null): URLSearchParams {
  const next = new URLSearchParams(params);
  if (value === null || value === '') next.delete(name);
  else next.set(name, value);
  return next;
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
