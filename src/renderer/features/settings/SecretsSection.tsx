/** Secrets: named values that steps send out, each only to the hosts it is meant for. */
import {
  ActionIcon,
  Button,
  Group,
  Modal,
  PasswordInput,
  TagsInput,
  TextInput,
  Tooltip,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconLock, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { SecretView } from '../../../shared/contract/views.ts';
import { useAction } from '../../data/action.ts';
import { useMirror } from '../../data/mirror.ts';
import { removeSecret, secretsMirror, setSecret } from '../../data/system.ts';
import { ConfirmModal } from '../../ui/ConfirmModal.tsx';
import { TimeText } from '../../ui/figures.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import classes from './settings.module.css';

/** The section. */
export function SecretsSection(): ReactNode {
  const secrets = useMirror(secretsMirror, null);
  /** `new`, or the secret whose value is replaced. */
  const [editing, setEditing] = useState<SecretView | 'new' | null>(null);
  const [deleting, setDeleting] = useState<SecretView | null>(null);
  const remove = useAction(removeSecret, { failed: 'The secret was not deleted' });
  const add = (
    <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setEditing('new')}>
      New secret
    </Button>
  );
  return (
    <section className={classes['section']} aria-labelledby="secrets-title">
      <Group justify="space-between">
        <h2 id="secrets-title" className={classes['title']}>
          Secrets
        </h2>
        {(secrets.data?.length ?? 0) > 0 && add}
      </Group>
      <p className={classes['text']}>
        Written as <code>{'{{secrets.NAME}}'}</code> in the fields of steps that send something out. Encrypted
        at rest, never shown in full again, and put in only for the hosts listed.
      </p>
      {secrets.data === undefined ? (
        secrets.status === 'failed' ? (
          <ErrorState
            title="The secrets could not be read"
            reason={secrets.error?.message ?? ''}
            onRetry={secrets.refetch}
          />
        ) : (
          <LoadingState what="secrets" shape="detail" />
        )
      ) : secrets.data.length === 0 ? (
        <EmptyState icon={<IconLock size={28} stroke={1.4} />} title="No secrets" action={add}>
          Keys and passwords of the services your workflows call belong here, not in a step.
        </EmptyState>
      ) : (
        <ul className={classes['items']}>
          {secrets.data.map((secret) => (
            <li key={secret.name} className={classes['item']}>
              <div className={classes['itemBody']}>
                <span className={classes['itemName']} title={secret.name}>
                  {secret.name}
                </span>
                <span className={classes['itemNote']}>
                  {secret.hint} ·{' '}
                  {secret.hosts.length === 0 ? 'sent to no host' : `sent to ${secret.hosts.join(', ')}`} ·
                  changed <TimeText at={secret.updatedAt} mode="relative" />
                </span>
              </div>
              <Tooltip label="Replace">
                <ActionIcon aria-label={`Replace ${secret.name}`} onClick={() => setEditing(secret)}>
                  <IconPencil size={16} aria-hidden />
                </ActionIcon>
              </Tooltip>
              <Tooltip label="Delete">
                <ActionIcon aria-label={`Delete ${secret.name}`} onClick={() => setDeleting(secret)}>
                  <IconTrash size={16} aria-hidden />
                </ActionIcon>
              </Tooltip>
            </li>
          ))}
        </ul>
      )}
      {editing !== null && (
        <SecretForm
          key={editing === 'new' ? 'new' : editing.name}
          secret={editing === 'new' ? null : editing}
          onClose={() => setEditing(null)}
        />
      )}
      <ConfirmModal
        isOpen={deleting !== null}
        title={`Delete ${deleting?.name ?? ''}?`}
        confirm="Delete"
        onClose={() => setDeleting(null)}
        onConfirm={() => (deleting === null ? undefined : remove.run(deleting.name))}
      >
        Steps that use it fail from now on. This can not be undone.
      </ConfirmModal>
    </section>
  );
}

interface SecretFormProps {
  readonly secret: SecretView | null;
  readonly onClose: () => void;
}

function SecretForm({ secret, onClose }: SecretFormProps): ReactNode {
  const save = useAction(setSecret);
  const form = useForm<{ name: string; value: string; hosts: string[] }>({
    initialValues: { name: secret?.name ?? '', value: '', hosts: secret?.hosts ?? [] },
    validate: {
      name: (value) =>
        /^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(value) ? null : 'A letter or _, then letters, digits or _',
      value: (value) => (value === '' ? 'The value is missing' : null),
    },
  });
  const issueOf = (name: 'name' | 'value' | 'hosts'): ReactNode =>
    form.errors[name] ??
    save.failure?.issues.find(({ path }) => path === name || path.startsWith(`${name}[`))?.message ??
    null;
  const submit = form.onSubmit(async (values) => {
    const saved = await save.run(values);
    if (saved !== undefined) onClose();
  });
  return (
    <Modal opened onClose={onClose} title={secret === null ? 'New secret' : `Replace ${secret.name}`}>
      <form onSubmit={submit} noValidate style={{ display: 'flex', flexDirection: 'column', gap: 14 }}>
        {secret === null && (
          <TextInput
            label="Name"
            placeholder="CRM_TOKEN"
            data-autofocus
            {...form.getInputProps('name')}
            error={issueOf('name')}
          />
        )}
        <PasswordInput
          label="Value"
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the value' }}
          {...(secret === null ? {} : { 'data-autofocus': true })}
          {...form.getInputProps('value')}
          error={issueOf('value')}
        />
        <TagsInput
          label="Hosts it may be sent to"
          description="Enter after each, e.g. api.example.com or api.example.com:8443"
          {...form.getInputProps('hosts')}
          error={issueOf('hosts')}
        />
        {save.failure !== null && save.failure.issues.length === 0 && (
          <p role="alert" style={{ margin: 0, color: 'var(--hy-bad)' }}>
            {save.failure.message}
          </p>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isBusy}>
            Save
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
