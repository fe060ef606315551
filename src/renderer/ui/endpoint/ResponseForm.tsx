/** How the caller is answered (SPEC 10): when, with what, and how long they wait. */
import { Alert, Stack } from '@mantine/core';
import type { Field } from '../../../shared/fields.ts';
import { FieldForm } from '../FieldForm.tsx';

export interface ResponseFormProps {
  readonly response: unknown;
  readonly onChange: (response: Readonly<Record<string, unknown>> | undefined) => void;
  readonly issues: readonly { readonly path: string; readonly message: string }[];
  /** Steps whose output may be sent; undefined where steps of several workflows answer. */
  readonly steps: readonly { readonly value: string; readonly label: string }[] | undefined;
  /** Whether a Respond step is there for the mode of that name. */
  readonly hasRespond: boolean;
}

const waiting = ['lastNode', 'specificNode', 'allNodes', 'respond'];

const help: Readonly<Record<string, string>> = {
  minimal: 'At once, with the execution id; the run goes on by itself.',
  lastNode: 'Waits for the run, then sends the output of the last step that ran.',
  specificNode: 'Waits for the run, then sends the output of the step you choose.',
  allNodes: 'Waits for the run, then sends every step’s name and output.',
  respond: 'Waits until the run reaches a Respond step, which says what is sent.',
  custom: 'At once, with the body below.',
};

/** The settings of SPEC 10. */
export function ResponseForm({ response, onChange, issues, steps, hasRespond }: ResponseFormProps) {
  const values = isValues(response) ? response : {};
  const mode = typeof values['mode'] === 'string' ? values['mode'] : 'minimal';
  const fields: readonly Field[] = [
    {
      name: 'mode',
      label: 'Answer',
      kind: 'select',
      default: 'minimal',
      help: help[mode] ?? '',
      options: [
        { value: 'minimal', label: 'minimal' },
        { value: 'lastNode', label: 'lastNode: output of the last step' },
        ...(steps === undefined
          ? []
          : [{ value: 'specificNode', label: 'specificNode: output of one step' }]),
        { value: 'allNodes', label: 'allNodes: output of every step' },
        { value: 'respond', label: 'respond: what a Respond step says' },
        { value: 'custom', label: 'custom: a body of your own' },
      ],
    },
    {
      name: 'nodeId',
      label: 'Step',
      kind: 'select',
      required: true,
      options: steps ?? [],
      when: { field: 'mode', in: ['specificNode'] },
    },
    {
      name: 'body',
      label: 'Body',
      kind: 'json',
      when: { field: 'mode', in: ['custom'] },
      help: 'A text or JSON; texts may hold {{ }} over the request.',
    },
    { name: 'status', label: 'Status', kind: 'number', integer: true, min: 200, max: 599, default: 200 },
    { name: 'headers', label: 'Headers', kind: 'map' },
    {
      name: 'timeoutSeconds',
      label: 'Wait at most',
      kind: 'number',
      min: 1,
      max: 600,
      unit: 's',
      default: 30,
      help: 'Then the caller gets 504 with the execution id, and the run goes on.',
      when: { field: 'mode', in: waiting },
    },
    {
      name: 'details',
      label: 'Tell the caller which step failed and why',
      kind: 'boolean',
      default: false,
      when: { field: 'mode', in: waiting },
    },
  ];
  return (
    <Stack gap="md">
      <FieldForm
        fields={fields}
        values={values}
        onChange={(next) => onChange(Object.keys(next).length === 0 ? undefined : next)}
        issues={issues
          .filter(({ path }) => path.startsWith('response.'))
          .map(({ path, message }) => ({ path: path.slice('response.'.length), message }))}
      />
      {mode === 'respond' && !hasRespond ? (
        <Alert color="yellow">
          There is no Respond step yet: without one the caller gets 500 no_response.
        </Alert>
      ) : null}
    </Stack>
  );
}

function isValues(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
