/**
 * What is open around the canvas and what the pointer carries: the palette and where its next step goes, the step being
 * edited, the step dragged out of the palette. Nothing of this is part of the document.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { WorkflowEdge } from '../../../../shared/model/document.ts';
import type { Point } from '../graph/edit.ts';

/** Where a step chosen in the palette goes; null: after the selection. */
export type AddTarget =
  | { readonly kind: 'port'; readonly source: string; readonly port: string | null; readonly at: Point }
  | { readonly kind: 'edge'; readonly edge: WorkflowEdge }
  | null;

/** A step on its way from the palette; window coordinates. */
export interface DraggedStep {
  readonly stepKind: string;
  readonly at: Point;
  readonly isOverCanvas: boolean;
  /** The edge under the pointer. */
  readonly edgeId: string | null;
}

export interface WorkbenchState {
  readonly isPaletteOpen: boolean;
  readonly addTarget: AddTarget;
  readonly openStepId: string | null;
  /** The tab the step's dialog begins with; null: its first. */
  readonly openTab: string | null;
  readonly dragged: DraggedStep | null;
  readonly panel: 'problems' | 'versions' | null;
}

export interface Workbench {
  /** Whether a step was added here and its dialog not confirmed yet: it is saved for the first time then. */
  isNew(stepId: string): boolean;
  noteNew(stepId: string): void;
  noteConfirmed(stepId: string): void;
  readonly store: StoreApi<WorkbenchState>;
  openPalette(target?: AddTarget): void;
  closePalette(): void;
  openStep(stepId: string, tab?: string): void;
  closeStep(): void;
  drag(dragged: DraggedStep | null): void;
  togglePanel(panel: WorkbenchState['panel']): void;
}

/** The workbench of one open workflow; the palette starts open where there is room or nothing to see yet. */
export function createWorkbench(isPaletteOpen: boolean): Workbench {
  const store = createStore<WorkbenchState>(() => ({
    isPaletteOpen,
    addTarget: null,
    openStepId: null,
    openTab: null,
    dragged: null,
    panel: null,
  }));
  const added = new Set<string>();
  return {
    store,
    isNew: (stepId) => added.has(stepId),
    noteNew: (stepId) => added.add(stepId),
    noteConfirmed: (stepId) => added.delete(stepId),
    openPalette: (addTarget = null) => store.setState({ isPaletteOpen: true, addTarget }),
    closePalette: () => store.setState({ isPaletteOpen: false, addTarget: null }),
    openStep: (openStepId, tab) => store.setState({ openStepId, openTab: tab ?? null }),
    closeStep: () => store.setState({ openStepId: null }),
    drag: (dragged) => store.setState({ dragged }),
    togglePanel: (panel) => store.setState((state) => ({ panel: state.panel === panel ? null : panel })),
  };
}
