/** How much of history is kept, and what was deleted last. */
import { Button, NumberInput, Switch, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { ReactNode } from 'react';
import type { SettingsView, StatusView } from '../../../shared/contract/views.ts';
import { useAction } from '../../data/action.ts';
import { useMirror } from '../../data/mirror.ts';
import { settingsMirror, statusMirror, updateSettings } from '../../data/system.ts';
import { TimeText } from '../../ui/figures.tsx';
import { formatCount, formatSize } from '../../ui/formats.ts';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import classes from './settings.module.css';

const gibibyte = 1_073_741_824;

/** The section. */
export function RetentionSection(): ReactNode {
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
  const { retention } = settings.data;
  return (
    <section className={classes['section']} aria-labelledby="retention-title">
      <h2 id="retention-title" className={classes['title']}>
        Retention
      </h2>
      <p className={classes['text']}>
        Old requests go with the runs they started, a few at a time, while new ones are taken in. Open failed
        triggers and runs that are not done are always kept.
      </p>
      {status !== undefined && <Kept status={status} />}
      <RetentionForm key={JSON.stringify(retention)} retention={retention} />
    </section>
  );
}

function Kept({ status: { counts, disk, pruning } }: { readonly status: StatusView }): ReactNode {
  return (
    <div className={classes['card']}>
      <Text size="sm">
        {formatCount(counts.requests, 'request')} and {formatCount(counts.runs, 'run')} in{' '}
        {formatSize(disk.databaseBytes)}
        {disk.freeBytes === null ? '' : `; ${formatSize(disk.freeBytes)} free on the disk`}.
      </Text>
      <Text size="xs" c="dimmed">
        {pruning === null ? (
          'Nothing had to be deleted so far.'
        ) : (
          <>
            Last deleted <TimeText at={pruning.at} mode="relative" />:{' '}
            {formatCount(pruning.requests, 'request')}, {formatCount(pruning.runs, 'run')}.
          </>
        )}
      </Text>
    </div>
  );
}

function RetentionForm({ retention }: { readonly retention: SettingsView['retention'] }): ReactNode {
  const save = useAction(updateSettings, { done: 'The new retention applies from now on.' });
  const form = useForm({
    initialValues: {
      days: retention.days,
      requestsPerEndpoint: retention.requestsPerEndpoint,
      isLimited: retention.databaseBytes !== null,
      gibibytes: (retention.databaseBytes ?? 10 * gibibyte) / gibibyte,
    },
  });
  const { isLimited } = form.values;
  const submit = form.onSubmit(({ days, requestsPerEndpoint, gibibytes }) => {
    const databaseBytes = isLimited ? Math.round(gibibytes * gibibyte) : null;
    void save.run({ retention: { days, requestsPerEndpoint, databaseBytes } });
  });
  return (
    <form className={classes['card']} onSubmit={submit} noValidate>
      <div className={classes['pair']}>
        <NumberInput
          label="Keep requests for"
          suffix=" days"
          min={1}
          max={3_650}
          allowDecimal={false}
          {...form.getInputProps('days')}
        />
        <NumberInput
          label="Newest of each endpoint"
          min={1}
          max={100_000_000}
          allowDecimal={false}
          thousandSeparator=","
          {...form.getInputProps('requestsPerEndpoint')}
        />
      </div>
      <Switch
        label="Limit the size of the database"
        description="The oldest requests go first."
        {...form.getInputProps('isLimited', { type: 'checkbox' })}
      />
      {isLimited && (
        <NumberInput
          label="Largest size"
          suffix=" GiB"
          min={0.0625}
          step={1}
          styles={{ wrapper: { maxWidth: 160 } }}
          {...form.getInputProps('gibibytes')}
        />
      )}
      {save.failure !== null && (
        <Text c="var(--hy-bad)" role="alert">
          {[save.failure.message, ...save.failure.issues.map(({ message }) => message)].join(' ')}
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
