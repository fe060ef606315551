/** The mail server the step E-mail sends by, and a test message. */
import { Button, Group, NumberInput, PasswordInput, Select, Switch, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { type ReactNode, useState } from 'react';
import type { SmtpView } from '../../../shared/contract/system.ts';
import { useAction } from '../../data/action.ts';
import { useMirror } from '../../data/mirror.ts';
import { mailMirror, testMail, updateMail } from '../../data/system.ts';
import { HostileText } from '../../ui/HostileText.tsx';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import classes from './settings.module.css';

/** The section. */
export function MailSection(): ReactNode {
  const { data: smtp, status, error, refetch } = useMirror(mailMirror, null);
  if (smtp === undefined) {
    return status === 'failed' ? (
      <ErrorState title="The settings could not be read" reason={error?.message ?? ''} onRetry={refetch} />
    ) : (
      <LoadingState what="settings" shape="detail" />
    );
  }
  return (
    <section className={classes['section']} aria-labelledby="mail-title">
      <h2 id="mail-title" className={classes['title']}>
        Mail
      </h2>
      <p className={classes['text']}>
        The server by which the step E-mail sends. Its password is encrypted and never shown again.
      </p>
      <MailForm key={JSON.stringify(smtp)} smtp={smtp} />
      {smtp !== null && <TestForm />}
    </section>
  );
}

const ports: Readonly<Record<SmtpView['security'], number>> = { none: 25, starttls: 587, tls: 465 };
const empty = {
  host: '',
  port: ports.starttls,
  security: 'starttls',
  user: '',
  password: null,
  from: '',
  allowSelfSigned: false,
} as const satisfies SmtpView;

function MailForm({ smtp }: { readonly smtp: SmtpView | null }): ReactNode {
  const save = useAction(updateMail, { done: 'The mail server is saved.' });
  const form = useForm<SmtpView>({ initialValues: smtp ?? empty });
  const { security, user } = form.values;
  const issues = save.failure?.issues ?? [];
  const faultOf = (name: string): string | null =>
    issues.find(({ path }) => path === `smtp.${name}` || path === name)?.message ?? null;
  return (
    <form className={classes['card']} onSubmit={form.onSubmit((values) => void save.run(values))} noValidate>
      <div className={classes['pair']}>
        <TextInput
          label="Host"
          placeholder="smtp.example.com"
          {...form.getInputProps('host')}
          error={faultOf('host')}
        />
        <NumberInput
          label="Port"
          min={1}
          max={65_535}
          allowDecimal={false}
          thousandSeparator=""
          {...form.getInputProps('port')}
          error={faultOf('port')}
        />
      </div>
      <Select
        label="Encryption"
        allowDeselect={false}
        data={[
          { value: 'starttls', label: 'STARTTLS (usual with port 587)' },
          { value: 'tls', label: 'TLS from the start (usual with port 465)' },
          { value: 'none', label: 'None: passwords and messages can be read on the way' },
        ]}
        value={security}
        onChange={(value) => {
          const next = value === 'tls' || value === 'none' ? value : 'starttls';
          form.setValues({
            security: next,
            ...(form.values.port === ports[security] ? { port: ports[next] } : {}),
          });
        }}
      />
      <div className={classes['pair']}>
        <TextInput label="User" placeholder="None: no log-in" {...form.getInputProps('user')} />
        <PasswordInput
          label="Password"
          disabled={user === ''}
          value={form.values.password ?? ''}
          onChange={(event) => form.setFieldValue('password', event.currentTarget.value || null)}
          autoComplete="new-password"
        />
      </div>
      <TextInput
        label="From"
        placeholder="Orders <orders@example.com>"
        {...form.getInputProps('from')}
        error={faultOf('from')}
      />
      {security !== 'none' && (
        <Switch
          label="Take a certificate nobody vouches for"
          description="For a server of your own with a certificate it signed itself."
          {...form.getInputProps('allowSelfSigned', { type: 'checkbox' })}
        />
      )}
      {save.failure !== null && issues.length === 0 && (
        <Text c="var(--hy-bad)" role="alert">
          {save.failure.message}
        </Text>
      )}
      <div className={classes['buttons']}>
        {smtp !== null && (
          <Button variant="subtle" color="red" onClick={() => void save.run(null)}>
            Remove
          </Button>
        )}
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

function TestForm(): ReactNode {
  const [to, setTo] = useState('');
  const [said, setSaid] = useState<string | null>(null);
  const send = useAction(testMail);
  const submit = async (): Promise<void> => {
    setSaid(null);
    const response = await send.run(to.trim());
    if (response !== undefined) setSaid(response);
  };
  return (
    <form
      className={classes['card']}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Group align="flex-end" gap="xs">
        <TextInput
          label="Send a test message to"
          placeholder="you@example.com"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
          style={{ flex: 1 }}
        />
        <Button type="submit" variant="default" loading={send.isBusy} disabled={to.trim() === ''}>
          Send
        </Button>
      </Group>
      {said !== null && (
        <Text size="sm" role="status">
          Sent. The server said: <HostileText text={said} />
        </Text>
      )}
      {send.failure !== null && (
        <Text c="var(--hy-bad)" role="alert">
          {send.failure.message}
        </Text>
      )}
    </form>
  );
}
