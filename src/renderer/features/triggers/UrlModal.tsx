/** Get URL: the address to hand out, with the key where the style carries it in the URL. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import type { EndpointView } from '../../../shared/contract/views.ts';
import { useAction } from '../../data/action.ts';
import { readUrl } from '../../data/endpoints.ts';
import { CopyField } from '../../ui/CopyField.tsx';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { stateOf } from './trigger-state.ts';

export interface UrlModalProps {
  readonly trigger: EndpointView;
  readonly onClose: () => void;
  readonly onReset: () => void;
}

/** The modal; the URL is asked for only when it opens, since it may hold the key. */
export function UrlModal({ trigger, onClose, onReset }: UrlModalProps): ReactNode {
  const [url, setUrl] = useState<string>();
  const read = useAction(readUrl);
  const { run } = read;
  useEffect(() => {
    void run(trigger.id).then(setUrl);
  }, [run, trigger.id]);
  const { word, why } = stateOf(trigger);
  const hasKeyInUrl = url !== undefined && url !== trigger.url;

  return (
    <Modal opened onClose={onClose} title="Webhook URL" size="lg">
      <Stack gap="sm">
        {url === undefined && read.failure === null && <LoadingState what="the URL" shape="detail" />}
        {read.failure !== null && (
          <ErrorState
            title="The URL could not be read"
            reason={read.failure.message}
            onRetry={() => void run(trigger.id).then(setUrl)}
          />
        )}
        {url !== undefined && (
          <>
            <CopyField
              label={`URL (${trigger.methods.join(', ')})`}
              value={url}
              isSecret={hasKeyInUrl}
              {...(hasKeyInUrl ? { help: 'The URL holds the key: hand it out like a password.' } : {})}
            />
            <Text size="xs" c="dimmed">
              {word}. {why}
            </Text>
          </>
        )}
        <Group justify="space-between" mt="xs">
          <Button variant="default" color="red" disabled={trigger.secrets.length === 0} onClick={onReset}>
            Reset API Key
          </Button>
          <Button onClick={onClose}>Done</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
