/** A list of groups, e.g. the questions of a form: one small form for each, added, moved and removed by buttons. */
import { ActionIcon, Button, Text } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Field } from '../../shared/fields.ts';
import classes from './FieldForm.module.css';

interface RowsFieldProps {
  readonly field: Extract<Field, { readonly kind: 'rows' }>;
  readonly value: unknown;
  /** `undefined` takes the setting out. */
  readonly onChange: (value: readonly unknown[] | undefined) => void;
  readonly error: string | null;
  /** Draws the form of one of them. */
  readonly renderRow: (
    index: number,
    values: Readonly<Record<string, unknown>>,
    onChange: (values: Readonly<Record<string, unknown>>) => void,
  ) => ReactNode;
}

/** The rows of a field with their buttons. */
export function RowsField({ field, value, onChange, error, renderRow }: RowsFieldProps): ReactNode {
  const rows: readonly unknown[] = Array.isArray(value) ? value : [];
  const { rowLabel } = field;
  const give = (next: readonly unknown[]): void => onChange(next.length === 0 ? undefined : next);
  const swap = (index: number, other: number): void =>
    give(rows.map((row, at) => (at === index ? rows[other] : at === other ? rows[index] : row)));
  return (
    <fieldset className={classes['group']}>
      <legend className={classes['legend']}>{field.label}</legend>
      {field.help !== undefined && <p className={classes['help']}>{field.help}</p>}
      {error !== null && (
        <Text c="red" size="sm" role="alert">
          {error}
        </Text>
      )}
      {rows.map((row, index) => {
        const title = `${rowLabel} ${index + 1}`;
        return (
          <section key={title} className={classes['row']} aria-label={title}>
            <header className={classes['rowHead']}>
              <span>{title}</span>
              <ActionIcon.Group>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`Move ${title} up`}
                  disabled={index === 0}
                  onClick={() => swap(index, index - 1)}
                >
                  <IconArrowUp size={16} />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`Move ${title} down`}
                  disabled={index === rows.length - 1}
                  onClick={() => swap(index, index + 1)}
                >
                  <IconArrowDown size={16} />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="red"
                  aria-label={`Remove ${title}`}
                  onClick={() => give(rows.filter((_, at) => at !== index))}
                >
                  <IconTrash size={16} />
                </ActionIcon>
              </ActionIcon.Group>
            </header>
            {renderRow(index, typeof row === 'object' && row !== null ? { ...row } : {}, (next) =>
              give(rows.map((old, at) => (at === index ? next : old))),
            )}
          </section>
        );
      })}
      <Button
        variant="default"
        size="xs"
        leftSection={<IconPlus size={14} />}
        disabled={rows.length >= (field.maxItems ?? 100)}
        onClick={() => give([...rows, {}])}
      >
        Add {rowLabel}
      </Button>
    </fieldset>
  );
}
