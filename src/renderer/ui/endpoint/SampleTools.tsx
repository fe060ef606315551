/** The ways to come by parameters (SPEC 6): listen for a request, show a JSON example, or name values. */
import { Alert, Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { IconAntennaBars5, IconBraces, IconListDetails } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { SampleView } from '../../../shared/contract/samples.ts';
import type { Parameter } from '../../../shared/model/endpoint.ts';
import { formatCount } from '../formats.ts';
import { JsonEditor } from '../JsonEditor.tsx';
import { KeyValueEditor } from '../KeyValueEditor.tsx';
import { Countdown } from './Countdown.tsx';
import classes from './endpoint.module.css';

export interface SampleToolsProps {
  /** Undefined until it is read. */
  readonly sample: SampleView | undefined;
  readonly isBusy: boolean;
  /** Why the last try failed; null after a success. */
  readonly failure: string | null;
  readonly onListen: () => void;
  readonly onStop: () => void;
  /** Gives a sample; answers whether it was taken. */
  readonly onGive: (
    given: { readonly json: unknown } | { readonly pairs: Readonly<Record<string, string>> },
  ) => Promise<boolean>;
  /** Hears the parameters of a sample that was taken. */
  readonly onFound: (parameters: readonly Parameter[]) => void;
}

/** The tools. */
export function SampleTools(props: SampleToolsProps): ReactNode {
  const { sample, isBusy, failure, onListen, onStop, onGive, onFound } = props;
  const [open, setOpen] = useState<'none' | 'json' | 'pairs'>('none');
  const [json, setJson] = useState<unknown>(undefined);
  const [pairs, setPairs] = useState<Readonly<Record<string, unknown>>>({});
  /** When the sample was set that was there before listening began; undefined before. */
  const [before, setBefore] = useState<string | null>();
  const until = sample?.listeningUntil ?? null;
  const isListening = until !== null;
  const hasArrived =
    before !== undefined && !isListening && sample?.source === 'request' && sample.setAt !== before;
  // Handed on once for each sample: the sample may be read again while its parameters are being edited.
  const arrivedAt = hasArrived ? sample.setAt : null;
  const tellArrived = useRef(() => {});
  useEffect(() => {
    tellArrived.current = () => onFound(sample?.parameters ?? []);
  });
  useEffect(() => {
    if (arrivedAt !== null) tellArrived.current();
  }, [arrivedAt]);
  const listen = (): void => {
    setBefore(sample?.setAt ?? null);
    onListen();
  };

  const give = async (given: Parameters<SampleToolsProps['onGive']>[0]): Promise<void> => {
    if (await onGive(given)) setOpen('none');
  };

  return (
    <Stack gap="xs">
      {until !== null ? (
        <Alert color="blue" role="status" className={classes['listening'] ?? ''}>
          <Group gap="sm" justify="space-between">
            <Text size="sm">
              Listening: the next GET or POST to the URL that may call becomes the sample and starts nothing.{' '}
              <Countdown until={Date.parse(until)} />
            </Text>
            <Button size="compact-sm" variant="default" onClick={onStop}>
              Stop
            </Button>
          </Group>
        </Alert>
      ) : hasArrived && sample?.requestId != null ? (
        <Alert color="green" role="status">
          Arrived! {formatCount(sample.parameters.length, 'parameter')} read from{' '}
          <Anchor href={`#/requests/${sample.requestId}`} size="sm">
            the request
          </Anchor>
          .
        </Alert>
      ) : null}
      <Group gap="xs">
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconAntennaBars5 size={14} aria-hidden />}
          disabled={sample === undefined || isListening}
          loading={isBusy && open === 'none'}
          onClick={listen}
        >
          Listen for a request
        </Button>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconBraces size={14} aria-hidden />}
          disabled={sample === undefined}
          onClick={() => setOpen(open === 'json' ? 'none' : 'json')}
        >
          From a JSON example…
        </Button>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconListDetails size={14} aria-hidden />}
          disabled={sample === undefined}
          onClick={() => setOpen(open === 'pairs' ? 'none' : 'pairs')}
        >
          From key-value pairs…
        </Button>
      </Group>
      {open === 'json' && (
        <Giving isBusy={isBusy} isReady={json !== undefined} onGive={() => void give({ json })}>
          <JsonEditor
            label="JSON example of the body"
            value={json}
            onChange={setJson}
            help="Every field becomes a parameter; what was marked as required stays so."
          />
        </Giving>
      )}
      {open === 'pairs' && (
        <Giving
          isBusy={isBusy}
          isReady={Object.keys(pairs).length > 0}
          onGive={() =>
            void give({
              pairs: Object.fromEntries(Object.entries(pairs).map(([name, value]) => [name, String(value)])),
            })
          }
        >
          <KeyValueEditor
            label="Names with example values"
            value={pairs}
            onChange={setPairs}
            help="As a form or a query would carry them."
          />
        </Giving>
      )}
      {failure === null ? null : (
        <Text size="xs" c="var(--hy-bad)" role="alert">
          {failure}
        </Text>
      )}
    </Stack>
  );
}

interface GivingProps {
  readonly isBusy: boolean;
  readonly isReady: boolean;
  readonly onGive: () => void;
  readonly children: ReactNode;
}

function Giving({ isBusy, isReady, onGive, children }: GivingProps): ReactNode {
  return (
    <Stack gap={6}>
      {children}
      <Group>
        <Button size="compact-sm" loading={isBusy} disabled={!isReady} onClick={onGive}>
          Read the parameters
        </Button>
      </Group>
    </Stack>
  );
}
