/** The notify step as data. */
import type { StepDefinition } from '../../../shared/model/catalog.ts';

export const notifyDefinition: StepDefinition = {
  kind: 'notify',
  title: 'Notify',
  group: 'Actions',
  icon: 'Bell',
  description: 'Tells you something: a notification on the desktop, kept in the list of notifications.',
  fields: [
    {
      name: 'title',
      label: 'Title',
      kind: 'template',
      required: true,
      placeholder: 'Order {{trigger.data.id}} is paid',
    },
    { name: 'message', label: 'Message', kind: 'template', multiline: true },
    {
      name: 'level',
      label: 'Level',
      kind: 'select',
      default: 'info',
      options: [
        { value: 'info', label: 'Info' },
        { value: 'success', label: 'Success' },
        { value: 'warning', label: 'Warning' },
        { value: 'error', label: 'Error' },
      ],
    },
  ],
  outlets: { kind: 'one' },
  start: 'never',
  effect: 'none',
  summary: 'Notify: {title}',
};
