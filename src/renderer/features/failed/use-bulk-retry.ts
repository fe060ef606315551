/** Retries every open request of a cause, a page at a time, with progress; stopping leaves the rest open. */
import { useEffect, useRef, useState } from 'react';
import { notifyFailure } from '../../data/action.ts';
import { toFailure } from '../../data/connection.ts';
import { type FailedFilter, listFailedTriggers, retryFailedTrigger } from '../../data/failed-triggers.ts';

export interface BulkProgress {
  readonly done: number;
  readonly total: number;
  readonly refused: number;
}

export interface BulkRetry {
  /** Null while nothing is under way. */
  readonly progress: BulkProgress | null;
  readonly start: (total: number) => Promise<void>;
  readonly stop: () => void;
}

/** The bulk retry of one list; ends when its view goes. */
export function useBulkRetry(filter: FailedFilter): BulkRetry {
  const [progress, setProgress] = useState<BulkProgress | null>(null);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);

  const start = async (total: number): Promise<void> => {
    const { signal } = (abort.current = new AbortController());
    let done = 0;
    let refused = 0;
    setProgress({ done, total, refused });
    try {
      // The ids are collected first: a retried request leaves the list, a refused one joins it anew.
      for (const id of await collectIds(filter, total, signal)) {
        const answer = await retryFailedTrigger(id, signal);
        done += 1;
        if (answer.status >= 400) refused += 1;
        setProgress({ done, total, refused });
      }
    } catch (thrown) {
      if (!signal.aborted) notifyFailure('Retrying stopped', toFailure(thrown));
    } finally {
      setProgress(null);
    }
  };
  return { progress, start, stop: () => abort.current?.abort() };
}

async function collectIds(
  filter: FailedFilter,
  total: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listFailedTriggers>> = await listFailedTriggers(
      filter,
      cursor,
      signal,
    );
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== null && ids.length < total);
  return ids.slice(0, total);
}
