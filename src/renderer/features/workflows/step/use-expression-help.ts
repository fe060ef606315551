/** What expressions of a step may name and what they would give: from the run on the canvas, else from the latest one. */
import { useMemo } from 'react';
import type { RunView } from '../../../../shared/contract/views.ts';
import type { ExpressionScope } from '../../../../shared/expression/scope.ts';
import { useList } from '../../../data/list.ts';
import { useMirror } from '../../../data/mirror.ts';
import { runList, runMirror } from '../../../data/runs.ts';
import type { Suggestion } from '../../../ui/CodeField.tsx';
import { useEditorState, useOpenWorkflow } from '../editor/editor-context.ts';
import { scopeOfRun } from '../graph/run-scope.ts';
import { suggestionsFor } from '../graph/suggestions.ts';

export interface ExpressionHelp {
  readonly scope: ExpressionScope | null;
  readonly suggestions: readonly Suggestion[];
}

/** Help for the fields of a step. */
export function useExpressionHelp(stepId: string, shown: RunView | undefined): ExpressionHelp {
  const { workflow } = useOpenWorkflow();
  const document = useEditorState((state) => state.history.present);
  const { items } = useList(runList, { workflow: workflow.id });
  const { data: latest } = useMirror(runMirror, shown === undefined ? (items[0]?.id ?? null) : null);
  const run = shown ?? latest;
  return useMemo(() => {
    const scope = run === undefined ? null : scopeOfRun(run);
    return { scope, suggestions: suggestionsFor(document, stepId, scope) };
  }, [run, document, stepId]);
}
