/** One field of a form drawn from descriptors: the input that fits its kind. */
import { NumberInput, Select, Switch, TagsInput, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Field } from '../../shared/fields.ts';
import { CodeField, type Suggestion } from './CodeField.tsx';
import { ExpressionInput } from './ExpressionInput.tsx';
import { JsonEditor } from './JsonEditor.tsx';
import { KeyValueEditor } from './KeyValueEditor.tsx';
import { SecretInput } from './SecretInput.tsx';
import { SuggestInput } from './SuggestInput.tsx';

export interface FieldInputProps {
  readonly field: Exclude<Field, { readonly kind: 'group' | 'rows' }>;
  readonly value: unknown;
  /** `undefined` takes the setting out. */
  readonly onChange: (value: unknown) => void;
  readonly error: string | null;
  /** Faults inside a value, by name. */
  readonly issueOf: (name: string) => string | null;
  readonly suggestions?: readonly Suggestion[] | undefined;
  readonly preview?: ReactNode;
}

/** The input of a field. */
export function FieldInput(props: FieldInputProps): ReactNode {
  const { field, value, onChange, error, issueOf, suggestions, preview } = props;
  const { label, help, placeholder } = field;
  const isRequired = field.required === true;
  const text = textOf(value, field);
  const onText = (next: string): void => onChange(next === '' ? undefined : next);
  const code = {
    label,
    help,
    error,
    isRequired,
    value: text,
    onChange: onText,
    suggestions,
    preview,
    placeholder,
  };
  const input = { label, description: help, error, withAsterisk: isRequired, placeholder: placeholder ?? '' };
  switch (field.kind) {
    case 'text':
      if (field.suggest !== undefined) {
        return <SuggestInput {...input} suggest={field.suggest} value={text} onChange={onText} />;
      }
      return (
        <TextInput
          {...input}
          value={text}
          onChange={(event) => onText(event.currentTarget.value)}
          {...(field.maxLength === undefined ? {} : { maxLength: field.maxLength })}
        />
      );
    case 'template':
      return <ExpressionInput {...code} mode="template" isMultiline={field.multiline === true} />;
    case 'expression':
      return <ExpressionInput {...code} mode="expression" isMultiline />;
    case 'code':
      return <CodeField {...code} language="javascript" minLines={10} />;
    case 'number':
      // A number that may be a template is typed as text: digits become a number.
      return field.template === true ? (
        <ExpressionInput
          {...code}
          mode="template"
          onChange={(next) => onChange(next === '' ? undefined : numberOrText(next))}
        />
      ) : (
        <NumberInput
          {...input}
          value={typeof value === 'number' ? value : (field.default ?? '')}
          onChange={(next) => onChange(typeof next === 'number' ? next : undefined)}
          allowDecimal={field.integer !== true}
          clampBehavior="none"
          thousandSeparator=""
          maw={240}
          {...(field.min === undefined ? {} : { min: field.min })}
          {...(field.max === undefined ? {} : { max: field.max })}
          {...(field.unit === undefined ? {} : { suffix: ` ${field.unit}` })}
        />
      );
    case 'boolean':
      return (
        <Switch
          label={label}
          description={help}
          error={error}
          checked={typeof value === 'boolean' ? value : (field.default ?? false)}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'select':
      return (
        <Select
          {...input}
          data={field.options.map((option) => ({ ...option }))}
          value={text === '' ? null : text}
          onChange={(next) => onChange(next ?? undefined)}
        />
      );
    case 'secret':
      return (
        <SecretInput
          {...input}
          help={help}
          isRequired={isRequired}
          isGenerated={field.generate === true}
          value={typeof value === 'string' ? value : undefined}
          onChange={onChange}
        />
      );
    case 'map':
      // Where one text may give them all, it is shown as what it is.
      if (field.template === true && typeof value === 'string') {
        return <ExpressionInput {...code} mode="template" />;
      }
      return (
        <KeyValueEditor
          label={label}
          help={help}
          error={error}
          value={isRecord(value) ? value : {}}
          onChange={(next) => onChange(Object.keys(next).length === 0 ? undefined : next)}
          suggestions={suggestions}
          issueOf={issueOf}
        />
      );
    case 'list':
      return (
        <TagsInput
          {...input}
          description={help ?? 'Enter after each'}
          value={Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : []}
          onChange={(next) => onChange(next.length === 0 ? undefined : next)}
          {...(field.maxItems === undefined ? {} : { maxTags: field.maxItems })}
        />
      );
    case 'json':
      return <JsonEditor {...code} value={value} onChange={onChange} isTextAllowed />;
  }
}

function textOf(value: unknown, field: FieldInputProps['field']): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return 'default' in field && field.default !== undefined ? String(field.default) : '';
}

function numberOrText(text: string): number | string {
  return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
