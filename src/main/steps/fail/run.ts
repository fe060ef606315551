/** Fail: the step fails with the rendered message, and with it the run (SPEC 8). */
import { AppError } from '../../../shared/errors.ts';
import { textOf } from '../../../shared/expression/template.ts';
import type { StepKind } from '../step.ts';
import { failDefinition } from './definition.ts';

/** Longest message kept, in characters. */
const longestMessage = 4_000;

export const failStep: StepKind = {
  definition: failDefinition,
  async run(context) {
    const template = context.config['message'] ?? 'Stopped by the workflow.';
    const message = textOf(await context.render(template)).slice(0, longestMessage);
    const failure = new AppError({ code: 'step_failed', message, details: { retryable: false } });
    return { input: { message }, failure };
  },
};
