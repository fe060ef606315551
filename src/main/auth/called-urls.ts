/**
 * The absolute URLs a caller may have signed. Behind a tunnel or proxy the receiver can not know for certain how it was
 * called, so the public address is tried first and then what the request itself names.
 */
import type { AuthCheck } from './scheme.ts';
import { presentedHeader } from './presented.ts';

/** Candidates, best first; path and query as they were sent. */
export function calledUrls({ raw, publicUrl }: AuthCheck): readonly string[] {
  if (!raw.url.startsWith('/')) return [raw.url];
  const host = presentedHeader(raw.headers, 'host');
  const own =
    host.kind === 'one' ? [`http://${host.value}${raw.url}`, `https://${host.value}${raw.url}`] : [];
  return publicUrl === undefined ? own : [`${publicUrl.replace(/\/+$/, '')}${raw.url}`, ...own];
}
