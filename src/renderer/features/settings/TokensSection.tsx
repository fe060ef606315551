/** API tokens: made, shown once, revoked. */
import { ActionIcon, Button, Checkbox, Group, Modal, TextInput, Tooltip } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconKey, IconPlus, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { Scope, TokenView } from '../../../shared/contract/views.ts';
import { useAction } from '../../data/action.ts';
import { useMirror } from '../../data/mirror.ts';
import { createToken, removeToken, tokensMirror } from '../../data/system.ts';
import { ConfirmModal } from '../../ui/ConfirmModal.tsx';
import { CopyField } from '../../ui/CopyField.tsx';
import { TimeText } from '../../ui/figures.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import classes from './settings.module.css';

const scopes: readonly { readonly value: Scope; readonly label: string; readonly description: string }[] = [
  { value: 'read', label: 'Read', description: 'See workflows, runs, requests and records' },
  { value: 'run', label: 'Run', description: 'Start, cancel and retry runs' },
  { value: 'admin', label: 'Admin', description: 'Change everything, and read keys' },
];

/** The section. */
export function TokensSection(): ReactNode {
  const tokens = useMirror(tokensMirror, null);
  const [isMaking, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<TokenView | null>(null);
  const revoke = useAction(removeToken, { failed: 'The token was not revoked' });
  const add = (
    <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setMaking(true)}>
      New token
    </Button>
  );
  return (
    <section className={classes['section']} aria-labelledby="tokens-title">
      <Group justify="space-between">
        <h2 id="tokens-title" className={classes['title']}>
          API tokens
        </h2>
        {(tokens.data?.length ?? 0) > 0 && add}
      </Group>
      <p className={classes['text']}>Programs that call /v1 show one of these.</p>
      {tokens.data === undefined ? (
        tokens.status === 'failed' ? (
          <ErrorState
            title="The tokens could not be read"
            reason={tokens.error?.message ?? ''}
            onRetry={tokens.refetch}
          />
        ) : (
          <LoadingState what="tokens" shape="detail" />
        )
      ) : tokens.data.length === 0 ? (
        <EmptyState icon={<IconKey size={28} stroke={1.4} />} title="No tokens" action={add}>
          A token lets a script or another program use the API with the rights you choose.
        </EmptyState>
      ) : (
        <ul className={classes['items']}>
          {tokens.data.map((token) => (
            <li key={token.id} className={classes['item']}>
              <div className={classes['itemBody']}>
                <span className={classes['itemName']} title={token.name}>
                  {token.name}
                </span>
                <span className={classes['itemNote']}>
                  {token.hint} · {token.scopes.join(', ')} · made{' '}
                  <TimeText at={token.createdAt} mode="relative" /> ·{' '}
                  {token.lastUsedAt === null ? (
                    'never used'
                  ) : (
                    <>
                      last used <TimeText at={token.lastUsedAt} mode="relative" />
                    </>
                  )}
                </span>
              </div>
              <Tooltip label="Revoke">
                <ActionIcon aria-label={`Revoke ${token.name}`} onClick={() => setRevoking(token)}>
                  <IconTrash size={16} aria-hidden />
                </ActionIcon>
              </Tooltip>
            </li>
          ))}
        </ul>
      )}
      <NewToken isOpen={isMaking} onClose={() => setMaking(false)} />
      <ConfirmModal
        isOpen={revoking !== null}
        title="Revoke the token?"
        confirm="Revoke"
        onClose={() => setRevoking(null)}
        onConfirm={() => (revoking === null ? undefined : revoke.run(revoking.id))}
      >
        Every program that uses “{revoking?.name}” is refused from now on. This can not be undone.
      </ConfirmModal>
    </section>
  );
}

function NewToken({
  isOpen,
  onClose,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}): ReactNode {
  const create = useAction(createToken);
  const [made, setMade] = useState<string | null>(null);
  const form = useForm<{ name: string; scopes: Scope[] }>({
    initialValues: { name: '', scopes: ['read'] },
    validate: {
      name: (value) => (value.trim() === '' ? 'Give it a name, so that you know it again' : null),
      scopes: (value) => (value.length === 0 ? 'Choose at least one' : null),
    },
  });
  const close = (): void => {
    onClose();
    setMade(null);
    form.reset();
    create.reset();
  };
  const submit = form.onSubmit(async ({ name, scopes: chosen }) => {
    const token = await create.run(name, chosen);
    if (token !== undefined) setMade(token.token);
  });
  return (
    <Modal opened={isOpen} onClose={close} title={made === null ? 'New token' : 'Your new token'} size="md">
      {made === null ? (
        <form onSubmit={submit} noValidate style={{ display: 'flex', flexDirection: 'column', gap: 14 }}>
          <TextInput
            label="Name"
            placeholder="Nightly import"
            data-autofocus
            {...form.getInputProps('name')}
          />
          <Checkbox.Group label="It may" {...form.getInputProps('scopes')}>
            <div style={{ display: 'flex', flexDirection: 'column', gap: 8, marginTop: 6 }}>
              {scopes.map(({ value, label, description }) => (
                <Checkbox key={value} value={value} label={label} description={description} />
              ))}
            </div>
          </Checkbox.Group>
          {create.failure !== null && (
            <p role="alert" style={{ margin: 0, color: 'var(--hy-bad)' }}>
              {create.failure.message}
            </p>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isBusy}>
              Create
            </Button>
          </Group>
        </form>
      ) : (
        <div style={{ display: 'flex', flexDirection: 'column', gap: 14 }}>
          <CopyField
            label="Token"
            value={made}
            help="Copy it now: it is kept only as a hash and never shown again."
          />
          <Group justify="flex-end">
            <Button onClick={close}>Done</Button>
          </Group>
        </div>
      )}
    </Modal>
  );
}
