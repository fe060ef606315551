/** Copies a text and says so in place. */
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy, IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';

export interface CopyButtonProps {
  /** The text, or how to get it when it must be asked for first. */
  readonly value: string | (() => Promise<string | undefined>);
  /** What is copied, e.g. "URL": the button reads "Copy URL". */
  readonly label: string;
  /** An icon only, or a button with words. */
  readonly look?: 'icon' | 'button' | 'primary';
  /** Words on the button; "Copy" when left out. */
  readonly text?: string;
}

type Outcome = 'idle' | 'copied' | 'failed';

/** A button that copies. */
export function CopyButton({ value, label, look = 'icon', text = 'Copy' }: CopyButtonProps): ReactNode {
  const [outcome, setOutcome] = useState<Outcome>('idle');
  useEffect(() => {
    if (outcome === 'idle') return;
    const timer = setTimeout(() => setOutcome('idle'), 1_600);
    return () => clearTimeout(timer);
  }, [outcome]);

  const copy = async (): Promise<void> => {
    try {
      const content = typeof value === 'string' ? value : await value();
      if (content === undefined) return;
      await navigator.clipboard.writeText(content);
      setOutcome('copied');
    } catch {
      setOutcome('failed');
    }
  };
  const said = outcome === 'copied' ? 'Copied' : outcome === 'failed' ? 'Could not copy' : `Copy ${label}`;
  const icon =
    outcome === 'copied' ? (
      <IconCheck size={15} stroke={1.7} aria-hidden />
    ) : outcome === 'failed' ? (
      <IconX size={15} stroke={1.7} aria-hidden />
    ) : (
      <IconCopy size={15} stroke={1.7} aria-hidden />
    );

  if (look === 'icon') {
    return (
      <Tooltip label={said} closeDelay={outcome === 'idle' ? 0 : 800}>
        <ActionIcon size="sm" aria-label={said} onClick={() => void copy()}>
          {icon}
        </ActionIcon>
      </Tooltip>
    );
  }
  return (
    <Button
      variant={look === 'primary' ? 'filled' : 'default'}
      leftSection={icon}
      onClick={() => void copy()}
      aria-label={said}
      miw={86}
    >
      {outcome === 'copied' ? 'Copied' : outcome === 'failed' ? 'Failed' : text}
    </Button>
  );
}
