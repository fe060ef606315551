/**
 * Does one due step from picking it up to its commit. The store decides who was first: what is written is fenced by
 * the attempt, so a step that was cancelled, resumed or timed out meanwhile is left as it is (SPEC 9).
 */
import { AppError, toAppError } from '../../shared/errors.ts';
import { isLive, type RunStatus } from '../../shared/model/run.ts';
import { passPoint } from '../base/crash-points.ts';
import type { StepReply } from '../steps/step.ts';
import type { DueStep, RefusedEffect, SettleOutcome } from '../store/types.ts';
import { hashToken } from './resume-token.ts';
import { type RunContext, roundsOf } from './run-context.ts';
import type { Calls } from './children.ts';
import { pauseSignal } from './pause.ts';
import type { RunContexts } from './run-contexts.ts';
import { countSteps, endFailed, failRun, type TryPlace } from './settlement.ts';
import { bareEnd, createTries, type Flight, type TryEnd, type TryTools } from './try-step.ts';
import type { Watches } from './watches.ts';

export interface RunnerTools extends TryTools {
  readonly contexts: RunContexts;
  readonly watches: Watches;
  readonly calls: Calls;
  /** From 0 to 1. */
  chance(): number;
}

export interface Runner {
  /**
   * Does a step and commits how it ended. Rejects only when not even its failure can be committed, which is a defect;
   * the step is then the next start's.
   */
  run(flight: Flight): Promise<void>;
  /** Cuts off what is under way for a run that was cancelled, and tells who waits for it. */
  cut(runId: string): void;
  /** Nothing is committed from now on: what is under way is left to the next start. */
  abandon(): void;
}

/** Step executions of one run (SPEC 12). */
const mostSteps = 10_000;

