/** Importing a workflow: from a file, pasted, or dragged in; what it holds is shown before anything is made of it. */
import { Alert, Button, FileButton, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { useAction } from '../../../data/action.ts';
import { FailureError } from '../../../data/connection.ts';
import { createWorkflow } from '../../../data/workflows.ts';
import type { WorkflowDocument } from '../../../../shared/model/document.ts';
import type { WorkflowView } from '../../../../shared/contract/views.ts';
import { formatCount } from '../../../ui/formats.ts';
import { HostileText } from '../../../ui/HostileText.tsx';
import { detachDocument, readDocument } from '../graph/fragment.ts';

/** Larger files are no workflows: a thousand steps are well below. */
const largestFile = 20_000_000;

export interface ImportModalProps {
  /** Null: closed; else the text to begin with, which may be empty. */
  readonly text: string | null;
  readonly onClose: () => void;
  readonly onImported: (id: string) => void;
}

/** The dialog. */
export function ImportModal({ text, onClose, onImported }: ImportModalProps) {
  return (
    <Modal opened={text !== null} onClose={onClose} title="Import a workflow" size="lg">
      {text === null ? null : (
        <ImportForm key={text} first={text} onClose={onClose} onImported={onImported} />
      )}
    </Modal>
  );
}

interface ImportFormProps {
  readonly first: string;
  readonly onClose: () => void;
  readonly onImported: (id: string) => void;
}

function ImportForm({ first, onClose, onImported }: ImportFormProps) {
  const [text, setText] = useState(first);
  const reading = text.trim() === '' ? null : readDocument(text);
  const bring = useAction(importDocument);
  const read = useAction(useCallback(async (file: File) => setText(await readFile(file)), []));
  const submit = async (): Promise<void> => {
    if (reading?.ok !== true) return;
    const view = await bring.run(reading.document);
    if (view !== undefined) onImported(view.id);
  };
  const fault = read.failure?.message ?? (reading?.ok === false ? reading.message : null);
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <FileButton
          accept="application/json,.json"
          onChange={(file) => {
            if (file !== null) void read.run(file);
          }}
        >
          {(props) => (
            <Button
              {...props}
              variant="default"
              leftSection={<IconFileImport size={15} aria-hidden />}
              data-autofocus
            >
              Choose a file…
            </Button>
          )}
        </FileButton>
        <Text size="xs" c="dimmed">
          or paste it here, or drag a file onto the page
        </Text>
      </Group>
      <Textarea
        label="Workflow document (JSON)"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        rows={10}
        error={fault}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        spellCheck={false}
      />
      {reading?.ok === true ? (
        <Text size="sm">
          <HostileText text={reading.document.name} />: {formatCount(reading.document.nodes.length, 'step')},{' '}
          {formatCount(reading.document.edges.length, 'connection')}. It comes in as a draft; nothing is live
          before you activate it.
        </Text>
      ) : null}
      {bring.failure === null ? null : (
        <Alert color="red" role="alert">
          {bring.failure.message}
        </Alert>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button loading={bring.isBusy} disabled={reading?.ok !== true} onClick={() => void submit()}>
          Import
        </Button>
      </Group>
    </Stack>
  );
}

/** Makes a workflow of a document; where its slug or URLs are taken, it comes in without them. */
async function importDocument(document: WorkflowDocument): Promise<WorkflowView> {
  try {
    return await createWorkflow(document);
  } catch (thrown) {
    if (!(thrown instanceof FailureError) || thrown.failure.code !== 'conflict') throw thrown;
    return createWorkflow(detachDocument(document, document.name));
  }
}

/** The text of a file. Throws when it is too large to be a workflow. */
export async function readFile(file: File): Promise<string> {
  if (file.size > largestFile) throw new Error('This file is too large to be a workflow.');
  return file.text();
}
