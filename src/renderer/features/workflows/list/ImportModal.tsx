/**
 * Importing workflows: from a file, pasted, or dragged in. What they hold is reviewed before anything is made of them,
 * and what is made is inactive.
 */
import {
  Alert,
  Button,
  Checkbox,
  FileButton,
  Group,
  Modal,
  PasswordInput,
  Stack,
  Text,
  Textarea,
} from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconFileImport } from '@tabler/icons-react';
import { useCallback, useEffect, useState } from 'react';
import type { ImportResult } from '../../../../shared/contract/workflow-files.ts';
import { notifyDone, useAction } from '../../../data/action.ts';
import { type Failure, toFailure } from '../../../data/connection.ts';
import { importWorkflows, type ImportWish, reviewImport } from '../../../data/workflow-files.ts';
import { formatCount } from '../../../ui/formats.ts';
import { HostileText } from '../../../ui/HostileText.tsx';
import { ImportReviewList } from './ImportReviewList.tsx';

/** Larger files are refused by the core as well. */
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
  const [passphrase, setPassphrase] = useState('');
  const [isRestoring, setRestoring] = useState(false);
  const { review, failure } = useReview(text, passphrase);
  const bring = useAction(importWorkflows);
  const read = useAction(useCallback(async (file: File) => setText(await readFile(file)), []));
  const secrets = review?.secrets ?? null;
  const submit = async (): Promise<void> => {
    const result = await bring.run({
      file: text,
      ...(passphrase === '' ? {} : { passphrase }),
      ...(isRestoring && secrets?.isOpen === true ? { restore: restoreAll(secrets) } : {}),
    });
    const [made, ...others] = result?.created ?? [];
    if (made === undefined) return;
    notifyDone(`${formatCount(others.length + 1, 'workflow')} imported, not live yet.`);
    onImported(made.id);
  };
  const fault = read.failure?.message ?? failure;
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
        rows={review === null ? 10 : 4}
        error={fault}
        styles={{
          input: { fontFamily: 'var(--mantine-font-family-monospace)' },
          error: { whiteSpace: 'pre-line' },
        }}
        spellCheck={false}
      />
      {review?.reviews.map((one) => (
        <ImportReviewList key={`${one.slug} ${one.name}`} review={one} />
      ))}
      {secrets === null ? null : (
        <>
          <PasswordInput
            label="Passphrase of its secrets"
            description="Without it the workflow comes in with new keys, and credentials are to be filled in."
            value={passphrase}
            onChange={(event) => setPassphrase(event.currentTarget.value)}
          />
          {secrets.isOpen ? (
            <Checkbox
              label="Take over its keys and credentials"
              description={restoreText(secrets)}
              checked={isRestoring}
              onChange={(event) => setRestoring(event.currentTarget.checked)}
            />
          ) : null}
        </>
      )}
      {bring.failure === null ? null : (
        <Alert color="red" role="alert">
          {bring.failure.message}
        </Alert>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          loading={bring.isBusy}
          disabled={review === null || fault !== null}
          onClick={() => void submit()}
        >
          Import
        </Button>
      </Group>
    </Stack>
  );
}

type Secrets = NonNullable<ImportResult['secrets']>;

function restoreAll(secrets: Secrets): NonNullable<ImportWish['restore']> {
  return { endpoints: true, steps: true, named: secrets.named.map(({ name }) => name) };
}

function restoreText({ endpoints, steps, named }: Secrets) {
  const replaced = named.filter(({ exists }) => exists).map(({ name }) => name);
  return (
    <>
      {formatCount(endpoints, 'key')} of endpoints, {formatCount(steps, 'credential')} in steps,{' '}
      {formatCount(named.length, 'named secret')}.
      {replaced.length === 0 ? null : (
        <>
          {' '}
          Replaces <HostileText text={replaced.join(', ')} /> of this install.
        </>
      )}
    </>
  );
}

interface Reviewed {
  readonly review: ImportResult | null;
  readonly failure: string | null;
}

const nothing: Reviewed = { review: null, failure: null };

/** Reviews what is typed, a moment after one stops typing. */
function useReview(text: string, passphrase: string): Reviewed {
  const [file] = useDebouncedValue(text, 300);
  const [key] = useDebouncedValue(passphrase, 300);
  const [state, setState] = useState<Reviewed>(nothing);
  useEffect(() => {
    let isCurrent = true;
    const put = (next: Reviewed): void => {
      if (isCurrent) setState(next);
    };
    if (file.trim() === '') put(nothing);
    else {
      reviewImport({ file, ...(key === '' ? {} : { passphrase: key }) }).then(
        (review) => put({ review, failure: null }),
        (thrown: unknown) => put({ review: null, failure: faultOf(toFailure(thrown)) }),
      );
    }
    return () => {
      isCurrent = false;
    };
  }, [file, key]);
  return text.trim() === '' ? nothing : state;
}

/** What is wrong with a file, with the first places at fault. */
function faultOf({ message, issues }: Failure): string {
  if (issues.length === 0) return message;
  const places = issues.slice(0, 5).map((issue) => `${issue.path}: ${issue.message}`);
  return [...new Set(places), ...(issues.length > 5 ? [`and ${issues.length - 5} more`] : [])].join('\n');
}

/** The text of a file. Throws when it is too large to be a workflow. */
export async function readFile(file: File): Promise<string> {
  if (file.size > largestFile) throw new Error('This file is too large to be a workflow.');
  return file.text();
}
