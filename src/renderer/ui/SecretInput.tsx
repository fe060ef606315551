/** A secret in a form: what is stored is a mask; typing replaces it, clearing goes back to what was. */
import { Button, Input, PasswordInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import classes from './SecretInput.module.css';

export interface SecretInputProps {
  readonly label: string;
  /** A mask (`••••9f2a`) while one is stored, what was typed, or undefined. */
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
  readonly help?: ReactNode;
  readonly error?: ReactNode;
  readonly isRequired?: boolean;
  /** Left empty, one is made when saved. */
  readonly isGenerated?: boolean;
}

/** Whether a value is what stands for a stored secret. */
export function isMask(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('••••');
}

/** A secret. */
export function SecretInput(props: SecretInputProps): ReactNode {
  const { label, value, onChange, help, error, isRequired = false, isGenerated = false } = props;
  // The mask one can go back to.
  const [stored] = useState(isMask(value) ? value : undefined);
  const [isReplacing, setReplacing] = useState(false);
  if (isMask(value) && !isReplacing) {
    return (
      <Input.Wrapper size="xs" label={label} labelElement="div" description={help} error={error}>
        <div className={classes['stored']}>
          <code className={classes['mask']}>{value}</code>
          <Button
            variant="subtle"
            size="compact-xs"
            onClick={() => setReplacing(true)}
            aria-label={`Replace ${label}`}
          >
            Replace
          </Button>
        </div>
      </Input.Wrapper>
    );
  }
  return (
    <PasswordInput
      label={label}
      description={help}
      error={error}
      withAsterisk={isRequired}
      autoComplete="off"
      autoFocus={isReplacing}
      placeholder={isGenerated ? 'Left empty, one is made when saved' : ''}
      visibilityToggleButtonProps={{ 'aria-label': `Show ${label}` }}
      value={isMask(value) ? '' : (value ?? '')}
      onChange={(event) => {
        const typed = event.currentTarget.value;
        onChange(typed === '' ? stored : typed);
      }}
      onBlur={() => {
        if (isMask(value)) setReplacing(false);
      }}
    />
  );
}
