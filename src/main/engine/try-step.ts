/**
 * One try of a due step, from what stands in its way (no time left, cut off before, type unknown) to how it ended.
 * Nothing is committed here but that an outward try begins.
 */
import { AppError } from '../../shared/errors.ts';
import type { ExpressionScope } from '../../shared/expression/scope.ts';
import type { LogLine } from '../../shared/model/run.ts';
import type { Logger } from '../base/logger.ts';
import { passPoint } from '../base/crash-points.ts';
import type { StepKind, StepReply } from '../steps/step.ts';
import type { Store } from '../store/open-store.ts';
import type { DueStep } from '../store/types.ts';
import { endResult } from './asked.ts';
import { runAttempt, timeoutError, type AttemptEnd, type AttemptTools } from './attempt.ts';
import type { Calls } from './children.ts';
import { createCutoff, type Cutoff } from './cutoff.ts';
import { encodeInput, limitLogs } from './encode.ts';
import type { GraphNode } from './graph.ts';
import { endIteration } from './loop.ts';
import type { PatientWriter } from './patience.ts';
import { timeoutMsOf } from './policy.ts';
import type { ResumeTokens } from './resume-token.ts';
import type { RunContext, StepSpot } from './run-context.ts';
import { dryEnd, endStub, stopBeforeActing, stubOf, type StubSource } from './stubs.ts';
import { endFailed, failRun, type Ending, type TryPlace } from './settlement.ts';
import { reachWebhook } from './waiting.ts';

export interface TryTools extends AttemptTools {
  readonly store: Store;
  readonly writer: PatientWriter;
  readonly tokens: ResumeTokens;
  readonly calls: Calls;
  readonly logger: Logger;
  /** Ends that stand for doing steps, in a process that runs regression tests. */
  readonly stubs: StubSource | undefined;
  scopeOf(context: RunContext, node: GraphNode, step: StepSpot): ExpressionScope;
}

/** A due step in the hands of the engine. */
export interface Flight {
  readonly due: DueStep;
  /** The attempt by which the store knows the step at this moment. */
  fence: number;
  /** Told once the try is committed as begun: the step is no longer listed as due. */
  onBegun(): void;
  /** Told before the end is handed to the store: what follows may be listed before we know of the commit. */
  onSettling(): void;
}

/** What a try leaves to be committed. */
export interface TryEnd extends Ending {
  readonly startedAt: number;
  readonly inputJson: string | null;
  readonly logs: readonly LogLine[];
  readonly respond: StepReply | undefined;
}

export interface Tries {
  /** Does a try. Undefined: there is nothing to commit, as the run was cancelled or we stop. */
  run(flight: Flight, context: RunContext, place: TryPlace): Promise<TryEnd | undefined>;
  /** Cuts off what is under way for a run. */
  cut(runId: string): void;
  /** Nothing is to be committed from now on. */
  abandon(): void;
}

/** The end of a step that ran nothing. */
export function bareEnd(ending: Ending, startedAt: number): TryEnd {
  return { ...ending, startedAt, inputJson: null, logs: [], respond: undefined };
}

/** A try that was cut off by the end of the process: noted, then repeated, unless that is forbidden. */
function endInterrupted(place: TryPlace): Ending {
  if (place.node.config['atMostOnce'] === true)
    return endFailed(place, new AppError({ code: 'interrupted', details: { inDoubt: true } }));
  const message = 'The try was cut off by the end of the process.';
  const error = { code: 'interrupted', message, nodeId: place.node.id, details: { inDoubt: true } };
  return { outcome: { kind: 'retry', error, dueAt: place.now }, next: [] };
}

/** What keeps a step from being tried at all. */
function endUntried(due: DueStep, place: TryPlace): Ending | undefined {
  const { node, deadlineAt, now, graph } = place;
  if (node.kind === undefined) return failRun(new AppError({ code: 'workflow_missing' }), node);
  if (deadlineAt !== undefined && deadlineAt <= now) {
    const message = `The run took longer than its ${(graph.timeoutMs ?? 0) / 1_000} s.`;
    return failRun(new AppError({ code: 'step_timeout', message }), node);
  }
  return due.isInterrupted ? endInterrupted(place) : undefined;
}

