/** What lists of requests are narrowed to; the walk over the rows and the reads share it. */
import type { Verdict } from '../../shared/model/request.ts';
import type { PageQuery } from './paging.ts';

/** Filters of the list of requests; all given ones must hold. */
export interface RequestQuery extends PageQuery {
  readonly endpointId?: string | undefined;
  readonly verdict?: Verdict | undefined;
  readonly status?: number | undefined;
  readonly method?: string | undefined;
  readonly sinceAt?: number | undefined;
  readonly untilAt?: number | undefined;
  /** Found anywhere in URL, headers or body (its first 64 KiB), whatever the case; or as the id. */
  readonly q?: string | undefined;
  readonly runId?: string | undefined;
  /** Address of the caller, as it was told when the request came. */
  readonly clientIp?: string | undefined;
}
