/**
 * Whether the store takes writes. Once it does not, it is asked again every second: nobody else may try meanwhile,
 * because callers are refused while the store is known to be down (SPEC 4.5).
 */
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';

const probeMs = 1_000;

/** What keeps the store from writing, if anything does. */
export interface WriterHealth {
  readonly writable: boolean;
  readonly lastError: { readonly at: number; readonly message: string } | null;
}

export interface HealthWatch {
  readonly health: WriterHealth;
  failed(message: string): void;
  worked(): void;
  stop(): void;
}

/** Watches; `probe` tries a small write and reports back by `failed` or `worked` like any other. */
export function watchHealth(clock: Clock, logger: Logger, probe: () => void): HealthWatch {
  let isFailing = false;
  let isStopped = false;
  let lastError: WriterHealth['lastError'] = null;
  let probing: NodeJS.Timeout | undefined;

  return {
    get health() {
      return { writable: !isFailing && !isStopped, lastError };
    },
    failed(message) {
      if (!isFailing) logger.error({ reason: message }, 'the store can not be written');
      isFailing = true;
      lastError = { at: clock.now(), message };
      if (isStopped) return;
      probing ??= setTimeout(() => {
        probing = undefined;
        if (isFailing && !isStopped) probe();
      }, probeMs).unref();
    },
    worked() {
      if (isFailing) logger.info('the store can be written again');
      isFailing = false;
    },
    stop() {
      isStopped = true;
      clearTimeout(probing);
    },
  };
}
