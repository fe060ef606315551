/** The webhook step as data. Its endpoint settings have their own form and schema (`webhookConfigSchema`). */
import type { StepDefinition } from '../../../shared/model/catalog.ts';

export const webhookDefinition: StepDefinition = {
  kind: 'webhook',
  title: 'Webhook',
  group: 'Start',
  icon: 'Webhook',
  description: 'Starts a run when a request arrives at its URL, or pauses a run until one does.',
  fields: [],
  outlets: { kind: 'one' },
  start: 'may',
  effect: 'none',
  summary: 'When a request arrives',
};
