/** The open workflow, given to everything on its page: the editor, the workbench, the catalog and the stored view. */
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { WorkflowView } from '../../../../shared/contract/views.ts';
import type { Kinds } from '../graph/kinds.ts';
import type { Editor, EditorState } from './editor-store.ts';
import type { Workbench, WorkbenchState } from './workbench.ts';

export interface OpenWorkflow {
  readonly editor: Editor;
  readonly workbench: Workbench;
  readonly kinds: Kinds;
  /** The workflow as stored: versions, endpoints, what is live. */
  readonly workflow: WorkflowView;
}

const EditorContext = createContext<OpenWorkflow | null>(null);
export const EditorProvider = EditorContext.Provider;

/** The open workflow. Throws outside of its page. */
export function useOpenWorkflow(): OpenWorkflow {
  const open = useContext(EditorContext);
  if (open === null) throw new Error('No workflow is open here.');
  return open;
}

/** A part of the editor's state; the selector must give the same object for the same state. */
export function useEditorState<T>(select: (state: EditorState) => T): T {
  return useStore(useOpenWorkflow().editor.store, select);
}

/** A part of the workbench's state. */
export function useWorkbench<T>(select: (state: WorkbenchState) => T): T {
  return useStore(useOpenWorkflow().workbench.store, select);
}
