/** API docs: every webhook callers can reach now, with its ready commands, and where the `/v1` reference stands. */
import { Anchor, Button, Group, Tabs, Text } from '@mantine/core';
import { IconApi, IconExternalLink } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { Link } from 'react-router';
import type { EndpointView } from '../../../shared/contract/views.ts';
import { endpointChoices, snippetsMirror } from '../../data/endpoints.ts';
import { useMirror } from '../../data/mirror.ts';
import { statusMirror } from '../../data/system.ts';
import { ChoiceList } from '../../ui/ChoiceList.tsx';
import { CopyField } from '../../ui/CopyField.tsx';
import { HostileText } from '../../ui/HostileText.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { ParameterTable } from './ParameterTable.tsx';
import table from '../../ui/table.module.css';
import classes from './api-docs.module.css';

/** The page. */
export function ApiDocsPage(): ReactNode {
  const endpoints = useMirror(endpointChoices, null);
  const status = useMirror(statusMirror, null);
  const [chosen, setChosen] = useState<string>();
  const live = endpoints.data?.filter((endpoint) => endpoint.live) ?? [];
  const endpoint = live.find(({ id }) => id === chosen) ?? live[0];
  const docs = status.data === undefined ? null : `${status.data.receiver.addresses.local}/docs`;
  return (
    <>
      <PageHeader
        title="API docs"
        actions={
          docs !== null && (
            <Anchor href={docs} target="_blank" rel="noreferrer" size="xs">
              <Group gap={4} wrap="nowrap">
                Reference of /v1 and all webhooks
                <IconExternalLink size={14} aria-hidden />
              </Group>
            </Anchor>
          )
        }
      />
      {endpoints.data === undefined && endpoints.status === 'loading' && <LoadingState what="endpoints" />}
      {endpoints.data === undefined && endpoints.status === 'failed' && (
        <ErrorState
          title="The endpoints could not be read"
          reason={endpoints.error?.message ?? ''}
          onRetry={endpoints.refetch}
        />
      )}
      {endpoints.data !== undefined && endpoint === undefined && (
        <EmptyState
          icon={<IconApi size={26} stroke={1.5} />}
          title="No webhook is live"
          action={
            <Button component={Link} to="/workflows">
              Go to Workflows
            </Button>
          }
        >
          Every webhook of a live workflow is described here, with its address, its parameters and commands to
          paste.
        </EmptyState>
      )}
      {endpoint !== undefined && (
        <ChoiceList
          label="Live webhooks"
          choices={live.map((one) => ({ key: one.id, content: <EndpointTitle endpoint={one} /> }))}
          chosenKey={endpoint.id}
          onChoose={setChosen}
          detailLabel={endpoint.name}
        >
          <EndpointDocs key={endpoint.id} endpoint={endpoint} />
        </ChoiceList>
      )}
    </>
  );
}

function EndpointTitle({
  endpoint: { name, methods, path },
}: {
  readonly endpoint: EndpointView;
}): ReactNode {
  return (
    <>
      <div className={table['clip']}>
        <HostileText text={name} />
      </div>
      <div className={`${table['clip']} ${table['dim']} ${table['mono']}`} title={path}>
        {methods.join(', ')} {path}
      </div>
    </>
  );
}

function EndpointDocs({ endpoint }: { readonly endpoint: EndpointView }): ReactNode {
  const snippets = useMirror(snippetsMirror, { id: endpoint.id });
  const [first] = snippets.data ?? [];
  return (
    <div className={classes['docs']}>
      <h2 className={classes['title']}>
        <HostileText text={endpoint.name} />
      </h2>
      {endpoint.description !== '' && (
        <Text size="sm">
          <HostileText text={endpoint.description} isBlock />
        </Text>
      )}
      <CopyField label={`URL (${endpoint.methods.join(', ')})`} value={endpoint.url} />
      <ParameterTable parameters={endpoint.settings.parameters ?? []} />
      <h3 className={classes['subtitle']}>A call that works</h3>
      {snippets.status === 'loading' && <LoadingState what="commands" shape="detail" />}
      {snippets.status === 'failed' && (
        <ErrorState
          title="The commands could not be made"
          reason={snippets.error?.message ?? ''}
          onRetry={snippets.refetch}
        />
      )}
      {first !== undefined && (
        <Tabs defaultValue={first.id}>
          <Tabs.List>
            {snippets.data?.map(({ id, title }) => (
              <Tabs.Tab key={id} value={id}>
                {title}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {snippets.data?.map(({ id, title, text }) => (
            <Tabs.Panel key={id} value={id} pt="xs">
              <CopyField label={title} value={text} isBlock isLabelHidden isSecret />
            </Tabs.Panel>
          ))}
        </Tabs>
      )}
    </div>
  );
}
