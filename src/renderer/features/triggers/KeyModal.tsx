/** Replaces a trigger's key or secret: how long the old one stays valid, who must be told, then the new one once. */
import { Alert, Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { EndpointView } from '../../../shared/contract/views.ts';
import { authFieldsOf } from '../../../shared/model/catalog.ts';
import { useAction } from '../../data/action.ts';
import { resetKey, revokePrevious } from '../../data/endpoints.ts';
import { useMirror } from '../../data/mirror.ts';
import { catalogMirror } from '../../data/system.ts';
import { formatCount } from '../../ui/formats.ts';
import { TimeText } from '../../ui/figures.tsx';
import { CopyField } from '../../ui/CopyField.tsx';
import { SecretInput } from '../../ui/SecretInput.tsx';

const overlaps = [
  { value: '0', label: 'Not at all: the old one stops now' },
  { value: '3600', label: '1 hour' },
  { value: '86400', label: '24 hours' },
  { value: '604800', label: '7 days' },
];

export interface KeyModalProps {
  readonly trigger: EndpointView;
  readonly onClose: () => void;
}

/** The modal, in two steps: choose, then copy. */
export function KeyModal({ trigger, onClose }: KeyModalProps): ReactNode {
  const [overlap, setOverlap] = useState('0');
  const [renewed, setRenewed] = useState<Awaited<ReturnType<typeof resetKey>>>();
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const { data: catalog } = useMirror(catalogMirror, null);
  const reset = useAction(resetKey, { failed: 'The key was not replaced' });
  // What the sender makes itself can not be made here: it is pasted.
  const foreign =
    catalog === undefined || trigger.settings.auth === undefined
      ? []
      : authFieldsOf(catalog, trigger.settings.auth).filter(
          (field) => field.kind === 'secret' && field.generate !== true,
        );
  const isComplete = foreign.length === 0 || Object.keys(typed).length > 0;
  const replace = async (): Promise<void> =>
    setRenewed(await reset.run(trigger.id, Number(overlap), foreign.length === 0 ? undefined : typed));

  if (renewed !== undefined) {
    return (
      <Modal opened onClose={onClose} title="The new key" size="lg">
        <Stack gap="sm">
          <CopyField label="URL" value={renewed.url} isSecret={renewed.url !== trigger.url} />
          {Object.entries(renewed.secrets).map(([field, value]) => (
            <CopyField key={field} label={field} value={value} isSecret />
          ))}
          <Text size="xs" c="dimmed">
            {renewed.previousValidUntil === null ? (
              'The old one is refused from now on.'
            ) : (
              <>
                The old one is accepted until <TimeText at={renewed.previousValidUntil} />.
              </>
            )}
          </Text>
          <Group justify="flex-end">
            <Button onClick={onClose}>Done</Button>
          </Group>
        </Stack>
      </Modal>
    );
  }

  const calls = trigger.recent.accepted;
  return (
    <Modal opened onClose={onClose} title="Reset API Key" size="lg">
      <Stack gap="sm">
        <Alert color="yellow" icon={<IconAlertTriangle size={16} aria-hidden />}>
          Everybody who calls {trigger.name} must be given the new key
          {calls > 0 ? `; it was called ${formatCount(calls, 'time')} in the last 24 hours` : ''}. With the
          old one they get 401 once it is no longer accepted.
        </Alert>
        <PreviousKeys trigger={trigger} />
        {foreign.map((field) => (
          <SecretInput
            key={field.name}
            label={`New ${field.label}`}
            help={field.help}
            value={typed[field.name]}
            onChange={(value) => {
              const { [field.name]: _old, ...rest } = typed;
              setTyped(value === undefined ? rest : { ...rest, [field.name]: value });
            }}
          />
        ))}
        <Select
          label="How long is the old one still accepted?"
          data={overlaps}
          value={overlap}
          onChange={(value) => setOverlap(value ?? '0')}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button color="red" loading={reset.isBusy} disabled={!isComplete} onClick={() => void replace()}>
            Reset API Key
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** Keys of an earlier rotation that still open the door: until when, when last, and how to end that. */
function PreviousKeys({ trigger }: { readonly trigger: EndpointView }): ReactNode {
  const revoke = useAction(revokePrevious, {
    failed: 'The previous key was not revoked',
    done: 'The previous key is refused from now on',
  });
  const previous = trigger.secrets.filter(({ previousValidUntil }) => previousValidUntil !== null);
  if (previous.length === 0) return null;
  return (
    <Alert color="blue">
      {previous.map(({ field, previousValidUntil, previousUsedAt }) => (
        <Text key={field} size="xs">
          The previous {field} is accepted until{' '}
          {previousValidUntil === null ? '' : <TimeText at={previousValidUntil} />};{' '}
          {previousUsedAt === null ? (
            'nobody has used it since the rotation.'
          ) : (
            <>
              last used <TimeText at={previousUsedAt} mode="relative" />.
            </>
          )}
        </Text>
      ))}
      <Button
        size="compact-xs"
        variant="default"
        mt={6}
        loading={revoke.isBusy}
        onClick={() => void revoke.run(trigger.id)}
      >
        Revoke it now
      </Button>
    </Alert>
  );
}
