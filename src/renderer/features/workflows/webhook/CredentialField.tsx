/** A credential of an endpoint: fetched only when one asks to see or copy it, and forgotten when hidden again. */
import { ActionIcon, Text, Tooltip } from '@mantine/core';
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { useAction } from '../../../data/action.ts';
import { CopyButton } from '../../../ui/CopyButton.tsx';
import { HostileText } from '../../../ui/HostileText.tsx';
import classes from './webhook.module.css';

export interface CredentialFieldProps {
  readonly label: string;
  /** Reads the value from the app; undefined when it could not be read (which has been told). */
  readonly read: () => Promise<string | undefined>;
  readonly help?: string;
}

const mask = '••••••••••••••••';

/** A masked value with Show and Copy. */
export function CredentialField({ label, read, help }: CredentialFieldProps) {
  const id = useId();
  const [value, setValue] = useState<string | null>(null);
  const { run, isBusy } = useAction(read);
  const toggle = async (): Promise<void> => setValue(value === null ? ((await run()) ?? null) : null);
  return (
    <div role="group" aria-labelledby={id}>
      <Text id={id} size="xs" fw={500}>
        {label}
      </Text>
      <div className={classes.credential}>
        <code className={classes.value}>{value === null ? mask : <HostileText text={value} />}</code>
        <Tooltip label={value === null ? 'Show' : 'Hide'}>
          <ActionIcon
            size="sm"
            loading={isBusy}
            aria-label={value === null ? `Show ${label}` : `Hide ${label}`}
            aria-pressed={value !== null}
            onClick={() => void toggle()}
          >
            {value === null ? <IconEye size={15} aria-hidden /> : <IconEyeOff size={15} aria-hidden />}
          </ActionIcon>
        </Tooltip>
        <CopyButton value={read} label={label} />
      </div>
      {help === undefined ? null : (
        <Text size="xs" c="dimmed">
          {help}
        </Text>
      )}
    </div>
  );
}
