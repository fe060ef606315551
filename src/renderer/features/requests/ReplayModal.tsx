/** Sends a stored request again: as it was captured or signed afresh, here or elsewhere, changed first or not. */
import { Alert, Button, Group, Modal, SegmentedControl, Select, Stack, Switch, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { RequestView } from '../../../shared/contract/views.ts';
import type { RepeatMode } from '../../../shared/model/request.ts';
import { useAction } from '../../data/action.ts';
import { endpointChoices } from '../../data/endpoints.ts';
import { useMirror } from '../../data/mirror.ts';
import { readWholeBody, replayRequest } from '../../data/requests.ts';
import { LoadingState } from '../../ui/states.tsx';
import { type Draft, draftOf, editOf } from './replay-draft.ts';
import { ReplayFields } from './ReplayFields.tsx';

export interface ReplayModalProps {
  readonly request: RequestView;
  readonly onClose: () => void;
  /** Shows the request that was made of it. */
  readonly onOpen: (id: string) => void;
}

const modes = [
  { value: 'asCaptured', label: 'As captured' },
  { value: 'signed', label: 'Signed afresh' },
] as const;

const help: Readonly<Record<RepeatMode, string>> = {
  asCaptured:
    'The bytes and credentials that came; a signed time is judged as of then, and the request is marked.',
  signed: 'Signed now, with the present secret of the endpoint.',
};

/** The modal. */
export function ReplayModal({ request, onClose, onOpen }: ReplayModalProps): ReactNode {
  const [mode, setMode] = useState<RepeatMode>('asCaptured');
  const [endpoint, setEndpoint] = useState(request.endpointId);
  const [isChanging, setChanging] = useState(false);
  const [draft, setDraft] = useState<Draft | null>(null);
  const [before, setBefore] = useState<Draft | null>(null);
  const { data: endpoints = [] } = useMirror(endpointChoices, null);
  const body = useAction(readWholeBody, { failed: 'The body could not be read' });
  const replay = useAction(replayRequest);

  const edit = async (isOn: boolean): Promise<void> => {
    setChanging(isOn);
    setDraft(null);
    if (!isOn) return;
    const bytes = request.bodySize === 0 ? null : await body.run(request.id);
    if (bytes === undefined) {
      setChanging(false);
      return;
    }
    const begun = draftOf(request, bytes);
    setBefore(begun);
    setDraft(begun);
    setMode('signed');
  };
  const send = async (): Promise<void> => {
    const answer = await replay.run({
      id: request.id,
      mode,
      ...(endpoint === request.endpointId ? {} : { endpoint }),
      ...(draft === null || before === null ? {} : { edit: editOf(draft, before) }),
    });
    if (answer === undefined) return;
    onClose();
    if (answer.requestId !== null) onOpen(answer.requestId);
  };

  return (
    <Modal opened onClose={onClose} title="Send again" size="lg">
      <Stack gap="sm">
        <div>
          <SegmentedControl
            aria-label="Credentials"
            data={[...modes]}
            value={mode}
            onChange={(value) => setMode(value === 'signed' ? 'signed' : 'asCaptured')}
          />
          <Text size="xs" c="dimmed" mt={4}>
            {help[mode]}
          </Text>
        </div>
        <Select
          label="Endpoint"
          searchable
          allowDeselect={false}
          data={endpoints.map(({ id, name }) => ({ value: id, label: name }))}
          value={endpoint}
          onChange={(id) => {
            setEndpoint(id ?? request.endpointId);
            if (id !== null && id !== request.endpointId) setMode('signed');
          }}
        />
        <Switch
          label="Change it first"
          description="Method, query, headers and body; masked keys stay as they came."
          checked={isChanging}
          disabled={body.isBusy}
          onChange={(event) => void edit(event.currentTarget.checked)}
        />
        {isChanging && draft === null && <LoadingState what="the request" shape="detail" />}
        {draft !== null && <ReplayFields draft={draft} onChange={setDraft} />}
        {replay.failure !== null && (
          <Alert color="red" role="alert">
            {[
              replay.failure.message,
              ...replay.failure.issues.map(({ path, message }) => `${path}: ${message}`),
            ].join(' ')}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={replay.isBusy} disabled={isChanging && draft === null} onClick={() => void send()}>
            Send
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
