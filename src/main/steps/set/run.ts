/** Set: an object of rendered values is the output (SPEC 8). */
import type { StepKind } from '../step.ts';
import { setDefinition } from './definition.ts';

export const setStep: StepKind = {
  definition: setDefinition,
  async run(context) {
    return { output: await context.render(context.config['fields']) };
  },
};
