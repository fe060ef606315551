/** A value to copy: one line, never edited, masked until asked for when it is a secret. */
import { ActionIcon, Box, Text, Tooltip } from '@mantine/core';
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import { CopyButton } from './CopyButton.tsx';
import classes from './CopyField.module.css';
import { HostileText } from './HostileText.tsx';

export interface CopyFieldProps {
  readonly label: string;
  readonly value: string;
  /** Starts masked; Copy works all the same. */
  readonly isSecret?: boolean;
  readonly help?: string;
  /** Keeps line breaks: for commands and bodies. */
  readonly isBlock?: boolean;
  /** The label is told to readers only. */
  readonly isLabelHidden?: boolean;
}

const mask = '••••••••••••••••';

/** A labelled value with Copy. */
export function CopyField(props: CopyFieldProps): ReactNode {
  const { label, value, isSecret = false, help, isBlock = false, isLabelHidden = false } = props;
  const [isShown, setShown] = useState(!isSecret);
  const id = useId();
  return (
    <div className={classes['root']} role="group" aria-labelledby={id}>
      <Text id={id} size="xs" fw={500} className={isLabelHidden ? classes['hidden'] : undefined}>
        {label}
      </Text>
      <div className={`${classes['field']} ${isBlock ? classes['isBlock'] : ''}`}>
        {/* A long block scrolls: the keyboard must reach it. */}
        <Box
          component="code"
          className={classes['value'] ?? ''}
          title={isShown && !isBlock ? value : undefined}
          tabIndex={isBlock ? 0 : undefined}
        >
          {isShown ? <HostileText text={value} isBlock={isBlock} /> : mask}
        </Box>
        {isSecret && (
          <Tooltip label={isShown ? 'Hide' : 'Show'}>
            <ActionIcon
              size="sm"
              aria-label={isShown ? `Hide ${label}` : `Show ${label}`}
              aria-pressed={isShown}
              onClick={() => setShown(!isShown)}
            >
              {isShown ? (
                <IconEyeOff size={15} stroke={1.7} aria-hidden />
              ) : (
                <IconEye size={15} stroke={1.7} aria-hidden />
              )}
            </ActionIcon>
          </Tooltip>
        )}
        <CopyButton value={value} label={label} />
      </div>
      {help !== undefined && (
        <Text size="xs" c="dimmed">
          {help}
        </Text>
      )}
    </div>
  );
}
