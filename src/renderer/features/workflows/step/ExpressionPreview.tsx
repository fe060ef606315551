/** The value an expression would have had in the last run, below its field. */
import type { ExpressionScope } from '../../../../shared/expression/scope.ts';
import type { Field } from '../../../../shared/fields.ts';
import { HostileText } from '../../../ui/HostileText.tsx';
import { previewOf } from '../graph/run-scope.ts';
import classes from './StepModal.module.css';

export interface ExpressionPreviewProps {
  readonly fields: readonly Field[];
  readonly path: string;
  readonly value: unknown;
  /** Null: the workflow has not run yet. */
  readonly scope: ExpressionScope | null;
}

/** Shows nothing for fields that hold no expression, and where only a run can tell. */
export function ExpressionPreview({ fields, path, value, scope }: ExpressionPreviewProps) {
  const field = fields.find((candidate) => candidate.name === path);
  if (scope === null || typeof value !== 'string' || field === undefined) return null;
  if (field.kind !== 'expression' && field.kind !== 'template') return null;
  const preview = previewOf(value, field.kind, scope);
  if (preview.kind === 'unknown') return null;
  return (
    <div className={classes.preview}>
      <span>in the last run:</span>
      {preview.kind === 'nothing' ? (
        <span>nothing</span>
      ) : (
        <span className={classes.previewValue} title={preview.text}>
          <HostileText text={preview.text} />
        </span>
      )}
    </div>
  );
}