/** Makes a runner. */
export function createRunner(tools: RunnerTools): Runner {
  const { store, writer, contexts, watches, calls, clock, logger } = tools;
  const tries = createTries(tools);

  async function settle(
    flight: Flight,
    context: RunContext | undefined,
    end: TryEnd,
  ): Promise<RefusedEffect | undefined> {
    const { due } = flight;
    flight.onSettling();
    const { outcome } = end;
    const at = clock.now();
    const onFailure =
      context !== undefined && outcome.kind === 'failed' && outcome.endsRun
        ? calls.planFailure(context, { error: outcome.error, startedAt: end.startedAt, at })
        : undefined;
    const joins = context?.graph.nodes.get(due.nodeId)?.joinsAhead;
    passPoint('step before settling');
    const done = await writer.write('settleStep', {
      stepSeq: due.seq,
      runId: due.runId,
      attempt: flight.fence,
      isBegun: flight.fence !== due.attempt,
      startedAt: end.startedAt,
      at,
      inputJson: end.inputJson,
      logs: end.logs,
      outcome: end.outcome,
      next: end.next,
      ...(joins === undefined ? {} : { joins }),
      ...(end.effects === undefined ? {} : { effects: end.effects }),
      ...(onFailure === undefined ? {} : { onFailure }),
    });
    if (done === undefined) return undefined;
    const { applied, outputJson, refused, isFrameOver } = done.output;
    if (refused !== undefined) return refused;
    if (applied && context !== undefined) remember(due, context, end, outputJson);
    if (isFrameOver === true && due.frameSeq !== null) context?.dropFrame(due.frameSeq);
    tellOutcome(due.runId, done.output, end.respond);
    return undefined;
  }

  /** Keeps the output for the steps that follow. */
  function remember(due: DueStep, context: RunContext, { outcome }: TryEnd, given: string | undefined): void {
    if (outcome.kind !== 'succeeded' && outcome.kind !== 'failed') return;
    const step = {
      seq: due.seq,
      nodeId: due.nodeId,
      name: context.graph.nodes.get(due.nodeId)?.name ?? due.nodeId,
      outputJson: given ?? outcome.outputJson ?? null,
      outputRequestId: outcome.kind === 'succeeded' ? outcome.outputRequestId : null,
      resumedInputJson: due.resumedInputJson,
      resumedParamsJson: due.resumedParamsJson,
      error: outcome.kind === 'failed' ? outcome.error : null,
    };
    context.add(step, due.frameSeq);
  }

  function tellOutcome(
    runId: string,
    { applied, runStatus }: SettleOutcome,
    respond: StepReply | undefined,
  ): void {
    if (applied && respond !== undefined) watches.tell(runId, { kind: 'responded', ...respond });
    // Held off by the fence: somebody else moved the run on, and what we know of it may be old.
    if (!applied || runStatus === 'waiting' || !isLive(runStatus)) contexts.forget(runId);
    if (applied && !isLive(runStatus) && runStatus !== 'succeeded') cutChildren(runId);
    tellStatus(runId, runStatus);
  }

  /** Runs that were cancelled with the one that waited for them. */
  function cutChildren(runId: string): void {
    for (const child of store.read.children.of(runId)) {
      if (!child.awaited || child.status !== 'cancelled') continue;
      cut(child.runId);
      cutChildren(child.runId);
    }
  }

  function tellStatus(runId: string, status: RunStatus): void {
    if (status === 'waiting') tellPause(runId);
    else if (!isLive(status) && watches.has(runId)) {
      const run = store.read.runs.byId(runId);
      if (run !== undefined) watches.tell(runId, { kind: 'finished', run });
    }
  }

  /** Tells who waits for a run that it has paused, and so may those that wait for it. */
  function tellPause(runId: string): void {
    if (watches.isEmpty()) return;
    const pause = watches.has(runId) ? pauseSignal(store, runId) : undefined;
    if (pause !== undefined) watches.tell(runId, pause);
    const origin = store.read.children.origin(runId);
    if (origin?.awaited === true && origin.parent !== null) tellPause(origin.parent.runId);
  }

  function placeOf(due: DueStep, context: RunContext): TryPlace {
    const { graph } = context;
    const node = graph.nodes.get(due.nodeId);
    if (node === undefined) throw new AppError({ code: 'workflow_missing' });
    const now = clock.now();
    // A run may be queued for long before it has its turn.
    context.beganAt ??= now;
    // A resumed step's try began with its request, a cut-off one's before the process ended.
    const isResumed = due.resumedByRequestId !== null || due.resumedInputJson !== null;
    const isCounted = isResumed || due.isInterrupted;
    return {
      graph,
      node,
      attempt: isCounted ? due.attempt : due.attempt + 1,
      reserveSteps(count) {
        if (context.stepCount + count > mostSteps) return false;
        context.stepCount += count;
        return true;
      },
      now,
      deadlineAt: graph.timeoutMs === undefined ? undefined : context.beganAt + graph.timeoutMs,
      chance: tools.chance(),
      rounds: roundsOf(context, due.frameSeq),
      tokenHashOf: (nodeId, rounds) => hashToken(tools.tokens.tokenOf(due.runId, nodeId, 0, rounds)),
    };
  }

  async function runStep(flight: Flight): Promise<void> {
    const context = contexts.get(flight.due.runId);
    if (context === undefined) return;
    const place = placeOf(flight.due, context);
    const end = await tries.run(flight, context, place);
    if (end === undefined) return;
    const refused = await settle(flight, context, end);
    if (refused === undefined) return;
    // The steps that were to follow are not made.
    place.reserveSteps(-countSteps(place, end.next));
    const failed = endFailed({ ...place, now: clock.now() }, new AppError(refused));
    await settle(flight, context, { ...end, ...failed });
  }

  /** Ends a run that can not go on: its version is gone, or we have a defect. */
  async function giveUp(flight: Flight, thrown: unknown): Promise<void> {
    const { runId, nodeId } = flight.due;
    const error = toAppError(thrown);
    if (error.code === 'internal') logger.error({ err: thrown, runId, nodeId }, 'a run can not go on');
    contexts.forget(runId);
    await settle(flight, undefined, bareEnd(failRun(error, { id: nodeId }), clock.now()));
  }

  function cut(runId: string): void {
    contexts.forget(runId);
    tries.cut(runId);
    tellStatus(runId, 'cancelled');
  }

  return {
    run: (flight) => runStep(flight).catch((thrown: unknown) => giveUp(flight, thrown)),
    cut,
    abandon: () => tries.abandon(),
  };
}
