/**
 * Loop: evaluates its list once and hands it to the engine, which keeps it and does the rounds; is run again when all
 * have ended, or when its own time is over (SPEC 8).
 */
import { AppError } from '../../../shared/errors.ts';
import type { LoopRounds, StepContext, StepKind, StepResult } from '../step.ts';
import { donePort, loopDefinition } from './definition.ts';

/** The list a value stands for: JSONata gives a list of one as its member, and an empty one as nothing. */
export function itemsOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return [value];
  const items: readonly unknown[] = value;
  return items;
}

function endRounds({ config }: StepContext, { count, failed, results, firstError }: LoopRounds): StepResult {
  const output = { count, failed, results };
  if (failed === 0 || config['onError'] !== 'port') return { output, port: donePort };
  const message = `${failed} of ${count} items failed; the first: ${firstError?.message ?? ''}`;
  // The rounds are over: doing them again is not what the policy of a try is for.
  const details = { retryable: false, failed, count };
  return { output, failure: new AppError({ code: 'step_failed', message, details }) };
}

export const loopStep: StepKind = {
  definition: loopDefinition,
  async run(context) {
    const { config, rounds } = context;
    if (rounds !== undefined) return endRounds(context, rounds());
    if (context.isWaitOver) {
      const message = `The loop took longer than ${String(config['timeoutSeconds'])} s.`;
      return { failure: new AppError({ code: 'step_timeout', message, details: { retryable: false } }) };
    }
    const items = itemsOf(await context.evaluate(String(config['items'])));
    if (items.length === 0) return { output: { count: 0, failed: 0, results: [] }, port: donePort };
    const { concurrency } = config;
    return {
      iterate: { items, concurrency: typeof concurrency === 'number' ? concurrency : 1 },
      input: { items },
    };
  },
};
