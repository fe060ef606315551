/**
 * Repeating a run with other data: another payload, other outputs of the steps that are kept. What was edited stands
 * with the new run; the old one stays as it was.
 */
import { AppError } from '../../shared/errors.ts';
import type { RunEdit } from '../store/edit-run.ts';
import type { RunRow, StepRow } from '../store/types.ts';
import { encodeOutput } from './encode.ts';
import { readParams } from './request-facts.ts';
import { inputOutput } from './scope.ts';

/** What a person changes before a run is repeated. */
export interface EditWish {
  readonly fromStep?: string | undefined;
  /** The payload instead of the one it had, with the parameters found in it. */
  readonly input?: { readonly value: unknown; readonly paramsJson: string | null } | undefined;
  /** Outputs by node id, instead of those that are kept. */
  readonly outputs?: Readonly<Record<string, unknown>> | undefined;
}

/** What the start gave, where it does not follow from a request: the payload, a webhook's with what is beside it. */
function startOutput(start: StepRow, run: RunRow, input: NonNullable<EditWish['input']>): unknown {
  if (start.type !== 'webhook') return input.value;
  return inputOutput(input.value, run.createdAt, readParams(input.paramsJson));
}

/**
 * The edit as it is stored; undefined: nothing is edited.
 * @param kept the steps the new run begins with, its start among them
 * @throws AppError `invalid` for an output of a step that is done anew; `output_too_large`
 */
export function planEdit(
  run: RunRow,
  start: StepRow,
  kept: readonly StepRow[],
  wish: EditWish,
): RunEdit | undefined {
  const { input, outputs = {} } = wish;
  const edited = Object.keys(outputs);
  if (input === undefined && edited.length === 0) return undefined;
  const ids = new Set(kept.map((step) => step.nodeId));
  const strange = edited.filter((id) => !ids.has(id));
  if (strange.length > 0) {
    const message = 'This step is not kept: it is done anew, or the run never finished it.';
    throw new AppError({
      code: 'invalid',
      message,
      details: { issues: strange.map((id) => ({ path: `outputs.${id}`, message })) },
    });
  }
  const ofStart =
    input === undefined || start.outputJson === null
      ? []
      : [[start.nodeId, encodeOutput(startOutput(start, run, input))] as const];
  const given = Object.entries(outputs).map(([id, output]) => [id, encodeOutput(output)] as const);
  return {
    note: { fromStep: wish.fromStep ?? null, input: input !== undefined, outputs: edited },
    ...(input === undefined
      ? {}
      : { input: { inputJson: encodeOutput(input.value) ?? 'null', paramsJson: input.paramsJson } }),
    outputs: Object.fromEntries([...ofStart, ...given]),
  };
}
