/**
 * The end of a try that asks for more than its own step: a person's word, a run of another workflow, a notification. The
 * rest is `endTry`'s.
 */
import { toAppError } from '../../shared/errors.ts';
import type { StepCall, StepResult } from '../steps/step.ts';
import type { PlannedRun, StepEffect, StepSettlement } from '../store/types.ts';
import { capDue, endFailed, endTry, type Ending, type TryPlace } from './settlement.ts';

type WaitKind = Extract<StepSettlement['outcome'], { kind: 'parked' }>['waitKind'];

/** The step waits for somebody, as long as its `timeoutSeconds` says. */
function park(
  place: TryPlace,
  waitKind: WaitKind,
  waitingFor: string,
  effects: readonly StepEffect[],
): Ending {
  const { timeoutSeconds } = place.node.config;
  const dueAt = typeof timeoutSeconds === 'number' ? place.now + timeoutSeconds * 1_000 : null;
  return {
    outcome: { kind: 'parked', waitKind, waitingFor, dueAt: capDue(dueAt, place.deadlineAt) },
    next: [],
    effects,
  };
}

function endCall(place: TryPlace, call: StepCall, run: PlannedRun): Ending {
  const effects: readonly StepEffect[] = [{ kind: 'startRun', run }];
  if (call.wait) return park(place, 'child', `Waits for the run ${run.id} of "${call.workflow}".`, effects);
  const ending = endTry(place, { output: { runId: run.id, status: 'queued', output: null } });
  return ending.outcome.kind === 'succeeded' ? { ...ending, effects } : ending;
}

/** What the result of a try leads to. @param plan the run a call makes */
export function endResult(place: TryPlace, result: StepResult, plan: (call: StepCall) => PlannedRun): Ending {
  const { ask, call, notify } = result;
  if (result.failure !== undefined) return endTry(place, result);
  if (ask !== undefined) {
    const title = ask.title === '' ? place.node.name : ask.title;
    const notification = { kind: 'approval', level: 'info', ...ask, title } as const;
    return park(place, 'approval', `Waits for approval: ${title}`, [{ kind: 'notify', notification }]);
  }
  if (call !== undefined) {
    try {
      return endCall(place, call, plan(call));
    } catch (thrown) {
      return endFailed(place, toAppError(thrown));
    }
  }
  const ending = endTry(place, result);
  if (notify === undefined || ending.outcome.kind !== 'succeeded') return ending;
  return { ...ending, effects: [{ kind: 'notify', notification: { kind: 'notify', ...notify } }] };
}
