/**
 * What the engine knows of a run in flight: its graph, what started it, what its steps gave. Parsed once and shared by
 * the run's steps; whatever is here can be read again from the store, so forgetting it costs time only.
 */
import type { ExpressionScope } from '../../shared/expression/scope.ts';
import type { RunTest, Target } from '../../shared/model/run.ts';
import type { Vault } from '../base/vault.ts';
import type { Store } from '../store/open-store.ts';
import type { LoopRounds } from '../steps/step.ts';
import type { DueStep, PlannedRun } from '../store/types.ts';
import type { Graph } from './graph.ts';
import { readRounds } from './loop-rounds.ts';
import { readParams, readRequestFacts, type StoredFacts } from './request-facts.ts';
import { createRunFrames, loopOutput, type RunFrame } from './run-frames.ts';
import { inputScope, requestScope, stepsScope, webhookOutput } from './scope.ts';
import { createStepSet, type FinishedStep } from './step-set.ts';

/** What is fixed when a run is made. */
export interface RunFacts {
  readonly id: string;
  readonly workflowId: string;
  readonly version: number;
  readonly requestId: string | null;
  readonly inputJson: string | null;
  readonly paramsJson: string | null;
  readonly target: Target | null;
  readonly createdAt: number;
  /** When its first step began; null: none has. */
  readonly startedAt: number | null;
  /** What a test run is to do; null: a live run. */
  readonly test: RunTest | null;
}

export interface RunContext {
  readonly facts: RunFacts;
  readonly graph: Graph;
  /** Steps made until now, the start among them. */
  stepCount: number;
  /** When its first step began, which is what its time is counted from; null: none has. */
  beganAt: number | null;
  /** Roughly how many bytes it holds. */
  readonly weight: number;
  /** JSON text of the payload with its digits as received. */
  payloadText(): string | undefined;
  /** `trigger`, `webhookData` and `params`. */
  startScope(): ExpressionScope;
  /** `steps`, as a step of this round of a loop sees them; null: one of the run itself. */
  stepsScope(frameSeq: number | null): Record<string, { output?: unknown; error?: unknown }>;
  /** The rounds of loops around a step, the outermost first. */
  framesAround(frameSeq: number | null): readonly RunFrame[];
  /** How many earlier arrivals this node had in this run, or in the round of the step. */
  arrivalsBefore(nodeId: string, step: StepSpot): number;
  /** What the steps that led to a join gave, by node id. */
  outputsOf(stepSeqs: readonly number[], frameSeq: number | null): Record<string, unknown>;
  /** What the rounds of a loop came to. @throws AppError `output_too_large` */
  roundsOf(loopStepSeq: number): LoopRounds;
  add(step: FinishedStep, frameSeq: number | null): void;
  /** A round has ended; nothing asks for it any more. */
  dropFrame(frameSeq: number): void;
}

/** Numbers of the rounds of loops around a step, the outermost first. */
export function roundsOf(
  context: Pick<RunContext, 'framesAround'>,
  frameSeq: number | null,
): readonly number[] {
  return frameSeq === null ? [] : context.framesAround(frameSeq).map(({ row }) => row.index);
}

/** Where a step stands. */
export type StepSpot = Pick<DueStep, 'seq' | 'frameSeq'>;

interface ContextParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly facts: RunFacts;
  readonly graph: Graph;
  /** A run in hand: its plan and its request, which else are read from the store when a step asks. */
  readonly inHand: { readonly plan: PlannedRun; readonly request: StoredFacts } | undefined;
}

/** Where the payload of a run that is gone from the store is asked for. */
const nothing = { payload: null, payloadText: undefined } as const;

