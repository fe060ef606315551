/**
 * Where an expression is typed: bare JSONata (`expression`) or a text with `{{ }}` (`template`), on one line or more,
 * with the names that can be used offered while one types.
 */
import type { ReactNode } from 'react';
import { CodeField, type CodeFieldProps, type Suggestion } from './CodeField.tsx';

export interface ExpressionInputProps
  extends Pick<
    CodeFieldProps,
    'label' | 'isLabelHidden' | 'value' | 'onChange' | 'help' | 'error' | 'isRequired' | 'preview' | 'onBlur'
  > {
  readonly mode: 'expression' | 'template';
  readonly isMultiline?: boolean;
  readonly suggestions?: readonly Suggestion[] | undefined;
  readonly placeholder?: string | undefined;
  readonly isReadOnly?: boolean;
}

/** An expression or template. */
export function ExpressionInput({ mode, isMultiline = false, ...field }: ExpressionInputProps): ReactNode {
  return <CodeField {...field} language={mode} isSingleLine={!isMultiline} minLines={isMultiline ? 3 : 1} />;
}
