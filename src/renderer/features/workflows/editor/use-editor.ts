/** The life of an open editor on the page: made once per workflow, fed with what changes elsewhere, saved on leaving. */
import { useEffect, useState } from 'react';
import type { WorkflowView } from '../../../../shared/contract/views.ts';
import { toFailure, useLink } from '../../../data/connection.ts';
import { checkDocument, saveWorkflow, workflowMirror } from '../../../data/workflows.ts';
import { placeUnplaced } from '../graph/arrange.ts';
import { indexKinds, type Kinds } from '../graph/kinds.ts';
import { createDraftCopies } from './draft-copies.ts';
import type { OpenWorkflow } from './editor-context.ts';
import { createEditor, type Editor } from './editor-store.ts';
import { documentOf } from './open-document.ts';
import { createWorkbench } from './workbench.ts';

const saveDelayMs = 800;
const checkDelayMs = 350;
/** A workflow with more steps than this is one to look at first: the palette starts closed. */
const stepsOfABeginning = 1;

function openEditor(workflow: WorkflowView, kinds: Kinds): Editor {
  const { id } = workflow;
  return createEditor(workflow, {
    save: async (document) => {
      const answer = await saveWorkflow(id, document);
      workflowMirror.of(id).put(answer);
      return answer;
    },
    check: (document) => checkDocument(document),
    documentOf: (view) => placeUnplaced(documentOf(view, kinds.catalog), kinds.heightOf),
    explain: (failure) => toFailure(failure).message,
    copies: createDraftCopies(window.localStorage, Date.now),
    saveDelayMs,
    checkDelayMs,
  });
}

/** Opens a workflow for as long as the component lives. */
export function useEditor(workflow: WorkflowView, catalog: Kinds['catalog']): OpenWorkflow {
  const [kinds] = useState(() => indexKinds(catalog));
  const [editor] = useState(() => openEditor(workflow, kinds));
  const [workbench] = useState(() => createWorkbench(workflow.nodes.length <= stepsOfABeginning));
  useEffect(() => {
    const close = editor.open();
    return () => {
      void editor.saveNow();
      close();
    };
  }, [editor]);
  useEffect(() => editor.receive(workflow), [editor, workflow]);
  const isConnected = useLink(({ state }) => state.kind === 'open');
  useEffect(() => {
    if (isConnected && editor.store.getState().save.kind === 'failed') void editor.saveNow();
  }, [editor, isConnected]);
  useEffect(() => {
    // The copy in the browser's storage has the edits; this only tells people that saving is not done.
    const onLeave = (event: BeforeUnloadEvent): void => {
      if (editor.store.getState().save.kind === 'failed') event.preventDefault();
    };
    window.addEventListener('beforeunload', onLeave);
    return () => window.removeEventListener('beforeunload', onLeave);
  }, [editor]);
  return { editor, workbench, kinds, workflow };
}
