/** One entity's rows with what narrows and orders them, and what is done with many at once. */
import { Button, Menu } from '@mantine/core';
import { IconColumns, IconDownload, IconFileImport, IconTable, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import type { EntityView } from '../../../shared/contract/views.ts';
import type { Condition } from '../../../shared/model/record-filter.ts';
import { useAction } from '../../data/action.ts';
import { useList } from '../../data/list.ts';
import { type RecordQuery, type RecordRow, recordList, removeRecords } from '../../data/records.ts';
import { ConfirmModal } from '../../ui/ConfirmModal.tsx';
import { formatCount } from '../../ui/formats.ts';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { ImportRecordsModal } from './ImportRecordsModal.tsx';
import { RecordFilters } from './RecordFilters.tsx';
import { RecordTable } from './RecordTable.tsx';
import classes from './records.module.css';
import { useRecordExport } from './use-record-export.ts';

const none: ReadonlySet<string> = new Set();

export interface WorksheetProps {
  readonly entity: EntityView;
  /** Text to find; empty: all. */
  readonly q: string;
  readonly onOpen: (record: RecordRow | 'new') => void;
  readonly onFields: () => void;
}

/** The bar and the grid. */
export function Worksheet({ entity, q, onOpen, onFields }: WorksheetProps): ReactNode {
  const [conditions, setConditions] = useState<readonly Condition[]>([]);
  const [sort, setSort] = useState<string | undefined>(undefined);
  const rows = useMemo(() => ({ q, conditions }), [q, conditions]);
  const [picked, setPicked] = useState({ rows, cuids: none });
  // Rows that are narrowed away are not chosen any more: nobody deletes what is not shown.
  const chosen = picked.rows === rows ? picked.cuids : none;
  const setChosen = (cuids: ReadonlySet<string>): void => setPicked({ rows, cuids });
  const [isImporting, setImporting] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
  const remove = useAction(removeRecords, { failed: 'The records were not deleted' });
  const file = useRecordExport();
  const query = useMemo(
    (): RecordQuery => ({
      entity: entity.name,
      ...(q === '' ? {} : { q }),
      ...(conditions.length === 0 ? {} : { filter: conditions }),
      ...(sort === undefined ? {} : { sort }),
    }),
    [entity.name, q, conditions, sort],
  );
  return (
    <>
      <div className={classes['bar']} role="toolbar" aria-label="Worksheet">
        <RecordFilters entity={entity} conditions={conditions} onChange={setConditions} />
        <span style={{ flex: 1 }} />
        {chosen.size > 0 && (
          <Button
            size="compact-xs"
            color="red"
            variant="light"
            leftSection={<IconTrash size={13} aria-hidden />}
            onClick={() => setDeleting(true)}
          >
            Delete {formatCount(chosen.size)}
          </Button>
        )}
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          leftSection={<IconColumns size={13} aria-hidden />}
          onClick={onFields}
        >
          Fields
        </Button>
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          leftSection={<IconFileImport size={13} aria-hidden />}
          onClick={() => setImporting(true)}
        >
          Import
        </Button>
        {file.count === null ? (
          <Menu position="bottom-end">
            <Menu.Target>
              <Button
                size="compact-xs"
                variant="subtle"
                color="gray"
                leftSection={<IconDownload size={13} aria-hidden />}
              >
                Export
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => file.start(query, 'csv')}>As CSV</Menu.Item>
              <Menu.Item onClick={() => file.start(query, 'json')}>As JSON</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        ) : (
          <Button size="compact-xs" variant="default" onClick={file.cancel}>
            {formatCount(file.count)} · Cancel
          </Button>
        )}
      </div>
      <Rows
        entity={entity}
        query={query}
        isNarrowed={q !== '' || conditions.length > 0}
        sort={sort}
        onSort={setSort}
        chosen={chosen}
        onChoose={setChosen}
        onOpen={onOpen}
      />
      {isImporting && <ImportRecordsModal entity={entity} onClose={() => setImporting(false)} />}
      <ConfirmModal
        isOpen={isDeleting}
        title={`Delete ${formatCount(chosen.size, 'record')}?`}
        confirm="Delete"
        onClose={() => setDeleting(false)}
        onConfirm={async () => {
          if ((await remove.run(entity.name, [...chosen])) !== undefined) setChosen(none);
        }}
      >
        Runs that work for them keep what they have read; callers that name them get 404 from now on.
      </ConfirmModal>
    </>
  );
}

interface RowsProps {
  readonly entity: EntityView;
  readonly query: RecordQuery;
  /** Whether there may be others than those shown. */
  readonly isNarrowed: boolean;
  readonly sort: string | undefined;
  readonly onSort: (sort: string | undefined) => void;
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
  readonly onOpen: (record: RecordRow | 'new') => void;
}

function Rows({ entity, query, isNarrowed, onOpen, ...grid }: RowsProps): ReactNode {
  const { list, ...state } = useList(recordList, query);
  if (state.status === 'loading') return <LoadingState what="records" />;
  if (state.status === 'failed') {
    return (
      <ErrorState
        title="The records could not be read"
        reason={state.error?.message ?? ''}
        onRetry={list.refetch}
      />
    );
  }
  if (state.items.length === 0) {
    return (
      <EmptyState
        icon={<IconTable size={26} stroke={1.5} />}
        title={isNarrowed ? 'No record matches' : 'No records yet'}
        action={isNarrowed ? undefined : <Button onClick={() => onOpen('new')}>Add record</Button>}
      >
        {isNarrowed
          ? 'Search looks into every field; filters must all hold.'
          : 'Records are the rows workflows run for, find and change. Callers name one by its id, the target.'}
      </EmptyState>
    );
  }
  return (
    <RecordTable
      {...grid}
      records={state.items}
      fields={entity.fields.map(({ name }) => name)}
      onOpen={onOpen}
      {...(state.cursor === null ? {} : { onMore: list.loadMore })}
      isLoadingMore={state.isLoadingMore}
    />
  );
}
