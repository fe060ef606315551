/** Who waits for a run: the receiver in its waiting modes, the API with `wait`. Each is told once, after the commit. */
import type { StepReply } from '../steps/step.ts';
import type { RunRow } from '../store/types.ts';

export type RunSignal =
  | ({ readonly kind: 'responded' } & StepReply)
  | { readonly kind: 'finished'; readonly run: RunRow }
  /** Paused; by itself it goes on at `untilAt`, epoch ms, or, without one, never. */
  | { readonly kind: 'waiting'; readonly untilAt?: number };

export interface RunWatch {
  /** The first thing that happens to the run; never rejects, and never resolves after `close`. */
  readonly signal: Promise<RunSignal>;
  close(): void;
}

export interface Watches {
  open(runId: string): RunWatch;
  has(runId: string): boolean;
  /** Whether nobody waits for any run. */
  isEmpty(): boolean;
  /** Ids of runs that are watched. */
  ids(): Iterable<string>;
  tell(runId: string, signal: RunSignal): void;
}

/** An empty list of watches. */
export function createWatches(): Watches {
  const listeners = new Map<string, Set<(signal: RunSignal) => void>>();
  return {
    open(runId) {
      const { promise, resolve } = Promise.withResolvers<RunSignal>();
      const group = listeners.get(runId) ?? new Set();
      listeners.set(runId, group.add(resolve));
      const close = (): void => {
        group.delete(resolve);
        if (group.size === 0 && listeners.get(runId) === group) listeners.delete(runId);
      };
      return { signal: promise, close };
    },
    has: (runId) => listeners.has(runId),
    isEmpty: () => listeners.size === 0,
    ids: () => [...listeners.keys()],
    tell(runId, signal) {
      const group = listeners.get(runId);
      listeners.delete(runId);
      for (const resolve of group ?? []) resolve(signal);
    },
  };
}
