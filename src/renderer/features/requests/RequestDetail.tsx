/** One captured request, taken apart. */
import { ActionIcon, Button, Menu, Tabs, Tooltip } from '@mantine/core';
import { IconDots, IconDownload, IconRepeat, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import type { RequestView } from '../../../shared/contract/views.ts';
import { useAction } from '../../data/action.ts';
import { useMirror } from '../../data/mirror.ts';
import { readCurl, readWholeBody, replayRequest, requestMirror } from '../../data/requests.ts';
import { ToneBadge, VerdictBadge } from '../../ui/badges.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { useCommands } from '../../ui/commands.ts';
import { TimeText } from '../../ui/figures.tsx';
import { formatCount } from '../../ui/formats.ts';
import { HostileText } from '../../ui/HostileText.tsx';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { BodyTab } from './BodyTab.tsx';
import { saveBody } from './body-bytes.ts';
import classes from './detail.module.css';
import { MethodText, StatusText } from './marks.tsx';
import { OverviewTab } from './OverviewTab.tsx';
import { PairsTable } from './PairsTable.tsx';
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
  const replay = useAction(replayRequest, { failed: 'The request was not sent again' });
  const download = useAction(readWholeBody, { failed: 'The body could not be read' });
  const tab = params.get('tab') ?? 'overview';
  const sendAgain = async (): Promise<void> => {
    const answer = await replay.run(request.id);
    if (answer?.requestId != null) onOpen(answer.requestId);
  };
  const save = async (): Promise<void> => {
    const body = await download.run(request.id);
    if (body !== undefined) saveBody(body, request);
  };
  useCommands([
    {
      id: 'replay',
      title: 'Send this request again',
      group: 'Requests',
      keys: 'shift+Enter',
      run: () => void sendAgain(),
    },
    { id: 'download', title: 'Download the body', group: 'Requests', run: () => void save() },
  ]);
  const hasBody = request.bodySize > 0;
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
          <div className={classes['actions']}>
            <CopyButton look="button" text="curl" label="as curl" value={() => readCurl(request.id)} />
            <Button
              variant="default"
              leftSection={<IconRepeat size={15} aria-hidden />}
              loading={replay.isBusy}
              onClick={() => void sendAgain()}
            >
              Replay
            </Button>
            <Menu>
              <Menu.Target>
                <ActionIcon variant="default" size={30} aria-label="More actions" loading={download.isBusy}>
                  <IconDots size={15} aria-hidden />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item
                  leftSection={<IconDownload size={15} aria-hidden />}
                  disabled={!hasBody}
                  onClick={() => void save()}
                >
                  Download body
                </Menu.Item>
                <Menu.Item onClick={() => void navigator.clipboard.writeText(request.id)}>Copy id</Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </div>
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
