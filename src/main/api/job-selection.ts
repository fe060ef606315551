/**
 * Makes a bulk job of what a filter chooses. The choice is fixed when it is made: requests or runs are named one by one, so
 * that nothing that comes later, and nothing the job itself does, changes what it is about (RELIABILITY D7).
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { JobKind, JobMode } from '../../shared/model/job.ts';
import { newId } from '../base/ids.ts';
import type { Page } from '../store/types.ts';
import type { ApiParts } from './parts.ts';

type JobPage = Page<{ readonly seq: number }>;

interface JobPlan {
  readonly kind: JobKind;
  /** How requests are sent again; nothing of runs. */
  readonly mode?: JobMode | undefined;
  /** Sentence for people, from the number of requests or runs. */
  title(count: number): string;
  /** A page of the requests or runs it is about, newest first. */
  page(cursor: string | undefined): JobPage | Promise<JobPage>;
}

/** Rows read at a time, so that naming them keeps no caller waiting. */
export const pageSize = 500;

/** Makes a job and lets it begin; answers its id. */
export async function makeJob({ store, clock, jobs }: ApiParts, plan: JobPlan): Promise<string> {
  const id = newId('job');
  await store.drain();
  const seqs = await gather(plan);
  const { kind, mode = 'asCaptured' } = plan;
  await store.write('insertJob', { id, kind, mode, title: plan.title(seqs.length), at: clock.now() });
  for (let from = 0; from < seqs.length; from += pageSize) {
    await store.write('addJobItems', { id, itemSeqs: seqs.slice(from, from + pageSize) });
  }
  await store.write('openJob', { id });
  jobs.wake();
  return id;
}

async function gather(plan: JobPlan): Promise<readonly number[]> {
  const seqs: number[] = [];
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await plan.page(cursor);
    for (const { seq } of items) seqs.push(seq);
    cursor = nextCursor ?? undefined;
    await turn();
  } while (cursor !== undefined);
  return seqs;
}
