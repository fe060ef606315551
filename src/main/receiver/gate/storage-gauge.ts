/** Whether the store takes writes, asked at most a few times a second: its health is read from the disk. */
import type { Store } from '../../store/open-store.ts';

/** How long one look is good for. */
const validMs = 250;

/** A cheap question for every request. */
export function createStorageGauge(store: Pick<Store, 'health'>): () => boolean {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let isWritable = true;
  return () => {
    const now = performance.now();
    if (now - lookedAt >= validMs) {
      isWritable = store.health().writable;
      lookedAt = now;
    }
    return isWritable;
  };
}
