/** Requests: everything that arrived, live, and one request taken apart beside it. */
import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconPlayerPause, IconPlayerPlay, IconSearch } from '@tabler/icons-react';
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useNavigate, useNavigation, useParams, useSearchParams } from 'react-router';
import type { RequestSummary } from '../../../shared/contract/views.ts';
import { endpointChoices } from '../../data/endpoints.ts';
import { useHeldList, useListPart } from '../../data/list.ts';
import { useMirror } from '../../data/mirror.ts';
import { requestList } from '../../data/requests.ts';
import { useCommands } from '../../ui/commands.ts';
import { type Filter, FilterChips } from '../../ui/FilterChips.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { SplitPane } from '../../ui/SplitPane.tsx';
import { FirstRequest } from './FirstRequest.tsx';
import { ListMenu } from './ListMenu.tsx';
import { RequestDetail } from './RequestDetail.tsx';
import { RequestPane } from './RequestPane.tsx';
import { methods, readFilter, spans, statuses, verdicts, withParam, withTime } from './request-filter.ts';
import classes from './requests.module.css';

const plain = (values: readonly string[]) => values.map((value) => ({ value, label: value }));

/** The inspector. */
export function RequestsPage(): ReactNode {
  const { id = null } = useParams();
  const [params, setParams] = useSearchParams();
  const navigate = useNavigate();
  const [isPaused, setPaused] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const filter = useMemo(() => readFilter(params), [params]);
  const list = useHeldList(requestList, filter);
  const isEmpty = useListPart(list, ({ status, items }) => status === 'ready' && items.length === 0);
  const { data: endpoints } = useMirror(endpointChoices, null);
  const isFiltered = Object.keys(filter).length > 0;

  const open = useCallback(
    (requestId: string | null) => {
      const kept = new URLSearchParams(params);
      if (requestId === null) kept.delete('tab');
      const rest = kept.toString();
      const to = `/requests${requestId === null ? '' : `/${requestId}`}${rest === '' ? '' : `?${rest}`}`;
      // Walking through the list is one step of history, not hundreds.
      void navigate(to, { replace: id !== null && requestId !== null });
    },
    [navigate, params, id],
  );
  const select = useCallback((request: RequestSummary) => open(request.id), [open]);
  // Keys can be quicker than the address: each step counts from where the last one led.
  const place = useRef(id);
  useEffect(() => {
    place.current = id;
  }, [id]);
  const step = (by: number): void => {
    const { items } = list.store.getState();
    const index = items.findIndex((item) => item.id === place.current);
    const target = items[index < 0 ? 0 : index + by];
    if (target === undefined) return;
    place.current = target.id;
    open(target.id);
  };
  const setFilter = (name: string, value: string | null): void =>
    setParams((present) => withParam(present, name, value));
  const setQuery = useDebouncedCallback(
    (text: string) => setParams((present) => withParam(present, 'q', text), { replace: true }),
    250,
  );

  // The very first request opens itself: it is what one has been waiting for.
  const wasEmpty = useRef(false);
  const isLeaving = useNavigation().state !== 'idle';
  useEffect(() => {
    // Whoever is on the way to another page is not fetched back.
    if (isFiltered || isLeaving || !window.location.hash.startsWith('#/requests')) return;
    const [first] = list.store.getState().items;
    if (first !== undefined && wasEmpty.current && id === null) open(first.id);
    wasEmpty.current = isEmpty;
  }, [list, isEmpty, isFiltered, isLeaving, id, open]);

  useCommands([
    { id: 'next', title: 'Next request', group: 'Requests', keys: 'j', isHidden: true, run: () => step(1) },
    {
      id: 'previous',
      title: 'Previous request',
      group: 'Requests',
      keys: 'k',
      isHidden: true,
      run: () => step(-1),
    },
    {
      id: 'search',
      title: 'Search requests',
      group: 'Requests',
      keys: '/',
      run: () => search.current?.focus(),
    },
    {
      id: 'pause',
      title: isPaused ? 'Go on showing new requests' : 'Pause the list',
      group: 'Requests',
      keys: 'p',
      run: () => setPaused(!isPaused),
    },
    ...(id === null
      ? []
      : [
          {
            id: 'close',
            title: 'Close the request',
            group: 'Requests',
            keys: 'Escape',
            isHidden: true,
            run: () => open(null),
          },
        ]),
  ]);

  const setTime = (time: string | null): void => setParams((present) => withTime(present, time));
  const choice = (name: string, label: string, options: Filter['options']): Filter => ({
    name,
    label,
    options,
    value: params.get(name),
    onChange: (value) => setFilter(name, value),
  });
  const filters: readonly Filter[] = [
    choice(
      'endpoint',
      'Endpoint',
      (endpoints ?? []).map((endpoint) => ({ value: endpoint.id, label: endpoint.name })),
    ),
    choice('verdict', 'Verdict', plain(verdicts)),
    choice('method', 'Method', plain(methods)),
    choice('status', 'Status', plain(statuses)),
    { ...choice('time', 'Time', spans), onChange: setTime },
  ];

  const isFirstTime = isEmpty && !isFiltered;
  return (
    <main className={classes['page']}>
      <PageHeader
        title="Requests"
        note="Everything that arrived at your endpoints, byte for byte"
        actions={
          <>
            <TextInput
              ref={search}
              key={params.get('q') === null ? 'empty' : 'set'}
              defaultValue={params.get('q') ?? ''}
              onChange={(event) => setQuery(event.currentTarget.value)}
              placeholder="Search bodies and headers"
              aria-label="Search bodies and headers"
              leftSection={<IconSearch size={14} aria-hidden />}
              className={classes['search']}
            />
            <Tooltip label={isPaused ? 'Go on (p)' : 'Pause (p)'}>
              <ActionIcon
                variant={isPaused ? 'filled' : 'default'}
                color={isPaused ? 'iris' : 'gray'}
                size={30}
                aria-label={isPaused ? 'Go on showing new requests' : 'Pause the list'}
                aria-pressed={isPaused}
                onClick={() => setPaused(!isPaused)}
              >
                {isPaused ? (
                  <IconPlayerPlay size={15} aria-hidden />
                ) : (
                  <IconPlayerPause size={15} aria-hidden />
                )}
              </ActionIcon>
            </Tooltip>
            <ListMenu filter={filter} />
          </>
        }
      >
        {!isFirstTime && (
          <div className={`${classes['filters']} ${id === null ? '' : classes['isCovered']}`}>
            <FilterChips filters={filters} />
          </div>
        )}
      </PageHeader>
      {isFirstTime ? (
        <FirstRequest endpoints={endpoints} />
      ) : (
        <SplitPane
          name="requests"
          label="Width of the list"
          list={
            <RequestPane
              list={list}
              selectedId={id}
              onSelect={select}
              isPaused={isPaused}
              empty={
                <Button variant="default" onClick={() => setParams({})}>
                  Clear the filters
                </Button>
              }
            />
          }
          detail={
            id === null ? null : <RequestDetail key={id} id={id} onClose={() => open(null)} onOpen={open} />
          }
        />
      )}
    </main>
  );
}
