/** Failed Triggers: requests that did not start or resume what they should have, by cause, with the mending. */
import { SegmentedControl } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useSearchParams } from 'react-router';
import type { Triage } from '../../../shared/model/request.ts';
import { failureGroupsMirror } from '../../data/failed-triggers.ts';
import { useMirror } from '../../data/mirror.ts';
import { requestMirror } from '../../data/requests.ts';
import { ChoiceList } from '../../ui/ChoiceList.tsx';
import { formatCount } from '../../ui/formats.ts';
import { HostileText } from '../../ui/HostileText.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { Cause } from './Cause.tsx';
import { FailedList } from './FailedList.tsx';
import classes from './failed.module.css';

/** The page: open ones by cause, or the history of those dealt with. */
export function FailedPage(): ReactNode {
  const [state, setState] = useState<Triage>('open');
  return (
    <>
      <PageHeader
        title="Failed Triggers"
        actions={
          <SegmentedControl
            aria-label="Which failed triggers"
            value={state}
            onChange={(value) => setState(value === 'retried' || value === 'dismissed' ? value : 'open')}
            data={[
              { value: 'open', label: 'Open' },
              { value: 'retried', label: 'Retried' },
              { value: 'dismissed', label: 'Dismissed' },
            ]}
          />
        }
      />
      {state === 'open' ? <OpenFailures /> : <FailedList filter={{ state }} />}
    </>
  );
}

function OpenFailures(): ReactNode {
  const groups = useMirror(failureGroupsMirror, null);
  const [search] = useSearchParams();
  // A link to one request opens its cause.
  const linked = useMirror(requestMirror, search.get('request')).data;
  const [chosen, setChosen] = useState<string>();
  const wanted =
    chosen ?? (linked === undefined ? undefined : keyOf({ ...linked, reason: linked.reason ?? '' }));
  if (groups.data === undefined) {
    return groups.status === 'failed' ? (
      <ErrorState
        title="The failed triggers could not be read"
        reason={groups.error?.message ?? ''}
        onRetry={groups.refetch}
      />
    ) : (
      <LoadingState what="failed triggers" />
    );
  }
  const [first] = groups.data;
  if (first === undefined) {
    return (
      <EmptyState icon={<IconCircleCheck size={26} stroke={1.5} />} title="Nothing failed">
        A request that reaches one of your endpoints but does not start or resume what it should is kept here,
        with the cause and what mends it, ready to be tried again.
      </EmptyState>
    );
  }
  const group = groups.data.find((one) => keyOf(one) === wanted) ?? first;
  return (
    <ChoiceList
      label="Causes"
      choices={groups.data.map((one) => ({ key: keyOf(one), content: <Cause group={one} /> }))}
      chosenKey={keyOf(group)}
      onChoose={setChosen}
      detailLabel={group.title}
    >
      <div className={classes['head']}>
        <h2 className={classes['title']}>{group.title}</h2>
        <p>{group.mending}</p>
        <p className={classes['dim']}>
          {formatCount(group.count, 'request')} to <HostileText text={group.endpointName} />
        </p>
      </div>
      <FailedList
        key={keyOf(group)}
        filter={{ state: 'open', reason: group.reason, endpoint: group.endpointId }}
        count={group.count}
      />
    </ChoiceList>
  );
}

function keyOf({ reason, endpointId }: { readonly reason: string; readonly endpointId: string }): string {
  return `${reason} ${endpointId}`;
}
