/** A text that offers known names while one types; anything else may be entered too. */
import { Autocomplete } from '@mantine/core';
import type { ReactNode } from 'react';
import { type ChoiceKind, useChoices } from './field-choices.ts';

interface SuggestInputProps {
  readonly label: string;
  readonly description: ReactNode;
  readonly error: string | null;
  readonly withAsterisk: boolean;
  readonly placeholder: string;
  readonly suggest: ChoiceKind;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** The input. */
export function SuggestInput({ suggest, ...input }: SuggestInputProps): ReactNode {
  const names = useChoices(suggest) ?? [];
  return <Autocomplete {...input} data={[...names]} limit={200} maxDropdownHeight={260} />;
}
