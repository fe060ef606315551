/** What is done with all listed runs: the failed ones run again, the live ones cancelled; as a job with its progress. */
import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconPlayerStop, IconRotateClockwise } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useAction } from '../../data/action.ts';
import { cancelAllRuns, retryAllRuns } from '../../data/jobs.ts';
import type { RunFilter } from '../../data/runs.ts';
import { ConfirmModal } from '../../ui/ConfirmModal.tsx';

type Asked = 'retry' | 'continue' | 'cancel' | null;

const questions: Readonly<Record<NonNullable<Asked>, { title: string; confirm: string; text: string }>> = {
  retry: {
    title: 'Run all failed runs that fit the filters again?',
    confirm: 'Run all again',
    text: 'Each begins anew, oldest first, as a run of its own: steps that act on the world act again.',
  },
  continue: {
    title: 'Go on with all failed runs that fit the filters?',
    confirm: 'Go on with all',
    text: 'Each is repeated from the step that failed; what was done before it is kept.',
  },
  cancel: {
    title: 'Cancel all live runs that fit the filters?',
    confirm: 'Cancel all',
    text: 'Steps under way are cut off and nothing further begins. What was done already stays done.',
  },
};

/** The button. */
export function RunListMenu({ filter }: { readonly filter: RunFilter }): ReactNode {
  const [asked, setAsked] = useState<Asked>(null);
  const retry = useAction(retryAllRuns, { failed: 'The runs were not started again' });
  const cancel = useAction(cancelAllRuns, { failed: 'The runs were not cancelled' });
  const { status: _status, ...chosen } = filter;
  const confirm = async (): Promise<void> => {
    if (asked === 'cancel') await cancel.run(chosen);
    else await retry.run({ ...chosen, from: asked === 'continue' ? 'failedStep' : 'start' });
  };
  const question = asked === null ? null : questions[asked];
  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label="All of these runs">
            <IconDots size={15} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>All that fit the filters</Menu.Label>
          <Menu.Item
            leftSection={<IconRotateClockwise size={15} aria-hidden />}
            onClick={() => setAsked('continue')}
          >
            Go on with the failed ones…
          </Menu.Item>
          <Menu.Item
            leftSection={<IconRotateClockwise size={15} aria-hidden />}
            onClick={() => setAsked('retry')}
          >
            Run the failed ones again…
          </Menu.Item>
          <Menu.Item
            color="red"
            leftSection={<IconPlayerStop size={15} aria-hidden />}
            onClick={() => setAsked('cancel')}
          >
            Cancel the live ones…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmModal
        isOpen={question !== null}
        title={question?.title ?? ''}
        confirm={question?.confirm ?? ''}
        dismiss="Leave them"
        onClose={() => setAsked(null)}
        onConfirm={confirm}
      >
        {question?.text}
      </ConfirmModal>
    </>
  );
}
