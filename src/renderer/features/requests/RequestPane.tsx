/** The live list: follows while one is at its top, counts what is new while one is not. */
import { Button } from '@mantine/core';
import { IconArrowUp } from '@tabler/icons-react';
import { memo, type ReactNode, useEffect, useState } from 'react';
import type { RequestSummary } from '../../../shared/contract/views.ts';
import { type List, useListPart } from '../../data/list.ts';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { VirtualList } from '../../ui/VirtualList.tsx';
import { RequestColumns, RequestRow, rowHeight } from './RequestRow.tsx';
import classes from './requests.module.css';

export interface RequestPaneProps {
  readonly list: List<RequestSummary>;
  readonly selectedId: string | null;
  readonly onSelect: (request: RequestSummary) => void;
  readonly isPaused: boolean;
  /** The button of an empty list. */
  readonly empty: ReactNode;
}

const keyOf = (request: RequestSummary): string => request.id;
const Row = memo(RequestRow);
const renderRow = (request: RequestSummary): ReactNode => <Row request={request} />;

/** The list of the inspector. */
export function RequestPane({ list, selectedId, onSelect, isPaused, empty }: RequestPaneProps): ReactNode {
  const { status, items, error, newer, cursor } = useListPart(list, (state) => state);
  const [isAtTop, setAtTop] = useState(true);
  useEffect(() => list.follow(isAtTop && !isPaused), [list, isAtTop, isPaused]);

  if (status === 'failed') {
    return (
      <ErrorState
        title="The requests could not be read"
        reason={error?.message ?? ''}
        onRetry={() => list.refetch()}
      />
    );
  }
  return (
    <div className={classes['pane']}>
      <RequestColumns />
      {newer.count > 0 && (
        <div className={classes['newer']}>
          <Button
            size="compact-xs"
            radius="xl"
            leftSection={<IconArrowUp size={13} aria-hidden />}
            onClick={() => list.showNewer()}
          >
            {newer.count}
            {newer.isGap ? '+' : ''} new
          </Button>
        </div>
      )}
      {status === 'loading' ? (
        <LoadingState what="requests" rowHeight={rowHeight} />
      ) : items.length === 0 ? (
        <EmptyState title="No request fits these filters" action={empty}>
          New ones that fit appear here by themselves.
        </EmptyState>
      ) : (
        <VirtualList
          label="Requests"
          items={items}
          keyOf={keyOf}
          rowHeight={rowHeight}
          renderRow={renderRow}
          selectedKey={selectedId}
          onSelect={onSelect}
          onEnd={list.loadMore}
          onTopChange={setAtTop}
          footer={cursor === null ? 'These are all.' : 'Loading older requests…'}
        />
      )}
    </div>
  );
}
