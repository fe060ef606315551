/** One run: what it waits for or why it failed, its steps, its input and output, and what one can do with it. */
import { ActionIcon, Button, Group, Tabs, Tooltip } from '@mantine/core';
import {
  IconPencil,
  IconPlayerStop,
  IconRotateClockwise,
  IconRoute2,
  IconTestPipe,
  IconX,
} from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { RunView } from '../../../shared/contract/views.ts';
import { useAction } from '../../data/action.ts';
import { buildCaseOfRun } from '../../data/cases.ts';
import { useMirror } from '../../data/mirror.ts';
import { cancelRun, isRunLive, retryRun, runMirror } from '../../data/runs.ts';
import { RunStatusBadge, ToneBadge } from '../../ui/badges.tsx';
import { ConfirmModal } from '../../ui/ConfirmModal.tsx';
import { useCommands } from '../../ui/commands.ts';
import { TimeText } from '../../ui/figures.tsx';
import { formatCount } from '../../ui/formats.ts';
import { HostileText } from '../../ui/HostileText.tsx';
import { offerFile } from '../../ui/offer-file.ts';
import { sayVersion } from '../../ui/run-version.ts';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { EditRunModal } from './EditRunModal.tsx';
import { RunApprovals } from './ApprovalsView.tsx';
import { RunDuration } from './RunRow.tsx';
import { RunFacts } from './RunFacts.tsx';
import { RunState } from './RunState.tsx';
import classes from './runs.module.css';
import { StepsTab } from './StepsTab.tsx';
import { ValueView } from './ValueView.tsx';

export interface RunDetailProps {
  readonly id: string;
  readonly onClose: () => void;
  readonly onOpen: (id: string) => void;
}

/** The detail pane. */
export function RunDetail({ id, onClose, onOpen }: RunDetailProps): ReactNode {
  const { data, status, error, refetch } = useMirror(runMirror, id);
  if (data !== undefined) return <Detail run={data} onClose={onClose} onOpen={onOpen} />;
  return (
    <section className={classes['detail']} aria-label="Run">
      <div className={classes['closeAlone']}>
        <CloseButton onClose={onClose} />
      </div>
      {status === 'failed' ? (
        <ErrorState
          title={error?.code === 'not_found' ? 'This run is gone' : 'The run could not be read'}
          reason={error?.message ?? ''}
          onRetry={refetch}
        />
      ) : (
        <LoadingState what="the run" shape="detail" />
      )}
    </section>
  );
}

interface DetailProps {
  readonly run: RunView;
  readonly onClose: () => void;
  readonly onOpen: (id: string) => void;
}

