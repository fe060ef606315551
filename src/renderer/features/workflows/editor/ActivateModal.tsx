/** Putting a version live: the newest one unless another is chosen. */
import { Alert, Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { notifyDone, useAction } from '../../../data/action.ts';
import { useMirror } from '../../../data/mirror.ts';
import { activateWorkflow, versionsMirror, workflowMirror } from '../../../data/workflows.ts';
import { useOpenWorkflow } from './editor-context.ts';

export interface ActivateModalProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** Leads to the dialog that makes a version of the draft. */
  readonly onCommit: () => void;
}

/** The dialog of *Activate*. */
export function ActivateModal({ isOpen, onClose, onCommit }: ActivateModalProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Activate a version" size="md">
      {isOpen ? <ActivateForm onClose={onClose} onCommit={onCommit} /> : null}
    </Modal>
  );
}

function ActivateForm({ onClose, onCommit }: Omit<ActivateModalProps, 'isOpen'>) {
  const { workflow } = useOpenWorkflow();
  const { data: versions } = useMirror(versionsMirror, workflow.id);
  const [chosen, setChosen] = useState<string | null>(null);
  const activate = useAction((version: number) => activateWorkflow(workflow.id, version));
  const value = chosen ?? (workflow.latestVersion === null ? null : String(workflow.latestVersion));
  const submit = async (): Promise<void> => {
    if (value === null) return;
    const view = await activate.run(Number(value));
    if (view === undefined) return;
    workflowMirror.of(workflow.id).put(view);
    notifyDone(`Version ${value} is live.`);
    onClose();
  };
  return (
    <Stack gap="sm">
      {workflow.changed ? (
        <Alert color="blue">
          <Text size="sm">The draft has changes that are in no version yet.</Text>
          <Button size="compact-xs" variant="light" mt={6} onClick={onCommit}>
            Commit them first…
          </Button>
        </Alert>
      ) : null}
      <Select
        label="Version"
        data={(versions ?? []).map(({ version, note, active }) => ({
          value: String(version),
          label: `v${version}${active ? ' (active)' : ''}${note === '' ? '' : ` · ${firstLine(note)}`}`,
        }))}
        value={value}
        onChange={setChosen}
        allowDeselect={false}
        data-autofocus
      />
      {activate.failure === null ? null : (
        <Alert color="red" role="alert">
          {activate.failure.message}
        </Alert>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button loading={activate.isBusy} disabled={value === null} onClick={() => void submit()}>
          Activate
        </Button>
      </Group>
    </Stack>
  );
}

function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
