/** Where callers reach the receiver. */
import { Button, NumberInput, SegmentedControl, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { ReactNode } from 'react';
import type { SettingsView, StatusView } from '../../../shared/contract/views.ts';
import { useAction } from '../../data/action.ts';
import { useMirror } from '../../data/mirror.ts';
import { settingsMirror, statusMirror, updateSettings } from '../../data/system.ts';
import { ToneBadge } from '../../ui/badges.tsx';
import { CopyField } from '../../ui/CopyField.tsx';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import classes from './settings.module.css';

/** The section. */
export function ReceiverSection(): ReactNode {
  const settings = useMirror(settingsMirror, null);
  const { data: status } = useMirror(statusMirror, null);
  if (settings.data === undefined) {
    return settings.status === 'failed' ? (
      <ErrorState
        title="The settings could not be read"
        reason={settings.error?.message ?? ''}
        onRetry={settings.refetch}
      />
    ) : (
      <LoadingState what="settings" shape="detail" />
    );
  }
  const { retention: _elsewhere, ...receiver } = settings.data;
  return (
    <section className={classes['section']} aria-labelledby="receiver-title">
      <h2 id="receiver-title" className={classes['title']}>
        Receiver
      </h2>
      <p className={classes['text']}>
        The address that takes requests in. A change moves it at once; keys and URLs stay.
      </p>
      {status !== undefined && <Addresses status={status} />}
      <ReceiverForm key={JSON.stringify(receiver)} settings={receiver} />
    </section>
  );
}

function Addresses({ status }: { readonly status: StatusView }): ReactNode {
  const { listening, addresses, error } = status.receiver;
  return (
    <div className={classes['card']}>
      <div>
        <ToneBadge tone={listening ? 'ok' : 'bad'}>{listening ? 'listening' : 'not listening'}</ToneBadge>
      </div>
      {error !== null && <Text c="var(--hy-bad)">{error}</Text>}
      <CopyField label="On this computer" value={addresses.local} />
      {addresses.lan.map((address) => (
        <CopyField key={address} label="On the local network" value={address} />
      ))}
      {addresses.public !== null && <CopyField label="From anywhere" value={addresses.public} />}
    </div>
  );
}

const loopback = '127.0.0.1';
const everywhere = '0.0.0.0';

type ReceiverSettings = Omit<SettingsView, 'retention'>;

function ReceiverForm({ settings }: { readonly settings: ReceiverSettings }): ReactNode {
  const save = useAction(updateSettings, { done: 'The receiver uses the new settings.' });
  const form = useForm<ReceiverSettings>({
    initialValues: settings,
    validate: {
      publicUrl: (value) =>
        value === null || value === '' || isWebAddress(value)
          ? null
          : 'An address like https://hooks.example.com',
    },
  });
  const issueOf = (name: keyof ReceiverSettings): ReactNode =>
    form.errors[name] ?? save.failure?.issues.find(({ path }) => path === name)?.message ?? null;
  const { receiverHost } = form.values;
  const reach = receiverHost === loopback ? 'local' : receiverHost === everywhere ? 'lan' : 'other';
  const submit = form.onSubmit((values) => {
    const publicUrl = values.publicUrl?.trim() === '' ? null : values.publicUrl;
    void save.run({ ...values, publicUrl });
  });
  return (
    <form className={classes['card']} onSubmit={submit} noValidate>
      <div>
        <Text size="xs" fw={500} mb={4} id="reach-label">
          Who can reach it
        </Text>
        <SegmentedControl
          aria-labelledby="reach-label"
          value={reach}
          onChange={(value) => {
            if (value === 'local') form.setFieldValue('receiverHost', loopback);
            else if (value === 'lan') form.setFieldValue('receiverHost', everywhere);
            else form.setFieldValue('receiverHost', '');
          }}
          data={[
            { value: 'local', label: 'This computer' },
            { value: 'lan', label: 'Local network' },
            { value: 'other', label: 'One address' },
          ]}
        />
      </div>
      <div className={classes['pair']}>
        <TextInput
          label="Address"
          description="The network address it listens on"
          {...form.getInputProps('receiverHost')}
          error={issueOf('receiverHost')}
        />
        <NumberInput
          label="Port"
          description="0 picks a free one"
          min={0}
          max={65_535}
          allowDecimal={false}
          hideControls
          thousandSeparator=""
          {...form.getInputProps('receiverPort')}
          error={issueOf('receiverPort')}
        />
      </div>
      <TextInput
        label="Public URL"
        description="How the world reaches it through a tunnel or a proxy; shown wherever a URL can be copied"
        placeholder="https://hooks.example.com"
        {...form.getInputProps('publicUrl')}
        value={form.values.publicUrl ?? ''}
        error={issueOf('publicUrl')}
      />
      <NumberInput
        label="Trusted proxies"
        description="How many proxies of your own stand in front; the caller's address is read that many places from the right of X-Forwarded-For"
        min={0}
        max={10}
        allowDecimal={false}
        styles={{ wrapper: { maxWidth: 120 } }}
        {...form.getInputProps('trustedHops')}
        error={issueOf('trustedHops')}
      />
      {save.failure !== null && save.failure.issues.length === 0 && (
        <Text c="var(--hy-bad)" role="alert">
          {save.failure.message}
        </Text>
      )}
      <div className={classes['buttons']}>
        <Button variant="default" disabled={!form.isDirty()} onClick={() => form.reset()}>
          Reset
        </Button>
        <Button type="submit" loading={save.isBusy} disabled={!form.isDirty()}>
          Save
        </Button>
      </div>
    </form>
  );
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
