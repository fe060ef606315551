/**
 * What expressions of a step may name and what they would give: from the run on the canvas, else from the newest run or
 * the sample of the endpoint.
 */
import { useMemo } from 'react';
import type { RunView } from '../../../../shared/contract/views.ts';
import type { ExpressionScope } from '../../../../shared/expression/scope.ts';
import { expressionScope } from '../../../data/expressions.ts';
import { useMirror } from '../../../data/mirror.ts';
import type { Suggestion } from '../../../ui/CodeField.tsx';
import { useEditorState, useOpenWorkflow } from '../editor/editor-context.ts';
import { scopeOfRun } from '../graph/run-scope.ts';
import { suggestionsFor } from '../graph/suggestions.ts';

/** Where the values shown come from. */
export type ScopeBasis = 'run' | 'sample' | 'example';

export interface ExpressionHelp {
  readonly scope: ExpressionScope | null;
  readonly basis: ScopeBasis;
  readonly suggestions: readonly Suggestion[];
}

/** Help for the fields of a step. */
export function useExpressionHelp(stepId: string, shown: RunView | undefined): ExpressionHelp {
  const { workflow } = useOpenWorkflow();
  const document = useEditorState((state) => state.history.present);
  const { data: answer } = useMirror(
    expressionScope,
    shown === undefined ? { workflow: workflow.id, node: stepId } : null,
  );
  return useMemo(() => {
    const scope: ExpressionScope | null = shown === undefined ? (answer?.scope ?? null) : scopeOfRun(shown);
    const source = answer?.parts.find(({ path }) => path === 'trigger')?.source;
    const basis =
      shown !== undefined || source === 'run' ? 'run' : source === 'sample' ? 'sample' : 'example';
    return { scope, basis, suggestions: suggestionsFor(document, stepId, scope) };
  }, [shown, answer, document, stepId]);
}
