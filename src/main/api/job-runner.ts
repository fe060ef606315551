/**
 * Works off bulk jobs: stored requests are judged again a few at a time, in the order they came, and never ahead of
 * callers. Everything it knows is in the store, so after any end of the process it goes on where it was; each item
 * carries a key of its own, so that one that was taken and not yet counted is not taken twice (RELIABILITY D7).
 */
import { AppError, toAppError } from '../../shared/errors.ts';
import { passPoint } from '../base/crash-points.ts';
import type { JobItem, JobRow } from '../store/jobs-read.ts';
import type { JobItemEnd } from '../store/jobs-write.ts';
import type { ApiParts } from './parts.ts';
import { repeatRequest } from './replay.ts';

/** Items of one job judged at once. */
const atOnce = 8;
/** Runs waiting to be executed past which jobs let them go first. */
const calmQueue = 200;
/** Callers being served past which jobs let them go first. */
const calmCallers = 16;
const calmPauseMs = 50;
/** Pause when the receiver takes nothing: the queue is full, or the disk. */
const busyPauseMs = 1_000;

export interface JobRunner {
  /** Goes on with the jobs of the last session. */
  start(): Promise<void>;
  /** To be called after a job was made. */
  wake(): void;
  /** Takes up nothing more and waits for what is under way. */
  stop(): Promise<void>;
}

/** What came of one item; `later`: nothing was taken, the item stays. */
type ItemEnd = JobItemEnd | 'later';

/** Makes a runner; `parts` are looked at when it works, not before. */
export function createJobRunner(parts: ApiParts): JobRunner {
  const { store, clock, logger } = parts;
  let isStopped = true;
  let working: Promise<void> | undefined;
  let endPause: (() => void) | undefined;

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = clock.after(ms, resolve);
      endPause = () => {
        cancel();
        resolve();
      };
    });
  }

  function isCalm(): boolean {
    return store.read.runs.counts().queued <= calmQueue && parts.receiver.state().inFlight <= calmCallers;
  }

  /** A few items of every job in turn, until there are none. */
  async function work(): Promise<void> {
    while (!isStopped) {
      const jobs = store.read.jobs.live();
      if (jobs.length === 0) return;
      for (const job of jobs) {
        if (isStopped) return;
        const isTaken = isCalm() && (await advance(job));
        if (!isTaken) await pause(isCalm() ? busyPauseMs : calmPauseMs);
      }
    }
  }

  /** Does the next items of a job; false: nothing can be taken now. */
  async function advance(job: JobRow): Promise<boolean> {
    try {
      const items = store.read.jobs.items(job.seq, atOnce);
      if (items.length === 0) {
        await store.write('endJob', { id: job.id, state: 'done', at: clock.now() });
        return true;
      }
      const all = await Promise.all(items.map((item) => judge(job, item)));
      passPoint('job item judged');
      const ends = all.filter((end) => end !== 'later');
      if (ends.length > 0) await store.write('settleJobItems', { id: job.id, ends, at: clock.now() });
      return ends.length > 0;
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code === 'storage_unavailable') return false;
      logger.error({ err: thrown, jobId: job.id }, 'a job can not go on');
      await store.write('endJob', { id: job.id, state: 'failed', error: error.message, at: clock.now() });
      return true;
    }
  }

  async function judge(job: JobRow, { requestId, requestSeq }: JobItem): Promise<ItemEnd> {
    const row = requestId === null ? undefined : store.read.requests.byId(requestId);
    if (row === undefined) return { requestSeq, error: 'The request is no longer kept.', isMended: false };
    // Somebody else saw to it meanwhile.
    if (job.kind === 'retry' && row.triage !== 'open') return { requestSeq, error: null, isMended: false };
    try {
      const jobKey = `job:${job.id}:${row.id}`;
      const judged = await repeatRequest(parts, row, { mode: job.mode, jobKey });
      if (judged.isTaken) return { requestSeq, error: null, isMended: job.kind === 'retry' };
      if (judged.reason === 'busy' || judged.reason === 'storage_unavailable') return 'later';
      return { requestSeq, error: `${row.id}: ${judged.reasonText ?? 'It was refused.'}`, isMended: false };
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code === 'storage_unavailable') return 'later';
      if (!(thrown instanceof AppError))
        logger.error({ err: thrown, requestId: row.id }, 'an item of a job failed');
      return { requestSeq, error: `${row.id}: ${error.message}`, isMended: false };
    }
  }

  function wake(): void {
    if (isStopped || working !== undefined) return;
    working = work()
      .catch((error: unknown) => {
        logger.error({ err: error }, 'jobs can not go on');
        return pause(busyPauseMs);
      })
      .finally(() => {
        working = undefined;
        // One may have been made between the last look and now.
        if (!isStopped && store.read.jobs.live().length > 0) wake();
      });
  }

  return {
    async start() {
      await store.write('recoverJobs', undefined);
      isStopped = false;
      wake();
    },
    wake,
    async stop() {
      isStopped = true;
      endPause?.();
      await working;
    },
  };
}
