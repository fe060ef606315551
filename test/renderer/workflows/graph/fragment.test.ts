import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyEdit } from '../../../../src/renderer/features/workflows/graph/edit.ts';
import {
  copySteps,
  pasteSteps,
  readDocument,
} from '../../../../src/renderer/features/workflows/graph/fragment.ts';
import { anyDocument, edgesOf, faultsOf, graph, step } from './samples.ts';

function reread(text: string | null) {
  const reading = readDocument(text ?? '');
  if (!reading.ok) throw new Error(reading.message);
  return reading.document;
}

test('a document survives a file unchanged', () => {
  fc.assert(
    fc.property(anyDocument, (document) => {
      expect(reread(JSON.stringify(document))).toEqual(document);
    }),
  );
});

test('copied steps carry the edges among them and no others', () => {
  const document = graph(['a', 'b', 'c'], ['a>b', 'b>c']);
  const copy = reread(copySteps(document, ['a', 'b']));
  expect(copy.nodes.map((node) => node.id)).toEqual(['a', 'b']);
  expect(edgesOf(copy)).toEqual(['a>b']);
});

test('copying nothing gives nothing', () => {
  expect(copySteps(graph(['a'], []), [])).toBeNull();
});

test('pasting any steps into any graph adds every one of them and keeps the graph sound', () => {
  fc.assert(
    fc.property(anyDocument, anyDocument, (document, foreign) => {
      const pasted = applyEdit(document, pasteSteps(document, foreign, null));
      expect(pasted.nodes.length).toBe(document.nodes.length + foreign.nodes.length);
      expect(pasted.edges.length).toBe(document.edges.length + foreign.edges.length);
      expect(faultsOf(pasted)).toEqual([]);
      expect(pasted.nodes.slice(0, document.nodes.length)).toEqual(document.nodes);
    }),
  );
});

test('expressions among pasted steps follow the new ids, and others stay', () => {
  const expression = 'steps.a.output.x + steps.ab.output + steps.`a`.output & mysteps.a';
  const foreign = {
    ...graph(['a'], []),
    nodes: [step('a'), step('user', { config: { expression, response: { nodeId: 'a' } } })],
  };
  const edit = pasteSteps(graph(['transform', 'a'], []), foreign, null);
  if (edit.type !== 'paste') throw new Error('not a paste');
  expect(edit.nodes[0]?.id).toBe('transform2');
  expect(edit.nodes[1]?.config).toEqual({
    expression: 'steps.transform2.output.x + steps.ab.output + steps.`transform2`.output & mysteps.a',
    response: { nodeId: 'transform2' },
  });
});

test('pasted steps do not cover the ones they were copied from', () => {
  const document = graph(['a', 'b'], ['a>b']);
  const edit = pasteSteps(document, document, null);
  if (edit.type !== 'paste') throw new Error('not a paste');
  expect(edit.nodes.map((node) => node.position)).toEqual([
    { x: 40, y: 40 },
    { x: 360, y: 40 },
  ]);
});

test('a webhook pasted gives up the slug only one endpoint can have', () => {
  const hook = step('hook', { type: 'webhook', config: { style: 'native', slug: 'orders' } });
  const document = { ...graph([], []), slug: 'sample', nodes: [hook] };
  const edit = pasteSteps(document, document, null);
  if (edit.type !== 'paste') throw new Error('not a paste');
  expect(edit.nodes[0]?.config).toEqual({ style: 'native' });
});

test('what /v1 answers with is read as a document', () => {
  const answer = { ...graph(['a'], []), id: 'wf_1', enabled: true, endpoints: [], createdAt: 'now' };
  expect(readDocument(JSON.stringify(answer)).ok).toBe(true);
});

test('text that is no workflow is refused in words, never thrown', () => {
  expect(readDocument('{')).toEqual({ ok: false, message: 'This is not JSON.' });
  expect(readDocument('[]').ok).toBe(false);
  expect(readDocument('{"nodes":[{"id":"a b","type":"x"}]}')).toEqual({
    ok: false,
    message: 'nodes[0].id: letters, digits, _ and -, at most 40',
  });
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(typeof readDocument(text).ok).toBe('boolean');
    }),
  );
});
