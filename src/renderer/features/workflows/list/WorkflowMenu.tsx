/** What one can do with a workflow of the list: duplicate, export, delete. */
import { ActionIcon, Menu } from '@mantine/core';
import { IconCopy, IconDots, IconDownload, IconHistory, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useCallback, useState } from 'react';
import { useNavigate } from 'react-router';
import type { WorkflowSummary } from '../../../../shared/contract/views.ts';
import type { Catalog } from '../../../../shared/model/catalog.ts';
import { useAction } from '../../../data/action.ts';
import { createWorkflow, removeWorkflow } from '../../../data/workflows.ts';
import { ConfirmModal } from '../../../ui/ConfirmModal.tsx';
import { documentOf } from '../editor/open-document.ts';
import { detachDocument, writeDocument } from '../graph/fragment.ts';
import { offerFile } from '../../../ui/offer-file.ts';

export interface WorkflowMenuProps {
  readonly workflow: WorkflowSummary;
  readonly catalog: Catalog | undefined;
}

/** The menu at the end of a row. */
export function WorkflowMenu({ workflow, catalog }: WorkflowMenuProps): ReactNode {
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const remove = useAction(removeWorkflow, { failed: 'The workflow was not deleted' });
  const duplicate = useAction(
    useCallback(
      (source: WorkflowSummary, known: Catalog) =>
        createWorkflow(detachDocument(documentOf(source, known), `${source.name.slice(0, 190)} (copy)`)),
      [],
    ),
    { failed: 'The workflow was not duplicated' },
  );
  const onDuplicate = async (): Promise<void> => {
    if (catalog === undefined) return;
    const view = await duplicate.run(workflow, catalog);
    if (view !== undefined) void navigate(`/workflows/${view.id}`);
  };
  const onExport = (): void => {
    if (catalog !== undefined)
      offerFile(`${workflow.slug}.json`, [writeDocument(documentOf(workflow, catalog))]);
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
          <Menu.Item leftSection={<IconDownload size={15} aria-hidden />} onClick={onExport}>
            Export
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
