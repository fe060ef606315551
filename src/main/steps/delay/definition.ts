/** The delay step as data. */
import type { StepDefinition } from '../../../shared/model/catalog.ts';

export const delayDefinition: StepDefinition = {
  kind: 'delay',
  title: 'Delay',
  group: 'Flow',
  icon: 'Hourglass',
  description: 'Pauses the run for a time, or until a moment. Pauses survive restarts.',
  fields: [
    {
      name: 'seconds',
      label: 'Pause for',
      kind: 'number',
      min: 0,
      max: 31_536_000,
      unit: 's',
      template: true,
      help: 'Seconds to wait; leave empty when a moment is given.',
    },
    {
      name: 'until',
      label: 'Pause until',
      kind: 'template',
      help: 'A moment with its time zone; one that has passed does not wait.',
      placeholder: '2026-03-23T15:30:00Z',
    },
  ],
  outlets: { kind: 'one' },
  start: 'never',
  effect: 'none',
  summary: 'Wait {seconds} s {until}',
};
