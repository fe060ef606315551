/** Data Sources: incoming webhooks shared by any number of workflows (SPEC 2). */
import { Button } from '@mantine/core';
import { IconDatabaseImport, IconPlus } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { endpointList } from '../../data/endpoints.ts';
import { useList } from '../../data/list.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { AddSourceModal } from './AddSourceModal.tsx';
import { SourceTable } from './SourceTable.tsx';

/** The page. */
export function DataSourcesPage(): ReactNode {
  const { list, ...state } = useList(endpointList, { kind: 'shared' });
  const [isAdding, setAdding] = useState(false);
  const add = (
    <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setAdding(true)}>
      Add data source
    </Button>
  );
  const isEmpty = state.status === 'ready' && state.items.length === 0;
  return (
    <>
      <PageHeader title="Data Sources" actions={isEmpty ? undefined : add} />
      {state.status === 'loading' && <LoadingState what="data sources" />}
      {state.status === 'failed' && (
        <ErrorState
          title="The data sources could not be read"
          reason={state.error?.message ?? ''}
          onRetry={list.refetch}
        />
      )}
      {isEmpty && (
        <EmptyState
          icon={<IconDatabaseImport size={26} stroke={1.5} />}
          title="No data sources yet"
          action={add}
        >
          An incoming webhook of its own that starts every workflow bound to it: one URL and one key for a
          sender, however many workflows listen.
        </EmptyState>
      )}
      {state.status === 'ready' && state.items.length > 0 && <SourceTable sources={state.items} />}
      {isAdding && <AddSourceModal onClose={() => setAdding(false)} />}
    </>
  );
}
