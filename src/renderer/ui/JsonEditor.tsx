/** Edits a JSON value as text: tells where it is not JSON, and hands values up only while it is. */
import { type ReactNode, useState } from 'react';
import { CodeField, type Suggestion } from './CodeField.tsx';

export interface JsonEditorProps {
  readonly label: string;
  readonly isLabelHidden?: boolean;
  /** The value; `undefined` is an empty editor. */
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly help?: ReactNode;
  readonly error?: string | null | undefined;
  readonly isRequired?: boolean;
  readonly suggestions?: readonly Suggestion[] | undefined;
  readonly minLines?: number;
  /** Told whenever the text stops or starts being JSON. */
  readonly onValidChange?: (isValid: boolean) => void;
}

/** A JSON value as text. */
export function JsonEditor({ value, onChange, error, onValidChange, ...field }: JsonEditorProps): ReactNode {
  const [text, setText] = useState(() => writeJson(value));
  const [held, setHeld] = useState(value);
  const [fault, setFault] = useState<string | null>(null);
  // The value changed from outside: undo, another step, a sample.
  if (held !== value) {
    setHeld(value);
    setText(writeJson(value));
    setFault(null);
  }
  const change = (next: string): void => {
    setText(next);
    try {
      const parsed: unknown = next.trim() === '' ? undefined : JSON.parse(next);
      setHeld(parsed);
      setFault(null);
      onValidChange?.(true);
      onChange(parsed);
    } catch (thrown) {
      setFault(thrown instanceof Error ? thrown.message : 'This is not JSON.');
      onValidChange?.(false);
    }
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

function writeJson(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value, null, 2);
}
