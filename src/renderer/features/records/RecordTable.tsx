/** The rows of an entity: its fields as columns to sort by, the id to copy, when it last changed; rows can be chosen. */
import { Button, Checkbox, Group, Table } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { RecordRow } from '../../data/records.ts';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { TimeText } from '../../ui/figures.tsx';
import { HostileText } from '../../ui/HostileText.tsx';
import { showValue } from './field-text.ts';
import own from './records.module.css';
import classes from '../../ui/table.module.css';

export interface RecordTableProps {
  readonly records: readonly RecordRow[];
  readonly fields: readonly string[];
  readonly onOpen: (record: RecordRow) => void;
  /** A field, with `-` before it the largest first; undefined: newest first. */
  readonly sort: string | undefined;
  readonly onSort: (sort: string | undefined) => void;
  /** Ids of the chosen rows. */
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
  readonly onMore?: () => void;
  readonly isLoadingMore: boolean;
}

/** Widths in pixels: a column of a field that can be read, and the columns beside those of fields. */
const narrowest = 110;
const otherColumns = 396;

/** The grid. */
export function RecordTable(props: RecordTableProps): ReactNode {
  const { records, fields, onOpen, chosen, onChoose, onMore, isLoadingMore } = props;
  const areAll = records.length > 0 && records.every(({ cuid }) => chosen.has(cuid));
  const toggle = (cuid: string): void => {
    const next = new Set(chosen);
    if (!next.delete(cuid)) next.add(cuid);
    onChoose(next);
  };
  return (
    <section className={classes['scroll']} aria-label="Records">
      <Table
        stickyHeader
        highlightOnHover
        className={classes['table'] ?? ''}
        miw={otherColumns + fields.length * narrowest}
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={36}>
              <Checkbox
                size="xs"
                aria-label="Choose all records shown"
                checked={areAll}
                indeterminate={!areAll && chosen.size > 0}
                onChange={() => onChoose(areAll ? new Set() : new Set(records.map(({ cuid }) => cuid)))}
              />
            </Table.Th>
            {fields.map((field) => (
              <SortableHead key={field} {...props} field={field} label={field} />
            ))}
            <Table.Th>Id (target)</Table.Th>
            <SortableHead {...props} field="updatedAt" label="Changed" width={130} />
            <Table.Th w={70} aria-label="Actions" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {records.map((record) => (
            <Table.Tr key={record.cuid} onDoubleClick={() => onOpen(record)}>
              <Table.Td>
                <Checkbox
                  size="xs"
                  aria-label={`Choose record ${record.cuid}`}
                  checked={chosen.has(record.cuid)}
                  onChange={() => toggle(record.cuid)}
                />
              </Table.Td>
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

interface SortableHeadProps extends Pick<RecordTableProps, 'sort' | 'onSort'> {
  readonly field: string;
  readonly label: string;
  readonly width?: number;
}

/** A column's head: a click sorts by it, another the other way round, a third not at all. */
function SortableHead({ field, label, width, sort, onSort }: SortableHeadProps): ReactNode {
  const isUp = sort === field;
  const isDown = sort === `-${field}`;
  return (
    <Table.Th
      aria-sort={isUp ? 'ascending' : isDown ? 'descending' : 'none'}
      {...(width === undefined ? {} : { w: width })}
    >
      <button
        type="button"
        className={own['sort']}
        title={`Sort by ${label}`}
        onClick={() => onSort(isUp ? `-${field}` : isDown ? undefined : field)}
      >
        <span>
          <HostileText text={label} />
        </span>
        {isUp && <IconArrowUp size={12} aria-hidden />}
        {isDown && <IconArrowDown size={12} aria-hidden />}
      </button>
    </Table.Th>
  );
}
