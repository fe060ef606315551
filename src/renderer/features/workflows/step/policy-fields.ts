/** The policies every step has (SPEC 8), as fields of a form. */
import type { Field } from '../../../../shared/fields.ts';
import type { StepDefinition } from '../../../../shared/model/catalog.ts';

const timeout: Field = {
  name: 'timeoutSeconds',
  label: 'Time-out',
  kind: 'number',
  min: 0,
  max: 31_536_000,
  unit: 's',
  help: 'Empty: what is usual for this kind of step.',
};

const onError: Field = {
  name: 'onError',
  label: 'When it fails',
  kind: 'select',
  default: 'fail',
  options: [
    { value: 'fail', label: 'The run fails' },
    { value: 'continue', label: 'The run goes on, without an output of this step' },
    { value: 'port', label: 'The run goes on by the outlet “error”' },
  ],
};

const retry: Field = {
  name: 'retry',
  label: 'Retry',
  kind: 'group',
  fields: [
    {
      name: 'attempts',
      label: 'Tries in all',
      kind: 'number',
      integer: true,
      min: 1,
      max: 100,
      placeholder: '1',
    },
    {
      name: 'backoffSeconds',
      label: 'Pause before the second try',
      kind: 'number',
      min: 0,
      max: 86_400,
      unit: 's',
      placeholder: '1 s',
    },
    { name: 'factor', label: 'Each pause is longer by', kind: 'number', min: 1, max: 100, placeholder: '2' },
    {
      name: 'maxSeconds',
      label: 'Longest pause',
      kind: 'number',
      min: 0,
      max: 86_400,
      unit: 's',
      placeholder: '3600 s',
    },
  ],
};

const atMostOnce: Field = {
  name: 'atMostOnce',
  label: 'At most once',
  kind: 'boolean',
  default: false,
  help: 'If the app is cut off while this step acts, it fails as interrupted instead of being done again.',
};

/** The policies that make sense for a kind of step. */
export function policyFields(definition: StepDefinition): readonly Field[] {
  if (definition.start === 'only') return [];
  return definition.effect === 'outward' ? [onError, retry, timeout, atMostOnce] : [onError, retry, timeout];
}

/** A config whose retry is complete: pauses alone mean nothing without a number of tries. */
export function tidyPolicies(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { retry: given } = config;
  if (typeof given !== 'object' || given === null) return { ...config };
  return { ...config, retry: 'attempts' in given ? given : { attempts: 1, ...given } };
}
