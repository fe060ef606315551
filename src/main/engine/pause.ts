/**
 * When a run has paused for those who wait for its answer (SPEC 10): nothing of it goes on by itself before somebody
 * outside does something, or before a moment that may be later than they wait. Runs it waits for are looked into.
 */
import type { Store } from '../store/open-store.ts';
import type { StepRow } from '../store/types.ts';
import type { RunSignal } from './watches.ts';

/** Steps that wait for others of their own run, which tell by themselves. */
const inward: readonly string[] = ['loop', 'join'];

/** When a waiting step goes on by itself; Infinity: when somebody outside wants; undefined: it is being worked on. */
function untilOf(
  store: Store,
  step: StepRow,
  children: () => ReadonlyMap<number, string>,
): number | undefined {
  switch (step.waitKind) {
    case 'delay':
      return step.dueAt ?? Infinity;
    case 'child': {
      const runId = children().get(step.seq);
      return runId === undefined ? undefined : pausedUntil(store, runId);
    }
    default:
      return Infinity;
  }
}

/**
 * The instant at which a paused run goes on by itself, epoch ms; Infinity: not before a request, a person or another
 * program. Undefined: it has not paused.
 */
function pausedUntil(store: Store, runId: string): number | undefined {
  if (store.read.runs.byId(runId)?.status !== 'waiting') return undefined;
  let known: ReadonlyMap<number, string> | undefined;
  // The newest child of a step is the one it waits for.
  const children = (): ReadonlyMap<number, string> =>
    (known ??= new Map(store.read.children.of(runId).map((child) => [child.stepSeq, child.runId])));
  let until = Infinity;
  for (const step of store.read.runs.steps(runId)) {
    if (step.status !== 'waiting' || (step.waitKind !== null && inward.includes(step.waitKind))) continue;
    const at = untilOf(store, step, children);
    if (at === undefined) return undefined;
    until = Math.min(until, at);
  }
  return until;
}

/** What is told to those who wait for a run that has paused; undefined: it has not. */
export function pauseSignal(
  store: Store,
  runId: string,
): Extract<RunSignal, { kind: 'waiting' }> | undefined {
  const untilAt = pausedUntil(store, runId);
  if (untilAt === undefined) return undefined;
  return untilAt === Infinity ? { kind: 'waiting' } : { kind: 'waiting', untilAt };
}
