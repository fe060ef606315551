/** The requests of one cause: look inside, try again, dismiss; or all of them at once. */
import { Button, Group, Table } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Link } from 'react-router';
import type { RequestSummary } from '../../../shared/contract/views.ts';
import { notifyDone, useAction } from '../../data/action.ts';
import {
  dismissFailedTrigger,
  type FailedFilter,
  failedTriggerList,
  retryFailedTrigger,
} from '../../data/failed-triggers.ts';
import { dismissAll, retryAll } from '../../data/jobs.ts';
import { useList } from '../../data/list.ts';
import { ConfirmModal } from '../../ui/ConfirmModal.tsx';
import { SizeText, TimeText } from '../../ui/figures.tsx';
import { formatCount } from '../../ui/formats.ts';
import { HostileText } from '../../ui/HostileText.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import table from '../../ui/table.module.css';
import classes from './failed.module.css';

export interface FailedListProps {
  readonly filter: FailedFilter;
  /** How many there are in all, where known: offers to retry all. */
  readonly count?: number;
}

/** The list. */
export function FailedList({ filter, count }: FailedListProps): ReactNode {
  const { list, ...state } = useList(failedTriggerList, filter);
  if (state.status === 'loading') return <LoadingState what="requests" />;
  if (state.status === 'failed') {
    return (
      <ErrorState
        title="The requests could not be read"
        reason={state.error?.message ?? ''}
        onRetry={list.refetch}
      />
    );
  }
  if (state.items.length === 0) {
    return (
      <EmptyState title={`None ${filter.state ?? 'open'}`}>
        {filter.state === 'retried'
          ? 'Failed triggers that were tried again are kept here.'
          : filter.state === 'dismissed'
            ? 'Failed triggers you dismissed are kept here.'
            : 'All of them have been dealt with.'}
      </EmptyState>
    );
  }
  const isOpen = filter.state === 'open';
  return (
    <>
      {isOpen && count !== undefined && <BulkActions filter={filter} count={count} />}
      <div className={table['scroll']}>
        <Table stickyHeader highlightOnHover miw={600} className={table['table'] ?? ''}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={104}>Time</Table.Th>
              <Table.Th w={64}>Status</Table.Th>
              <Table.Th>Request</Table.Th>
              <Table.Th>Cause</Table.Th>
              <Table.Th w={80}>Size</Table.Th>
              {isOpen && <Table.Th w={168} aria-label="Actions" />}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {state.items.map((request) => (
              <FailedRow key={request.id} request={request} isOpen={isOpen} onDone={list.refetch} />
            ))}
          </Table.Tbody>
        </Table>
        {state.cursor !== null && (
          <Button variant="subtle" loading={state.isLoadingMore} onClick={list.loadMore} m="sm">
            Show more
          </Button>
        )}
      </div>
    </>
  );
}

interface BulkActionsProps {
  readonly filter: FailedFilter;
  readonly count: number;
}

/** What is done with all of a cause; a retry is a job that shows its progress on every page. */
function BulkActions({ filter: { reason, endpoint }, count }: BulkActionsProps): ReactNode {
  const [asked, setAsked] = useState<'none' | 'dismiss' | 'sign'>('none');
  const close = (): void => setAsked('none');
  const retry = useAction(retryAll, { failed: 'The requests were not tried again' });
  const dismiss = useAction(dismissAll, { failed: 'The failed triggers were not dismissed' });
  const selection = {
    ...(reason === undefined ? {} : { reason }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  return (
    <Group gap="sm" className={classes['bulk'] ?? ''}>
      <Button variant="default" loading={retry.isBusy} onClick={() => void retry.run(selection)}>
        Retry all {formatCount(count)}
      </Button>
      <Button variant="default" loading={retry.isBusy} onClick={() => setAsked('sign')}>
        Sign afresh and retry all
      </Button>
      <Button variant="subtle" color="gray" onClick={() => setAsked('dismiss')}>
        Dismiss all
      </Button>
      <ConfirmModal
        isOpen={asked === 'sign'}
        title={`Sign ${formatCount(count, 'request')} afresh?`}
        confirm="Sign and retry all"
        onClose={close}
        onConfirm={() => retry.run({ ...selection, mode: 'signed' })}
      >
        You vouch for all of them: whoever sent them, they are judged as if your sender had signed them today.
        Look through them first.
      </ConfirmModal>
      <ConfirmModal
        isOpen={asked === 'dismiss'}
        title={`Dismiss ${formatCount(count, 'failed trigger')}?`}
        confirm="Dismiss all"
        onClose={close}
        onConfirm={async () => {
          const dismissed = await dismiss.run(selection);
          if (dismissed !== undefined) notifyDone(`${formatCount(dismissed, 'failed trigger')} dismissed`);
        }}
      >
        They stay in the history under Dismissed, with their requests, and nothing is started.
      </ConfirmModal>
    </Group>
  );
}

interface FailedRowProps {
  readonly request: RequestSummary;
  readonly isOpen: boolean;
  readonly onDone: () => void;
}

function FailedRow({ request, isOpen, onDone }: FailedRowProps): ReactNode {
  const retry = useAction(retryFailedTrigger, { failed: 'The request was not tried again' });
  const dismiss = useAction(dismissFailedTrigger, { failed: 'The failed trigger was not dismissed' });
  const tryAgain = async (): Promise<void> => {
    const answer = await retry.run(request.id);
    if (answer === undefined) return;
    notifyDone(
      answer.status < 400
        ? `Accepted now: ${formatCount(answer.runIds.length, 'run')} started`
        : `Refused again with ${answer.status}`,
    );
    onDone();
  };
  const cause = request.reasonText ?? request.reason ?? '';
  return (
    <Table.Tr>
      <Table.Td>
        <TimeText at={request.receivedAt} />
      </Table.Td>
      <Table.Td>{request.status ?? '–'}</Table.Td>
      <Table.Td>
        <Link
          to={`/requests/${request.id}`}
          className={`${table['link']} ${table['mono']}`}
          title={request.url}
        >
          <HostileText text={`${request.method} ${request.url}`} />
        </Link>
      </Table.Td>
      <Table.Td className={table['clip'] ?? ''} title={cause}>
        <HostileText text={cause} />
      </Table.Td>
      <Table.Td>
        <SizeText bytes={request.bodySize} />
      </Table.Td>
      {isOpen && (
        <Table.Td>
          <Group gap={4} wrap="nowrap" justify="flex-end">
            <Button variant="default" loading={retry.isBusy} onClick={() => void tryAgain()}>
              Retry
            </Button>
            <Button
              variant="subtle"
              color="gray"
              loading={dismiss.isBusy}
              onClick={() => void dismiss.run(request.id).then(onDone)}
            >
              Dismiss
            </Button>
          </Group>
        </Table.Td>
      )}
    </Table.Tr>
  );
}
