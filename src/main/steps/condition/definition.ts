/** The condition step as data. */
import type { StepDefinition } from '../../../shared/model/catalog.ts';

export const conditionDefinition: StepDefinition = {
  kind: 'condition',
  title: 'Condition',
  group: 'Logic',
  icon: 'ArrowsSplit2',
  description: 'Goes on by "true" or by "false", as an expression says.',
  fields: [
    {
      name: 'expression',
      label: 'Condition',
      kind: 'expression',
      required: true,
      help: 'A JSONata expression. Nothing, 0, "", null and empty lists or objects count as false.',
      placeholder: 'trigger.data.total > 100',
    },
  ],
  outlets: { kind: 'named', ports: ['true', 'false'] },
  start: 'never',
  effect: 'none',
  summary: 'If {expression}',
};
