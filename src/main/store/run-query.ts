/** What lists of runs are narrowed to; the walk over the rows and the reads share it. */
import type { RunTrigger } from '../../shared/contract/views.ts';
import type { RunStatus } from '../../shared/model/run.ts';
import type { PageQuery } from './paging.ts';

/** Filters of the list of runs; all given ones must hold. */
export interface RunQuery extends PageQuery {
  readonly workflowId?: string | undefined;
  /** `live`: any that can still change. */
  readonly status?: RunStatus | 'live' | undefined;
  readonly sinceAt?: number | undefined;
  readonly untilAt?: number | undefined;
  /** Found in the workflow's name, the error or the target, or as the id. */
  readonly q?: string | undefined;
  readonly requestId?: string | undefined;
  readonly trigger?: RunTrigger | undefined;
  /** The record a run works for. */
  readonly targetCuid?: string | undefined;
  /** Whether a try of one of its outward steps was cut off. */
  readonly isInDoubt?: boolean | undefined;
}
