/** Join: the store gathers the branches and says when it is due; its output is theirs (SPEC 8). */
import type { StepKind } from '../step.ts';
import { joinDefinition } from './definition.ts';

export const joinStep: StepKind = {
  definition: joinDefinition,
  async run(context) {
    return { output: context.arrivals() };
  },
};
