/** The rows of an entity: its fields as columns, the id to copy, when it last changed. */
import { Button, Group, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import type { RecordRow } from '../../data/records.ts';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { TimeText } from '../../ui/figures.tsx';
import { HostileText } from '../../ui/HostileText.tsx';
import { showValue } from './field-text.ts';
import classes from '../../ui/table.module.css';

export interface RecordTableProps {
  readonly records: readonly RecordRow[];
  readonly fields: readonly string[];
  readonly onOpen: (record: RecordRow) => void;
  readonly onMore?: () => void;
  readonly isLoadingMore: boolean;
}

/** The grid. */
export function RecordTable({ records, fields, onOpen, onMore, isLoadingMore }: RecordTableProps): ReactNode {
  return (
    <section className={classes['scroll']} aria-label="Records">
      <Table stickyHeader highlightOnHover className={classes['table'] ?? ''}>
        <Table.Thead>
          <Table.Tr>
            {fields.map((field) => (
              <Table.Th key={field}>{field}</Table.Th>
            ))}
            <Table.Th>Id (target)</Table.Th>
            <Table.Th w={130}>Changed</Table.Th>
            <Table.Th w={70} aria-label="Actions" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {records.map((record) => (
            <Table.Tr key={record.cuid} onDoubleClick={() => onOpen(record)}>
              {fields.map((field) => {
                const text = showValue(record.data[field]);
                return (
                  <Table.Td key={field} className={classes['clip'] ?? ''} title={text}>
                    <HostileText text={text} />
                  </Table.Td>
                );
              })}
              <Table.Td>
                <Group gap={4} wrap="nowrap">
                  <code className={classes['clip']}>{record.cuid}</code>
                  <CopyButton label="id" value={record.cuid} />
                </Group>
              </Table.Td>
              <Table.Td>
                <TimeText at={record.updatedAt} mode="relative" />
              </Table.Td>
              <Table.Td>
                <Button variant="subtle" onClick={() => onOpen(record)}>
                  Edit
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {onMore !== undefined && (
        <Button variant="subtle" loading={isLoadingMore} onClick={onMore} m="sm">
          Show more
        </Button>
      )}
    </section>
  );
}
