/** Runs: every execution of a workflow, and one of them step by step beside the list. */
import { Button, Group, SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconPlayerPlay, IconSearch } from '@tabler/icons-react';
import { type ReactNode, useCallback, useEffect, useMemo, useRef } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import type { RunSummary } from '../../../shared/contract/views.ts';
import { useHeldList, useListPart } from '../../data/list.ts';
import { useMirror } from '../../data/mirror.ts';
import { runList } from '../../data/runs.ts';
import { workflowChoices } from '../../data/workflows.ts';
import { useCommands } from '../../ui/commands.ts';
import { type Filter, FilterChips } from '../../ui/FilterChips.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { SplitPane } from '../../ui/SplitPane.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { ApprovalsView, useApprovalCount } from './ApprovalsView.tsx';
import { RunDetail } from './RunDetail.tsx';
import { RunListMenu } from './RunListMenu.tsx';
import { RunPane } from './RunPane.tsx';
import { readFilter, spans, statuses, triggers, withTime } from './run-filter.ts';
import classes from './runs.module.css';

/** The runs page. */
export function RunsPage(): ReactNode {
  const { id = null } = useParams();
  const [params, setParams] = useSearchParams();
  const navigate = useNavigate();
  const search = useRef<HTMLInputElement>(null);
  const filter = useMemo(() => readFilter(params), [params]);
  const list = useHeldList(runList, filter);
  const isEmpty = useListPart(list, ({ status, items }) => status === 'ready' && items.length === 0);
  const { data: workflows } = useMirror(workflowChoices, null);
  const isApprovals = id === null && params.get('view') === 'approvals';
  const approvals = useApprovalCount();
  const isFiltered = Object.keys(filter).length > 0;

  const open = useCallback(
    (runId: string | null) => {
      const rest = new URLSearchParams(params);
      // A step belongs to the run it was chosen in.
      rest.delete('step');
      if (runId === null) rest.delete('tab');
      const query = rest.toString();
      const to = `/runs${runId === null ? '' : `/${runId}`}${query === '' ? '' : `?${query}`}`;
      void navigate(to, { replace: id !== null && runId !== null });
    },
    [navigate, params, id],
  );
  const select = useCallback((run: RunSummary) => open(run.id), [open]);
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
  const setParam = (name: string, value: string | null, replace = false): void =>
    setParams(
      (present) => {
        const next = new URLSearchParams(present);
        if (value === null || value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace },
    );
  const setQuery = useDebouncedCallback((text: string) => setParam('q', text, true), 250);

  useCommands([
    { id: 'next', title: 'Next run', group: 'Runs', keys: 'j', isHidden: true, run: () => step(1) },
    { id: 'previous', title: 'Previous run', group: 'Runs', keys: 'k', isHidden: true, run: () => step(-1) },
    { id: 'search', title: 'Search runs', group: 'Runs', keys: '/', run: () => search.current?.focus() },
    ...(id === null
      ? []
      : [
          {
            id: 'close',
            title: 'Close the run',
            group: 'Runs',
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
    onChange: (value) => setParam(name, value),
  });
  const filters: readonly Filter[] = [
    choice(
      'workflow',
      'Workflow',
      (workflows ?? []).map((workflow) => ({ value: workflow.id, label: workflow.name })),
    ),
    choice(
      'status',
      'Status',
      statuses.map((value) => ({ value, label: value })),
    ),
    choice('trigger', 'Started by', triggers),
    choice('doubt', 'In doubt', [{ value: 'yes', label: 'yes' }]),
    { ...choice('time', 'Time', spans), onChange: setTime },
  ];
  const isFirstTime = isEmpty && !isFiltered && id === null;

  return (
    <main className={classes['page']}>
      <PageHeader
        title="Runs"
        note="Every execution of a workflow, step by step"
        actions={
          <Group gap="xs" wrap="nowrap">
            <SegmentedControl
              aria-label="What to show"
              value={isApprovals ? 'approvals' : 'runs'}
              onChange={(view) => void navigate(view === 'approvals' ? '/runs?view=approvals' : '/runs')}
              data={[
                { value: 'runs', label: 'Runs' },
                {
                  value: 'approvals',
                  label:
                    approvals === undefined || approvals === 0 ? 'Approvals' : `Approvals (${approvals})`,
                },
              ]}
            />
            {isApprovals ? null : (
              <TextInput
                ref={search}
                key={params.get('q') === null ? 'empty' : 'set'}
                defaultValue={params.get('q') ?? ''}
                onChange={(event) => setQuery(event.currentTarget.value)}
                placeholder="Search runs"
                aria-label="Search runs"
                leftSection={<IconSearch size={14} aria-hidden />}
                className={classes['search']}
              />
            )}
            {isApprovals || isFirstTime ? null : <RunListMenu filter={filter} />}
          </Group>
        }
      >
        {!isFirstTime && !isApprovals && (
          <div className={`${classes['filters']} ${id === null ? '' : classes['isCovered']}`}>
            <FilterChips filters={filters} />
          </div>
        )}
      </PageHeader>
      {isApprovals ? (
        <ApprovalsView />
      ) : isFirstTime ? (
        <EmptyState
          icon={<IconPlayerPlay size={30} stroke={1.4} />}
          title="No run yet"
          action={
            <>
              <Button component={Link} to="/requests">
                Send a request
              </Button>
              <Button component={Link} to="/workflows" variant="default">
                Open workflows
              </Button>
            </>
          }
        >
          A run appears here each time a live workflow starts: by a request, a schedule, the API or by hand.
        </EmptyState>
      ) : (
        <SplitPane
          name="runs"
          label="Width of the list"
          list={
            <RunPane
              list={list}
              selectedId={id}
              onSelect={select}
              empty={
                <Button variant="default" onClick={() => setParams({})}>
                  Clear the filters
                </Button>
              }
            />
          }
          detail={
            id === null ? null : <RunDetail key={id} id={id} onClose={() => open(null)} onOpen={open} />
          }
        />
      )}
    </main>
  );
}
