/**
 * One sandbox process and the jobs waiting for it. Jobs are done in order and answered one by one, so the oldest
 * unanswered job is the one that runs: when it is late or the process dies, that job alone fails and the rest
 * goes on in a fresh process. All that is asked within one turn of the event loop is sent in one message.
 */
import { AppError, type ErrorCode, toAppError } from '../../shared/errors.ts';
import type { Logger } from '../base/logger.ts';
import { readAnswer } from './answer.ts';
import { type Answer, READY, type WireJob } from './protocol.ts';
import { createTextTable, type TextTable } from './text-table.ts';
import type { RaiseWall, Wall } from './wall.ts';

/** Jobs and characters at most in a process at once: more would fill its memory and blame the wrong job. */
const MAX_SENT = 256;
const MAX_SENT_LENGTH = 16 * 1024 * 1024;
/** A job's own limit acts inside the process; past it by this much the process is ended. */
const GRACE_MS = 250;
const START_LIMIT_MS = 30_000;
/** A verdict this much too late means that the machine slept or stood still, the job with it. */
const STANDSTILL_MS = 1000;

/** One thing to do in a sandbox process. */
export interface Job {
  readonly id: number;
  readonly kind: 'expression' | 'code';
  readonly limitMs: number;
  /** What is sent; values go to the table. May throw an AppError. */
  encode(table: TextTable): WireJob;
  onAnswer(answer: Answer): void;
  onFailure(error: AppError): void;
}

export interface Lane {
  add(job: Job): void;
  /** Jobs not answered yet. */
  readonly load: number;
  readonly hasCode: boolean;
  /** How long the job at work has been running. */
  readonly ageMs: number;
  /** Ends the process; what is unanswered fails as `interrupted`. */
  close(): void;
}

export interface LaneOptions {
  readonly entry: URL;
  readonly raise: RaiseWall;
  readonly logger: Logger | undefined;
  /** An unused process is ended after this. */
  readonly idleMs: number;
}

interface SentJob {
  readonly job: Job;
  readonly length: number;
}

export function createLane({ entry, raise, logger, idleMs }: LaneOptions): Lane {
  const backlog: Job[] = [];
  const sent: SentJob[] = [];
  let sentLength = 0;
  let codeLoad = 0;
  let wall: Wall | undefined;
  let isReady = false;
  /** When the job at work began, or the process was started. */
  let since = 0;
  let isPumping = false;
  let watch: NodeJS.Timeout | undefined;
  let watchDueAt = 0;
  let idle: NodeJS.Timeout | undefined;

  const dueAt = (): number => {
    const limitMs = isReady ? (sent[0]?.job.limitMs ?? 0) + GRACE_MS : START_LIMIT_MS;
    return since + limitMs;
  };

  const watchHead = (): void => {
    const due = dueAt();
    if (watch !== undefined && watchDueAt <= due) return;
    clearTimeout(watch);
    watchDueAt = due;
    // Answers that came while this thread was busy are read before the verdict.
    watch = setTimeout(() => setImmediate(judgeHead), Math.max(0, due - performance.now()));
  };

  const stopWatch = (): void => {
    clearTimeout(watch);
    watch = undefined;
  };

  const dropWall = (): void => {
    wall?.kill();
    wall = undefined;
    isReady = false;
    backlog.unshift(...sent.splice(0).map(({ job }) => job));
    sentLength = 0;
    stopWatch();
  };

  const forget = (job: Job): void => {
    if (job.kind === 'code') codeLoad--;
  };

  const fail = (job: Job, error: AppError): void => {
    forget(job);
    job.onFailure(error);
  };

  /** The job at work is given up with its process; the others move on. */
  const giveUpHead = (code: ErrorCode, deed: string): void => {
    const job = sent.shift()?.job;
    dropWall();
    const reason = `The ${job?.kind} ${deed}`;
    if (job !== undefined) fail(job, new AppError({ code, message: reason, details: { reason } }));
    schedule();
  };

  const failAll = (error: AppError): void => {
    dropWall();
    for (const job of backlog.splice(0)) fail(job, error);
  };

  function judgeHead(): void {
    watch = undefined;
    const head = sent[0];
    if (wall === undefined || head === undefined) return;
    const now = performance.now();
    if (now > watchDueAt + STANDSTILL_MS) since = now;
    if (now < dueAt()) {
      watchHead();
    } else if (isReady) {
      const { kind, limitMs } = head.job;
      giveUpHead(`${kind}_timeout`, `took longer than ${limitMs} ms`);
    } else {
      logger?.error('a sandbox process did not start in time');
      failAll(new AppError({ code: 'internal', reason: 'the sandbox process did not start' }));
    }
  }

  const rest = (): void => {
    stopWatch();
    wall?.release();
    idle = setTimeout(dropWall, idleMs);
    idle.unref();
  };

  const onMessage = (message: unknown): void => {
    if (message === READY && !isReady) {
      isReady = true;
      since = performance.now();
      stopWatch();
      if (sent.length > 0) watchHead();
      return;
    }
    const answer = readAnswer(message);
    const head = sent[0];
    if (head === undefined || answer?.id !== head.job.id) {
      logger?.error('a sandbox process gave an answer nobody asked for');
      giveUpHead('sandbox_limit', 'broke its sandbox');
      return;
    }
    sent.shift();
    sentLength -= head.length;
    since = performance.now();
    forget(head.job);
    head.job.onAnswer(answer);
    if (backlog.length > 0) schedule();
    if (sent.length > 0) watchHead();
    else if (backlog.length === 0) rest();
  };

  const onEnd = (lastWords: string): void => {
    logger?.warn({ lastWords }, 'a sandbox process ended by itself');
    if (isReady) giveUpHead('sandbox_limit', 'used more memory than allowed');
    else failAll(new AppError({ code: 'internal', reason: 'the sandbox process did not start' }));
  };

  const raised = (): Wall => {
    if (wall !== undefined) return wall;
    const mine: Wall = raise(entry, {
      onMessage: (message) => {
        if (wall === mine) onMessage(message);
      },
      onEnd: (lastWords) => {
        if (wall === mine) onEnd(lastWords);
      },
    });
    wall = mine;
    since = performance.now();
    return mine;
  };

  /** Sends as much of the backlog as the process may hold. */
  function pump(): void {
    isPumping = false;
    const table = createTextTable();
    const jobs: WireJob[] = [];
    const wasIdle = sent.length === 0;
    while (sent.length < MAX_SENT && (sent.length === 0 || sentLength < MAX_SENT_LENGTH)) {
      const job = backlog.shift();
      if (job === undefined) break;
      const before = table.length;
      try {
        jobs.push(job.encode(table));
      } catch (error) {
        fail(job, toAppError(error));
        continue;
      }
      sent.push({ job, length: table.length - before });
      sentLength += table.length - before;
    }
    if (jobs.length === 0) return;
    clearTimeout(idle);
    const target = raised();
    target.hold();
    target.post({ texts: table.texts, jobs });
    if (wasIdle && isReady) since = performance.now();
    watchHead();
  }

  function schedule(): void {
    if (isPumping) return;
    isPumping = true;
    setImmediate(pump);
  }

  return {
    add(job) {
      backlog.push(job);
      if (job.kind === 'code') codeLoad++;
      schedule();
    },
    get load() {
      return backlog.length + sent.length;
    },
    get hasCode() {
      return codeLoad > 0;
    },
    get ageMs() {
      return isReady && sent.length > 0 ? performance.now() - since : 0;
    },
    close() {
      clearTimeout(idle);
      failAll(new AppError({ code: 'interrupted', message: 'The sandbox was closed' }));
    },
  };
}
