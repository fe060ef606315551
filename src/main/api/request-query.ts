/** From the filters of the contract to those of the store: one reading for lists, exports and whatever else chooses requests. */
import type { z } from 'zod';
import type { requestListSchema } from '../../shared/contract/inspector.ts';
import type { RequestQuery } from '../store/request-query.ts';
import { toInstant } from './times.ts';

type Filters = Omit<z.infer<typeof requestListSchema>, 'cursor'> & { readonly cursor?: string | undefined };

/** The query of a page of requests. */
export function requestQuery(input: Filters): RequestQuery {
  const { limit, cursor, endpoint, verdict, status, method, since, until, q, run, client } = input;
  return {
    limit,
    cursor,
    endpointId: endpoint,
    verdict,
    status,
    method: method?.toUpperCase(),
    sinceAt: toInstant(since),
    untilAt: toInstant(until),
    q,
    runId: run,
    clientIp: client,
  };
}
