/** The finished steps of a run, or of one round of a loop in it, with their outputs parsed once. */
import type { RunError } from '../../shared/model/run.ts';
import type { StepOutput } from './scope.ts';

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

export interface StepSet {
  /** In the order they were made. */
  outputs(): readonly StepOutput[];
  find(stepSeq: number): StepOutput | undefined;
  add(step: FinishedStep): void;
}

/**
 * A set of steps.
 * @param source those there are, or how to read them when they are asked for; what is added before that is found then
 * @param valueOf the output of a step
 */
export function createStepSet(
  source: readonly FinishedStep[] | (() => readonly FinishedStep[]),
  valueOf: (step: FinishedStep) => unknown,
): StepSet {
  let steps = typeof source === 'function' ? undefined : bySeq(source);
  const values = new Map<number, unknown>();

  const loaded = (): Map<number, FinishedStep> =>
    (steps ??= bySeq(typeof source === 'function' ? source() : source));

  function outputOf(step: FinishedStep): StepOutput {
    if (!values.has(step.seq)) values.set(step.seq, valueOf(step));
    const { nodeId, name, error } = step;
    return { nodeId, name, output: values.get(step.seq), ...(error === null ? {} : { error }) };
  }

  return {
    outputs: () => [...loaded().values()].toSorted((one, other) => one.seq - other.seq).map(outputOf),
    find(stepSeq) {
      const step = loaded().get(stepSeq);
      return step === undefined ? undefined : outputOf(step);
    },
    add: (step) => void steps?.set(step.seq, step),
  };
}

function bySeq(steps: readonly FinishedStep[]): Map<number, FinishedStep> {
  return new Map(steps.map((step) => [step.seq, step]));
}
