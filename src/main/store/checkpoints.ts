/**
 * When the write-ahead log is moved into the database: after a batch was answered once the log is long enough, and
 * soon after the writer fell idle. Short and often, so that none is long enough to be noticed.
 */
import { passPoint } from '../base/crash-points.ts';
import type { Sql } from './sql.ts';

/** Pages in the log at which it is moved even under load. */
const busyPages = 1_000;
const idleMs = 500;

interface CheckpointColumns {
  readonly busy: number;
  readonly log: number;
  readonly checkpointed: number;
}

export interface Checkpoints {
  afterBatch(): void;
  whenIdle(): void;
  /** Empties the log for good. */
  close(): void;
}

/** Decides for the writer's connection. */
export function createCheckpoints(sql: Sql): Checkpoints {
  let timer: NodeJS.Timeout | undefined;
  let isDirty = false;

  /** Answers undefined when the disk refused: the log keeps everything, and the next commit tells what is wrong. */
  function run(mode: 'NOOP' | 'PASSIVE' | 'TRUNCATE'): CheckpointColumns | undefined {
    try {
      return sql.get<CheckpointColumns>(`PRAGMA wal_checkpoint(${mode})`);
    } catch {
      return undefined;
    }
  }

  function checkpoint(): void {
    isDirty = false;
    passPoint('checkpoint before');
    run('PASSIVE');
    passPoint('checkpoint after');
  }

  return {
    afterBatch() {
      isDirty = true;
      if ((run('NOOP')?.log ?? 0) >= busyPages) checkpoint();
    },
    whenIdle() {
      if (!isDirty) return;
      clearTimeout(timer);
      timer = setTimeout(checkpoint, idleMs);
      timer.unref();
    },
    close() {
      clearTimeout(timer);
      run('TRUNCATE');
    },
  };
}
