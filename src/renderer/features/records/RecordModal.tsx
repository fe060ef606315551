/** Adds or changes one record, field by field; deletes it after asking. */
import { Button, Group, Modal, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, type SyntheticEvent, useState } from 'react';
import type { EntityView } from '../../../shared/contract/views.ts';
import { useAction } from '../../data/action.ts';
import {
  createRecord,
  type EntityField,
  type RecordRow,
  removeRecord,
  updateRecord,
} from '../../data/records.ts';
import { ConfirmModal } from '../../ui/ConfirmModal.tsx';
import { CopyField } from '../../ui/CopyField.tsx';
import { readValue, showValue } from './field-text.ts';
import { RecordHistory } from './RecordHistory.tsx';

export interface RecordModalProps {
  readonly entity: EntityView;
  /** Null: a new one. */
  readonly record: RecordRow | null;
  readonly onClose: () => void;
}

/** The modal. */
export function RecordModal({ entity, record, onClose }: RecordModalProps): ReactNode {
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(entity.fields.map(({ name }) => [name, showValue(record?.data[name])])),
  );
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({});
  /** Fields changed since the last try: what was wrong with them then says nothing of them now. */
  const [changed, setChanged] = useState<readonly string[]>([]);
  const [isAsking, setAsking] = useState(false);
  const [isHistory, setHistory] = useState(false);
  const create = useAction(createRecord);
  const update = useAction(updateRecord);
  const remove = useAction(removeRecord, { failed: 'The record was not deleted' });
  const failure = create.failure ?? update.failure;
  const refused = new Map(failure?.issues.map(({ path, message }) => [path, message]));
  const isPlaced = refused.size > 0 && entity.fields.some(({ name }) => refused.has(name));
  const faultOf = (name: string): string | undefined =>
    changed.includes(name) ? undefined : (faults[name] ?? refused.get(name));

  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    const read = entity.fields.map(({ name, type }) => [name, readValue(texts[name] ?? '', type)] as const);
    const wrong = read.flatMap(([name, value]) => (value.ok ? [] : [[name, value.why] as const]));
    setFaults(Object.fromEntries(wrong));
    setChanged([]);
    create.reset();
    update.reset();
    if (wrong.length > 0) return;
    const data = Object.fromEntries(
      read.flatMap(([name, value]) => {
        if (!value.ok || (record === null && value.value === null)) return [];
        return [[name, value.value] as const];
      }),
    );
    const saved =
      record === null
        ? await create.run(entity.name, data)
        : await update.run(entity.name, record.cuid, data);
    if (saved !== undefined) onClose();
  };

  return (
    <Modal opened onClose={onClose} title={record === null ? `Add to ${entity.name}` : `Edit ${entity.name}`}>
      {record !== null && (
        <SegmentedControl
          fullWidth
          mb="sm"
          aria-label="What to show"
          value={isHistory ? 'history' : 'fields'}
          onChange={(view) => setHistory(view === 'history')}
          data={[
            { value: 'fields', label: 'Fields' },
            { value: 'history', label: 'History' },
          ]}
        />
      )}
      {record !== null && isHistory ? (
        <RecordHistory entity={entity.name} cuid={record.cuid} />
      ) : (
        <form onSubmit={(event) => void submit(event)}>
          <Stack gap="sm">
            {record !== null && <CopyField label="Id (target)" value={record.cuid} />}
            {entity.fields.map((field, index) => (
              <RecordField
                key={field.name}
                field={field}
                text={texts[field.name] ?? ''}
                error={faultOf(field.name)}
                isFirst={index === 0}
                onChange={(text) => {
                  setTexts({ ...texts, [field.name]: text });
                  setChanged([...changed, field.name]);
                }}
              />
            ))}
            {failure !== null && !isPlaced && (
              <Text size="xs" c="var(--hy-bad)" role="alert">
                {failure.message}
              </Text>
            )}
            <Group justify="space-between">
              {record === null ? (
                <span />
              ) : (
                <Button variant="subtle" color="red" onClick={() => setAsking(true)}>
                  Delete
                </Button>
              )}
              <Group gap="xs">
                <Button variant="default" onClick={onClose}>
                  Cancel
                </Button>
                <Button type="submit" loading={create.isBusy || update.isBusy}>
                  Save
                </Button>
              </Group>
            </Group>
          </Stack>
        </form>
      )}
      {record !== null && (
        <ConfirmModal
          isOpen={isAsking}
          title="Delete this record?"
          confirm="Delete"
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            if ((await remove.run(entity.name, record.cuid)) !== undefined) onClose();
          }}
        >
          Runs that work for it keep what they have read; callers that name it get 404 from now on.
        </ConfirmModal>
      )}
    </Modal>
  );
}

interface RecordFieldProps {
  readonly field: EntityField;
  readonly text: string;
  readonly error: string | undefined;
  readonly isFirst: boolean;
  readonly onChange: (text: string) => void;
}

/** The input of a field: a choice where the values are known, else a text that is read by the field's type. */
function RecordField({ field, text, error, isFirst, onChange }: RecordFieldProps): ReactNode {
  const { name, type, required = false, unique = false, options, entity } = field;
  const hints = [
    ...(type === 'string' || type === 'select'
      ? []
      : [type === 'reference' ? `id of a ${entity ?? 'record'}` : type]),
    ...(unique ? ['no two alike'] : []),
  ];
  const input = {
    label: name,
    description: hints.length === 0 ? undefined : hints.join(', '),
    error,
    withAsterisk: required,
    ...(isFirst ? { 'data-autofocus': true } : {}),
  };
  const choices = type === 'select' ? options : type === 'boolean' ? ['true', 'false'] : undefined;
  if (choices !== undefined) {
    return (
      <Select
        {...input}
        data={[...choices]}
        value={text === '' ? null : text}
        clearable={!required}
        clearButtonProps={{ 'aria-label': `No ${name}` }}
        onChange={(value) => onChange(value ?? '')}
      />
    );
  }
  return <TextInput {...input} value={text} onChange={(event) => onChange(event.currentTarget.value)} />;
}
