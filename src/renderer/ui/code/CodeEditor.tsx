/**
 * The one editor for code: CodeMirror, loaded only when a form shows one. Knows JSON, JavaScript, bare JSONata and
 * texts with `{{ }}`; completions come from the form, faults are drawn where they are.
 */
import { javascript } from '@codemirror/lang-javascript';
import { json } from '@codemirror/lang-json';
import { useComputedColorScheme } from '@mantine/core';
import CodeMirror, { EditorState, EditorView, type Extension, oneDark, Prec } from '@uiw/react-codemirror';
import { type ReactNode, useMemo } from 'react';
import { completeFrom, type Suggestion } from './completions.ts';
import { editorLook, templateMarks } from './look.ts';

export type CodeLanguage = 'json' | 'javascript' | 'expression' | 'template' | 'text';

export interface CodeEditorProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly language: CodeLanguage;
  readonly ariaLabel: string;
  readonly ariaDescribedBy?: string | undefined;
  /** One line: Enter does not break it. */
  readonly isSingleLine?: boolean;
  readonly isReadOnly?: boolean;
  readonly isInvalid?: boolean;
  readonly placeholder?: string | undefined;
  readonly suggestions?: readonly Suggestion[] | undefined;
  readonly autoFocus?: boolean;
  readonly minLines?: number;
  readonly maxHeight?: string;
  readonly onBlur?: (() => void) | undefined;
}

const lineHeightPx = 19;

const languages: Readonly<Record<CodeLanguage, readonly Extension[]>> = {
  json: [json()],
  javascript: [javascript()],
  // JSONata reads like JavaScript's expressions: the same colours fit.
  expression: [javascript()],
  template: [templateMarks],
  text: [],
};

/** A code editor. */
export function CodeEditor(props: CodeEditorProps): ReactNode {
  const { value, onChange, language, ariaLabel, ariaDescribedBy, isSingleLine = false, suggestions } = props;
  const { isReadOnly = false, isInvalid = false, placeholder, autoFocus = false, minLines = 1 } = props;
  const { maxHeight = '50vh', onBlur } = props;
  const isDark = useComputedColorScheme('light') === 'dark';
  const extensions = useMemo<Extension[]>(
    () => [
      ...languages[language],
      // The page's own ground and frame go before the kit's dark look; its token colours stay.
      Prec.highest(editorLook),
      ...(isDark ? [oneDark] : []),
      EditorView.contentAttributes.of({
        'aria-label': ariaLabel,
        'aria-multiline': String(!isSingleLine),
        'aria-invalid': String(isInvalid),
        ...(ariaDescribedBy === undefined ? {} : { 'aria-describedby': ariaDescribedBy }),
      }),
      isSingleLine
        ? EditorState.transactionFilter.of((change) => (change.newDoc.lines > 1 ? [] : change))
        : EditorView.lineWrapping,
      ...(suggestions === undefined || suggestions.length === 0
        ? []
        : [completeFrom(suggestions, language === 'template')]),
    ],
    [language, ariaLabel, ariaDescribedBy, isSingleLine, isInvalid, suggestions, isDark],
  );
  return (
    <CodeMirror
      value={value}
      onChange={onChange}
      extensions={extensions}
      theme="none"
      readOnly={isReadOnly}
      autoFocus={autoFocus}
      indentWithTab={false}
      minHeight={`${minLines * lineHeightPx + 10}px`}
      maxHeight={maxHeight}
      {...(placeholder === undefined ? {} : { placeholder })}
      {...(onBlur === undefined ? {} : { onBlur })}
      basicSetup={{
        lineNumbers: !isSingleLine && (language === 'json' || language === 'javascript'),
        foldGutter: false,
        highlightActiveLine: false,
        highlightActiveLineGutter: false,
        searchKeymap: !isSingleLine,
        autocompletion: true,
        closeBrackets: true,
        bracketMatching: true,
        defaultKeymap: true,
        history: true,
        tabSize: 2,
      }}
    />
  );
}
