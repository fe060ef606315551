/** The manual start as data. */
import { formFieldsField } from '../../../shared/model/form.ts';
import type { StepDefinition } from '../../../shared/model/catalog.ts';

export const manualDefinition: StepDefinition = {
  kind: 'manual',
  title: 'Manual start',
  group: 'Start',
  icon: 'HandClick',
  description: 'Starts a run when a person presses Run, with the answers to its form or any input.',
  fields: [formFieldsField],
  outlets: { kind: 'one' },
  start: 'only',
  effect: 'none',
  summary: 'When a person presses Run',
};
