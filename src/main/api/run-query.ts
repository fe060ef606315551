/** From the filters people give to what the store is asked for. */
import type { RunTrigger } from '../../shared/contract/views.ts';
import type { Store } from '../store/open-store.ts';
import type { RunQuery } from '../store/run-query.ts';
import { toInstant } from './times.ts';

interface RunFilters {
  readonly workflow?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly q?: string | undefined;
  readonly request?: string | undefined;
  readonly trigger?: RunTrigger | undefined;
  readonly target?: string | undefined;
  readonly inDoubt?: boolean | undefined;
  readonly status?: RunQuery['status'];
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** The query behind these filters. */
export function runQuery(store: Pick<Store, 'read'>, filters: RunFilters): RunQuery {
  const { workflow, since, until, q, request, trigger, target, inDoubt, status, limit, cursor } = filters;
  return {
    limit,
    cursor,
    workflowId: workflow === undefined ? undefined : workflowIdOf(store, workflow),
    status,
    sinceAt: toInstant(since),
    untilAt: toInstant(until),
    q,
    requestId: request,
    trigger,
    targetCuid: target,
    isInDoubt: inDoubt,
  };
}

/** Lists are filtered by id or slug; a workflow that is gone is still found by its id. */
function workflowIdOf(store: Pick<Store, 'read'>, idOrSlug: string): string {
  return store.read.workflows.byIdOrSlug(idOrSlug)?.id ?? idOrSlug;
}
