/**
 * What the engine knows of a run in flight: its graph, what started it, what its steps gave. Parsed once and shared by
 * the run's steps; whatever is here can be read again from the store, so forgetting it costs time only.
 */
import type { ExpressionScope } from '../../shared/expression/scope.ts';
import type { RunError, RunTest, Target } from '../../shared/model/run.ts';
import type { Vault } from '../base/vault.ts';
import type { Store } from '../store/open-store.ts';
import type { PlannedRun } from '../store/types.ts';
import type { Graph } from './graph.ts';
import { readParams, readRequestFacts, type StoredFacts } from './request-facts.ts';
import { inputScope, requestScope, stepsScope, webhookOutput } from './scope.ts';

/** A finished step, as the steps after it see it. */
export interface FinishedStep {
  readonly seq: number;
  readonly nodeId: string;
  readonly name: string;
  readonly outputJson: string | null;
  /** Output to be derived from this request instead. */
  readonly outputRequestId: string | null;
  readonly resumedInputJson: string | null;
  readonly resumedParamsJson: string | null;
  readonly error: RunError | null;
}

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
  /** What a test run is to do; null: a live run. */
  readonly test: RunTest | null;
}

export interface RunContext {
  readonly facts: RunFacts;
  readonly graph: Graph;
  /** Steps made until now, the start among them. */
  stepCount: number;
  /** Roughly how many bytes it holds. */
  readonly weight: number;
  /** JSON text of the payload with its digits as received. */
  payloadText(): string | undefined;
  /** `trigger`, `webhookData` and `params`. */
  startScope(): ExpressionScope;
  /** `steps`. */
  stepsScope(): Record<string, { output?: unknown; error?: unknown }>;
  /** How many earlier arrivals this node had in this run. */
  arrivalsBefore(nodeId: string, stepSeq: number): number;
  add(step: FinishedStep): void;
}

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
  let steps = inHand === undefined ? undefined : new Map([[0, startOf(facts, inHand.plan)]]);
  // The payload is held as bytes, as text and as a value.
  let weight = 1_500 + (facts.inputJson?.length ?? 0) + 3 * (inHand?.request.payloadText?.length ?? 0);
  const values = new Map<number, unknown>();

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

  function finished(): Map<number, FinishedStep> {
    if (steps !== undefined) return steps;
    const rows = store.read.runs
      .steps(facts.id)
      .filter((step) => step.finishedAt !== null && step.status !== 'cancelled');
    steps = new Map(rows.map((row) => [row.seq, row]));
    for (const row of rows) weight += row.outputJson?.length ?? 0;
    return steps;
  }

  function outputOf(step: FinishedStep): unknown {
    if (values.has(step.seq)) return values.get(step.seq);
    const value =
      known !== undefined && isStartOutput(facts, step)
        ? webhookOutput(known)
        : readOutput(store, facts, step, vault);
    values.set(step.seq, value);
    return value;
  }

  return {
    facts,
    graph,
    stepCount: 0,
    get weight() {
      return weight;
    },
    payloadText: () => startFacts().payloadText,
    startScope: () => (scope ??= makeScope()),
    stepsScope() {
      const ordered = [...finished().values()].toSorted((one, other) => one.seq - other.seq);
      return stepsScope(
        ordered.map((step) => ({
          nodeId: step.nodeId,
          name: step.name,
          output: outputOf(step),
          ...(step.error === null ? {} : { error: step.error }),
        })),
      );
    },
    arrivalsBefore: (nodeId, stepSeq) =>
      store.read.runs.stepOutputs(facts.id).filter((step) => step.nodeId === nodeId && step.seq < stepSeq)
        .length,
    add(step) {
      // Not read yet: the reading that comes will find it in the store.
      steps?.set(step.seq, step);
      weight += step.outputJson?.length ?? 0;
    },
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
