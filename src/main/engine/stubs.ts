/**
 * What stands for doing a step: the output pinned to it in a test run, the recorded end of a regression test, and the
 * show of a dry run. A stub ends a step like the real thing; ports and policies decide what follows.
 */
import { AppError, isErrorCode } from '../../shared/errors.ts';
import { ordinaryPort, portsOf } from '../../shared/model/catalog.ts';
import type { StepKind } from '../steps/step.ts';
import type { DueStep } from '../store/types.ts';
import type { AttemptEnd } from './attempt.ts';
import { encodeOutput } from './encode.ts';
import type { GraphNode } from './graph.ts';
import type { RunContext } from './run-context.ts';
import { endFailed, endSucceeded, type Ending, type TryPlace } from './settlement.ts';

/** How a stubbed step ends. */
export interface Stub {
  readonly output?: unknown;
  readonly port?: string | null | undefined;
  /** The step failed for good, by this error. */
  readonly error?: { readonly code: string; readonly message: string } | undefined;
  /** Nothing of the step is done; else it is done until it would act, so that its input can be seen. */
  readonly isBare?: boolean;
}

export interface StubPlace {
  readonly runId: string;
  readonly nodeId: string;
  readonly kind: StepKind;
  /** The same for every try of one execution of the step, higher for later ones. */
  readonly stepSeq: number;
}

/** Stubs for live runs too, in a process that exists for a test alone. Undefined: the step is done. */
export type StubSource = (place: StubPlace) => Stub | undefined;

/** Whether a pinned output can stand for a step: a step that chooses its outlet is done. */
export function isPinnable({ kind, config }: Pick<GraphNode, 'kind' | 'config'>): boolean {
  if (kind === undefined) return false;
  const { outlets } = kind.definition;
  return outlets.kind === 'none' || portsOf(kind.definition, config).includes(ordinaryPort);
}

/** Whether a step depends on what is outside of the run: the network, a person, rows, another workflow. */
export function isOutside({ definition: { kind, effect, waits } }: StepKind): boolean {
  return effect === 'outward' || (waits === true && kind !== 'webhook') || kind.startsWith('record.');
}

/** The stub of a step that is due; undefined: it is to be done. */
export function stubOf(
  source: StubSource | undefined,
  context: RunContext,
  node: GraphNode,
  due: DueStep,
): Stub | undefined {
  const outputs = context.facts.test?.outputs;
  if (outputs !== undefined && Object.hasOwn(outputs, node.id) && isPinnable(node)) {
    return { output: outputs[node.id], isBare: true };
  }
  if (source === undefined || node.kind === undefined) return undefined;
  return source({
    runId: due.runId,
    nodeId: node.id,
    kind: node.kind,
    stepSeq: due.seq,
  });
}

/** What a stub leads to. */
export function endStub(place: TryPlace, { output, port, error }: Stub): Ending {
  const outputJson = encodeOutput(output);
  if (error === undefined) return endSucceeded(place, { outputJson, outputRequestId: null }, port ?? null);
  const code = isErrorCode(error.code) ? error.code : 'step_failed';
  const failure = new AppError({ code, message: error.message, details: { retryable: false } });
  return endFailed(place, failure, outputJson);
}

/** Instead of committing that an outward step begins: it ends here, as nothing is to be done. */
export function stopBeforeActing(input: unknown): Promise<never> {
  return Promise.reject(
    new AppError({ code: 'step_failed', message: 'A dry run.', details: { wouldDo: input } }),
  );
}

/** The end of a try that is not to act: what the step would do is its input, and none of that is committed. */
export function dryEnd({ result, logs }: AttemptEnd): AttemptEnd {
  const { ask: _ask, call: _call, notify: _notify, record: _record, ...kept } = result;
  if (kept.failure === undefined || !Object.hasOwn(kept.failure.details, 'wouldDo'))
    return { result: kept, logs };
  const { failure, ...harmless } = kept;
  const note = { level: 'info', text: 'A dry run: this was not done.' };
  return { result: { ...harmless, input: kept.input ?? failure.details['wouldDo'] }, logs: [...logs, note] };
}
