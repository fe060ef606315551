/** Brings records in from a CSV or JSON file: it is looked through first, and goes on as a job that can be cancelled. */
import {
  Alert,
  Button,
  Checkbox,
  FileButton,
  Group,
  Modal,
  Progress,
  Select,
  Stack,
  Text,
} from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { ImportReport } from '../../../shared/contract/records.ts';
import type { EntityView } from '../../../shared/contract/views.ts';
import { notifyDone, useAction } from '../../data/action.ts';
import { importRecords, type ImportWish, uploadFile } from '../../data/records.ts';
import { formatCount } from '../../ui/formats.ts';
import { HostileText } from '../../ui/HostileText.tsx';
import classes from './records.module.css';

const mostBytes = 52_428_800;

export interface ImportRecordsModalProps {
  readonly entity: EntityView;
  readonly onClose: () => void;
}

interface Sent {
  readonly fileName: string;
  readonly upload: string;
  readonly format: 'csv' | 'json';
}

/** The dialog. */
export function ImportRecordsModal({ entity, onClose }: ImportRecordsModalProps): ReactNode {
  const [sent, setSent] = useState<Sent | null>(null);
  const [share, setShare] = useState<number | null>(null);
  const [key, setKey] = useState<string | null>(null);
  const [isSkipping, setSkipping] = useState(false);
  const [report, setReport] = useState<ImportReport | null>(null);
  const sending = useRef(new AbortController());
  useEffect(() => {
    const { current } = sending;
    return () => current.abort();
  }, []);
  const look = useAction(importRecords);
  const bring = useAction(importRecords);
  const send = useAction(async (file: File): Promise<Sent> => {
    if (file.size > mostBytes) throw new Error('A file of records has at most 50 MB.');
    setShare(0);
    try {
      const upload = await uploadFile(entity.name, await file.text(), setShare, sending.current.signal);
      return { fileName: file.name, upload, format: /\.json$/i.test(file.name) ? 'json' : 'csv' };
    } finally {
      setShare(null);
    }
  });
  const wishOf = ({ upload, format }: Sent, chosenKey: string | null): ImportWish => ({
    upload,
    format,
    ...(chosenKey === null ? {} : { mode: 'upsert', key: chosenKey }),
  });
  const review = async (file: Sent, chosenKey: string | null): Promise<void> => {
    setReport(null);
    const answer = await look.run(entity.name, { ...wishOf(file, chosenKey), dryRun: true });
    setReport(answer?.report ?? null);
  };
  const choose = async (file: File | null): Promise<void> => {
    if (file === null) return;
    const taken = await send.run(file);
    if (taken === undefined) return;
    setSent(taken);
    await review(taken, key);
  };
  const submit = async (): Promise<void> => {
    if (sent === null) return;
    const answer = await bring.run(entity.name, { ...wishOf(sent, key), skipFaulty: isSkipping });
    if (answer === undefined) return;
    notifyDone('The import goes on by itself; its progress is shown above the page.');
    onClose();
  };
  const failure = send.failure ?? look.failure ?? bring.failure;
  const canImport = report !== null && report.good > 0 && (report.faulty === 0 || isSkipping);
  return (
    <Modal opened onClose={onClose} title={`Import into ${entity.name}`} size="lg">
      <Stack gap="sm">
        <Group gap="xs">
          <FileButton accept=".csv,.json,text/csv,application/json" onChange={(file) => void choose(file)}>
            {(props) => (
              <Button
                {...props}
                variant="default"
                leftSection={<IconFileImport size={15} aria-hidden />}
                loading={send.isBusy}
                data-autofocus
              >
                {sent === null ? 'Choose a CSV or JSON file…' : 'Choose another…'}
              </Button>
            )}
          </FileButton>
          {sent !== null && (
            <Text size="sm">
              <HostileText text={sent.fileName} />
            </Text>
          )}
        </Group>
        {share !== null && <Progress value={100 * share} aria-label="Sending the file" />}
        <Select
          label="Rows that are there already"
          description="Known by a field: they are changed instead of made again."
          placeholder="Every row becomes a new record"
          data={['cuid', ...entity.fields.filter(({ type }) => type !== 'json').map(({ name }) => name)]}
          value={key}
          clearable
          clearButtonProps={{ 'aria-label': 'Every row new' }}
          onChange={(next) => {
            setKey(next);
            if (sent !== null) void review(sent, next);
          }}
        />
        {look.isBusy && (
          <Text size="sm" c="dimmed" role="status">
            Looking through the file…
          </Text>
        )}
        {report !== null && <Report report={report} />}
        {report !== null && report.faulty > 0 && (
          <Checkbox
            label={`Leave out the ${formatCount(report.faulty, 'faulty row')}`}
            checked={isSkipping}
            onChange={(event) => setSkipping(event.currentTarget.checked)}
          />
        )}
        {failure !== null && (
          <Alert color="red" role="alert">
            <HostileText text={failure.message} />
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={bring.isBusy} disabled={!canImport} onClick={() => void submit()}>
            Import
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Report({ report }: { readonly report: ImportReport }): ReactNode {
  const undeclared = report.columns.filter(({ field }) => field === null).map(({ name }) => name);
  return (
    <div role="status">
      <Text size="sm">
        {formatCount(report.rows, 'row')}: {formatCount(report.creates)} new, {formatCount(report.updates)}{' '}
        changed{report.faulty > 0 && `, ${formatCount(report.faulty)} faulty`}.
      </Text>
      {undeclared.length > 0 && (
        <Text size="xs" c="dimmed">
          Kept though the entity has no such field: <HostileText text={undeclared.slice(0, 20).join(', ')} />
        </Text>
      )}
      {report.faults.length > 0 && (
        <ul className={classes['points']}>
          {report.faults.map(({ line, path, message }) => (
            <li key={`${line} ${path} ${message}`}>
              Line {line}, <HostileText text={path} />: <HostileText text={message} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
