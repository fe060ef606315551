/**
 * Undo and redo over documents. Documents are immutable and share what did not change, so keeping whole ones is cheap
 * and makes undo exact for any edit.
 */
import type { WorkflowDocument } from '../../../../shared/model/document.ts';
import { applyEdit, describeEdit, type Edit } from './edit.ts';

interface Moment {
  readonly document: WorkflowDocument;
  /** The edit that led away from (past) or back to (future) this document, in words. */
  readonly label: string;
}

export interface History {
  readonly past: readonly Moment[];
  readonly present: WorkflowDocument;
  readonly future: readonly Moment[];
}

/** Undo steps kept. */
const historyLimit = 200;

/** A history that begins with this document. */
export function startHistory(document: WorkflowDocument): History {
  return { past: [], present: document, future: [] };
}

/** Carries out an edit and remembers the way back; an edit that changes nothing leaves no trace. */
export function recordEdit(history: History, edit: Edit): History {
  const present = applyEdit(history.present, edit);
  if (present === history.present) return history;
  const moment = { document: history.present, label: describeEdit(edit) };
  return { past: [...history.past, moment].slice(-historyLimit), present, future: [] };
}

/** One step back; the same history when there is none. */
export function undo(history: History): History {
  const moment = history.past.at(-1);
  if (moment === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    present: moment.document,
    future: [{ document: history.present, label: moment.label }, ...history.future],
  };
}

/** One step forward again; the same history when there is none. */
export function redo(history: History): History {
  const [moment, ...future] = history.future;
  if (moment === undefined) return history;
  return {
    past: [...history.past, { document: history.present, label: moment.label }],
    present: moment.document,
    future,
  };
}

/** What the next undo would take back, in words; null when there is nothing. */
export function undoLabel(history: History): string | null {
  return history.past.at(-1)?.label ?? null;
}

/** What the next redo would do again, in words; null when there is nothing. */
export function redoLabel(history: History): string | null {
  return history.future[0]?.label ?? null;
}
