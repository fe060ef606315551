/** Ends one try of a step from outside: by its time-out or because its run was cancelled. */
import type { AppError } from '../../shared/errors.ts';
import type { Clock } from '../base/clock.ts';

/** What listens to the signal gets this long to end by itself and tell what it knows. */
const graceMs = 200;

export interface Cutoff {
  /** Aborted with the error that ends the try. */
  readonly signal: AbortSignal;
  cut(error: AppError): void;
  /** Waits for the work, or for a cut the work did not heed. Rejects with the error of the cut. */
  race<Value>(work: Promise<Value>): Promise<Value>;
  /** No time-out any more. */
  close(): void;
}

/** A cutoff; `timeoutMs` undefined: only `cut` ends the try. */
export function createCutoff(clock: Clock, timeoutMs: number | undefined, onTimeout: () => AppError): Cutoff {
  let controller: AbortController | undefined;
  let error: AppError | undefined;
  let giveUp: ((error: AppError) => void) | undefined;
  const stops: (() => void)[] = [];

  function cut(cause: AppError): void {
    if (error !== undefined) return;
    error = cause;
    controller?.abort(cause);
    if (giveUp !== undefined) stops.push(clock.after(graceMs, () => giveUp?.(cause)));
  }

  if (timeoutMs !== undefined) stops.push(clock.after(timeoutMs, () => cut(onTimeout())));

  return {
    // Made when asked for: most steps never look at it.
    get signal() {
      controller ??= new AbortController();
      if (error !== undefined && !controller.signal.aborted) controller.abort(error);
      return controller.signal;
    },
    cut,
    race(work) {
      if (timeoutMs === undefined) return work;
      const { promise, reject } = Promise.withResolvers<never>();
      giveUp = reject;
      return Promise.race([work, promise]);
    },
    close() {
      for (const stop of stops) stop();
    },
  };
}
