/** Takes the listed requests out as HAR or JSON. */
import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { RequestFilter } from '../../data/requests.ts';
import { formatCount } from '../../ui/formats.ts';
import { useExport } from './use-export.ts';

/** The button; while a file is made it counts, and gives up when pressed. */
export function ExportMenu({ filter }: { readonly filter: RequestFilter }): ReactNode {
  const { count, start, cancel } = useExport();
  if (count !== null) {
    return (
      <Button variant="default" onClick={cancel}>
        {formatCount(count)} · Cancel
      </Button>
    );
  }
  return (
    <Menu>
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={15} aria-hidden />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>The newest 1,000 that fit, keys masked</Menu.Label>
        <Menu.Item onClick={() => start({ ...filter, format: 'har' })}>HAR</Menu.Item>
        <Menu.Item onClick={() => start({ ...filter, format: 'json' })}>JSON</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
