/** Join: the store gathers the branches and says when it is due; its output is theirs (SPEC 8). */
import { AppError } from '../../../shared/errors.ts';
import type { StepKind } from '../step.ts';
import { joinDefinition } from './definition.ts';

export const joinStep: StepKind = {
  definition: joinDefinition,
  async run(context) {
    if (context.isWaitOver) {
      const message = 'Not every branch came within the time of this step.';
      return { failure: new AppError({ code: 'step_timeout', message, details: { retryable: false } }) };
    }
    return { output: context.arrivals() };
  },
};
