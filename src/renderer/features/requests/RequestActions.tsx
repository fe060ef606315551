/** What one does with a captured request: copy it, send it again, compare it, take it out. */
import { ActionIcon, Button, Menu } from '@mantine/core';
import {
  IconArrowsDiff,
  IconBraces,
  IconCopy,
  IconDots,
  IconDownload,
  IconFileExport,
  IconPencil,
  IconRepeat,
  IconTestPipe,
} from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { RequestView } from '../../../shared/contract/views.ts';
import { notifyDone, useAction } from '../../data/action.ts';
import { buildCase } from '../../data/cases.ts';
import { readCurl, readSnippets, readWholeBody, replayRequest } from '../../data/requests.ts';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { useCommands } from '../../ui/commands.ts';
import { offerFile } from '../../ui/offer-file.ts';
import { saveBody } from './body-bytes.ts';
import { CompareModal } from './CompareModal.tsx';
import classes from './detail.module.css';
import { ReplayModal } from './ReplayModal.tsx';
import { useExport } from './use-export.ts';

export interface RequestActionsProps {
  readonly request: RequestView;
  readonly onOpen: (id: string) => void;
}

const scripts = [
  { id: 'fetch', title: 'Copy as fetch' },
  { id: 'httpie', title: 'Copy as HTTPie' },
] as const;

/** The buttons of the detail. */
export function RequestActions({ request, onOpen }: RequestActionsProps): ReactNode {
  const [modal, setModal] = useState<'none' | 'replay' | 'compare'>('none');
  const replay = useAction(replayRequest, { failed: 'The request was not sent again' });
  const download = useAction(readWholeBody, { failed: 'The body could not be read' });
  const snippets = useAction(readSnippets, { failed: 'The command could not be made' });
  const test = useAction(buildCase, { failed: 'The regression test was not made' });
  const file = useExport();
  const close = (): void => setModal('none');

  const sendAgain = async (): Promise<void> => {
    const answer = await replay.run({ id: request.id });
    if (answer?.requestId != null) onOpen(answer.requestId);
  };
  const save = async (): Promise<void> => {
    const body = await download.run(request.id);
    if (body !== undefined) saveBody(body, request);
  };
  const saveCase = async (): Promise<void> => {
    const text = await test.run(request.id);
    if (text !== undefined) offerFile(`${request.id}.case.json`, [text]);
  };
  const copy = async (id: string): Promise<void> => {
    const snippet = (await snippets.run(request.id))?.find((one) => one.id === id);
    if (snippet === undefined) return;
    await navigator.clipboard.writeText(snippet.text);
    notifyDone(`Copied as ${snippet.title}`);
  };
  useCommands([
    {
      id: 'replay',
      title: 'Send this request again',
      group: 'Requests',
      keys: 'shift+Enter',
      run: () => void sendAgain(),
    },
    {
      id: 'edit',
      title: 'Change this request and send it again',
      group: 'Requests',
      keys: 'e',
      run: () => setModal('replay'),
    },
    {
      id: 'compare',
      title: 'Compare this request with another',
      group: 'Requests',
      keys: 'c',
      run: () => setModal('compare'),
    },
    { id: 'download', title: 'Download the body', group: 'Requests', run: () => void save() },
  ]);

  return (
    <div className={classes['actions']}>
      <CopyButton look="button" text="curl" label="as curl" value={() => readCurl(request.id)} />
      <Button
        variant="default"
        leftSection={<IconRepeat size={15} aria-hidden />}
        loading={replay.isBusy}
        onClick={() => void sendAgain()}
      >
        Replay
      </Button>
      <Menu>
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label="More actions" loading={download.isBusy}>
            <IconDots size={15} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={15} aria-hidden />} onClick={() => setModal('replay')}>
            Edit or sign, and send again…
          </Menu.Item>
          <Menu.Item
            leftSection={<IconArrowsDiff size={15} aria-hidden />}
            onClick={() => setModal('compare')}
          >
            Compare…
          </Menu.Item>
          <Menu.Divider />
          {scripts.map(({ id, title }) => (
            <Menu.Item
              key={id}
              leftSection={<IconBraces size={15} aria-hidden />}
              onClick={() => void copy(id)}
            >
              {title}
            </Menu.Item>
          ))}
          <Menu.Item
            leftSection={<IconCopy size={15} aria-hidden />}
            onClick={() => void navigator.clipboard.writeText(request.id)}
          >
            Copy id
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconTestPipe size={15} aria-hidden />}
            disabled={request.runs.length === 0}
            onClick={() => void saveCase()}
          >
            Save as regression test
          </Menu.Item>
          <Menu.Item
            leftSection={<IconDownload size={15} aria-hidden />}
            disabled={request.bodySize === 0}
            onClick={() => void save()}
          >
            Download body
          </Menu.Item>
          <Menu.Item
            leftSection={<IconFileExport size={15} aria-hidden />}
            onClick={() => file.start({ ids: [request.id], format: 'har' })}
          >
            Export as HAR
          </Menu.Item>
          <Menu.Item
            leftSection={<IconFileExport size={15} aria-hidden />}
            onClick={() => file.start({ ids: [request.id], format: 'json' })}
          >
            Export as JSON
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {modal === 'replay' && <ReplayModal request={request} onClose={close} onOpen={onOpen} />}
      {modal === 'compare' && <CompareModal request={request} onClose={close} />}
    </div>
  );
}
