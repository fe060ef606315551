/**
 * When a run has paused for those who wait for its answer (SPEC 10): it goes on only when a request comes, or so much
 * later that nobody could wait for it. A short delay is a part of the run like any other step.
 */
import type { Store } from '../store/open-store.ts';

/** The longest an endpoint may let its caller wait. */
const longestAnswerMs = 600_000;

/** Whether all that is open in the run waits for a request, or for a moment no caller waits for. */
export function isPaused(store: Store, runId: string, now: number): boolean {
  if (store.read.runs.byId(runId)?.status !== 'waiting') return false;
  return store.read.runs
    .steps(runId)
    .filter((step) => step.status === 'waiting')
    .every((step) => step.type === 'webhook' || (step.dueAt ?? Infinity) - now > longestAnswerMs);
}
