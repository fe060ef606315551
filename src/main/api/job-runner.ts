/**
 * Works off bulk jobs a few items at a time, in the order they came, and never ahead of callers. Everything it knows is in
 * the store, so after any end of the process it goes on where it was (RELIABILITY D7).
 */
import { toAppError } from '../../shared/errors.ts';
import { passPoint } from '../base/crash-points.ts';
import type { JobRow } from '../store/jobs-read.ts';
import { doItem } from './job-items.ts';
import { createImportWorker } from './record-import-worker.ts';
import type { ApiParts } from './parts.ts';

/** Items of one job done at once; cancelling is only a word to the store. */
const atOnce = 8;
const cancelledAtOnce = 64;
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

/** Makes a runner; `parts` are looked at when it works, not before. */
export function createJobRunner(parts: ApiParts): JobRunner {
  const { store, clock, logger } = parts;
  const imports = createImportWorker(parts);
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
    if (parts.receiver.state().inFlight > calmCallers) return false;
    const { queued } = store.read.runs.counts();
    // What is held back may be so for ever, and takes no turn from anybody.
    return queued <= calmQueue || queued - store.read.overview.heldRuns() <= calmQueue;
  }

  /** Cancelling is what makes it calm. */
  const mayGoOn = (job: JobRow): boolean => job.kind === 'cancelRuns' || isCalm();

  /** A few items of every job in turn, until there are none. */
  async function work(): Promise<void> {
    while (!isStopped) {
      const jobs = store.read.jobs.live();
      if (jobs.length === 0) return;
      for (const job of jobs) {
        if (isStopped) return;
        const isTaken = mayGoOn(job) && (await advance(job));
        if (!isTaken) await pause(mayGoOn(job) ? busyPauseMs : calmPauseMs);
      }
    }
  }

  /** Does the next items of a job; false: nothing can be taken now. */
  async function advance(job: JobRow): Promise<boolean> {
    try {
      if (job.kind === 'import') return await imports.advance(job);
      const items = store.read.jobs.items(job, job.kind === 'cancelRuns' ? cancelledAtOnce : atOnce);
      if (items.length === 0) {
        await store.write('endJob', { id: job.id, state: 'done', at: clock.now() });
        return true;
      }
      const all = await Promise.all(items.map((item) => doItem(parts, job, item)));
      passPoint('job item judged');
      const ends = all.filter((end) => typeof end !== 'string');
      if (ends.length > 0) await store.write('settleJobItems', { id: job.id, ends, at: clock.now() });
      return all.some((end) => end !== 'later');
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code === 'storage_unavailable') return false;
      logger.error({ err: thrown, jobId: job.id }, 'a job can not go on');
      await store.write('endJob', { id: job.id, state: 'failed', error: error.message, at: clock.now() });
      return true;
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
      imports.close();
    },
  };
}
