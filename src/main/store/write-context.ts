/**
 * What a write operation gets: the writer's connection, a way to say what changed, and the count of live runs. An
 * operation is a plain synchronous function that runs inside a transaction it neither opens nor ends.
 */
import type { RunStatus } from '../../shared/model/run.ts';
import type { DedupeKeys } from './dedupe-keys.ts';
import type { Sql } from './sql.ts';
import type { FeedTopic } from './types.ts';

/** Runs that can still change, by status. */
export interface LiveCounts {
  queued: number;
  running: number;
  waiting: number;
}

export interface WriteContext {
  readonly sql: Sql;
  readonly keys: DedupeKeys;
  /** Says that an object changed; told to the feed after the commit. */
  emit(topic: FeedTopic, id: string): void;
  /** Kept by `moveRun`; put back when the transaction fails. */
  readonly live: LiveCounts;
  /** Endpoints and verdicts whose lazily captured requests are to be cut to the newest before the commit. */
  readonly toTrim: Set<string>;
}

/** Whether a run of this status can still change; the model's own rule comes with validators the writer does without. */
export function isCounted(status: RunStatus): status is keyof LiveCounts {
  return status === 'queued' || status === 'running' || status === 'waiting';
}

/** Keeps the count of live runs right when one is made (`from` null) or changes its status. */
export function moveRun({ live }: WriteContext, from: RunStatus | null, to: RunStatus): void {
  if (from === to) return;
  if (from !== null && isCounted(from)) live[from] -= 1;
  if (isCounted(to)) live[to] += 1;
}
