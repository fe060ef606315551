/** Trying the webhook out: ready commands with a correct signature, and a request sent from here with its answer and run. */
import { Alert, Button, Group, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { useAction } from '../../../data/action.ts';
import { sendTestRequest, snippetsMirror } from '../../../data/endpoints.ts';
import { useMirror } from '../../../data/mirror.ts';
import { ToneBadge } from '../../../ui/badges.tsx';
import { CodeText } from '../../../ui/CodeText.tsx';
import { CopyButton } from '../../../ui/CopyButton.tsx';
import { DurationText } from '../../../ui/figures.tsx';
import { UrlSwitch } from './UrlField.tsx';
import { useUrlBase } from './url-base.ts';
import classes from './webhook.module.css';

export interface TestTabProps {
  readonly endpointId: string;
  /** Whether requests are accepted at present. */
  readonly isLive: boolean;
  readonly payload: string;
  readonly onShowRun: (runId: string) => void;
}

/** The tab *Test*. */
export function TestTab({ endpointId, isLive, payload, onShowRun }: TestTabProps) {
  const [body, setBody] = useState(payload);
  return (
    <Stack gap="sm">
      {isLive ? null : (
        <Alert color="yellow">
          Callers get 404 at present: the workflow is not live, or this step is in no active version yet.
        </Alert>
      )}
      <Textarea
        label="Body"
        autosize
        minRows={4}
        maxRows={10}
        value={body}
        onChange={(event) => setBody(event.currentTarget.value)}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      />
      <Sending endpointId={endpointId} body={body} onShowRun={onShowRun} />
      <Snippets endpointId={endpointId} body={body} />
    </Stack>
  );
}

interface SendingProps {
  readonly endpointId: string;
  readonly body: string;
  readonly onShowRun: (runId: string) => void;
}

function Sending({ endpointId, body, onShowRun }: SendingProps) {
  const send = useAction(sendTestRequest);
  const [answer, setAnswer] = useState<Awaited<ReturnType<typeof sendTestRequest>>>();
  const run = async (): Promise<void> => setAnswer(await send.run(endpointId, body));
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Button
          leftSection={<IconSend size={15} aria-hidden />}
          loading={send.isBusy}
          onClick={() => void run()}
        >
          Send test request
        </Button>
        <Text size="xs" c="dimmed">
          Signed with the present secret and sent over HTTP like any other.
        </Text>
      </Group>
      {send.failure === null ? null : (
        <Alert color="red" role="alert">
          {send.failure.message}
        </Alert>
      )}
      {answer === undefined ? null : (
        <section className={classes.answer} aria-label="Answer" data-testid="test-answer">
          <Group gap="xs">
            <ToneBadge tone={answer.status < 300 ? 'ok' : 'bad'}>{answer.status}</ToneBadge>
            <DurationText ms={answer.durationMs} />
            {answer.requestId === null ? null : (
              <Link to={`/requests/${answer.requestId}`} className={classes.link}>
                Request
              </Link>
            )}
            {answer.runIds.map((runId) => (
              <Button key={runId} size="compact-xs" variant="light" onClick={() => onShowRun(runId)}>
                Show the run
              </Button>
            ))}
          </Group>
          <CodeText label="Body of the answer" text={answer.body === '' ? '(empty)' : answer.body} />
        </section>
      )}
    </Stack>
  );
}

function Snippets({ endpointId, body }: { readonly endpointId: string; readonly body: string }) {
  const [isAsked, setAsked] = useState(false);
  const urls = useUrlBase();
  const input = { id: endpointId, body, ...(urls.base === null ? {} : { base: urls.base }) };
  const { data: snippets, error } = useMirror(snippetsMirror, isAsked ? input : null);
  const [chosen, setChosen] = useState('curl');
  const snippet = snippets?.find((entry) => entry.id === chosen) ?? snippets?.[0];
  if (!isAsked) {
    return (
      <Group gap="xs">
        <Button variant="default" onClick={() => setAsked(true)}>
          Show ready commands
        </Button>
        <Text size="xs" c="dimmed">
          curl, fetch, Python, PowerShell; they hold the secret.
        </Text>
      </Group>
    );
  }
  return (
    <Stack gap="xs">
      <UrlSwitch urls={urls} />
      {error === null ? null : <Alert color="red">{error.message}</Alert>}
      {snippets === undefined ? null : (
        <SegmentedControl
          aria-label="Language"
          value={snippet?.id ?? ''}
          onChange={setChosen}
          data={snippets.map(({ id, title }) => ({ value: id, label: title }))}
        />
      )}
      {snippet === undefined ? null : (
        <div className={classes.snippet}>
          <CodeText label={snippet.title} text={snippet.text} />
          <div className={classes.snippetCopy}>
            <CopyButton value={snippet.text} label={snippet.title} look="button" />
          </div>
        </div>
      )}
    </Stack>
  );
}
