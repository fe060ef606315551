/**
 * Edits a JSON value as text: tells where it is not JSON, and hands values up only while it is. Where a plain text is
 * a value as well (`{{trigger.payload}}`), what is not meant as JSON is taken as that text.
 */
import { type ReactNode, useState } from 'react';
import { CodeField, type Suggestion } from './CodeField.tsx';
import { readJsonOrText, writeJsonOrText } from './json-text.ts';

export interface JsonEditorProps {
  readonly label: string;
  readonly isLabelHidden?: boolean;
  /** The value; `undefined` is an empty editor. */
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly help?: ReactNode;
  readonly error?: string | null | undefined;
  readonly isRequired?: boolean;
  /** A plain text, e.g. a template, is a value too. */
  readonly isTextAllowed?: boolean;
  readonly placeholder?: string | undefined;
  readonly suggestions?: readonly Suggestion[] | undefined;
  readonly minLines?: number;
  /** Told whenever the text stops or starts being a value. */
  readonly onValidChange?: (isValid: boolean) => void;
}

/** A JSON value as text. */
export function JsonEditor(props: JsonEditorProps): ReactNode {
  const { value, onChange, error, isTextAllowed = false, onValidChange, ...field } = props;
  const [text, setText] = useState(() => writeJsonOrText(value, isTextAllowed));
  const [held, setHeld] = useState(value);
  const [fault, setFault] = useState<string | null>(null);
  // The value changed from outside: undo, another step, a sample.
  if (held !== value) {
    setHeld(value);
    setText(writeJsonOrText(value, isTextAllowed));
    setFault(null);
  }
  const change = (next: string): void => {
    setText(next);
    const read = readJsonOrText(next, isTextAllowed);
    onValidChange?.(read.ok);
    if (!read.ok) {
      setFault(read.fault);
      return;
    }
    setHeld(read.value);
    setFault(null);
    onChange(read.value);
  };
  return (
    <CodeField
      minLines={4}
      {...field}
      language="json"
      value={text}
      onChange={change}
      error={fault ?? error ?? null}
    />
  );
}
