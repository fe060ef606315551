/** The e-mail step as data. Time-out and retry are policies every step has. */
import type { StepDefinition } from '../../../shared/model/catalog.ts';

export const emailDefinition: StepDefinition = {
  kind: 'email',
  title: 'Send e-mail',
  group: 'Actions',
  icon: 'Mail',
  description:
    'Sends a message by the mail server of the settings. Every try has the same Message-ID, by which a repeat is recognised.',
  fields: [
    {
      name: 'to',
      label: 'To',
      kind: 'template',
      required: true,
      placeholder: '{{trigger.data.customer.email}}',
      help: 'Addresses, with commas between them.',
    },
    { name: 'cc', label: 'Cc', kind: 'template' },
    { name: 'bcc', label: 'Bcc', kind: 'template', help: 'Nobody sees these addresses.' },
    { name: 'replyTo', label: 'Reply to', kind: 'template', placeholder: 'orders@example.com' },
    {
      name: 'subject',
      label: 'Subject',
      kind: 'template',
      required: true,
      placeholder: 'Order {{trigger.data.id}} has arrived',
    },
    { name: 'text', label: 'Text', kind: 'template', multiline: true },
    {
      name: 'html',
      label: 'HTML',
      kind: 'template',
      multiline: true,
      help: 'Shown in place of the text where mail programs can. Data is put in as it is: clean what strangers wrote.',
    },
    {
      name: 'attachments',
      label: 'Attachments',
      kind: 'json',
      help: 'A list of {"filename", "content"}: text as it is, anything else as JSON. Bytes: {"filename", "base64"}. Optional: "contentType".',
    },
  ],
  outlets: { kind: 'one' },
  start: 'never',
  effect: 'outward',
  summary: 'Mail to {to}: {subject}',
};
