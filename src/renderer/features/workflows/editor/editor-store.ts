/**
 * The state of one open workflow: its document with history, what is chosen, secrets typed but not sent, and how the
 * draft stands with the app. Edits go through the pure reducer; saving and checking follow by themselves.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { WorkflowView } from '../../../../shared/contract/views.ts';
import type { Issue, WorkflowDocument } from '../../../../shared/model/document.ts';
import type { Edit } from '../graph/edit.ts';
import { isSameJson } from '../graph/equality.ts';
import { type History, recordEdit, redo, startHistory, undo } from '../graph/history.ts';
import { mergeValues, type NewSecrets, withSecrets } from '../graph/secrets.ts';
import type { DraftCopies, DraftCopy } from './draft-copies.ts';

/** How the draft on screen stands with the one the app has stored. */
export type SaveState =
  | { readonly kind: 'saved' }
  | { readonly kind: 'unsaved' }
  | { readonly kind: 'saving' }
  | { readonly kind: 'failed'; readonly message: string };

export interface Selection {
  readonly nodeIds: readonly string[];
  readonly edgeIds: readonly string[];
}

/** Somebody else's draft and ours differ, and only the person can say which is meant. */
export type Conflict =
  /** The stored draft was changed while there are unsaved edits here. */
  | { readonly kind: 'remote'; readonly document: WorkflowDocument; readonly updatedAt: string }
  /** Unsaved edits of an earlier session began on a draft that has been changed since. */
  | { readonly kind: 'copy'; readonly copy: DraftCopy };

export interface EditorState {
  readonly workflowId: string;
  readonly history: History;
  readonly selection: Selection;
  readonly secrets: NewSecrets;
  readonly save: SaveState;
  readonly conflict: Conflict | null;
  /** When the restored edits of an earlier session were made; epoch ms. */
  readonly restoredAt: number | null;
  readonly issues: readonly Issue[];
  /** Whether `issues` are about the document as it is now. */
  readonly isChecked: boolean;
}

/** What the store needs of the world. */
export interface EditorPorts {
  /** Stores the draft; resolves with it as stored. */
  save(document: WorkflowDocument): Promise<WorkflowView>;
  check(document: WorkflowDocument): Promise<readonly Issue[]>;
  /** A view as the document the editor works on: no secrets. */
  documentOf(view: WorkflowView): WorkflowDocument;
  /** A failure in words for people. */
  explain(failure: unknown): string;
  readonly copies: DraftCopies;
  readonly saveDelayMs: number;
  readonly checkDelayMs: number;
}

export interface Editor {
  readonly store: StoreApi<EditorState>;
  edit(edit: Edit): void;
  undo(): void;
  redo(): void;
  select(selection: Partial<Selection>): void;
  /** Keeps new secrets of a step until they are sent with the next save. */
  addSecrets(nodeId: string, secrets: Readonly<Record<string, unknown>>): void;
  /** Saves what is not saved. Resolves true when the stored draft is the one on screen. */
  saveNow(): Promise<boolean>;
  /** The stored draft as the app has it now; takes over what others changed, or raises a conflict. */
  receive(view: WorkflowView): void;
  /** Ends a conflict: `mine` keeps what is on screen (or the copy), `theirs` the stored draft. */
  settleConflict(choice: 'mine' | 'theirs'): void;
  dismissRestored(): void;
  /** Begins saving and checking by itself; the returned function ends it, and what is unsaved stays in the copy. */
  open(): () => void;
}

