/** Names with values, one row each; values may be templates. The rows keep their order and their half-typed names. */
import { ActionIcon, Button, Input, TextInput, Tooltip } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { Suggestion } from './CodeField.tsx';
import { ExpressionInput } from './ExpressionInput.tsx';
import classes from './KeyValueEditor.module.css';
import { readJsonOrText, writeJsonOrText } from './json-text.ts';

export interface KeyValueEditorProps {
  readonly label: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly onChange: (value: Readonly<Record<string, unknown>>) => void;
  readonly help?: ReactNode;
  readonly error?: ReactNode;
  /** Words over the columns; readers hear them with each field. */
  readonly nameLabel?: string;
  readonly valueLabel?: string;
  readonly suggestions?: readonly Suggestion[] | undefined;
  /** Faults by name. */
  readonly issueOf?: (name: string) => string | null;
}

interface Pair {
  readonly id: number;
  readonly name: string;
  readonly value: unknown;
}

let lastId = 0;
const pairOf = ([name, value]: readonly [string, unknown]): Pair => {
  lastId += 1;
  return { id: lastId, name, value };
};
const asRecord = (pairs: readonly Pair[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(pairs.filter(({ name }) => name !== '').map(({ name, value }) => [name, value]));

/** A list of names with values. */
export function KeyValueEditor(props: KeyValueEditorProps): ReactNode {
  const {
    label,
    value,
    onChange,
    help,
    error,
    nameLabel = 'Name',
    valueLabel = 'Value',
    suggestions,
  } = props;
  const { issueOf } = props;
  const [pairs, setPairs] = useState<readonly Pair[]>(() => Object.entries(value).map(pairOf));
  // The value changed from outside: undo, another step.
  if (JSON.stringify(asRecord(pairs)) !== JSON.stringify(value)) {
    setPairs([...Object.entries(value).map(pairOf), ...pairs.filter(({ name }) => name === '')]);
  }
  const change = (next: readonly Pair[]): void => {
    setPairs(next);
    onChange(asRecord(next));
  };
  const changePair = (id: number, part: Partial<Pair>): void =>
    change(pairs.map((pair) => (pair.id === id ? { ...pair, ...part } : pair)));
  const isTwice = (pair: Pair): boolean =>
    pair.name !== '' && pairs.some(({ id, name }) => id !== pair.id && name === pair.name);
  return (
    <Input.Wrapper size="xs" label={label} labelElement="div" description={help} error={error}>
      <div className={classes['rows']} role="group" aria-label={label}>
        {pairs.map((pair, index) => (
          <div key={pair.id} className={classes['row']}>
            <TextInput
              aria-label={`${nameLabel} ${index + 1}`}
              placeholder={nameLabel}
              value={pair.name}
              error={isTwice(pair) ? 'Already there' : null}
              onChange={(event) => changePair(pair.id, { name: event.currentTarget.value })}
            />
            <ExpressionInput
              mode="template"
              label={`${valueLabel} of ${pair.name === '' ? `row ${index + 1}` : pair.name}`}
              isLabelHidden
              placeholder={valueLabel}
              value={typeof pair.value === 'string' ? pair.value : writeJsonOrText(pair.value, true)}
              onChange={(text) => changePair(pair.id, { value: valueOf(text, pair.value) })}
              error={issueOf?.(pair.name) ?? null}
              suggestions={suggestions}
            />
            <Tooltip label="Remove">
              <ActionIcon
                mt={3}
                aria-label={`Remove ${pair.name === '' ? `row ${index + 1}` : pair.name}`}
                onClick={() => change(pairs.filter(({ id }) => id !== pair.id))}
              >
                <IconTrash size={15} aria-hidden />
              </ActionIcon>
            </Tooltip>
          </div>
        ))}
        <div>
          <Button
            variant="subtle"
            size="compact-xs"
            leftSection={<IconPlus size={13} aria-hidden />}
            onClick={() => setPairs([...pairs, pairOf(['', ''])])}
          >
            Add
          </Button>
        </div>
      </div>
    </Input.Wrapper>
  );
}

/** Texts stay texts; a value that was no text (a list, a number) stays what its JSON says while that is valid. */
function valueOf(text: string, before: unknown): unknown {
  if (typeof before === 'string') return text;
  const read = readJsonOrText(text, true);
  return read.ok ? read.value : text;
}
