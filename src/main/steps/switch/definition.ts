/** The switch step as data. */
import type { StepDefinition } from '../../../shared/model/catalog.ts';

export const switchDefinition: StepDefinition = {
  kind: 'switch',
  title: 'Switch',
  group: 'Logic',
  icon: 'Route',
  description: 'Goes on by the case an expression names, or by "default" when none fits.',
  fields: [
    {
      name: 'expression',
      label: 'Value',
      kind: 'expression',
      required: true,
      help: 'A JSONata expression. Its value is compared with the cases as text.',
      placeholder: 'trigger.data.type',
    },
    {
      name: 'cases',
      label: 'Cases',
      kind: 'list',
      required: true,
      maxItems: 100,
      scalars: true,
      help: 'One outlet for each.',
    },
  ],
  outlets: { kind: 'cases', field: 'cases' },
  start: 'never',
  effect: 'none',
  summary: 'By {expression}: {cases}',
};
