/** The log step as data. */
import type { StepDefinition } from '../../../shared/model/catalog.ts';

export const logDefinition: StepDefinition = {
  kind: 'log',
  title: 'Log',
  group: 'Actions',
  icon: 'Notes',
  description: 'Writes a line into the run, to be read there later.',
  fields: [
    {
      name: 'message',
      label: 'Message',
      kind: 'template',
      required: true,
      multiline: true,
      placeholder: 'Order {{trigger.data.id}} received',
    },
    {
      name: 'level',
      label: 'Level',
      kind: 'select',
      default: 'info',
      options: [
        { value: 'debug', label: 'Debug' },
        { value: 'info', label: 'Info' },
        { value: 'warn', label: 'Warning' },
        { value: 'error', label: 'Error' },
      ],
    },
  ],
  outlets: { kind: 'one' },
  start: 'never',
  effect: 'none',
  summary: 'Log {message}',
};