/** Makes the tries of an engine. */
export function createTries(tools: TryTools): Tries {
  const { store, writer, clock, logger } = tools;
  const cutoffs = new Map<string, Set<Cutoff>>();
  let isAbandoned = false;

  /** Whether the step is running by our own earlier, unconfirmed word. */
  function isBegun(due: DueStep): boolean {
    const step = store.read.runs.steps(due.runId).find((one) => one.seq === due.seq);
    return step?.status === 'running' && step.attempt === due.attempt + 1;
  }

  async function begin(flight: Flight, input: unknown): Promise<void> {
    const { due } = flight;
    const attempt = due.attempt + 1;
    const call = { stepSeq: due.seq, attempt, at: clock.now(), inputJson: encodeInput(input) };
    const done = await writer.write('startStep', call);
    const applied = done !== undefined && (done.output.applied || (done.isRepeated && isBegun(due)));
    if (!applied || isAbandoned) throw new AppError({ code: 'cancelled' });
    flight.fence = attempt;
    flight.onBegun();
  }

  /** Keeps a cutoff where `cut` finds it, while the work lasts. */
  async function whileCuttable<Value>(
    runId: string,
    cutoff: Cutoff,
    work: () => Promise<Value>,
  ): Promise<Value> {
    const group = cutoffs.get(runId) ?? new Set();
    cutoffs.set(runId, group.add(cutoff));
    try {
      return await work();
    } finally {
      group.delete(cutoff);
      if (group.size === 0) cutoffs.delete(runId);
    }
  }

  /** What a wait for a word from inside brought; undefined: the step was not resumed so. */
  function resumedBy({ type, resumedByRequestId, resumedInputJson }: DueStep): unknown {
    if (resumedByRequestId !== null || resumedInputJson === null) return undefined;
    const value: unknown = JSON.parse(resumedInputJson);
    return type === 'workflow' ? tools.calls.endOf(value) : value;
  }

  function attempt(
    flight: Flight,
    context: RunContext,
    place: TryPlace,
    kind: StepKind,
    isDry: boolean,
  ): Promise<AttemptEnd> {
    const { due } = flight;
    const { node } = place;
    const left = place.deadlineAt === undefined ? undefined : place.deadlineAt - place.now;
    const own = timeoutMsOf(kind, node.config);
    const timeoutMs = left === undefined || (own !== undefined && own <= left) ? own : left;
    const cutoff = createCutoff(clock, timeoutMs, () => timeoutError(timeoutMs ?? 0));
    return whileCuttable(due.runId, cutoff, () =>
      runAttempt(tools, {
        kind,
        config: node.config,
        scope: tools.scopeOf(context, node, due),
        runId: due.runId,
        nodeId: node.id,
        stepSeq: due.seq,
        number: place.attempt,
        isDelayOver: due.isDelayOver,
        resumed: resumedBy(due),
        isWaitOver: due.isWaitTimeout,
        rounds: due.isLoopOver ? () => context.roundsOf(due.seq) : undefined,
        arrivals: () => context.outputsOf(due.arrivals, due.frameSeq),
        leadsOn: (port) => node.outgoing.has(port),
        timeoutMs: own,
        privateHosts: place.graph.privateHosts,
        cutoff,
        payloadText: context.payloadText,
        begin: isDry ? stopBeforeActing : (input) => begin(flight, input),
      }),
    );
  }

  return {
    async run(flight, context, place) {
      const { due } = flight;
      const { node } = place;
      const startedAt = place.now;
      const untried = endUntried(due, place);
      if (untried !== undefined || node.kind === undefined) return untried && bareEnd(untried, startedAt);
      const stub = stubOf(tools.stubs, context, node, due);
      if (stub?.isBare === true) return bareEnd(endStub(place, stub), startedAt);
      if (due.isDelayOver) passPoint('timer fires');
      if (node.type === 'webhook') {
        const waitTools = { tokens: tools.tokens, evaluate: tools.sandbox.evaluate };
        const ending = await reachWebhook(place, due, context, waitTools, () =>
          tools.scopeOf(context, node, due),
        );
        return bareEnd(ending, startedAt);
      }
      const isDry = stub !== undefined || context.facts.test?.dryRun === true;
      const tried = await attempt(flight, context, place, node.kind, isDry);
      const { result, logs } = isDry ? dryEnd(tried) : tried;
      const { failure } = result;
      // A cancelled run has nothing left to settle; one cut off by our own end is the next start's.
      if (isAbandoned || failure?.code === 'cancelled') return undefined;
      if (failure?.code === 'internal') {
        logger.error({ err: failure.cause, runId: due.runId, nodeId: node.id }, 'a step failed unexpectedly');
      }
      const ended = { ...place, now: clock.now() };
      const isStubbed = stub !== undefined && failure === undefined;
      const ending = isStubbed
        ? endStub(ended, stub)
        : result.iterate !== undefined
          ? endIteration(ended, result.iterate)
          : endResult(ended, result, (call) => tools.calls.plan(context, call));
      return {
        ...ending,
        startedAt,
        inputJson: encodeInput(result.input),
        logs: limitLogs(logs),
        respond: result.respond,
      };
    },
    cut(runId) {
      for (const cutoff of cutoffs.get(runId) ?? []) cutoff.cut(new AppError({ code: 'cancelled' }));
    },
    abandon() {
      isAbandoned = true;
    },
  };
}
