/** What is done with all listed requests: taken out as HAR or JSON, or sent again. */
import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconDots, IconDownload, IconRepeat } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useAction } from '../../data/action.ts';
import { replayAll } from '../../data/jobs.ts';
import type { RequestFilter } from '../../data/requests.ts';
import { ConfirmModal } from '../../ui/ConfirmModal.tsx';
import { formatCount } from '../../ui/formats.ts';
import { useExport } from './use-export.ts';

/** The button; while a file is made it counts, and gives up when pressed. */
export function ListMenu({ filter }: { readonly filter: RequestFilter }): ReactNode {
  const { count, start, cancel } = useExport();
  const [isAsking, setAsking] = useState(false);
  const replay = useAction(replayAll, { failed: 'The requests were not sent again' });
  if (count !== null) {
    return (
      <Button variant="default" onClick={cancel}>
        {formatCount(count)} · Cancel
      </Button>
    );
  }
  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label="All of these requests">
            <IconDots size={15} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>The newest 1,000 that fit, keys masked</Menu.Label>
          <Menu.Item
            leftSection={<IconDownload size={15} aria-hidden />}
            onClick={() => start({ ...filter, format: 'har' })}
          >
            Export as HAR
          </Menu.Item>
          <Menu.Item
            leftSection={<IconDownload size={15} aria-hidden />}
            onClick={() => start({ ...filter, format: 'json' })}
          >
            Export as JSON
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<IconRepeat size={15} aria-hidden />} onClick={() => setAsking(true)}>
            Replay all that fit…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmModal
        isOpen={isAsking}
        title="Replay all requests that fit the filters?"
        confirm="Replay all"
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          await replay.run(filter);
        }}
      >
        Each of them is judged by today’s settings and starts a new run, oldest first. It can be cancelled on
        the way; what was started goes on.
      </ConfirmModal>
    </>
  );
}
