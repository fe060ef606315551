/** The fail step as data. */
import type { StepDefinition } from '../../../shared/model/catalog.ts';

export const failDefinition: StepDefinition = {
  kind: 'fail',
  title: 'Fail',
  group: 'Flow',
  icon: 'AlertOctagon',
  description: 'Ends the run as failed, with a message.',
  fields: [
    {
      name: 'message',
      label: 'Message',
      kind: 'template',
      default: 'Stopped by the workflow.',
      placeholder: 'Unknown customer {{trigger.data.customer}}',
    },
  ],
  outlets: { kind: 'none' },
  start: 'never',
  effect: 'none',
  summary: 'Fail: {message}',
};
