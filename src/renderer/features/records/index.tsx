/** Records: worksheets with typed fields that workflows read and change (SPEC 2). */
import { Button, Group, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { useMirror } from '../../data/mirror.ts';
import { entitiesMirror, type RecordRow } from '../../data/records.ts';
import { formatCount } from '../../ui/formats.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { EntityModal } from './EntityModal.tsx';
import { RecordModal } from './RecordModal.tsx';
import { Worksheet } from './Worksheet.tsx';

/** The page: one entity at a time. */
export function RecordsPage(): ReactNode {
  const navigate = useNavigate();
  const { entity: wanted } = useParams();
  const entities = useMirror(entitiesMirror, null);
  const [params] = useSearchParams();
  // A link to one record shows that one.
  const [search, setSearch] = useState(params.get('record') ?? '');
  const [q] = useDebouncedValue(search.trim(), 200);
  const [entityModal, setEntityModal] = useState<'add' | 'change' | null>(null);
  const [edited, setEdited] = useState<RecordRow | 'new' | null>(null);
  const entity = entities.data?.find(({ name }) => name === wanted) ?? entities.data?.[0];

  return (
    <main style={{ display: 'flex', flex: 1, flexDirection: 'column', minHeight: 0 }}>
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
              w={150}
            />
            <Select
              aria-label="Entity"
              data={entities.data?.map(({ name }) => name) ?? []}
              value={entity?.name ?? null}
              onChange={(name) => void navigate(`/records/${name ?? ''}`)}
              allowDeselect={false}
              w={170}
            />
            <Button variant="default" onClick={() => setEntityModal('add')}>
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
        <Worksheet
          key={entity.name}
          entity={entity}
          q={q}
          onOpen={setEdited}
          onFields={() => setEntityModal('change')}
        />
      )}
      {entity !== undefined && edited !== null && (
        <RecordModal
          entity={entity}
          record={edited === 'new' ? null : edited}
          onClose={() => setEdited(null)}
        />
      )}
      {entityModal !== null && (
        <EntityModal
          entity={entityModal === 'add' ? null : (entity ?? null)}
          entities={entities.data?.map(({ name }) => name) ?? []}
          onClose={() => setEntityModal(null)}
          onDone={(name) => void navigate(`/records/${name ?? ''}`)}
        />
      )}
    </main>
  );
}
