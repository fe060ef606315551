/** The empty inspector: one line to paste, and the request appears the moment it is sent. */
import { Button, Loader } from '@mantine/core';
import { IconInbox } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { EndpointView } from '../../../shared/contract/views.ts';
import { snippetsMirror } from '../../data/endpoints.ts';
import { useMirror } from '../../data/mirror.ts';
import { CodeText } from '../../ui/CodeText.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { EmptyState } from '../../ui/states.tsx';
import classes from './requests.module.css';

export interface FirstRequestProps {
  /** Undefined while they are being read. */
  readonly endpoints: readonly EndpointView[] | undefined;
}

/** What the inspector shows before anything arrived. */
export function FirstRequest({ endpoints }: FirstRequestProps): ReactNode {
  const endpoint = endpoints?.find(({ live }) => live);
  const { data: snippets } = useMirror(snippetsMirror, endpoint === undefined ? null : { id: endpoint.id });
  const command = snippets?.find(({ id }) => id === 'curl') ?? snippets?.[0];
  const icon = <IconInbox size={30} stroke={1.4} />;
  if (endpoints !== undefined && endpoint === undefined) {
    return (
      <EmptyState
        icon={icon}
        title="No request yet"
        action={
          <Button component={Link} to="/workflows">
            Open workflows
          </Button>
        }
      >
        Whatever arrives at an endpoint is kept here, byte for byte, with the reason when it was refused. No
        endpoint is live: activate a workflow that begins with a webhook.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={icon}
      title="Send your first request"
      action={
        <>
          <div className={classes['firstCommand']}>
            {command === undefined ? (
              <span className={classes['firstLoading']} />
            ) : (
              <>
                <CodeText text={command.text} label="Command that sends a request" />
                <div className={classes['firstCopy']}>
                  <CopyButton value={command.text} label="command" look="primary" />
                </div>
              </>
            )}
          </div>
          <p className={classes['firstWait']} role="status">
            <Loader size={12} aria-hidden /> Waiting for a request to {endpoint?.name ?? 'your endpoint'}…
          </p>
        </>
      }
    >
      Whatever arrives is kept here, byte for byte, with the reason when it was refused. Paste this into a
      terminal:
    </EmptyState>
  );
}
