/**
 * The value an expression would have, below its field. Plain paths are read here; anything else is asked of the core,
 * which evaluates it within its limits, so that no expression can freeze the page.
 */
import { useDebouncedValue } from '@mantine/hooks';
import type { ExpressionScope } from '../../../../shared/expression/scope.ts';
import type { Field } from '../../../../shared/fields.ts';
import { expressionPreview } from '../../../data/expressions.ts';
import { useMirror } from '../../../data/mirror.ts';
import { HostileText } from '../../../ui/HostileText.tsx';
import { useOpenWorkflow } from '../editor/editor-context.ts';
import { previewOf } from '../graph/run-scope.ts';
import classes from './StepModal.module.css';
import type { ScopeBasis } from './use-expression-help.ts';

export interface ExpressionPreviewProps {
  readonly fields: readonly Field[];
  readonly path: string;
  readonly value: unknown;
  /** Null: nothing is known to evaluate it over. */
  readonly scope: ExpressionScope | null;
  readonly basis: ScopeBasis;
  readonly nodeId: string;
}

const words: Readonly<Record<ScopeBasis, string>> = {
  run: 'in the last run:',
  sample: 'with the sample:',
  example: 'with an example:',
};

/** Shows nothing for fields that hold no expression. */
export function ExpressionPreview({ fields, path, value, scope, basis, nodeId }: ExpressionPreviewProps) {
  const field = fields.find((candidate) => candidate.name === path);
  if (scope === null || typeof value !== 'string' || value.trim() === '' || field === undefined) return null;
  if (field.kind !== 'expression' && field.kind !== 'template') return null;
  if (field.kind === 'template' && (!value.includes('{{') || /\bsecrets\s*\./.test(value))) return null;
  const preview = previewOf(value, field.kind, scope);
  if (preview.kind === 'unknown') {
    return <RemotePreview kind={field.kind} text={value} nodeId={nodeId} word={words[basis]} />;
  }
  return <Shown word={words[basis]} text={preview.kind === 'nothing' ? null : preview.text} />;
}

const longest = 300;

function RemotePreview({
  kind,
  text,
  nodeId,
  word,
}: {
  readonly kind: 'expression' | 'template';
  readonly text: string;
  readonly nodeId: string;
  readonly word: string;
}) {
  const { workflow } = useOpenWorkflow();
  const [asked] = useDebouncedValue(text, 300);
  const { data } = useMirror(expressionPreview, { workflow: workflow.id, node: nodeId, [kind]: asked });
  if (data === undefined) return null;
  if (!data.ok) {
    // What can not be read at all is told by the check of the field; this is what fails on real data.
    if (data.code === 'expression_invalid') return null;
    return (
      <div className={classes.preview}>
        <span>{word}</span> <HostileText text={`fails: ${data.message}`} />
      </div>
    );
  }
  const value = typeof data.value === 'string' ? data.value : (JSON.stringify(data.value) ?? '');
  return <Shown word={word} text={data.hasValue ? value.slice(0, longest) : null} />;
}

/** A value in one line; null: there is none. */
function Shown({ word, text }: { readonly word: string; readonly text: string | null }) {
  return (
    <div className={classes.preview}>
      <span>{word}</span>
      {text === null ? (
        <span>nothing</span>
      ) : (
        <span className={classes.previewValue} title={text}>
          <HostileText text={text} />
        </span>
      )}
    </div>
  );
}
