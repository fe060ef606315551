/** Starting a run by hand: an input as JSON and, where it helps, the record it works for. */
import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useCallback, useState } from 'react';
import { useAction } from '../../../data/action.ts';
import { startRun } from '../../../data/runs.ts';
import { JsonEditor } from '../../../ui/JsonEditor.tsx';
import { useOpenWorkflow } from '../editor/editor-context.ts';
import { RecordPicker } from '../webhook/RecordPicker.tsx';

export interface RunModalProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onStarted: (runId: string) => void;
}

/** The dialog of *Run*. */
export function RunModal({ isOpen, onClose, onStarted }: RunModalProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Start a run" size="md">
      {isOpen ? <RunForm onClose={onClose} onStarted={onStarted} /> : null}
    </Modal>
  );
}

function RunForm({ onClose, onStarted }: Omit<RunModalProps, 'isOpen'>) {
  const { workflow } = useOpenWorkflow();
  const [input, setInput] = useState<unknown>({});
  const [isValid, setValid] = useState(true);
  const [target, setTarget] = useState<string | null>(null);
  const start = useAction(
    useCallback(
      () =>
        startRun(workflow.id, {
          ...(input === undefined ? {} : { input }),
          ...(target === null ? {} : { target }),
        }),
      [workflow.id, input, target],
    ),
  );
  const submit = async (): Promise<void> => {
    const run = await start.run();
    if (run === undefined) return;
    onClose();
    onStarted(run.id);
  };
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        Runs version {workflow.activeVersion ?? '–'}, the one that is live.
        {workflow.changed ? ' The changes in the draft are not part of it.' : ''}
      </Text>
      <JsonEditor label="Input" value={input} onChange={setInput} onValidChange={setValid} minLines={6} />
      <RecordPicker
        label="Target record"
        help="The record the run works for; expressions find it as target."
        value={target}
        onChange={setTarget}
      />
      {start.failure === null ? null : (
        <Alert color="red" role="alert">
          {start.failure.message}
        </Alert>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button loading={start.isBusy} disabled={!isValid} onClick={() => void submit()}>
          Start run
        </Button>
      </Group>
    </Stack>
  );
}
