/**
 * One item of a bulk job, by the kind of the job: a stored request judged again, a run repeated, a run cancelled. Each
 * is done at most once, also when the process ends between the doing and the counting (RELIABILITY D7).
 */
import { AppError, toAppError } from '../../shared/errors.ts';
import { isLive } from '../../shared/model/run.ts';
import type { JobItem, JobRow } from '../store/jobs-read.ts';
import type { JobItemEnd } from '../store/jobs-write.ts';
import type { ApiParts } from './parts.ts';
import { repeatRequest } from './replay.ts';

/** What came of one item. `later`: nothing was taken, the item stays; `counted`: with what was done, by the store. */
export type ItemEnd = JobItemEnd | 'later' | 'counted';

/** Does an item; never rejects. */
export async function doItem(parts: ApiParts, job: JobRow, item: JobItem): Promise<ItemEnd> {
  const { itemSeq, itemId } = item;
  if (itemId === null) return failed(itemSeq, 'It is no longer kept.');
  try {
    switch (job.kind) {
      case 'retry':
      case 'replay':
        return await judge(parts, job, itemSeq, itemId);
      case 'retryRuns':
      case 'continueRuns':
        return await repeatRun(parts, job, itemSeq, itemId);
      case 'cancelRuns':
        return await cancelRun(parts, itemSeq, itemId);
      case 'import':
        return failed(itemSeq, 'Rows of files are no items.');
    }
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code === 'storage_unavailable') return 'later';
    if (!(thrown instanceof AppError)) {
      parts.logger.error({ err: thrown, jobId: job.id, itemId }, 'an item of a job failed');
    }
    return failed(itemSeq, `${itemId}: ${error.message}`);
  }
}

const done = (itemSeq: number, isMended = false): JobItemEnd => ({ itemSeq, error: null, isMended });
const failed = (itemSeq: number, error: string): JobItemEnd => ({ itemSeq, error, isMended: false });

/** A key of its own keeps the request from being taken twice. */
async function judge(parts: ApiParts, job: JobRow, itemSeq: number, id: string): Promise<ItemEnd> {
  const row = parts.store.read.requests.byId(id);
  // Somebody else saw to it meanwhile.
  if (row === undefined || (job.kind === 'retry' && row.triage !== 'open')) return done(itemSeq);
  const judged = await repeatRequest(parts, row, { mode: job.mode, jobKey: `job:${job.id}:${id}` });
  if (judged.isTaken) return done(itemSeq, job.kind === 'retry');
  if (judged.reason === 'busy' || judged.reason === 'storage_unavailable') return 'later';
  return failed(itemSeq, `${id}: ${judged.reasonText ?? 'It was refused.'}`);
}

/** The new run and the count are one commit. */
async function repeatRun(
  { engine, store }: ApiParts,
  job: JobRow,
  itemSeq: number,
  id: string,
): Promise<ItemEnd> {
  const failedAt = job.kind === 'continueRuns' ? store.read.runs.byId(id)?.error?.nodeId : undefined;
  const wish = failedAt === undefined ? {} : { fromStep: failedAt };
  await engine.retryRun(id, wish, { jobId: job.id, itemSeq });
  return 'counted';
}

/** A run that has ended meanwhile needs no cancelling. */
async function cancelRun({ engine, store }: ApiParts, itemSeq: number, id: string): Promise<ItemEnd> {
  const isOver = (): boolean => !isLive(store.read.runs.byId(id)?.status ?? 'cancelled');
  if (isOver()) return done(itemSeq);
  try {
    await engine.cancelRun(id);
  } catch (thrown) {
    if (!isOver()) throw thrown;
  }
  return done(itemSeq);
}
