/** Records: worksheets with typed fields that workflows read and change (SPEC 2). */
import { Button, Group, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPlus, IconSearch, IconTable } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { useList } from '../../data/list.ts';
import { useMirror } from '../../data/mirror.ts';
import { entitiesMirror, type RecordRow, recordList } from '../../data/records.ts';
import { formatCount } from '../../ui/formats.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { AddEntityModal } from './AddEntityModal.tsx';
import { RecordModal } from './RecordModal.tsx';
import { RecordTable } from './RecordTable.tsx';

/** The page: one entity at a time. */
export function RecordsPage(): ReactNode {
  const navigate = useNavigate();
  const { entity: wanted } = useParams();
  const entities = useMirror(entitiesMirror, null);
  const [params] = useSearchParams();
  // A link to one record shows that one.
  const [search, setSearch] = useState(params.get('record') ?? '');
  const [isAddingEntity, setAddingEntity] = useState(false);
  const [edited, setEdited] = useState<RecordRow | 'new' | null>(null);
  const entity = entities.data?.find(({ name }) => name === wanted) ?? entities.data?.[0];

  return (
    <>
      <PageHeader
        title="Records"
        note={entity === undefined ? undefined : formatCount(entity.count, 'record')}
        actions={
          <Group gap="xs" wrap="nowrap">
            <TextInput
              aria-label="Search records"
              placeholder="Search"
              leftSection={<IconSearch size={14} aria-hidden />}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
              w={160}
            />
            <Select
              aria-label="Entity"
              data={entities.data?.map(({ name }) => name) ?? []}
              value={entity?.name ?? null}
              onChange={(name) => void navigate(`/records/${name ?? ''}`)}
              w={180}
            />
            <Button variant="default" onClick={() => setAddingEntity(true)}>
              Add entity
            </Button>
            <Button
              leftSection={<IconPlus size={15} aria-hidden />}
              disabled={entity === undefined}
              onClick={() => setEdited('new')}
            >
              Add record
            </Button>
          </Group>
        }
      />
      {entities.data === undefined && entities.status === 'loading' && <LoadingState what="records" />}
      {entities.data === undefined && entities.status === 'failed' && (
        <ErrorState
          title="The records could not be read"
          reason={entities.error?.message ?? ''}
          onRetry={entities.refetch}
        />
      )}
      {entity !== undefined && (
        <Rows entity={entity.name} search={search} fields={entity.fields} onOpen={setEdited} />
      )}
      {entity !== undefined && edited !== null && (
        <RecordModal
          entity={entity}
          record={edited === 'new' ? null : edited}
          onClose={() => setEdited(null)}
        />
      )}
      {isAddingEntity && (
        <AddEntityModal
          onClose={() => setAddingEntity(false)}
          onMade={(name) => void navigate(`/records/${name}`)}
        />
      )}
    </>
  );
}

interface RowsProps {
  readonly entity: string;
  readonly search: string;
  readonly fields: readonly { readonly name: string }[];
  readonly onOpen: (record: RecordRow | 'new') => void;
}

function Rows({ entity, search, fields, onOpen }: RowsProps): ReactNode {
  const [q] = useDebouncedValue(search.trim(), 200);
  const { list, ...state } = useList(recordList, q === '' ? { entity } : { entity, q });
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
        title={q === '' ? 'No records yet' : 'No record matches'}
        action={q === '' ? <Button onClick={() => onOpen('new')}>Add record</Button> : undefined}
      >
        {q === ''
          ? 'Records are the rows workflows run for, find and change. Callers name one by its id, the target.'
          : 'Search looks into every field.'}
      </EmptyState>
    );
  }
  return (
    <RecordTable
      records={state.items}
      fields={fields.map(({ name }) => name)}
      onOpen={onOpen}
      {...(state.cursor === null ? {} : { onMore: list.loadMore })}
      isLoadingMore={state.isLoadingMore}
    />
  );
}
