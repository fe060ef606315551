/** Adds or changes one record, field by field; deletes it after asking. */
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, type SyntheticEvent, useState } from 'react';
import type { EntityView } from '../../../shared/contract/views.ts';
import { useAction } from '../../data/action.ts';
import { createRecord, type RecordRow, removeRecord, updateRecord } from '../../data/records.ts';
import { ConfirmModal } from '../../ui/ConfirmModal.tsx';
import { CopyField } from '../../ui/CopyField.tsx';
import { readValue, showValue } from './field-text.ts';

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
  const [isAsking, setAsking] = useState(false);
  const create = useAction(createRecord);
  const update = useAction(updateRecord);
  const remove = useAction(removeRecord, { failed: 'The record was not deleted' });
  const failure = create.failure ?? update.failure;

  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    const read = entity.fields.map(({ name, type }) => [name, readValue(texts[name] ?? '', type)] as const);
    const wrong = read.flatMap(([name, value]) => (value.ok ? [] : [[name, value.why] as const]));
    setFaults(Object.fromEntries(wrong));
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
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="sm">
          {record !== null && <CopyField label="Id (target)" value={record.cuid} />}
          {entity.fields.map(({ name, type }, index) => (
            <TextInput
              key={name}
              label={name}
              description={type === 'string' ? undefined : type}
              value={texts[name] ?? ''}
              error={faults[name]}
              {...(index === 0 ? { 'data-autofocus': true } : {})}
              onChange={(event) => setTexts({ ...texts, [name]: event.currentTarget.value })}
            />
          ))}
          {failure !== null && (
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
