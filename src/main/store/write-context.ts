/**
 * What a write operation gets: the writer's connection, a way to say what changed, and the count of live runs. An
 * operation is a plain synchronous function that runs inside a transaction it neither opens nor ends.
 */
import type { RunStatus } from '../../shared/model/run.ts';
import type { DedupeKeys } from './dedupe-keys.ts';
import type { SlotUser, Slots } from './slots.ts';
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
  /** Kept by `moveRun`; put back when the transaction fails. */
  readonly slots: Slots;
  /** Endpoints and verdicts whose lazily captured requests are to be cut to the newest before the commit. */
  readonly toTrim: Set<string>;
}

/** Whether a run of this status can still change; the model's own rule comes with validators the writer does without. */
export function isCounted(status: RunStatus): status is keyof LiveCounts {
  return status === 'queued' || status === 'running' || status === 'waiting';
}

/**
 * Keeps the counts of live runs and of slots right when a run is made (`from` null) or changes its status. To be called
 * after its rows are written: a slot it gives back is taken by the oldest held run at once.
 */
export function moveRun(
  { live, slots }: WriteContext,
  run: SlotUser,
  change: { readonly from: RunStatus | null; readonly to: RunStatus; readonly at: number },
): void {
  const { from, to, at } = change;
  if (from === to) return;
  if (from !== null && isCounted(from)) live[from] -= 1;
  if (isCounted(to)) live[to] += 1;
  slots.move(run, from, to, at);
}
