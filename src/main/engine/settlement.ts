/**
 * From the end of a try to what is written: the outcome, and the steps that follow it. Pure; the policies of SPEC 8 and
 * the limits of SPEC 12 are applied here.
 */
import { AppError, toAppError } from '../../shared/errors.ts';
import type { RecordEffect } from '../../shared/model/record-effect.ts';
import type { StepResult } from '../steps/step.ts';
import type { PlannedStep, StepSettlement } from '../store/types.ts';
import { encodeOutput, toRunError } from './encode.ts';
import type { Graph, GraphNode } from './graph.ts';
import { planNext, portAfterFailure } from './plan.ts';
import { isRunFailure, judgeFailure, timeoutMsOf } from './policy.ts';

/** Where a try stands in its run. */
export interface TryPlace {
  readonly graph: Graph;
  readonly node: GraphNode;
  /** Number of the try, from 1. */
  readonly attempt: number;
  /** Counts steps that are to be made; false, and none is counted, when the run would have too many. */
  reserveSteps(count: number): boolean;
  readonly now: number;
  /** Instant at which the run as a whole is out of time; undefined: never. */
  readonly deadlineAt: number | undefined;
  /** From 0 to 1, for the spread of retries. */
  readonly chance: number;
  /** Numbers of the rounds of loops around the step, the outermost first. */
  readonly rounds: readonly number[];
  /** sha256 hex of the token of a node's first arrival in these rounds. */
  tokenHashOf(nodeId: string, rounds: readonly number[]): string;
}

export type Ending = Pick<StepSettlement, 'outcome' | 'next' | 'effects'>;

const nothingNext: readonly PlannedStep[] = [];

/** No pause outlasts the run's own time: the step is due at its end, and fails then. */
export function capDue<At extends number | null>(dueAt: At, deadlineAt: number | undefined): At | number {
  if (deadlineAt === undefined) return dueAt;
  return dueAt === null ? deadlineAt : Math.min(dueAt, deadlineAt);
}

/** A failure that ends the run whatever the step's policy says. */
export function failRun(error: AppError, node: Pick<GraphNode, 'id'>): Ending {
  return {
    outcome: { kind: 'failed', error: toRunError(error, node.id), port: null, endsRun: true },
    next: nothingNext,
  };
}

function goOn(place: TryPlace, port: string | null): readonly PlannedStep[] | AppError {
  const next = planNext(place.graph, place.node, port, place.now);
  return place.reserveSteps(countSteps(place, next)) ? next : new AppError({ code: 'run_limit' });
}

/** Steps that are to be counted when one ends: those after it, but a join when it is done, however many lead to it. */
export function countSteps({ node }: Pick<TryPlace, 'node'>, next: readonly PlannedStep[]): number {
  return next.filter((step) => step.type !== 'join').length + (node.type === 'join' ? 1 : 0);
}

/** What a failed try leads to. `outputJson`: what the step gave all the same. */
export function endFailed(place: TryPlace, error: AppError, outputJson: string | null = null): Ending {
  const { node, now } = place;
  const verdict = judgeFailure(node.config, error, place.attempt, place.chance);
  const runError = toRunError(error, node.id);
  if (verdict.kind === 'retry') {
    const dueAt = capDue(now + verdict.afterMs, place.deadlineAt);
    return { outcome: { kind: 'retry', error: runError, dueAt }, next: nothingNext };
  }
  if (verdict.kind === 'fail') {
    const isCatchable = !isRunFailure(error);
    return {
      outcome: { kind: 'failed', error: runError, port: null, endsRun: true, isCatchable, outputJson },
      next: nothingNext,
    };
  }
  const port = verdict.kind === 'port' ? 'error' : portAfterFailure(node);
  const next = goOn(place, port);
  if (next instanceof AppError) return failRun(next, node);
  return { outcome: { kind: 'failed', error: runError, port, endsRun: false, outputJson }, next };
}

/** A step that gave an output, by value or as a request it is derived from. */
export function endSucceeded(
  place: TryPlace,
  output: {
    readonly outputJson: string | null;
    readonly outputRequestId: string | null;
    readonly record?: RecordEffect;
  },
  port: string | null,
): Ending {
  const next = goOn(place, port);
  if (next instanceof AppError) return failRun(next, place.node);
  return { outcome: { kind: 'succeeded', ...output, port }, next };
}

function encodeKept(output: unknown): string | null {
  try {
    return encodeOutput(output);
  } catch {
    return null;
  }
}

/** What the result of a try leads to. */
export function endTry(place: TryPlace, result: StepResult): Ending {
  const { node } = place;
  if (result.failure !== undefined) return endFailed(place, result.failure, encodeKept(result.output));
  if (result.delayUntilAt !== undefined) {
    const longestMs = node.kind === undefined ? undefined : timeoutMsOf(node.kind, node.config);
    if (longestMs !== undefined && result.delayUntilAt > place.now + longestMs) {
      const message = `The pause would last longer than the ${longestMs / 1_000} s this step may take.`;
      return endFailed(place, new AppError({ code: 'step_timeout', message, details: { retryable: false } }));
    }
    const dueAt = capDue(result.delayUntilAt, place.deadlineAt);
    const waitingFor = `Pauses until ${new Date(result.delayUntilAt).toISOString()}.`;
    return { outcome: { kind: 'delayed', dueAt, waitingFor }, next: nothingNext };
  }
  if (result.record !== undefined) {
    // Its output is what the store makes of it.
    const output = { outputJson: null, outputRequestId: null, record: result.record };
    return endSucceeded(place, output, result.port ?? null);
  }
  try {
    const outputJson = encodeOutput(result.output);
    return endSucceeded(place, { outputJson, outputRequestId: null }, result.port ?? null);
  } catch (thrown) {
    return endFailed(place, toAppError(thrown));
  }
}
