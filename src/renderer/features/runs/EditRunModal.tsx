/** Running again with other data: from which step, with which input, and with which outputs of the steps before. */
import { Alert, Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { type ReactNode, useMemo, useState } from 'react';
import type { RunView } from '../../../shared/contract/views.ts';
import { useAction } from '../../data/action.ts';
import { type RunAgain, retryRun } from '../../data/runs.ts';
import { JsonEditor } from '../../ui/JsonEditor.tsx';

export interface EditRunModalProps {
  readonly run: RunView;
  /** The step to begin with; null: the start. */
  readonly fromStep: string | null;
  readonly onClose: () => void;
  /** Gets the id of the new run. */
  readonly onStarted: (id: string) => void;
}

/** The dialog. */
export function EditRunModal({ run, fromStep, onClose, onStarted }: EditRunModalProps): ReactNode {
  const [from, setFrom] = useState(fromStep ?? run.startNodeId);
  const [input, setInput] = useState<unknown>(run.input);
  const [isInputValid, setInputValid] = useState(true);
  const steps = useMemo(() => stepsOf(run), [run]);
  const before = useMemo(() => outputsBefore(run, from), [run, from]);
  const [outputs, setOutputs] = useState<{ readonly from: string; readonly value: unknown } | null>(null);
  const [areOutputsValid, setOutputsValid] = useState(true);
  const again = useAction(retryRun);
  const shown = outputs?.from === from ? outputs.value : before;
  const isStart = from === run.startNodeId;
  const submit = async (): Promise<void> => {
    const edits: RunAgain = {
      ...(isStart ? {} : { fromStep: from }),
      ...(isSame(input, run.input) ? {} : { input }),
      ...(isStart ? {} : changedOutputs(before, shown)),
    };
    const next = await again.run(run.id, edits);
    if (next === undefined) return;
    onClose();
    onStarted(next.id);
  };
  return (
    <Modal opened onClose={onClose} title="Edit and run again" size="lg">
      <Stack gap="sm">
        <Select
          label="Begin at"
          description="What was done before it is kept as it is, or as you edit it here."
          data={steps}
          value={from}
          allowDeselect={false}
          onChange={(value) => {
            setFrom(value ?? run.startNodeId);
            setOutputsValid(true);
          }}
        />
        <JsonEditor
          label="Input of the run"
          value={input}
          onChange={setInput}
          onValidChange={setInputValid}
          minLines={5}
        />
        {isStart || Object.keys(before).length === 0 ? null : (
          <JsonEditor
            key={from}
            label="Outputs of the steps before"
            help="By step. What you change is what the steps after it see."
            value={shown}
            onChange={(value) => setOutputs({ from, value })}
            onValidChange={setOutputsValid}
            minLines={6}
          />
        )}
        <Text size="xs" c="dimmed">
          A new run is made; this one stays as it is. Steps that act on the world act again.
        </Text>
        {again.failure === null ? null : (
          <Alert color="red" role="alert">
            {again.failure.message}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            loading={again.isBusy}
            disabled={!isInputValid || !areOutputsValid}
            onClick={() => void submit()}
          >
            Run again
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** The steps the run came to, each once; the start first. */
function stepsOf(run: RunView): { value: string; label: string }[] {
  const seen = new Map(run.steps.map(({ nodeId, name }) => [nodeId, name]));
  return [...seen].map(([value, name]) => ({
    value,
    label: value === run.startNodeId ? `${name} (from the start)` : name,
  }));
}

/** What the steps that were done before a step gave, without the start. */
function outputsBefore(run: RunView, from: string): Record<string, unknown> {
  const index = run.steps.findIndex(({ nodeId }) => nodeId === from);
  return Object.fromEntries(
    run.steps
      .slice(0, Math.max(0, index))
      .filter(
        ({ nodeId, status, output }) =>
          nodeId !== run.startNodeId && status === 'succeeded' && output !== undefined && output !== null,
      )
      .map(({ nodeId, output }) => [nodeId, output]),
  );
}

function changedOutputs(
  before: Readonly<Record<string, unknown>>,
  after: unknown,
): { outputs?: Record<string, unknown> } {
  if (typeof after !== 'object' || after === null || Array.isArray(after)) return {};
  const changed = Object.entries(after).filter(([id, value]) => !isSame(value, before[id]));
  return changed.length === 0 ? {} : { outputs: Object.fromEntries(changed) };
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
