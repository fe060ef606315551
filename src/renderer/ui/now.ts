/** One clock for every relative time on the page: a single timer, however many rows look at it. */
import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let present = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const tickMs = 5_000;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    present = Date.now();
    for (const each of listeners) each();
  }, tickMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Milliseconds since the epoch, renewed every five seconds. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => present);
}
