/** The frame of a step's dialog: title, form, the run beside it, and the buttons; asks before typed things are lost. */
import { Button, Group, Modal } from '@mantine/core';
import { IconFlask } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { ConfirmModal } from '../../../ui/ConfirmModal.tsx';
import { useOpenWorkflow } from '../editor/editor-context.ts';
import classes from './StepModal.module.css';
import type { StepForm } from './use-step-form.ts';

export interface StepShellProps {
  readonly title: string;
  readonly form: Pick<StepForm, 'isDirty' | 'isBlocked' | 'isRestored' | 'startOver' | 'forget' | 'apply'>;
  /** A step that was added and not yet confirmed: *Save*, else *Update Step*. */
  readonly isNew: boolean;
  readonly children: ReactNode;
  /** Beside the form; null: nothing. */
  readonly aside?: ReactNode;
  readonly isWide?: boolean;
  /** Tests the step once it is updated; null or absent: it can not be tested alone. */
  readonly onTest?: (() => void) | null;
}

/** The frame. */
export function StepShell(props: StepShellProps) {
  const { title, form, isNew, children, aside = null, isWide = false, onTest = null } = props;
  const { workbench } = useOpenWorkflow();
  const [isAsking, setAsking] = useState(false);
  const close = (): void => {
    if (form.isDirty) setAsking(true);
    else workbench.closeStep();
  };
  const apply = (): void => {
    form.apply();
    workbench.closeStep();
  };
  return (
    <>
      <Modal
        opened
        onClose={close}
        title={title}
        size={aside === null ? (isWide ? 760 : 620) : 980}
        classNames={{ body: classes.body ?? '', content: classes.content ?? '' }}
      >
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            if (!form.isBlocked) apply();
          }}
        >
          <div className={classes.columns} data-steady={isWide || undefined}>
            <div className={classes.main}>
              {form.isRestored ? (
                <div className={classes.restored} role="status">
                  What you had typed here before is back.
                  <Button size="compact-xs" variant="default" onClick={form.startOver}>
                    Start over
                  </Button>
                </div>
              ) : null}
              {children}
            </div>
            {aside === null ? null : <div className={classes.aside}>{aside}</div>}
          </div>
          <Group justify="flex-end" gap="xs" className={classes.buttons ?? ''}>
            {onTest === null ? null : (
              <Button
                variant="subtle"
                mr="auto"
                leftSection={<IconFlask size={15} aria-hidden />}
                disabled={form.isBlocked}
                onClick={() => {
                  apply();
                  onTest();
                }}
              >
                {form.isDirty || isNew ? 'Save and test this step…' : 'Test this step…'}
              </Button>
            )}
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" disabled={form.isBlocked}>
              {isNew ? 'Save' : 'Update Step'}
            </Button>
          </Group>
        </form>
      </Modal>
      <ConfirmModal
        isOpen={isAsking}
        title="Leave without saving?"
        confirm="Discard"
        onConfirm={() => {
          form.forget();
          workbench.closeStep();
        }}
        onClose={() => setAsking(false)}
      >
        What you changed in this step is not saved.
      </ConfirmModal>
    </>
  );
}
