/**
 * What stands for doing a step: the output pinned to it in a test run, the recorded end of a regression test, and the
 * show of a dry run. A stub ends a step like the real thing; ports and policies decide what follows.
 */
import { AppError, isErrorCode } from '../../shared/errors.ts';
import { ordinaryPort, portsOf } from '../../shared/model/catalog.ts';
import type { RunTest } from '../../shared/model/run.ts';
import type { StepResult } from '../steps/step.ts';
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
}

export interface StubPlace {
  readonly runId: string;
  readonly nodeId: string;
  readonly type: string;
  /** How often this run has come to the step before. */
  turn(): number;
}

/** Stubs for live runs too, in a process that exists for a test alone. Undefined: the step is done. */
export type StubSource = (place: StubPlace) => Stub | undefined;

/** Whether a pinned output can stand for a step: it has to leave by the ordinary outlet. */
export function isPinnable({ kind, config }: Pick<GraphNode, 'kind' | 'config'>): boolean {
  return kind !== undefined && portsOf(kind.definition, config).includes(ordinaryPort);
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
    return { output: outputs[node.id] };
  }
  return source?.({
    runId: due.runId,
    nodeId: node.id,
    type: node.type,
    turn: () => context.arrivalsBefore(node.id, due.seq),
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

/** In a dry run, instead of committing that an outward step begins: it ends here. */
function stopBeforeActing(input: unknown): Promise<never> {
  return Promise.reject(
    new AppError({ code: 'step_failed', message: 'A dry run.', details: { wouldDo: input } }),
  );
}

/** The `begin` of a try: the engine's own, or the end of a dry run. */
export function beginOf(
  test: RunTest | null,
  begin: (input: unknown) => Promise<void>,
): (input: unknown) => Promise<void> {
  return test?.dryRun === true ? stopBeforeActing : begin;
}

/** The end of a try in a dry run: what the step would do is its input, and nothing else of it is committed. */
export function dryEnd(test: RunTest | null, end: AttemptEnd): AttemptEnd {
  if (test?.dryRun !== true) return end;
  const { input, output, port, delayUntilAt, failure } = end.result;
  const isStopped = failure !== undefined && Object.hasOwn(failure.details, 'wouldDo');
  const kept: StepResult = {
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
    ...(port === undefined ? {} : { port }),
    ...(delayUntilAt === undefined ? {} : { delayUntilAt }),
  };
  if (!isStopped) return { ...end, result: failure === undefined ? kept : { ...kept, failure } };
  const note = { level: 'info', text: 'A dry run: this was not done.' };
  return { result: { ...kept, input: input ?? failure.details['wouldDo'] }, logs: [...end.logs, note] };
}
