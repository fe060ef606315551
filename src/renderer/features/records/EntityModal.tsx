/** Makes an entity or changes one: its name, and its fields with their types and rules. */
import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  Modal,
  Select,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { EntityView } from '../../../shared/contract/views.ts';
import { useAction } from '../../data/action.ts';
import { changeEntity, createEntity, type EntityField, removeEntity } from '../../data/records.ts';
import { ConfirmModal } from '../../ui/ConfirmModal.tsx';
import { formatCount } from '../../ui/formats.ts';
import { HostileText } from '../../ui/HostileText.tsx';
import classes from './records.module.css';

const types: readonly { readonly value: EntityField['type']; readonly label: string }[] = [
  { value: 'string', label: 'Text' },
  { value: 'number', label: 'Number' },
  { value: 'boolean', label: 'Yes or no' },
  { value: 'date', label: 'Date' },
  { value: 'select', label: 'Choice' },
  { value: 'reference', label: 'Record' },
  { value: 'json', label: 'JSON' },
];
const namePattern = /^[A-Za-z][A-Za-z0-9_]{0,59}$/;

export interface EntityModalProps {
  /** Null: a new one. */
  readonly entity: EntityView | null;
  readonly entities: readonly string[];
  readonly onClose: () => void;
  /** Gets the name it has now; null: it was deleted. */
  readonly onDone: (name: string | null) => void;
}

interface FieldValues {
  readonly key: string;
  readonly was: string | null;
  readonly name: string;
  readonly type: EntityField['type'];
  readonly required: boolean;
  readonly unique: boolean;
  readonly options: string[];
  readonly entity: string;
  /** Kept as it is: it is no matter of this form. */
  readonly fallback: unknown;
}

let lastKey = 0;
const blank = (field?: EntityField): FieldValues => {
  lastKey += 1;
  return {
    key: String(lastKey),
    was: field?.name ?? null,
    name: field?.name ?? '',
    type: field?.type ?? 'string',
    required: field?.required ?? false,
    unique: field?.unique ?? false,
    options: [...(field?.options ?? [])],
    entity: field?.entity ?? '',
    fallback: field?.default,
  };
};

/** A field as the core takes it: only what belongs to its type. */
function toField(values: FieldValues): EntityField & { readonly was?: string } {
  const { was, name, type, required, unique, options, entity, fallback } = values;
  return {
    name: name.trim(),
    type,
    ...(required ? { required } : {}),
    ...(unique && type !== 'json' ? { unique } : {}),
    ...(type === 'select' ? { options } : {}),
    ...(type === 'reference' ? { entity } : {}),
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(was === null || was === name.trim() ? {} : { was }),
  };
}

/** The modal. */
export function EntityModal({ entity, entities, onClose, onDone }: EntityModalProps): ReactNode {
  const create = useAction(createEntity);
  const change = useAction(changeEntity);
  const remove = useAction(removeEntity, { failed: 'The entity was not deleted' });
  const [isForcing, setForcing] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
  const failure = create.failure ?? change.failure;
  const form = useForm({
    initialValues: {
      name: entity?.name ?? '',
      fields: entity === null ? [{ ...blank(), name: 'name' }] : entity.fields.map(blank),
    },
    validate: {
      name: (name) => (namePattern.test(name) ? null : 'A letter, then letters, digits or _'),
      fields: { name: (name: string) => (name.trim() === '' ? 'A name' : null) },
    },
  });
  const submit = async ({ name, fields }: typeof form.values): Promise<void> => {
    const wanted = fields.map(toField);
    const done =
      entity === null ? await create.run(name, wanted) : await change.run(entity.name, wanted, isForcing);
    if (done === undefined) return;
    onDone(done.name);
    onClose();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={entity === null ? 'Add entity' : `Fields of ${entity.name}`}
    >
      <form onSubmit={form.onSubmit((values) => void submit(values))}>
        <Stack gap="sm">
          {entity === null && (
            <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
          )}
          {form.values.fields.map((field, index) => (
            <FieldRow
              key={field.key}
              number={index + 1}
              type={field.type}
              entities={entities}
              input={(name, options) => form.getInputProps(`fields.${index}.${name}`, options)}
              onRemove={() => form.removeListItem('fields', index)}
            />
          ))}
          <Button
            variant="subtle"
            leftSection={<IconPlus size={15} aria-hidden />}
            onClick={() => form.insertListItem('fields', blank())}
            style={{ alignSelf: 'flex-start' }}
          >
            Add field
          </Button>
          {failure !== null && (
            <div role="alert" className={classes['fault']}>
              <HostileText text={failure.message} />
              {failure.issues.map(({ path, message }) => (
                <div key={`${path} ${message}`}>
                  <HostileText text={`${path}: ${message}`} />
                </div>
              ))}
            </div>
          )}
          {entity !== null && failure?.code === 'conflict' && (
            <Checkbox
              label="Go on, and lose the values that do not fit"
              checked={isForcing}
              onChange={(event) => setForcing(event.currentTarget.checked)}
            />
          )}
          <Group justify="space-between">
            {entity === null ? (
              <span />
            ) : (
              <Button variant="subtle" color="red" onClick={() => setDeleting(true)}>
                Delete entity
              </Button>
            )}
            <Group gap="xs">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" loading={create.isBusy || change.isBusy}>
                {entity === null ? 'Create' : 'Save'}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
      {entity !== null && (
        <ConfirmModal
          isOpen={isDeleting}
          title={`Delete ${entity.name}?`}
          confirm="Delete"
          onClose={() => setDeleting(false)}
          onConfirm={async () => {
            if ((await remove.run(entity.name)) === undefined) return;
            onDone(null);
            onClose();
          }}
        >
          {formatCount(entity.count, 'record')} and their history go with it. This can not be undone.
        </ConfirmModal>
      )}
    </Modal>
  );
}

interface FieldRowProps {
  readonly number: number;
  readonly type: EntityField['type'];
  readonly entities: readonly string[];
  /** Props of the input of a setting. */
  readonly input: (name: string, options?: { readonly type: 'checkbox' }) => object;
  readonly onRemove: () => void;
}

function FieldRow({ number, type, entities, input, onRemove }: FieldRowProps): ReactNode {
  return (
    <div className={classes['field']} role="group" aria-label={`Field ${number}`}>
      <Group gap="xs" align="flex-start" wrap="nowrap">
        <TextInput
          aria-label={`Field ${number}`}
          placeholder="Field"
          style={{ flex: 1 }}
          {...input('name')}
        />
        <Select
          aria-label={`Type of field ${number}`}
          data={[...types]}
          allowDeselect={false}
          w={130}
          {...input('type')}
        />
        <ActionIcon aria-label={`Remove field ${number}`} mt={2} onClick={onRemove}>
          <IconTrash size={15} aria-hidden />
        </ActionIcon>
      </Group>
      <Group gap="md" mt={6}>
        <Checkbox size="xs" label="Required" {...input('required', { type: 'checkbox' })} />
        {type !== 'json' && (
          <Checkbox size="xs" label="No two alike" {...input('unique', { type: 'checkbox' })} />
        )}
      </Group>
      {type === 'select' && (
        <TagsInput mt={6} label="Choices" placeholder="Enter after each" {...input('options')} />
      )}
      {type === 'reference' && (
        <Select mt={6} label="Records of" data={[...entities]} searchable {...input('entity')} />
      )}
      {type === 'json' && (
        <Text size="xs" c="dimmed" mt={6}>
          Any JSON value.
        </Text>
      )}
    </div>
  );
}
