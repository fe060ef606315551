/** The respond step as data. */
import type { StepDefinition } from '../../../shared/model/catalog.ts';

export const respondDefinition: StepDefinition = {
  kind: 'respond',
  title: 'Respond',
  group: 'Actions',
  icon: 'MessageReply',
  description:
    'Answers the caller who waits; the webhook must answer in the mode "respond". The run goes on.',
  fields: [
    {
      name: 'status',
      label: 'Status',
      kind: 'number',
      min: 200,
      max: 599,
      integer: true,
      template: true,
      help: "Left empty: the webhook's own status.",
    },
    { name: 'headers', label: 'Headers', kind: 'map' },
    {
      name: 'body',
      label: 'Body',
      kind: 'json',
      help: 'A text, or JSON; objects and lists are sent as JSON.',
      placeholder: '{"ok": true}',
    },
  ],
  outlets: { kind: 'one' },
  start: 'never',
  effect: 'none',
  summary: 'Answer {status} {body}',
};
