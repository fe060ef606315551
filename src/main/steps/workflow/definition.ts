/** The workflow step as data. */
import type { StepDefinition } from '../../../shared/model/catalog.ts';

export const workflowDefinition: StepDefinition = {
  kind: 'workflow',
  title: 'Run workflow',
  group: 'Actions',
  icon: 'Subtask',
  description: 'Runs another workflow, and waits for its output or goes on at once.',
  fields: [
    {
      name: 'workflow',
      label: 'Workflow',
      kind: 'text',
      required: true,
      maxLength: 64,
      suggest: 'workflows',
      placeholder: 'send-invoice',
      help: 'Its slug or id.',
    },
    {
      name: 'input',
      label: 'Input',
      kind: 'json',
      placeholder: '{"order": "{{trigger.data.id}}"}',
      help: 'Given to it as payload; empty: the payload of this run.',
    },
    {
      name: 'wait',
      label: 'Wait for its end',
      kind: 'boolean',
      default: true,
      help: 'Its output is the output of this step; when it fails, this step fails.',
    },
  ],
  outlets: { kind: 'one' },
  waits: true,
  start: 'never',
  effect: 'none',
  summary: 'Run {workflow}',
};
