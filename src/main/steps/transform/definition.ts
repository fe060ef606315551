/** The transform step as data. */
import type { StepDefinition } from '../../../shared/model/catalog.ts';

export const transformDefinition: StepDefinition = {
  kind: 'transform',
  title: 'Transform',
  group: 'Data',
  icon: 'Transform',
  description: 'Computes a value from what came before; the value is its output.',
  fields: [
    {
      name: 'expression',
      label: 'Expression',
      kind: 'expression',
      required: true,
      help: 'A JSONata expression over trigger, params and steps.',
      placeholder: '{"total": $sum(trigger.data.items.price)}',
    },
  ],
  outlets: { kind: 'one' },
  start: 'never',
  effect: 'none',
  summary: '{expression}',
};
