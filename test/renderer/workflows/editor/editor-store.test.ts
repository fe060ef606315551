import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { WorkflowView } from '../../../../src/shared/contract/views.ts';
import { documentSchema, type WorkflowDocument } from '../../../../src/shared/model/document.ts';
import { createDraftCopies } from '../../../../src/renderer/features/workflows/editor/draft-copies.ts';
import {
  createEditor,
  type EditorPorts,
} from '../../../../src/renderer/features/workflows/editor/editor-store.ts';
import { graph, step } from '../graph/samples.ts';

function viewOf(document: WorkflowDocument, updatedAt = 't0'): WorkflowView {
  return {
    ...document,
    slug: 'sample',
    id: 'wf_1',
    enabled: false,
    activeVersion: null,
    latestVersion: null,
    changed: true,
    paused: false,
    endpoints: [],
    createdAt: 't0',
    updatedAt,
  };
}

const documentOf = (view: WorkflowView): WorkflowDocument => {
  const { name, slug, description, project, settings, nodes, edges } = view;
  return documentSchema.parse({ name, slug, description, project, settings, nodes, edges });
};

function memory() {
  const map = new Map<string, string>();
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
  };
}

/** An app that stores what it is sent, and can be told to refuse. */
function app() {
  const sent: WorkflowDocument[] = [];
  let refusal: string | null = null;
  let gate: Promise<void> = Promise.resolve();
  return {
    sent,
    refuse: (message: string | null) => {
      refusal = message;
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
    save: async (document: WorkflowDocument) => {
      await gate;
      if (refusal !== null) throw new Error(refusal);
      sent.push(document);
      return viewOf(document, `t${sent.length}`);
    },
  };
}

const storage = { current: memory() };
const server = { current: app() };
const ports = (): EditorPorts => ({
  save: (document) => server.current.save(document),
  check: (document) =>
    Promise.resolve(document.nodes.map((node) => ({ path: '', message: 'lonely', nodeId: node.id }))),
  documentOf,
  explain: (failure) => (failure instanceof Error ? failure.message : 'failed'),
  copies: createDraftCopies(storage.current, () => 42),
  saveDelayMs: 500,
  checkDelayMs: 100,
});
const open = (document: WorkflowDocument, updatedAt?: string) => {
  const editor = createEditor(viewOf(document, updatedAt), ports());
  editor.open();
  return editor;
};
const addStep = (id: string) => ({ type: 'add' as const, node: step(id) });

beforeEach(() => {
  vi.useFakeTimers();
  storage.current = memory();
  server.current = app();
});
afterEach(() => {
  vi.useRealTimers();
});

test('edits are saved a moment after the last one, all at once', async () => {
  const editor = open(graph([], []));
  editor.edit(addStep('a'));
  editor.edit(addStep('b'));
  expect(editor.store.getState().save.kind).toBe('unsaved');
  await vi.advanceTimersByTimeAsync(600);
  expect(editor.store.getState().save.kind).toBe('saved');
  expect(server.current.sent.map((document) => document.nodes.length)).toEqual([2]);
});

test('an edit made while a save is under way is saved after it', async () => {
  const editor = open(graph([], []));
  const release = server.current.hold();
  editor.edit(addStep('a'));
  await vi.advanceTimersByTimeAsync(600);
  expect(editor.store.getState().save.kind).toBe('saving');
  editor.edit(addStep('b'));
  release();
  await vi.advanceTimersByTimeAsync(600);
  expect(server.current.sent.map((document) => document.nodes.length)).toEqual([1, 2]);
  expect(editor.store.getState().save.kind).toBe('saved');
});

test('a save that fails says why, keeps the edits and is done again on demand', async () => {
  const editor = open(graph([], []));
  server.current.refuse('The disk is full.');
  editor.edit(addStep('a'));
  await vi.advanceTimersByTimeAsync(600);
  expect(editor.store.getState().save).toEqual({ kind: 'failed', message: 'The disk is full.' });
  server.current.refuse(null);
  expect(await editor.saveNow()).toBe(true);
  expect(editor.store.getState().save.kind).toBe('saved');
});

test('edits that were never saved are there again after a crash, and can be undone', () => {
  open(graph(['a'], [])).edit(addStep('b'));
  const editor = open(graph(['a'], []));
  expect(editor.store.getState().history.present.nodes.map((node) => node.id)).toEqual(['a', 'b']);
  expect(editor.store.getState().restoredAt).toBe(42);
  editor.undo();
  expect(editor.store.getState().history.present.nodes.map((node) => node.id)).toEqual(['a']);
});

test('unsaved edits of a draft that changed since are offered, not forced', async () => {
  open(graph(['a'], [])).edit(addStep('mine'));
  const editor = open(graph(['a', 'theirs'], []), 't9');
  const ids = () => editor.store.getState().history.present.nodes.map((node) => node.id);
  expect(editor.store.getState().conflict?.kind).toBe('copy');
  expect(ids()).toEqual(['a', 'theirs']);
  editor.settleConflict('mine');
  expect(ids()).toEqual(['a', 'mine']);
  await vi.advanceTimersByTimeAsync(600);
  expect(server.current.sent.at(-1)?.nodes.map((node) => node.id)).toEqual(['a', 'mine']);
});

test('once saved, no copy is left behind', async () => {
  const editor = open(graph([], []));
  editor.edit(addStep('a'));
  await vi.advanceTimersByTimeAsync(600);
  expect(createDraftCopies(storage.current, () => 0).read('wf_1')).toBeNull();
});

test('a change made elsewhere is taken over when nothing is unsaved here', () => {
  const editor = open(graph(['a'], []));
  editor.receive(viewOf(graph(['a', 'b'], []), 't1'));
  expect(editor.store.getState().history.present.nodes.length).toBe(2);
  expect(editor.store.getState().save.kind).toBe('saved');
  editor.undo();
  expect(editor.store.getState().history.present.nodes.length).toBe(1);
});

test('a change made elsewhere never overwrites unsaved edits, nor they it, without a word', async () => {
  const editor = open(graph(['a'], []));
  editor.edit(addStep('mine'));
  editor.receive(viewOf(graph(['a', 'theirs'], []), 't1'));
  await vi.advanceTimersByTimeAsync(2_000);
  expect(server.current.sent).toEqual([]);
  expect(editor.store.getState().conflict?.kind).toBe('remote');
  editor.settleConflict('theirs');
  expect(editor.store.getState().history.present.nodes.map((node) => node.id)).toEqual(['a', 'theirs']);
});

test('the echo of a save of one’s own is no change made elsewhere', async () => {
  const editor = open(graph(['a'], []));
  editor.edit(addStep('b'));
  await vi.advanceTimersByTimeAsync(600);
  const { history } = editor.store.getState();
  editor.edit(addStep('c'));
  editor.receive(viewOf(history.present, 't2'));
  expect(editor.store.getState().conflict).toBeNull();
});

test('new secrets are sent once and kept in no copy and no history', async () => {
  const hook = step('hook', { type: 'webhook', config: { auth: { scheme: 'hmac' } } });
  const editor = open({ ...graph([], []), nodes: [hook] });
  editor.addSecrets('hook', { auth: { secret: 'hush' } });
  editor.edit(addStep('a'));
  expect(storage.current.getItem('hookyard.draft.wf_1')).not.toContain('hush');
  await vi.advanceTimersByTimeAsync(600);
  expect(server.current.sent[0]?.nodes[0]?.config).toEqual({ auth: { scheme: 'hmac', secret: 'hush' } });
  editor.edit(addStep('b'));
  await vi.advanceTimersByTimeAsync(600);
  expect(JSON.stringify(server.current.sent[1])).not.toContain('hush');
  expect(JSON.stringify(editor.store.getState().history)).not.toContain('hush');
});

test('problems are those of the document as it is now', async () => {
  const editor = open(graph([], []));
  await vi.advanceTimersByTimeAsync(150);
  expect(editor.store.getState().isChecked).toBe(true);
  editor.edit(addStep('a'));
  expect(editor.store.getState().isChecked).toBe(false);
  await vi.advanceTimersByTimeAsync(150);
  expect(editor.store.getState().issues.map((issue) => issue.nodeId)).toEqual(['a']);
});

test('a storage that refuses everything does not stop the work', () => {
  storage.current = {
    getItem: () => '{broken',
    setItem: () => {
      throw new Error('quota');
    },
    removeItem: () => undefined,
  };
  const editor = open(graph([], []));
  editor.edit(addStep('a'));
  expect(editor.store.getState().history.present.nodes.length).toBe(1);
});
