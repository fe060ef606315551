/**
 * Whether the run over the canvas belongs to the draft or to a graph of the past, and that graph. A test of the draft
 * belongs to it for as long as the draft says the same; steps moved about change nothing.
 */
import { useMemo, useState } from 'react';
import type { RunView } from '../../../../shared/contract/views.ts';
import { documentSchema, type WorkflowDocument } from '../../../../shared/model/document.ts';
import { useMirror } from '../../../data/mirror.ts';
import { runDocumentMirror } from '../../../data/runs.ts';
import { placeUnplaced } from '../graph/arrange.ts';
import { isSameJson } from '../graph/equality.ts';
import { withoutSecrets } from '../graph/secrets.ts';
import { useOpenWorkflow } from './editor-context.ts';

/** The document a run is on, laid out where nobody has; null until it is there, and without a run. */
export function useRunDocument(runId: string | null): WorkflowDocument | null {
  const { kinds } = useOpenWorkflow();
  const { data } = useMirror(runDocumentMirror, runId);
  return useMemo(() => {
    if (data === undefined) return null;
    const { name, nodes, edges } = data.document;
    const parsed = documentSchema.safeParse({ name, nodes, edges });
    if (!parsed.success) return null;
    return placeUnplaced(withoutSecrets(parsed.data, kinds.catalog), kinds.heightOf);
  }, [data, kinds]);
}

/**
 * Whether a run is looked at on its own graph instead of the draft. Decided when the run is opened: editing on while it
 * lies over the draft leaves it there. `draftVersion`: the version the draft is the same as; null where there is none.
 */
export function usePastRun(
  run: RunView | undefined,
  draftVersion: number | null,
  draft: WorkflowDocument,
): boolean {
  const [opened, setOpened] = useState<{ readonly runId: string; readonly isPast: boolean } | null>(null);
  const isOfDraft = run?.version === 0;
  const tested = useRunDocument(isOfDraft ? run.id : null);
  if (run === undefined) return false;
  if (opened?.runId === run.id) return opened.isPast;
  if (isOfDraft && tested === null) return false;
  const isPast = tested === null ? run.version !== draftVersion : !isSameGraph(tested, draft);
  setOpened({ runId: run.id, isPast });
  return isPast;
}

function isSameGraph(one: WorkflowDocument, other: WorkflowDocument): boolean {
  return isSameJson(graphOf(one), graphOf(other));
}

function graphOf({ nodes, edges }: WorkflowDocument) {
  return { nodes: nodes.map(({ position: _position, ...node }) => node), edges };
}
