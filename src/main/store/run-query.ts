/** What lists of runs are narrowed to; the walk over the rows and the reads share it. */
import type { RunStatus } from '../../shared/model/run.ts';
import type { PageQuery } from './paging.ts';

/** Filters of the list of runs; all given ones must hold. */
export interface RunQuery extends PageQuery {
  readonly workflowId?: string | undefined;
  readonly status?: RunStatus | undefined;
  readonly sinceAt?: number | undefined;
  readonly untilAt?: number | undefined;
  /** Found in the workflow's name, the error or the target, or as the id. */
  readonly q?: string | undefined;
  readonly requestId?: string | undefined;
}
