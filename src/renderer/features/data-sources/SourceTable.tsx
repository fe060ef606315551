/** The shared data sources: name, state, address, the workflows each starts, and what one can do with it. */
import { Button, Group, Table } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Link } from 'react-router';
import type { EndpointView } from '../../../shared/contract/views.ts';
import { notifyDone, useAction } from '../../data/action.ts';
import { activateEndpoint, deactivateEndpoint, readUrl, removeEndpoint } from '../../data/endpoints.ts';
import { ToneBadge } from '../../ui/badges.tsx';
import { ConfirmModal } from '../../ui/ConfirmModal.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { HostileText } from '../../ui/HostileText.tsx';
import classes from '../../ui/table.module.css';
import { EditSourceModal } from './EditSourceModal.tsx';

/** The table. */
export function SourceTable({ sources }: { readonly sources: readonly EndpointView[] }): ReactNode {
  return (
    <section className={classes['scroll']} aria-label="Data sources">
      <Table stickyHeader highlightOnHover className={classes['table'] ?? ''}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th w={110}>State</Table.Th>
            <Table.Th>URL</Table.Th>
            <Table.Th>Starts</Table.Th>
            <Table.Th w={270} aria-label="Actions" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sources.map((source) => (
            <SourceRow key={source.id} source={source} />
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function SourceRow({ source }: { readonly source: EndpointView }): ReactNode {
  const [isAsking, setAsking] = useState(false);
  const [isEditing, setEditing] = useState(false);
  const activate = useAction(activateEndpoint, { failed: 'The data source was not activated' });
  const deactivate = useAction(deactivateEndpoint, { failed: 'The data source was not deactivated' });
  const remove = useAction(removeEndpoint, { failed: 'The data source was not deleted' });
  const url = useAction(readUrl, { failed: 'The URL could not be read' });
  const isActive = source.state === 'active';
  return (
    <Table.Tr>
      <Table.Td>
        <div className={classes['clip']} title={source.name}>
          <HostileText text={source.name} />
        </div>
        {source.description !== '' && (
          <div className={`${classes['clip']} ${classes['dim']}`} title={source.description}>
            <HostileText text={source.description} />
          </div>
        )}
      </Table.Td>
      <Table.Td>
        <ToneBadge tone={isActive ? 'ok' : 'note'}>{isActive ? 'Active' : 'Deactivated'}</ToneBadge>
      </Table.Td>
      <Table.Td>
        <Group gap={4} wrap="nowrap">
          <code className={classes['clip']} title={source.url}>
            {source.path}
          </code>
          <CopyButton label="URL with its key" value={() => url.run(source.id)} />
        </Group>
      </Table.Td>
      <Table.Td>
        {source.workflows.length === 0 ? (
          <span className={classes['dim']}>no live workflow yet</span>
        ) : (
          source.workflows.map((workflow) => (
            <Link key={workflow.id} to={`/workflows/${workflow.id}`} className={classes['link']}>
              <HostileText text={workflow.name} />
            </Link>
          ))
        )}
      </Table.Td>
      <Table.Td>
        <Group gap={4} wrap="nowrap" justify="flex-end">
          <Button variant="default" onClick={() => setEditing(true)}>
            Edit
          </Button>
          {isActive ? (
            <Button
              variant="default"
              loading={deactivate.isBusy}
              onClick={() => void deactivate.run(source.id)}
            >
              Deactivate
            </Button>
          ) : (
            <>
              <Button
                variant="default"
                loading={activate.isBusy}
                onClick={() => void activate.run(source.id)}
              >
                Activate
              </Button>
              <Button variant="subtle" color="red" onClick={() => setAsking(true)}>
                Delete
              </Button>
            </>
          )}
        </Group>
        {isEditing && <EditSourceModal source={source} onClose={() => setEditing(false)} />}
        <ConfirmModal
          isOpen={isAsking}
          title={`Delete ${source.name}?`}
          confirm="Delete"
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            if ((await remove.run(source.id)) !== undefined) notifyDone('The data source was deleted');
          }}
        >
          Its URL and key are gone for good. Senders are not told: take the URL out of their settings first,
          or they will get 404.
        </ConfirmModal>
      </Table.Td>
    </Table.Tr>
  );
}
