import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  recordEdit,
  redo,
  redoLabel,
  startHistory,
  undo,
  undoLabel,
} from '../../../../src/renderer/features/workflows/graph/history.ts';
import { anyDocument, anyEdit, graph, step } from './samples.ts';

test('undo takes back any edit, and redo does it again', () => {
  fc.assert(
    fc.property(anyDocument, anyEdit, (document, edit) => {
      const before = startHistory(document);
      const after = recordEdit(before, edit);
      if (after === before) return;
      expect(undo(after).present).toBe(document);
      expect(redo(undo(after)).present).toBe(after.present);
    }),
  );
});

test('any number of edits can be walked back to the beginning and forth to the end', () => {
  fc.assert(
    fc.property(anyDocument, fc.array(anyEdit, { maxLength: 20 }), (document, edits) => {
      const end = edits.reduce(recordEdit, startHistory(document));
      let history = end;
      while (undo(history) !== history) history = undo(history);
      expect(history.present).toBe(document);
      while (redo(history) !== history) history = redo(history);
      expect(history).toEqual(end);
    }),
  );
});

test('an edit that changes nothing leaves no trace', () => {
  const history = startHistory(graph(['a'], []));
  expect(recordEdit(history, { type: 'remove', nodeIds: ['ghost'] })).toBe(history);
});

test('a new edit after undo gives up what was undone', () => {
  const start = startHistory(graph([], []));
  const undone = undo(recordEdit(start, { type: 'add', node: step('a') }));
  expect(redoLabel(undone)).toBe('add a');
  const other = recordEdit(undone, { type: 'add', node: step('b') });
  expect(redo(other)).toBe(other);
  expect(undoLabel(other)).toBe('add b');
});
