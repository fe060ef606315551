/** A form somebody else has drawn up: the questions of an approval or of a manual start, each by the input that fits. */
import { NumberInput, Select, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { FormField } from '../../shared/model/form.ts';

/** Answers by the name of their question; what is not answered is left out. */
export type Answers = Readonly<Record<string, unknown>>;

/** What was at fault, by the path of the answer, e.g. `form.account`. */
interface Refusal {
  readonly issues: readonly { readonly path: string; readonly message: string }[];
}

export interface AnswerFormProps {
  readonly fields: readonly FormField[];
  readonly answers: Answers;
  readonly onChange: (answers: Answers) => void;
  /** Why the answers were refused; a question's fault stands until it is answered anew. */
  readonly refusal: Refusal | null;
  /** Whether the first question takes the focus when the form opens. */
  readonly isFocused?: boolean;
}

/** The questions. */
export function AnswerForm({
  fields,
  answers,
  onChange,
  refusal,
  isFocused = false,
}: AnswerFormProps): ReactNode {
  const [anew, setAnew] = useState<{ readonly refusal: Refusal | null; readonly names: readonly string[] }>({
    refusal,
    names: [],
  });
  const mended = anew.refusal === refusal ? anew.names : [];
  const faultOf = (name: string): string | null =>
    mended.includes(name)
      ? null
      : (refusal?.issues.find(({ path }) => nameIn(path) === name)?.message ?? null);
  return (
    <Stack gap="sm">
      {fields.map((field, index) => (
        <Question
          key={field.name}
          field={field}
          value={answers[field.name]}
          error={faultOf(field.name)}
          isFocused={isFocused && index === 0}
          onChange={(value) => {
            setAnew({ refusal, names: [...mended, field.name] });
            const { [field.name]: _old, ...rest } = answers;
            onChange(value === undefined ? rest : { ...rest, [field.name]: value });
          }}
        />
      ))}
    </Stack>
  );
}

/** The question a path leads to: paths begin with the setting the answers stand in. */
const nameIn = (path: string): string => path.replace(/^(form|input)\./, '');

interface QuestionProps {
  readonly field: FormField;
  readonly value: unknown;
  readonly error: string | null;
  readonly isFocused: boolean;
  readonly onChange: (value: unknown) => void;
}

function Question({ field, value, error, isFocused, onChange }: QuestionProps): ReactNode {
  const { name, label, type, required = false, options = [], help } = field;
  const input = {
    label: label === undefined || label === '' ? name : label,
    description: help,
    error,
    withAsterisk: required,
    ...(isFocused ? { 'data-autofocus': true } : {}),
  };
  const text = typeof value === 'string' ? value : '';
  const onText = (next: string): void => onChange(next === '' ? undefined : next);
  switch (type) {
    case 'text':
      return <TextInput {...input} value={text} onChange={(event) => onText(event.currentTarget.value)} />;
    case 'longText':
      return (
        <Textarea
          {...input}
          value={text}
          autosize
          minRows={2}
          maxRows={10}
          onChange={(event) => onText(event.currentTarget.value)}
        />
      );
    case 'number':
      return (
        <NumberInput
          {...input}
          value={typeof value === 'number' ? value : ''}
          onChange={(next) => onChange(typeof next === 'number' ? next : undefined)}
          thousandSeparator=""
        />
      );
    case 'boolean':
      return (
        <Switch
          {...input}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'date':
      return (
        <TextInput
          {...input}
          type="date"
          value={text}
          onChange={(event) => onText(event.currentTarget.value)}
        />
      );
    case 'select':
      return (
        <Select
          {...input}
          data={[...options]}
          value={text === '' ? null : text}
          onChange={(next) => onChange(next ?? undefined)}
          clearable={!required}
        />
      );
  }
}