/** Makes the context of a run; reads nothing until it is asked for. */
export function createRunContext({ store, vault, facts, graph, inHand }: ContextParts): RunContext {
  let known = inHand?.request;
  let scope: ExpressionScope | undefined;
  // A run in hand has no step but its start, which the store has yet to number; all others come by `add`.
  const steps = createStepSet(inHand === undefined ? readFinished : [startOf(facts, inHand.plan)], outputOf);
  const frames = createRunFrames(store, facts.id, outputOf);
  // The payload is held as bytes, as text and as a value.
  let weight = 1_500 + (facts.inputJson?.length ?? 0) + 3 * (inHand?.request.payloadText?.length ?? 0);

  function startFacts(): { readonly payload: unknown; readonly payloadText: string | undefined } {
    if (known !== undefined) return known;
    const { requestId, inputJson, paramsJson } = facts;
    if (requestId !== null) {
      known = readRequestFacts(store, requestId, inputJson, paramsJson, vault);
      weight += known?.payloadText?.length ?? 0;
      return known ?? nothing;
    }
    const payload: unknown = inputJson === null ? null : JSON.parse(inputJson);
    return { payload, payloadText: inputJson ?? undefined };
  }

  function makeScope(): ExpressionScope {
    const { payload } = startFacts();
    return known === undefined
      ? inputScope(payload, facts.createdAt, readParams(facts.paramsJson))
      : requestScope(known);
  }

  function readFinished(): readonly FinishedStep[] {
    const rows = store.read.runs.finishedSteps(facts.id, null);
    for (const row of rows) weight += row.outputJson?.length ?? 0;
    return rows;
  }

  function outputOf(step: FinishedStep): unknown {
    return known !== undefined && isStartOutput(facts, step)
      ? webhookOutput(known)
      : readOutput(store, facts, step, vault);
  }

  return {
    facts,
    graph,
    stepCount: 0,
    beganAt: facts.startedAt,
    get weight() {
      return weight;
    },
    payloadText: () => startFacts().payloadText,
    startScope: () => (scope ??= makeScope()),
    stepsScope: (frameSeq) =>
      stepsScope([
        ...steps.outputs(),
        ...frames.around(frameSeq).flatMap((frame) => [loopOutput(frame), ...frame.steps.outputs()]),
      ]),
    framesAround: (frameSeq) => frames.around(frameSeq),
    arrivalsBefore: (nodeId, step) => store.read.runs.arrivalsBefore(facts.id, nodeId, step),
    outputsOf(stepSeqs, frameSeq) {
      const frame = frames.around(frameSeq).at(-1);
      return Object.fromEntries(
        stepSeqs.flatMap((seq) => {
          const found = (frame?.steps ?? steps).find(seq);
          // Known by another name: the loop a round belongs to, and the start of a run in hand.
          const step = found ?? (frame === undefined ? steps.find(0) : loopOutput(frame));
          return step === undefined ? [] : [[step.nodeId, step.output ?? null]];
        }),
      );
    },
    roundsOf: (loopStepSeq) =>
      readRounds(store, loopStepSeq, (round) => readOutput(store, facts, round, vault)),
    add(step, frameSeq) {
      if (frameSeq !== null) return frames.add(frameSeq, step);
      // Not read yet: the reading that comes will find it in the store.
      steps.add(step);
      weight += step.outputJson?.length ?? 0;
    },
    dropFrame: (frameSeq) => frames.drop(frameSeq),
  };
}

/** The start of a run that is just being made. */
function startOf(facts: RunFacts, start: PlannedRun): FinishedStep {
  return {
    seq: 0,
    nodeId: start.startNodeId,
    name: start.startName,
    outputJson: start.startOutputJson,
    outputRequestId: start.startOutputJson === null ? facts.requestId : null,
    resumedInputJson: null,
    resumedParamsJson: null,
    error: null,
  };
}

type OutputSource = Pick<
  FinishedStep,
  'outputJson' | 'outputRequestId' | 'resumedInputJson' | 'resumedParamsJson'
>;

/** Whether a step's output is what the request that started the run said. */
function isStartOutput(facts: Pick<RunFacts, 'requestId'>, step: OutputSource): boolean {
  const isResumed = step.resumedInputJson !== null || step.resumedParamsJson !== null;
  return (
    step.outputJson === null &&
    !isResumed &&
    step.outputRequestId !== null &&
    step.outputRequestId === facts.requestId
  );
}

/** The output of a finished step; undefined when it has none. For showing, without the vault: see `readRequestFacts`. */
export function readOutput(
  store: Store,
  facts: Pick<RunFacts, 'requestId' | 'inputJson' | 'paramsJson'>,
  step: OutputSource,
  vault?: Vault,
): unknown {
  if (step.outputJson !== null) {
    const value: unknown = JSON.parse(step.outputJson);
    return value;
  }
  const { outputRequestId } = step;
  if (outputRequestId === null) return undefined;
  // The request that started the run stands with the run, one that resumed it with the step.
  const isStart =
    outputRequestId === facts.requestId && step.resumedInputJson === null && step.resumedParamsJson === null;
  const inputJson = isStart ? facts.inputJson : step.resumedInputJson;
  const paramsJson = isStart ? facts.paramsJson : step.resumedParamsJson;
  const found = readRequestFacts(store, outputRequestId, inputJson, paramsJson, vault);
  return found === undefined ? undefined : webhookOutput(found);
}
