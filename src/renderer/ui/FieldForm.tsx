/**
 * Draws a form from field descriptors (`src/shared/fields.ts`): the settings of any step kind or auth scheme, known
 * today or added tomorrow. The values are the config itself; a field that was emptied is taken out of it.
 */
import type { ReactNode } from 'react';
import type { Field } from '../../shared/fields.ts';
import type { Suggestion } from './CodeField.tsx';
import classes from './FieldForm.module.css';
import { FieldInput } from './FieldInput.tsx';
import { RowsField } from './RowsField.tsx';

export type FieldValues = Readonly<Record<string, unknown>>;

export interface FieldFormProps {
  readonly fields: readonly Field[];
  readonly values: FieldValues;
  readonly onChange: (values: FieldValues) => void;
  /** Faults, with paths as in `headers.accept` or `auth.token`, from the start of this form. */
  readonly issues?: readonly { readonly path: string; readonly message: string }[];
  /** What expressions may name. */
  readonly suggestions?: readonly Suggestion[] | undefined;
  /** Drawn below an expression or template field, e.g. its live value. */
  readonly previewOf?: (path: string, value: unknown) => ReactNode;
  /** Draws a field by hand where a page knows better; undefined leaves it to the form. */
  readonly override?: (field: Field, path: string) => ReactNode | undefined;
  /** Path of this form within the issues; used by groups. */
  readonly path?: string;
}

/** A form of fields. */
export function FieldForm(props: FieldFormProps): ReactNode {
  const { fields, values, onChange, issues = [], suggestions, previewOf, override, path = '' } = props;
  const change = (name: string, value: unknown): void => {
    const { [name]: _old, ...rest } = values;
    onChange(value === undefined ? rest : keepOrder(values, name, value));
  };
  return (
    <div className={classes['form']}>
      {fields
        .filter((field) => isShown(field, fields, values))
        .map((field) => {
          const place = path === '' ? field.name : `${path}.${field.name}`;
          const byHand = override?.(field, place);
          if (byHand !== undefined) return <div key={field.name}>{byHand}</div>;
          if (field.kind === 'group') {
            const inner = values[field.name];
            return (
              <fieldset key={field.name} className={classes['group']}>
                <legend className={classes['legend']}>{field.label}</legend>
                {field.help !== undefined && <p className={classes['help']}>{field.help}</p>}
                <FieldForm
                  {...props}
                  fields={field.fields}
                  values={isRecord(inner) ? inner : {}}
                  onChange={(next) => change(field.name, Object.keys(next).length === 0 ? undefined : next)}
                  path={place}
                />
              </fieldset>
            );
          }
          if (field.kind === 'rows') {
            return (
              <RowsField
                key={field.name}
                field={field}
                value={values[field.name]}
                onChange={(value) => change(field.name, value)}
                error={issues.find((issue) => issue.path === place)?.message ?? null}
                renderRow={(index, row, onRow) => (
                  <FieldForm
                    {...props}
                    fields={field.fields}
                    values={row}
                    onChange={onRow}
                    path={`${place}[${index}]`}
                  />
                )}
              />
            );
          }
          return (
            <FieldInput
              key={field.name}
              field={field}
              value={values[field.name]}
              onChange={(value) => change(field.name, value)}
              error={issues.find((issue) => issue.path === place)?.message ?? null}
              issueOf={(name) => issues.find((issue) => issue.path === `${place}.${name}`)?.message ?? null}
              suggestions={suggestions}
              preview={previewOf?.(place, values[field.name])}
            />
          );
        })}
    </div>
  );
}

/** Whether a field's condition holds; a field without a value counts as its default. */
export function isShown(field: Field, fields: readonly Field[], values: FieldValues): boolean {
  const { when } = field;
  if (when === undefined) return true;
  const other = fields.find(({ name }) => name === when.field);
  const fallback = other !== undefined && 'default' in other ? other.default : undefined;
  return when.in.includes(values[when.field] ?? fallback);
}

function keepOrder(values: FieldValues, name: string, value: unknown): FieldValues {
  return Object.hasOwn(values, name)
    ? Object.fromEntries(Object.entries(values).map(([key, old]) => [key, key === name ? value : old]))
    : { ...values, [name]: value };
}

function isRecord(value: unknown): value is FieldValues {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
