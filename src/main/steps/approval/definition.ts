/** The approval step as data. */
import { formFieldsField } from '../../../shared/model/form.ts';
import type { StepDefinition } from '../../../shared/model/catalog.ts';

/** The outlet of a rejection; an edge without a port is the way on after approval. */
export const rejectedPort = 'rejected';

export const approvalDefinition: StepDefinition = {
  kind: 'approval',
  title: 'Approval',
  group: 'Flow',
  icon: 'UserCheck',
  description: 'Waits for a person to approve or reject, with a form if you like.',
  fields: [
    {
      name: 'title',
      label: 'Title',
      kind: 'template',
      help: 'Without one, the name of the step is asked.',
      placeholder: 'Pay {{trigger.data.amount}} to {{trigger.data.supplier}}?',
    },
    {
      name: 'message',
      label: 'Message',
      kind: 'template',
      multiline: true,
      help: 'What one has to know to decide.',
    },
    formFieldsField,
    {
      name: 'assignee',
      label: 'For',
      kind: 'template',
      help: 'Whose word is wanted; shown with the question, anybody may answer.',
    },
  ],
  outlets: { kind: 'named', ports: ['out', rejectedPort] },
  waits: true,
  start: 'never',
  effect: 'none',
  summary: 'Ask: {title}',
};
