/** The API start as data. */
import { formFieldsField } from '../../../shared/model/form.ts';
import type { StepDefinition } from '../../../shared/model/catalog.ts';

export const apiDefinition: StepDefinition = {
  kind: 'api',
  title: 'API start',
  group: 'Start',
  icon: 'Api',
  description: 'Starts a run when a program calls POST /v1/workflows/{id}/runs with a token.',
  fields: [formFieldsField],
  outlets: { kind: 'one' },
  start: 'only',
  effect: 'none',
  summary: 'When a program calls the API',
};
