/** What one can do with a workflow of the list: duplicate, export, delete. */
import { ActionIcon, Menu } from '@mantine/core';
import {
  IconCopy,
  IconDots,
  IconDownload,
  IconHistory,
  IconPlayerPause,
  IconPlayerPlay,
  IconTrash,
} from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useNavigate } from 'react-router';
import type { WorkflowSummary } from '../../../../shared/contract/views.ts';
import { useAction } from '../../../data/action.ts';
import { duplicateWorkflow } from '../../../data/workflow-files.ts';
import { pauseWorkflow, removeWorkflow, resumeWorkflow } from '../../../data/workflows.ts';
import { ConfirmModal } from '../../../ui/ConfirmModal.tsx';
import { ExportModal } from './ExportModal.tsx';

export interface WorkflowMenuProps {
  readonly workflow: WorkflowSummary;
}

/** The menu at the end of a row. */
export function WorkflowMenu({ workflow }: WorkflowMenuProps): ReactNode {
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const [isExporting, setExporting] = useState(false);
  const remove = useAction(removeWorkflow, { failed: 'The workflow was not deleted' });
  const duplicate = useAction(duplicateWorkflow, { failed: 'The workflow was not duplicated' });
  const isPaused = workflow.paused;
  const pause = useAction(isPaused ? resumeWorkflow : pauseWorkflow, {
    failed: isPaused ? 'The workflow does not go on' : 'The workflow was not paused',
  });
  const onDuplicate = async (): Promise<void> => {
    const view = await duplicate.run(workflow.id);
    if (view !== undefined) void navigate(`/workflows/${view.id}`);
  };
  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon aria-label={`Actions for ${workflow.name}`}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconCopy size={15} aria-hidden />} onClick={() => void onDuplicate()}>
            Duplicate
          </Menu.Item>
          <Menu.Item leftSection={<IconDownload size={15} aria-hidden />} onClick={() => setExporting(true)}>
            Export…
          </Menu.Item>
          <Menu.Item
            leftSection={
              isPaused ? <IconPlayerPlay size={15} aria-hidden /> : <IconPlayerPause size={15} aria-hidden />
            }
            onClick={() => void pause.run(workflow.id)}
          >
            {isPaused ? 'Go on' : 'Pause'}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconHistory size={15} aria-hidden />}
            onClick={() => void navigate(`/runs?workflow=${workflow.id}`)}
          >
            View runs
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={15} aria-hidden />}
            onClick={() => setAsking(true)}
          >
            Delete…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isExporting ? <ExportModal workflow={workflow} onClose={() => setExporting(false)} /> : null}
      <ConfirmModal
        isOpen={isAsking}
        title={`Delete “${workflow.name}”?`}
        confirm="Delete"
        onConfirm={() => remove.run(workflow.id)}
        onClose={() => setAsking(false)}
      >
        Its versions, URLs and keys go with it and its live runs are cancelled. Callers will get 404. This can
        not be undone; export it first if you may want it back.
      </ConfirmModal>
    </>
  );
}