function Detail({ run, onClose, onOpen }: DetailProps): ReactNode {
  const [params, setParams] = useSearchParams();
  const [isCancelling, setCancelling] = useState(false);
  const [edited, setEdited] = useState<{ readonly fromStep: string | null } | null>(null);
  const cancel = useAction(cancelRun, { failed: 'The run was not cancelled' });
  const retry = useAction(retryRun, { failed: 'The run was not started again' });
  const test = useAction(buildCaseOfRun, { failed: 'The regression test was not made' });
  const saveCase = async (): Promise<void> => {
    const text = await test.run(run.id);
    if (text !== undefined) offerFile(`${run.id}.case.json`, [text]);
  };
  const tab = params.get('tab') ?? 'steps';
  const isRunning = isRunLive(run.status);
  const again = async (fromStep?: string): Promise<void> => {
    const next = await retry.run(run.id, fromStep === undefined ? {} : { fromStep });
    if (next !== undefined) onOpen(next.id);
  };
  useCommands(
    isRunning
      ? [{ id: 'cancel', title: 'Cancel this run', group: 'Runs', run: () => setCancelling(true) }]
      : [
          { id: 'retry', title: 'Run again from the start', group: 'Runs', run: () => void again() },
          {
            id: 'edit-retry',
            title: 'Edit and run again',
            group: 'Runs',
            run: () => setEdited({ fromStep: null }),
          },
        ],
  );
  return (
    <section className={classes['detail']} aria-label={`Run ${run.id}`}>
      <header className={classes['head']}>
        <div className={classes['titleRow']}>
          <h2 className={classes['title']} title={run.workflowName}>
            <Link to={`/workflows/${run.workflowId}`}>
              <HostileText text={run.workflowName} />
            </Link>{' '}
            <span className={classes['dim']}>{sayVersion(run)}</span>
          </h2>
          <CloseButton onClose={onClose} />
        </div>
        <div className={classes['facts']}>
          <RunStatusBadge status={run.status} />
          {run.test !== null && <ToneBadge tone="busy">test</ToneBadge>}
          {run.inDoubt && (
            <ToneBadge tone="wait" title="A try of a step was cut off: nobody knows whether it happened">
              in doubt
            </ToneBadge>
          )}
          <TimeText at={run.createdAt} className={classes['dim']} />
          <span className={classes['dim']}>
            <RunDuration run={run} />
          </span>
          {run.requestId !== null && <Link to={`/requests/${run.requestId}`}>Request</Link>}
          {run.target !== null && (
            <Link to={`/records/${run.target.entity}?record=${run.target.cuid}`}>
              <HostileText text={run.target.entity} />
            </Link>
          )}
          <Group gap={6} ml="auto" wrap="nowrap">
            <Button
              component={Link}
              to={`/workflows/${run.workflowId}?run=${run.id}`}
              variant="default"
              leftSection={<IconRoute2 size={15} aria-hidden />}
            >
              Show on canvas
            </Button>
            {isRunning ? (
              <Button
                variant="default"
                leftSection={<IconPlayerStop size={15} aria-hidden />}
                onClick={() => setCancelling(true)}
              >
                Cancel
              </Button>
            ) : (
              <Button.Group>
                <Button
                  variant="default"
                  leftSection={<IconRotateClockwise size={15} aria-hidden />}
                  loading={retry.isBusy}
                  onClick={() => void again()}
                >
                  Run again
                </Button>
                <Tooltip label="Edit and run again…">
                  <Button
                    variant="default"
                    px={8}
                    aria-label="Edit and run again"
                    onClick={() => setEdited({ fromStep: null })}
                  >
                    <IconPencil size={15} aria-hidden />
                  </Button>
                </Tooltip>
                <Tooltip label="Save as regression test">
                  <Button
                    variant="default"
                    px={8}
                    aria-label="Save as regression test"
                    loading={test.isBusy}
                    onClick={() => void saveCase()}
                  >
                    <IconTestPipe size={15} aria-hidden />
                  </Button>
                </Tooltip>
              </Button.Group>
            )}
          </Group>
        </div>
      </header>
      <RunState run={run} />
      {run.steps.some(({ type, status }) => type === 'approval' && status === 'waiting') && (
        <RunApprovals runId={run.id} />
      )}
      <Tabs
        value={tab}
        onChange={(value) =>
          setParams(
            (present) => {
              const next = new URLSearchParams(present);
              if (value === null || value === 'steps') next.delete('tab');
              else next.set('tab', value);
              return next;
            },
            { replace: true },
          )
        }
        keepMounted={false}
        className={classes['tabs']}
        classNames={{ list: classes['tabList'] ?? '', panel: classes['panel'] ?? '' }}
      >
        <Tabs.List aria-label="Parts of the run">
          <Tabs.Tab value="steps">
            Steps <span className={classes['dim']}>{formatCount(run.steps.length)}</span>
          </Tabs.Tab>
          <Tabs.Tab value="input">Input</Tabs.Tab>
          <Tabs.Tab value="output">Output</Tabs.Tab>
          <Tabs.Tab value="about">About</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="steps">
          <StepsTab
            run={run}
            onRetryFrom={(nodeId) => void again(nodeId)}
            onEditFrom={(nodeId) => setEdited({ fromStep: nodeId })}
            isRetrying={retry.isBusy}
          />
        </Tabs.Panel>
        <Tabs.Panel value="input">
          <ValueView
            value={run.input}
            label="Input of the run"
            root="trigger.data"
            empty="The run began without input."
          />
        </Tabs.Panel>
        <Tabs.Panel value="output">
          <ValueView
            value={run.output}
            label="Output of the run"
            empty={isRunning ? 'The run has not ended yet.' : 'The run left no output.'}
          />
        </Tabs.Panel>
        <Tabs.Panel value="about">
          <RunFacts run={run} />
        </Tabs.Panel>
      </Tabs>
      {edited === null ? null : (
        <EditRunModal
          run={run}
          fromStep={edited.fromStep}
          onClose={() => setEdited(null)}
          onStarted={onOpen}
        />
      )}
      <ConfirmModal
        isOpen={isCancelling}
        title="Cancel the run?"
        confirm="Cancel the run"
        dismiss="Let it run"
        onClose={() => setCancelling(false)}
        onConfirm={() => cancel.run(run.id)}
      >
        The step under way is cut off and nothing further begins. What was done already stays done.
      </ConfirmModal>
    </section>
  );
}

function CloseButton({ onClose }: { readonly onClose: () => void }): ReactNode {
  return (
    <Tooltip label="Close (Esc)">
      <ActionIcon aria-label="Close" onClick={onClose}>
        <IconX size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
