/** The live list of runs. */
import { Button } from '@mantine/core';
import { IconArrowUp } from '@tabler/icons-react';
import { memo, type ReactNode, useEffect, useState } from 'react';
import type { RunSummary } from '../../../shared/contract/views.ts';
import { type List, useListPart } from '../../data/list.ts';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { VirtualList } from '../../ui/VirtualList.tsx';
import { RunColumns, RunRow, rowHeight } from './RunRow.tsx';
import classes from './runs.module.css';

export interface RunPaneProps {
  readonly list: List<RunSummary>;
  readonly selectedId: string | null;
  readonly onSelect: (run: RunSummary) => void;
  /** The button of an empty list. */
  readonly empty: ReactNode;
}

const keyOf = (run: RunSummary): string => run.id;
const Row = memo(RunRow);
const renderRow = (run: RunSummary): ReactNode => <Row run={run} />;

/** The list. */
export function RunPane({ list, selectedId, onSelect, empty }: RunPaneProps): ReactNode {
  const { status, items, error, newer, cursor } = useListPart(list, (state) => state);
  const [isAtTop, setAtTop] = useState(true);
  useEffect(() => list.follow(isAtTop), [list, isAtTop]);
  if (status === 'failed') {
    return (
      <ErrorState
        title="The runs could not be read"
        reason={error?.message ?? ''}
        onRetry={() => list.refetch()}
      />
    );
  }
  return (
    <div className={classes['pane']}>
      <RunColumns />
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
        <LoadingState what="runs" rowHeight={rowHeight} />
      ) : items.length === 0 ? (
        <EmptyState title="No run fits these filters" action={empty}>
          New ones that fit appear here by themselves.
        </EmptyState>
      ) : (
        <VirtualList
          label="Runs"
          items={items}
          keyOf={keyOf}
          rowHeight={rowHeight}
          renderRow={renderRow}
          selectedKey={selectedId}
          onSelect={onSelect}
          onEnd={list.loadMore}
          onTopChange={setAtTop}
          footer={cursor === null ? 'These are all.' : 'Loading older runs…'}
        />
      )}
    </div>
  );
}
