/** Transform: the value of an expression is the output (SPEC 8). */
import type { StepKind } from '../step.ts';
import { transformDefinition } from './definition.ts';

export const transformStep: StepKind = {
  definition: transformDefinition,
  async run(context) {
    return { output: (await context.evaluate(String(context.config['expression']))) ?? null };
  },
};
