/** Conditions on the rows of a worksheet: what is set stands as a chip, another is added by field, rule and value. */
import { ActionIcon, Button, Popover, Select, Stack, TextInput } from '@mantine/core';
import { IconFilter, IconX } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { EntityView } from '../../../shared/contract/views.ts';
import type { Condition, ConditionOp } from '../../../shared/model/record-filter.ts';
import { HostileText } from '../../ui/HostileText.tsx';
import { readValue, showValue } from './field-text.ts';
import classes from './records.module.css';

const ops: readonly { readonly value: ConditionOp; readonly label: string }[] = [
  { value: 'eq', label: 'is' },
  { value: 'ne', label: 'is not' },
  { value: 'contains', label: 'contains' },
  { value: 'startsWith', label: 'begins with' },
  { value: 'lt', label: 'is less than' },
  { value: 'lte', label: 'is at most' },
  { value: 'gt', label: 'is more than' },
  { value: 'gte', label: 'is at least' },
  { value: 'empty', label: 'is empty' },
  { value: 'notEmpty', label: 'is not empty' },
];
const needsNone: ReadonlySet<string> = new Set(['empty', 'notEmpty']);

export interface RecordFiltersProps {
  readonly entity: EntityView;
  readonly conditions: readonly Condition[];
  readonly onChange: (conditions: readonly Condition[]) => void;
}

/** The chips and the button that adds one. */
export function RecordFilters({ entity, conditions, onChange }: RecordFiltersProps): ReactNode {
  return (
    <>
      {conditions.map((condition, index) => {
        const text = textOf(condition);
        return (
          <span key={text} className={classes['chip']}>
            <HostileText text={text} />
            <ActionIcon
              size={18}
              aria-label={`Remove condition ${text}`}
              onClick={() => onChange(conditions.filter((_, at) => at !== index))}
            >
              <IconX size={12} aria-hidden />
            </ActionIcon>
          </span>
        );
      })}
      <AddCondition key={entity.name} entity={entity} onAdd={(added) => onChange([...conditions, added])} />
    </>
  );
}

function textOf({ field, op, value }: Condition): string {
  const word = ops.find((one) => one.value === op)?.label ?? op;
  return needsNone.has(op) ? `${field} ${word}` : `${field} ${word} ${showValue(value)}`;
}

function AddCondition({
  entity,
  onAdd,
}: {
  readonly entity: EntityView;
  readonly onAdd: (condition: Condition) => void;
}): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const [field, setField] = useState<string | null>(null);
  const [op, setOp] = useState<ConditionOp>('eq');
  const [text, setText] = useState('');
  const names = [...entity.fields.map(({ name }) => name), 'createdAt', 'updatedAt'];
  const type = entity.fields.find(({ name }) => name === field)?.type ?? 'string';
  const isText = op === 'contains' || op === 'startsWith';
  const read = isText ? { ok: true as const, value: text } : readValue(text, type);
  const isReady = field !== null && (needsNone.has(op) || (text.trim() !== '' && read.ok));
  const submit = (): void => {
    if (field === null || !isReady) return;
    onAdd(needsNone.has(op) ? { field, op } : { field, op, value: read.ok ? read.value : text });
    setText('');
    setOpen(false);
  };
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" width={260} trapFocus>
      <Popover.Target>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconFilter size={13} aria-hidden />}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          Filter
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <Stack gap="xs">
            <Select
              label="Field"
              data={names}
              value={field}
              onChange={setField}
              comboboxProps={{ withinPortal: false }}
              data-autofocus
            />
            <Select
              label="Rule"
              data={[...ops]}
              value={op}
              allowDeselect={false}
              onChange={(value) => setOp(ops.find((one) => one.value === value)?.value ?? 'eq')}
              comboboxProps={{ withinPortal: false }}
            />
            {needsNone.has(op) ? null : (
              <TextInput
                label="Value"
                value={text}
                onChange={(event) => setText(event.currentTarget.value)}
                error={text !== '' && !read.ok ? read.why : null}
              />
            )}
            <Button type="submit" size="xs" disabled={!isReady}>
              Add
            </Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
