/** What one can do with a trigger: open, close, hand out, renew its key, try it, look at its calls. */
import { ActionIcon, Menu } from '@mantine/core';
import {
  IconDots,
  IconLink,
  IconListSearch,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconSend,
  IconSitemap,
} from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useNavigate } from 'react-router';
import type { EndpointView } from '../../../shared/contract/views.ts';
import { notifyDone, useAction } from '../../data/action.ts';
import { activateEndpoint, deactivateEndpoint, sendTestRequest } from '../../data/endpoints.ts';
import { KeyModal } from './KeyModal.tsx';
import { UrlModal } from './UrlModal.tsx';

type OpenModal = 'none' | 'url' | 'key';

/** The menu at the end of a row. */
export function TriggerMenu({ trigger }: { readonly trigger: EndpointView }): ReactNode {
  const [open, setOpen] = useState<OpenModal>('none');
  const navigate = useNavigate();
  const activate = useAction(activateEndpoint, { failed: 'The trigger was not activated' });
  const deactivate = useAction(deactivateEndpoint, { failed: 'The trigger was not deactivated' });
  const test = useAction(sendTestRequest, { failed: 'The test request was not sent' });

  const sendTest = async (): Promise<void> => {
    const answer = await test.run(trigger.id);
    if (answer === undefined) return;
    notifyDone(`Answered ${answer.status} in ${Math.round(answer.durationMs)} ms`);
    if (answer.requestId !== null) void navigate(`/requests/${answer.requestId}`);
  };
  const [workflow] = trigger.workflows;

  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon size="sm" aria-label={`Actions for ${trigger.name}`}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {trigger.state === 'active' ? (
            <Menu.Item
              leftSection={<IconPlayerPause size={15} aria-hidden />}
              onClick={() => void deactivate.run(trigger.id)}
            >
              Deactivate
            </Menu.Item>
          ) : (
            <Menu.Item
              leftSection={<IconPlayerPlay size={15} aria-hidden />}
              onClick={() => void activate.run(trigger.id)}
            >
              Activate
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconLink size={15} aria-hidden />} onClick={() => setOpen('url')}>
            Get URL
          </Menu.Item>
          <Menu.Item
            leftSection={<IconRefresh size={15} aria-hidden />}
            disabled={trigger.secrets.length === 0}
            onClick={() => setOpen('key')}
          >
            Rotate secret
          </Menu.Item>
          <Menu.Item
            leftSection={<IconSend size={15} aria-hidden />}
            disabled={!trigger.live}
            onClick={() => void sendTest()}
          >
            Test
          </Menu.Item>
          <Menu.Divider />
          {workflow !== undefined && (
            <Menu.Item
              leftSection={<IconSitemap size={15} aria-hidden />}
              onClick={() => void navigate(`/workflows/${workflow.id}`)}
            >
              Open workflow
            </Menu.Item>
          )}
          <Menu.Item
            leftSection={<IconListSearch size={15} aria-hidden />}
            onClick={() => void navigate(`/requests?endpoint=${encodeURIComponent(trigger.id)}`)}
          >
            View requests
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === 'url' && (
        <UrlModal trigger={trigger} onClose={() => setOpen('none')} onReset={() => setOpen('key')} />
      )}
      {open === 'key' && <KeyModal trigger={trigger} onClose={() => setOpen('none')} />}
    </>
  );
}
