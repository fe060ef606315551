/** The set step as data. */
import type { StepDefinition } from '../../../shared/model/catalog.ts';

export const setDefinition: StepDefinition = {
  kind: 'set',
  title: 'Set fields',
  group: 'Data',
  icon: 'ListDetails',
  description: 'Makes an object out of named values; the object is its output.',
  fields: [
    {
      name: 'fields',
      label: 'Fields',
      kind: 'map',
      required: true,
      help: 'Names and values. A value that is only one {{ expression }} keeps its type.',
    },
  ],
  outlets: { kind: 'one' },
  start: 'never',
  effect: 'none',
  summary: 'Set {fields}',
};
