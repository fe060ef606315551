/** The join step as data. */
import type { StepDefinition } from '../../../shared/model/catalog.ts';

export const joinDefinition: StepDefinition = {
  kind: 'join',
  title: 'Join',
  group: 'Flow',
  icon: 'ArrowsJoin',
  description: 'Brings branches together: waits for all of them, or goes on with the first.',
  fields: [
    {
      name: 'mode',
      label: 'Wait for',
      kind: 'select',
      default: 'all',
      options: [
        { value: 'all', label: 'All branches that are under way' },
        { value: 'any', label: 'The first branch' },
      ],
      help: 'A branch that a condition did not take is not waited for. Its output holds the output of each step that led here, by step id.',
    },
  ],
  outlets: { kind: 'one' },
  start: 'never',
  effect: 'none',
  summary: 'Join {mode}',
};
