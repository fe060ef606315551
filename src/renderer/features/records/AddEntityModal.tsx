/** Makes an entity: a name and its typed fields. */
import { ActionIcon, Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { EntityView } from '../../../shared/contract/views.ts';
import { useAction } from '../../data/action.ts';
import { createEntity } from '../../data/records.ts';

type Field = EntityView['fields'][number];
const types: readonly Field['type'][] = ['string', 'number', 'boolean', 'date', 'json'];
const fieldPattern = /^[A-Za-z][A-Za-z0-9_]{0,59}$/;
const rule = 'A letter, then letters, digits or _';

export interface AddEntityModalProps {
  readonly onClose: () => void;
  readonly onMade: (name: string) => void;
}

/** The modal. */
export function AddEntityModal({ onClose, onMade }: AddEntityModalProps): ReactNode {
  const create = useAction(createEntity);
  const first: Field = { name: 'name', type: 'string' };
  const form = useForm({
    initialValues: { name: '', fields: [first] },
    validate: {
      name: (name) => (fieldPattern.test(name) ? null : rule),
      fields: { name: (name: string) => (fieldPattern.test(name) ? null : rule) },
    },
  });
  const submit = async ({ name, fields }: typeof form.values): Promise<void> => {
    const made = await create.run(name, fields);
    if (made === undefined) return;
    onMade(made.name);
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Add entity">
      <form onSubmit={form.onSubmit((values) => void submit(values))}>
        <Stack gap="sm">
          <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
          {form.values.fields.map((_field, index) => (
            <Group key={index} gap="xs" align="flex-start" wrap="nowrap">
              <TextInput
                aria-label={`Field ${index + 1}`}
                placeholder="Field"
                style={{ flex: 1 }}
                {...form.getInputProps(`fields.${index}.name`)}
              />
              <Select
                aria-label={`Type of field ${index + 1}`}
                data={[...types]}
                w={120}
                {...form.getInputProps(`fields.${index}.type`)}
              />
              <ActionIcon
                aria-label={`Remove field ${index + 1}`}
                mt={2}
                onClick={() => form.removeListItem('fields', index)}
              >
                <IconTrash size={15} aria-hidden />
              </ActionIcon>
            </Group>
          ))}
          <Button
            variant="subtle"
            leftSection={<IconPlus size={15} aria-hidden />}
            onClick={() => form.insertListItem('fields', { name: '', type: 'string' })}
            style={{ alignSelf: 'flex-start' }}
          >
            Add field
          </Button>
          {create.failure !== null && (
            <Text size="xs" c="var(--hy-bad)" role="alert">
              {create.failure.message}
            </Text>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isBusy}>
              Create
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
