/** One captured request, taken apart. */
import { ActionIcon, Tabs, Tooltip } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import type { RequestView } from '../../../shared/contract/views.ts';
import { useMirror } from '../../data/mirror.ts';
import { requestMirror } from '../../data/requests.ts';
import { ToneBadge, VerdictBadge } from '../../ui/badges.tsx';
import { TimeText } from '../../ui/figures.tsx';
import { formatCount } from '../../ui/formats.ts';
import { HostileText } from '../../ui/HostileText.tsx';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { BodyTab } from './BodyTab.tsx';
import classes from './detail.module.css';
import { MethodText, StatusText } from './marks.tsx';
import { OverviewTab } from './OverviewTab.tsx';
import { PairsTable } from './PairsTable.tsx';
import { RequestActions } from './RequestActions.tsx';
import { ResponseTab } from './ResponseTab.tsx';
import { RunsTab } from './RunsTab.tsx';
import { VerificationTab } from './VerificationTab.tsx';
import { withParam } from './request-filter.ts';

export interface RequestDetailProps {
  readonly id: string;
  readonly onClose: () => void;
  readonly onOpen: (id: string) => void;
}

/** The detail pane. */
export function RequestDetail({ id, onClose, onOpen }: RequestDetailProps): ReactNode {
  const { data, status, error, refetch } = useMirror(requestMirror, id);
  if (data !== undefined) return <Detail request={data} onClose={onClose} onOpen={onOpen} />;
  return (
    <section className={classes['detail']} aria-label="Request">
      <div className={classes['closeAlone']}>
        <CloseButton onClose={onClose} />
      </div>
      {status === 'failed' ? (
        <ErrorState
          title={error?.code === 'not_found' ? 'This request is gone' : 'The request could not be read'}
          reason={error?.message ?? ''}
          next={error?.code === 'not_found' ? 'Old requests are removed by the retention rules.' : undefined}
          onRetry={refetch}
        />
      ) : (
        <LoadingState what="the request" shape="detail" />
      )}
    </section>
  );
}

interface DetailProps {
  readonly request: RequestView;
  readonly onClose: () => void;
  readonly onOpen: (id: string) => void;
}

function Detail({ request, onClose, onOpen }: DetailProps): ReactNode {
  const [params, setParams] = useSearchParams();
  const tab = params.get('tab') ?? 'overview';
  return (
    <section className={classes['detail']} aria-label={`Request ${request.id}`}>
      <header className={classes['head']}>
        <div className={classes['titleRow']}>
          <MethodText method={request.method} />
          <h2 className={classes['title']} title={request.url}>
            <HostileText text={request.url} />
          </h2>
          <CloseButton onClose={onClose} />
        </div>
        <div className={classes['facts']}>
          <VerdictBadge verdict={request.verdict} />
          <StatusText status={request.status} />
          <TimeText at={request.receivedAt} className={classes['dim']} />
          {request.isReplay && <ToneBadge tone="busy">sent again</ToneBadge>}
          <RequestActions request={request} onOpen={onOpen} />
        </div>
      </header>
      <Tabs
        value={tab}
        onChange={(value) =>
          setParams((present) => withParam(present, 'tab', value === 'overview' ? null : value), {
            replace: true,
          })
        }
        keepMounted={false}
        className={classes['tabs']}
        classNames={{ list: classes['tabList'] ?? '', panel: classes['panel'] ?? '' }}
      >
        <Tabs.List aria-label="Parts of the request">
          <Tabs.Tab value="overview">Overview</Tabs.Tab>
          <Tabs.Tab value="headers">Headers {count(request.headers.length)}</Tabs.Tab>
          <Tabs.Tab value="query">Query {count(request.query.length)}</Tabs.Tab>
          <Tabs.Tab value="body">Body</Tabs.Tab>
          <Tabs.Tab value="verification">Verification</Tabs.Tab>
          <Tabs.Tab value="response">Response</Tabs.Tab>
          <Tabs.Tab value="runs">Runs {count(request.runs.length)}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview">
          <OverviewTab request={request} />
        </Tabs.Panel>
        <Tabs.Panel value="headers">
          <PairsTable pairs={request.headers} label="Headers, as sent" empty="The request had no headers." />
        </Tabs.Panel>
        <Tabs.Panel value="query">
          <PairsTable pairs={request.query} label="Query" empty="The address had no query." />
        </Tabs.Panel>
        <Tabs.Panel value="body">
          <BodyTab request={request} />
        </Tabs.Panel>
        <Tabs.Panel value="verification">
          <VerificationTab request={request} />
        </Tabs.Panel>
        <Tabs.Panel value="response">
          <ResponseTab request={request} />
        </Tabs.Panel>
        <Tabs.Panel value="runs">
          <RunsTab request={request} />
        </Tabs.Panel>
      </Tabs>
    </section>
  );
}

function count(value: number): ReactNode {
  return value === 0 ? null : <span className={classes['count']}>{formatCount(value)}</span>;
}

function CloseButton({ onClose }: { readonly onClose: () => void }): ReactNode {
  return (
    <Tooltip label="Close (Esc)">
      <ActionIcon aria-label="Close" onClick={onClose}>
        <IconX size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
