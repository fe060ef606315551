/** How much the engine does at once, over all workflows. */
import { Button, NumberInput, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { ReactNode } from 'react';
import { useAction } from '../../data/action.ts';
import { useMirror } from '../../data/mirror.ts';
import { settingsMirror, updateSettings } from '../../data/system.ts';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import classes from './settings.module.css';

/** The section. */
export function EngineSection(): ReactNode {
  const { data: settings, status, error, refetch } = useMirror(settingsMirror, null);
  if (settings === undefined) {
    return status === 'failed' ? (
      <ErrorState title="The settings could not be read" reason={error?.message ?? ''} onRetry={refetch} />
    ) : (
      <LoadingState what="settings" shape="detail" />
    );
  }
  const { stepsAtOnce } = settings;
  return (
    <section className={classes['section']} aria-labelledby="engine-title">
      <h2 id="engine-title" className={classes['title']}>
        Runs
      </h2>
      <p className={classes['text']}>
        How many runs of one workflow go on at once is a setting of the workflow; more wait their turn.
      </p>
      <EngineForm key={stepsAtOnce} stepsAtOnce={stepsAtOnce} />
    </section>
  );
}

function EngineForm({ stepsAtOnce }: { readonly stepsAtOnce: number }): ReactNode {
  const save = useAction(updateSettings, { done: 'Saved.' });
  const form = useForm({ initialValues: { stepsAtOnce } });
  return (
    <form className={classes['card']} onSubmit={form.onSubmit((values) => void save.run(values))} noValidate>
      <NumberInput
        label="Steps at once, over all workflows"
        description="Fewer spare the machine and whom they call; more let slow calls overlap."
        min={1}
        max={2_000}
        allowDecimal={false}
        styles={{ wrapper: { maxWidth: 160 } }}
        {...form.getInputProps('stepsAtOnce')}
      />
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
