/** The code step as data. */
import type { StepDefinition } from '../../../shared/model/catalog.ts';

export const codeDefinition: StepDefinition = {
  kind: 'code',
  title: 'Code',
  group: 'Data',
  icon: 'Code',
  description: 'Runs JavaScript in a sandbox without network, files or host; what it returns is its output.',
  fields: [
    {
      name: 'code',
      label: 'Code',
      kind: 'code',
      required: true,
      help: 'The body of a function. `input` holds trigger, params, steps, target and run; console lines are kept.',
      default: 'return { received: input.trigger.data };\n',
    },
  ],
  outlets: { kind: 'one' },
  start: 'never',
  effect: 'none',
  summary: 'Run JavaScript',
};