/** Makes the editor of a workflow. Nothing is saved, checked or restored before it is opened. */
export function createEditor(view: WorkflowView, ports: EditorPorts): Editor {
  const first = ports.documentOf(view);
  /** The stored draft as last known, and since when it stands. */
  let stored = { document: first, updatedAt: view.updatedAt };
  /** The document on screen that is known to be stored. */
  let settled = first;
  let saveTimer: ReturnType<typeof setTimeout> | undefined;
  let checkTimer: ReturnType<typeof setTimeout> | undefined;
  let saving: Promise<boolean> | null = null;
  let isClosed = true;
  let hasLookedForCopy = false;

  const store = createStore<EditorState>(() => ({
    workflowId: view.id,
    history: startHistory(first),
    selection: { nodeIds: [], edgeIds: [] },
    secrets: {},
    save: { kind: 'saved' },
    conflict: null,
    restoredAt: null,
    issues: [],
    isChecked: false,
  }));
  const present = (): WorkflowDocument => store.getState().history.present;
  const isDirty = (): boolean => present() !== settled || Object.keys(store.getState().secrets).length > 0;

  function planCheck(): void {
    clearTimeout(checkTimer);
    if (isClosed) return;
    store.setState({ isChecked: false });
    checkTimer = setTimeout(() => void check(), ports.checkDelayMs);
  }

  async function check(): Promise<void> {
    const document = present();
    try {
      const issues = await ports.check(document);
      if (present() === document && !isClosed) store.setState({ issues, isChecked: true });
    } catch {
      // Problems stay as last known; the next edit or a new connection asks again.
      store.setState({ isChecked: false });
    }
  }

  function planSave(): void {
    clearTimeout(saveTimer);
    if (isClosed || store.getState().conflict !== null) return;
    saveTimer = setTimeout(() => void saveNow(), ports.saveDelayMs);
  }

  function follow(history: History): void {
    if (history === store.getState().history) return;
    store.setState({ history, selection: prune(store.getState().selection, history.present) });
    if (isDirty()) {
      store.setState({ save: { kind: 'unsaved' } });
      ports.copies.write(view.id, history.present, stored.updatedAt);
      planSave();
    } else {
      store.setState({ save: { kind: 'saved' } });
      ports.copies.clear(view.id);
    }
    planCheck();
  }

  async function saveNow(): Promise<boolean> {
    clearTimeout(saveTimer);
    if (saving !== null) await saving;
    if (isClosed || store.getState().conflict !== null) return false;
    if (!isDirty()) return true;
    saving = send();
    const isDone = await saving;
    saving = null;
    if (isDone && isDirty()) planSave();
    return isDone && !isDirty();
  }

  async function send(): Promise<boolean> {
    const document = present();
    const { secrets } = store.getState();
    store.setState({ save: { kind: 'saving' } });
    try {
      const answer = await ports.save(withSecrets(document, secrets));
      stored = { document: ports.documentOf(answer), updatedAt: answer.updatedAt };
      settled = document;
      if (store.getState().secrets === secrets) store.setState({ secrets: {} });
      if (present() === document) ports.copies.clear(view.id);
      else ports.copies.write(view.id, present(), stored.updatedAt);
      store.setState({ save: isDirty() ? { kind: 'unsaved' } : { kind: 'saved' } });
      return true;
    } catch (failure) {
      store.setState({ save: { kind: 'failed', message: ports.explain(failure) } });
      return false;
    }
  }

  function takeOver(document: WorkflowDocument, reason: string): void {
    settled = document;
    ports.copies.clear(view.id);
    store.setState({ save: { kind: 'saved' }, secrets: {} });
    follow(recordEdit(store.getState().history, { type: 'replace', document, reason }));
  }

  function openCopy(): void {
    const copy = hasLookedForCopy ? null : ports.copies.read(view.id);
    hasLookedForCopy = true;
    if (copy === null) return;
    if (isSameJson(copy.document, first)) ports.copies.clear(view.id);
    else if (copy.basis === view.updatedAt) {
      store.setState({ restoredAt: copy.at });
      const edit: Edit = { type: 'replace', document: copy.document, reason: 'restore unsaved edits' };
      follow(recordEdit(store.getState().history, edit));
    } else store.setState({ conflict: { kind: 'copy', copy } });
  }

  return {
    store,
    edit: (edit) => follow(recordEdit(store.getState().history, edit)),
    undo: () => follow(undo(store.getState().history)),
    redo: () => follow(redo(store.getState().history)),
    select: (selection) => store.setState({ selection: { ...store.getState().selection, ...selection } }),
    addSecrets(nodeId, added) {
      const { secrets } = store.getState();
      const own = mergeValues(Object.hasOwn(secrets, nodeId) ? (secrets[nodeId] ?? {}) : {}, added);
      store.setState({ secrets: { ...secrets, [nodeId]: own }, save: { kind: 'unsaved' } });
      planSave();
    },
    saveNow,
    receive(next) {
      // An answer that was on its way while a newer draft was stored says nothing new.
      if (saving !== null || next.updatedAt < stored.updatedAt) return;
      const document = ports.documentOf(next);
      if (isSameJson(document, stored.document)) {
        stored = { document, updatedAt: next.updatedAt };
        return;
      }
      stored = { document, updatedAt: next.updatedAt };
      if (isSameJson(document, present())) {
        settled = present();
        return;
      }
      if (isDirty()) {
        clearTimeout(saveTimer);
        store.setState({ conflict: { kind: 'remote', document, updatedAt: next.updatedAt } });
      } else takeOver(document, 'take over changes made elsewhere');
    },
    settleConflict(choice) {
      const { conflict, history } = store.getState();
      if (conflict === null) return;
      store.setState({ conflict: null });
      if (conflict.kind === 'copy') {
        ports.copies.clear(view.id);
        if (choice === 'mine') {
          const { document } = conflict.copy;
          follow(recordEdit(history, { type: 'replace', document, reason: 'restore unsaved edits' }));
        }
      } else if (choice === 'theirs') takeOver(conflict.document, 'take over changes made elsewhere');
      else planSave();
    },
    dismissRestored: () => store.setState({ restoredAt: null }),
    open() {
      isClosed = false;
      openCopy();
      planCheck();
      if (isDirty()) planSave();
      return () => {
        isClosed = true;
        clearTimeout(saveTimer);
        clearTimeout(checkTimer);
      };
    },
  };
}

function prune(selection: Selection, document: WorkflowDocument): Selection {
  const nodeIds = selection.nodeIds.filter((id) => document.nodes.some((node) => node.id === id));
  return nodeIds.length === selection.nodeIds.length ? selection : { ...selection, nodeIds };
}
