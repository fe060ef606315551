/**
 * Orderly ends: whatever was started is stopped in the reverse order, each part given its chance even when another
 * fails, and only once however often one asks.
 */
import type { Logger } from './logger.ts';

export interface Lifecycle {
  /** Notes how to stop what was just started; called last-started first. */
  onStop(name: string, stop: () => Promise<void> | void): void;
  /** Stops everything. Never rejects: what fails is logged and the rest goes on. Further calls give the same promise. */
  stop(): Promise<void>;
}

/** A new, empty lifecycle. */
export function createLifecycle(logger: Logger): Lifecycle {
  const parts: { readonly name: string; readonly stop: () => Promise<void> | void }[] = [];
  let ending: Promise<void> | undefined;

  async function stopAll(): Promise<void> {
    for (const part of parts.toReversed()) {
      try {
        await part.stop();
      } catch (error) {
        logger.error({ err: error, part: part.name }, 'a part did not stop as it should');
      }
    }
  }

  return {
    onStop(name, stop) {
      parts.push({ name, stop });
    },
    stop() {
      ending ??= stopAll();
      return ending;
    },
  };
}
