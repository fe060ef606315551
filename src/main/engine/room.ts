/**
 * How many steps may be under way at once (SPEC 9). Steps that wait for somebody else, the network or a sandbox, are
 * slow; a part of the room is kept for the quick ones, and no workflow fills that of the slow ones alone. After the
 * machine has slept, what fell due meanwhile does not set out all at once (RELIABILITY J3).
 */

/** Steps at once over all workflows, unless the settings say otherwise. */
export const defaultStepsAtOnce = 320;
/** Quick steps use the same thread: more of them at once only wait for one another. */
const mostQuick = 64;
/** Of all steps at once, one in so many may be quick, whatever the slow ones do. */
const quickShare = 5;
/** Of the slow ones, one in so many may be of one workflow. */
const workflowShare = 4;

/** Slow steps at once while the burst after a sleep is worked off: at least for a minute, at most for ten. */
const calmSlow = 20;
const shortestCalmMs = 60_000;
const longestCalmMs = 600_000;

export interface Room {
  /** Whether one more may begin. A slow one that may not marks its workflow as full. */
  admits(workflowId: string, isSlow: boolean): boolean;
  enter(workflowId: string, isSlow: boolean): void;
  leave(workflowId: string, isSlow: boolean): void;
  /** Whether not even a quick one may begin. */
  readonly isFull: boolean;
  /** Workflows whose slow steps wait for others to end. */
  readonly fullWorkflows: ReadonlySet<string>;
  /** Much has fallen due at once. */
  calm(now: number): void;
  /** Ends the calm when it has done its part. */
  pass(now: number): void;
}

/** An empty room. @param stepsAtOnce read at each use: the settings may change. */
export function createRoom(stepsAtOnce: () => number): Room {
  const slowOf = new Map<string, number>();
  const fullWorkflows = new Set<string>();
  let quick = 0;
  let slow = 0;
  let calmSince: number | undefined;

  const quickLimit = (): number => Math.min(mostQuick, Math.max(1, Math.floor(stepsAtOnce() / quickShare)));

  function slowLimit(): number {
    const limit = Math.max(1, stepsAtOnce() - quickLimit());
    return calmSince === undefined ? limit : Math.min(limit, calmSlow);
  }

  function admitsSlow(workflowId: string): boolean {
    const limit = slowLimit();
    const ofWorkflow = Math.max(1, Math.floor(limit / (calmSince === undefined ? workflowShare : 2)));
    return slow < limit && quick + slow < stepsAtOnce() && (slowOf.get(workflowId) ?? 0) < ofWorkflow;
  }

  const admitsQuick = (): boolean => quick < quickLimit() && quick + slow < stepsAtOnce();

  return {
    admits(workflowId, isSlow) {
      if (!isSlow) return admitsQuick();
      if (admitsSlow(workflowId)) return true;
      fullWorkflows.add(workflowId);
      return false;
    },
    enter(workflowId, isSlow) {
      if (isSlow) {
        slow += 1;
        slowOf.set(workflowId, (slowOf.get(workflowId) ?? 0) + 1);
      } else quick += 1;
    },
    leave(workflowId, isSlow) {
      if (!isSlow) {
        quick -= 1;
        return;
      }
      slow -= 1;
      const left = (slowOf.get(workflowId) ?? 1) - 1;
      if (left === 0) slowOf.delete(workflowId);
      else slowOf.set(workflowId, left);
      fullWorkflows.clear();
    },
    get isFull() {
      return !admitsQuick();
    },
    fullWorkflows,
    calm(now) {
      calmSince = now;
    },
    pass(now) {
      if (calmSince === undefined) return;
      const isWorkedOff = now - calmSince >= shortestCalmMs && slow < calmSlow / 2;
      if (isWorkedOff || now - calmSince >= longestCalmMs || now < calmSince) {
        calmSince = undefined;
        fullWorkflows.clear();
      }
    },
  };
}
