/** A labelled code editor that loads CodeMirror when it is first shown; until then a plain text area stands there. */
import { Input, Textarea } from '@mantine/core';
import { lazy, type ReactNode, Suspense, useId } from 'react';
import classes from './CodeField.module.css';
import type { CodeEditorProps } from './code/CodeEditor.tsx';

export type { Suggestion } from './code/completions.ts';

const CodeEditor = lazy(async () => ({ default: (await import('./code/CodeEditor.tsx')).CodeEditor }));

export interface CodeFieldProps extends Omit<CodeEditorProps, 'ariaLabel' | 'ariaDescribedBy' | 'isInvalid'> {
  readonly label: string;
  readonly isLabelHidden?: boolean;
  readonly help?: ReactNode;
  readonly error?: string | null | undefined;
  readonly isRequired?: boolean;
  /** Below the editor, e.g. the live value of the expression. */
  readonly preview?: ReactNode;
}

/** An editor in a form. */
export function CodeField(props: CodeFieldProps): ReactNode {
  const { label, isLabelHidden = false, help, error = null, isRequired = false, preview, ...editor } = props;
  const id = useId();
  const isInvalid = error !== null;
  return (
    <Input.Wrapper
      size="xs"
      label={isLabelHidden ? undefined : label}
      labelElement="div"
      description={help}
      error={error}
      withAsterisk={isRequired}
      descriptionProps={{ id: `${id}-help` }}
      errorProps={{ id: `${id}-error` }}
    >
      <div className={`${classes['frame']} ${isInvalid ? classes['isInvalid'] : ''}`}>
        <Suspense
          fallback={
            <Textarea
              variant="unstyled"
              aria-label={label}
              value={editor.value}
              onChange={(event) => editor.onChange(event.currentTarget.value)}
              rows={editor.minLines ?? 1}
              classNames={{ input: classes['plain'] ?? '' }}
            />
          }
        >
          <CodeEditor
            {...editor}
            ariaLabel={label}
            isInvalid={isInvalid}
            ariaDescribedBy={isInvalid ? `${id}-error` : help === undefined ? undefined : `${id}-help`}
          />
        </Suspense>
      </div>
      {preview}
    </Input.Wrapper>
  );
}
