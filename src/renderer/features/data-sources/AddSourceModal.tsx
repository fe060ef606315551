/** Makes a shared data source: name, description, style. It begins deactivated, with a key of its own. */
import { Button, Group, Modal, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { ReactNode } from 'react';
import type { Style } from '../../../shared/model/endpoint.ts';
import { useAction } from '../../data/action.ts';
import { createEndpoint } from '../../data/endpoints.ts';
import { useMirror } from '../../data/mirror.ts';
import { catalogMirror } from '../../data/system.ts';

/** The rule of SPEC 2 for names of data sources. */
const namePattern = /^[A-Za-z0-9 [\]().\-_]{3,50}$/;
const styles: readonly Style[] = ['native', 'validmind', 'metal', 'flowx', 'hap', 'flowtrux'];

/** The modal. */
export function AddSourceModal({ onClose }: { readonly onClose: () => void }): ReactNode {
  const catalog = useMirror(catalogMirror, null);
  const create = useAction(createEndpoint);
  const form = useForm({
    initialValues: { name: '', description: '', style: 'flowx' },
    validate: {
      name: (name) =>
        namePattern.test(name.trim()) ? null : '3 to 50 letters, digits, spaces and [ ] ( ) . _ -',
    },
  });
  const chosen = catalog.data?.styles.find(({ style }) => style === form.values.style);
  const submit = async ({ name, description, style }: typeof form.values): Promise<void> => {
    const known = styles.find((one) => one === style) ?? 'flowx';
    const made = await create.run({ name: name.trim(), description, style: known });
    if (made !== undefined) onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Add incoming webhook">
      <form onSubmit={form.onSubmit((values) => void submit(values))}>
        <Stack gap="sm">
          <TextInput label="Name" required data-autofocus maxLength={50} {...form.getInputProps('name')} />
          <Textarea
            label="Description"
            autosize
            minRows={2}
            maxRows={6}
            {...form.getInputProps('description')}
          />
          <Select
            label="Style"
            data={
              catalog.data?.styles.map(({ style, title }) => ({ value: style, label: title })) ?? [...styles]
            }
            {...form.getInputProps('style')}
            description={chosen?.urlPattern}
          />
          {chosen !== undefined && (
            <Text size="xs" c="dimmed">
              {chosen.description}
            </Text>
          )}
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
