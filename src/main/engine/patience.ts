/** Writing while the disk may refuse: what is to be written is kept and tried again until it is in, or we stop. */
import { AppError } from '../../shared/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { OperationInput, OperationName, OperationOutput } from '../store/operations.ts';
import type { Store } from '../store/open-store.ts';

const firstPauseMs = 250;
const longestPauseMs = 5_000;

export interface PatientWriter {
  /**
   * The output of the operation, and whether an earlier try may have been committed without our knowing. Undefined:
   * it was given up because the engine stops. Rejects with what the operation itself refuses.
   */
  write<Name extends OperationName>(
    name: Name,
    input: OperationInput<Name>,
  ): Promise<{ readonly output: OperationOutput<Name>; readonly isRepeated: boolean } | undefined>;
  /** Ends all pauses; nothing is tried again. */
  stop(): void;
}

/** Makes a writer over a store. */
export function createPatientWriter(store: Store, clock: Clock): PatientWriter {
  const stopping = new AbortController();

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        stopping.signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = clock.after(ms, end);
      stopping.signal.addEventListener('abort', end);
    });
  }

  return {
    async write(name, input) {
      for (
        let pauseMs = firstPauseMs, isRepeated = false;
        ;
        pauseMs = Math.min(pauseMs * 2, longestPauseMs)
      ) {
        try {
          return { output: await store.write(name, input), isRepeated };
        } catch (thrown) {
          if (!(thrown instanceof AppError) || thrown.code !== 'storage_unavailable') throw thrown;
          if (stopping.signal.aborted) return undefined;
          await pause(pauseMs);
          if (stopping.signal.aborted) return undefined;
          isRepeated = true;
        }
      }
    },
    stop: () => stopping.abort(),
  };
}
