/** Exporting a workflow: a file without any secret, or with its secrets locked by a passphrase. */
import { Alert, Button, Checkbox, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { WorkflowSummary } from '../../../../shared/contract/views.ts';
import { useAction } from '../../../data/action.ts';
import { exportWorkflow } from '../../../data/workflow-files.ts';
import { offerFile } from '../../../ui/offer-file.ts';

const shortest = 8;

/** The dialog. */
export function ExportModal({
  workflow,
  onClose,
}: {
  readonly workflow: WorkflowSummary;
  readonly onClose: () => void;
}) {
  const [isLocked, setLocked] = useState(false);
  const [passphrase, setPassphrase] = useState('');
  const save = useAction(exportWorkflow);
  const submit = async (): Promise<void> => {
    const text = await save.run(workflow.id, isLocked ? passphrase : null);
    if (text === undefined) return;
    offerFile(`${workflow.slug}.workflow.json`, [text]);
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Export the workflow" size="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack gap="sm">
          <Text size="sm">
            {isLocked
              ? 'The draft as one JSON file, with its keys and secrets locked in it.'
              : 'The draft as one JSON file. Keys and secrets are left out of it.'}
          </Text>
          <Checkbox
            label="Take its secrets along, locked by a passphrase"
            description="Who imports the file needs the passphrase to use them."
            checked={isLocked}
            onChange={(event) => setLocked(event.currentTarget.checked)}
          />
          {isLocked ? (
            <PasswordInput
              label="Passphrase"
              description={`At least ${shortest} characters. It is stored nowhere.`}
              value={passphrase}
              onChange={(event) => setPassphrase(event.currentTarget.value)}
              required
            />
          ) : null}
          {save.failure === null ? null : (
            <Alert color="red" role="alert">
              {save.failure.message}
            </Alert>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isBusy} disabled={isLocked && passphrase.length < shortest}>
              Export
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
