/** Manage Triggers: every way in, whether it is open, and how to reach it. */
import { Button, Group, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconBolt, IconSearch } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { Link } from 'react-router';
import { notifyDone, useAction } from '../../data/action.ts';
import { endpointList, otherTriggersMirror, switchTriggers } from '../../data/endpoints.ts';
import { useList } from '../../data/list.ts';
import { useMirror } from '../../data/mirror.ts';
import { formatCount } from '../../ui/formats.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { TriggerTable } from './TriggerTable.tsx';

/** The page. */
export function TriggersPage(): ReactNode {
  const [search, setSearch] = useState('');
  const [q] = useDebouncedValue(search.trim(), 200);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const { list, ...state } = useList(endpointList, q === '' ? {} : { q });
  const { data: others = [] } = useMirror(otherTriggersMirror, q);
  const bulk = useAction(switchTriggers, { failed: 'The triggers were not switched' });
  const ids = state.items.filter(({ id }) => chosen.has(id)).map(({ id }) => id);
  const switchChosen = async (isOn: boolean): Promise<void> => {
    const switched = await bulk.run(ids, isOn ? 'active' : 'deactivated');
    if (switched === undefined) return;
    const refused = switched.filter(({ error }) => error !== null);
    if (refused.length > 0) {
      notifyDone(`${formatCount(refused.length, 'trigger')} not switched: ${refused[0]?.error?.msg ?? ''}`);
    }
    setChosen(new Set(refused.map(({ id }) => id)));
  };

  return (
    <>
      <PageHeader
        title="Manage Triggers"
        note={
          state.status === 'ready' && state.items.length > 0
            ? formatCount(state.items.length + others.length, 'trigger')
            : undefined
        }
        actions={
          <TextInput
            aria-label="Search triggers"
            placeholder="Name, path or id"
            leftSection={<IconSearch size={14} aria-hidden />}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
            w={220}
          />
        }
      >
        {ids.length > 0 && (
          <Group gap="xs">
            <Text size="xs" c="dimmed">
              {formatCount(ids.length, 'trigger')} chosen
            </Text>
            <Button variant="default" loading={bulk.isBusy} onClick={() => void switchChosen(true)}>
              Activate
            </Button>
            <Button variant="default" loading={bulk.isBusy} onClick={() => void switchChosen(false)}>
              Deactivate
            </Button>
          </Group>
        )}
      </PageHeader>
      {state.status === 'loading' && <LoadingState what="triggers" />}
      {state.status === 'failed' && (
        <ErrorState
          title="The triggers could not be read"
          reason={state.error?.message ?? ''}
          onRetry={list.refetch}
        />
      )}
      {state.status === 'ready' && state.items.length + others.length === 0 && (
        <EmptyState
          icon={<IconBolt size={26} stroke={1.5} />}
          title={q === '' ? 'No triggers yet' : 'No trigger matches'}
          action={
            q === '' ? (
              <Button component={Link} to="/workflows">
                Go to Workflows
              </Button>
            ) : (
              <Button variant="default" onClick={() => setSearch('')}>
                Clear the search
              </Button>
            )
          }
        >
          {q === ''
            ? 'Every webhook of your workflows and shared data sources is listed here, to open, close and hand out.'
            : 'Search by the name, the path, or an id from a webhook URL.'}
        </EmptyState>
      )}
      {state.status === 'ready' && state.items.length + others.length > 0 && (
        <TriggerTable
          triggers={state.items}
          chosen={chosen}
          onChoose={setChosen}
          {...(state.cursor === null ? {} : { onMore: list.loadMore })}
          isLoadingMore={state.isLoadingMore}
          others={state.cursor === null ? others : []}
        />
      )}
    </>
  );
}
