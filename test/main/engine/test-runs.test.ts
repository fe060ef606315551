/** Trying a workflow out and repeating runs with edited data: in the engine, on a real store. */
import { describe, expect, it } from 'vitest';
import { newId } from '../../../src/main/base/ids.ts';
import type { TestWish } from '../../../src/main/engine/test-run.ts';
import { openHttpTarget } from '../../support/http-target.ts';
import {
  type Bench,
  deliver,
  liveWorkflow,
  makeDocument,
  openEngine,
  runOnce,
  untilRun,
} from './open-engine.ts';

const start = { id: 'start', type: 'manual' };
const chain = makeDocument(
  [
    start,
    { id: 'a', type: 'set', config: { fields: { n: '{{trigger.data.n}}' } } },
    { id: 'b', type: 'set', config: { fields: { n: '{{steps.a.output.n}}', by: 'b' } } },
    { id: 'c', type: 'set', config: { fields: { n: '{{steps.b.output.n}}', by: 'c' } } },
  ],
  ['start>a', 'a>b', 'b>c'],
);

/** Tries a draft that was never committed. */
async function tryOut(bench: Bench, document: typeof chain, wish: Partial<TestWish> = {}) {
  const workflowId = newId('wf');
  await bench.store.write('insertWorkflow', {
    id: workflowId,
    slug: workflowId.replaceAll('_', '-'),
    document,
    at: Date.now(),
  });
  return tryAgain(bench, workflowId, wish);
}

async function tryAgain(bench: Bench, workflowId: string, wish: Partial<TestWish> = {}) {
  const { runId } = await bench.engine.startTestRun({
    workflowId,
    version: 'draft',
    inputJson: '{"n":1}',
    paramsJson: null,
    dryRun: false,
    outputs: {},
    ...wish,
  });
  return untilRun(bench.engine, runId);
}

const ids = (run: { steps: readonly { nodeId: string }[] }): string[] => run.steps.map((step) => step.nodeId);

describe('a test run', () => {
  it('runs the draft as it is, on a document of its own that no list shows', async () => {
    const bench = await openEngine();
    const run = await tryOut(bench, chain);
    expect(run).toMatchObject({ status: 'succeeded', version: 0, output: { n: 1, by: 'c' } });
    expect(run.test).toEqual({ version: 'draft', fromStep: null, until: null, dryRun: false, pinned: [] });
    const { store } = bench;
    expect(store.read.workflows.versions(run.workflowId)).toEqual([]);
    expect(store.read.workflows.byId(run.workflowId)).toMatchObject({
      latestVersion: null,
      activeVersion: null,
    });
    const row = store.read.runs.byId(run.id);
    // The draft may change: what ran stays what it was, and is stored once however often it is tried.
    await store.write('updateDraft', {
      id: run.workflowId,
      slug: 'changed',
      document: { ...chain, nodes: [] },
      at: Date.now(),
    });
    expect(store.read.workflows.version(run.workflowId, row?.version ?? 0)?.document.nodes).toHaveLength(4);
  });

  it('takes the committed version where the draft is exactly that, and one snapshot for the same draft', async () => {
    const bench = await openEngine();
    const workflowId = await liveWorkflow(bench.store, chain);
    const committed = await tryAgain(bench, workflowId);
    expect(bench.store.read.runs.byId(committed.id)?.version).toBe(1);
    const slug = workflowId.replaceAll('_', '-');
    const document = { ...chain, description: 'changed' };
    await bench.store.write('updateDraft', { id: workflowId, slug, document, at: Date.now() });
    const [one, two] = [await tryAgain(bench, workflowId), await tryAgain(bench, workflowId)];
    expect([one, two].map(({ id }) => bench.store.read.runs.byId(id)?.version)).toEqual([-1, -1]);
    const other = await tryAgain(bench, workflowId, { until: 'a' });
    expect(bench.store.read.runs.byId(other.id)?.version).toBe(-2);
    expect(bench.store.read.workflows.versions(workflowId).map(({ version }) => version)).toEqual([1]);
  });

  it('ends with a step, doing only what leads there', async () => {
    const bench = await openEngine();
    const document = makeDocument(
      [...chain.nodes, { id: 'side', type: 'fail' }],
      ['start>a', 'a>b', 'b>c', 'start>side'],
    );
    const run = await tryOut(bench, document, { until: 'b' });
    expect(run.status).toBe('succeeded');
    expect(ids(run)).toEqual(['start', 'a', 'b']);
  });

  it('begins at a step with what is pinned before it, and does one step alone', async () => {
    const bench = await openEngine();
    const outputs = { a: { n: 42 }, b: { n: 0 } };
    const from = await tryOut(bench, chain, { fromStep: 'b', outputs });
    expect(ids(from)).toEqual(['start', 'a', 'b', 'c']);
    expect(from.output).toEqual({ n: 42, by: 'c' });
    const only = await tryAgain(bench, from.workflowId, { fromStep: 'b', until: 'b', outputs });
    expect(ids(only)).toEqual(['start', 'a', 'b']);
    expect(only.output).toEqual({ n: 42, by: 'b' });
  });

  it('takes a pinned output for a step on the way, but never for a condition', async () => {
    const bench = await openEngine();
    const document = makeDocument(
      [
        start,
        { id: 'check', type: 'condition', config: { expression: 'trigger.data.n = 1' } },
        { id: 'yes', type: 'fail' },
        { id: 'end', type: 'set', config: { fields: { got: '{{steps.yes.output}}' } } },
      ],
      ['start>check', 'check:true>yes', 'yes>end'],
    );
    const run = await tryOut(bench, document, { outputs: { yes: 'pinned', check: false } });
    expect(run).toMatchObject({ status: 'succeeded', output: { got: 'pinned' } });
    expect(run.test?.pinned).toEqual(['yes', 'check']);
  });

  it('shows in a dry run what a call would send, and sends nothing; a pinned one is not even shown', async () => {
    await using target = await openHttpTarget();
    const bench = await openEngine();
    const call = { id: 'call', type: 'http', config: { url: `${target.origin}/{{trigger.data.n}}` } };
    const document = makeDocument(
      [start, call, { id: 'end', type: 'set', config: { fields: { was: '{{steps.call.output}}' } } }],
      ['start>call', 'call>end'],
    );
    const dry = await tryOut(bench, document, { dryRun: true });
    expect(dry).toMatchObject({ status: 'succeeded', output: {} });
    const step = dry.steps.find(({ nodeId }) => nodeId === 'call');
    expect(step?.input).toMatchObject({ url: `${target.origin}/1` });
    expect(step?.logs).toEqual([{ level: 'info', text: 'A dry run: this was not done.' }]);
    await tryAgain(bench, dry.workflowId, { outputs: { call: { status: 200 } } });
    expect(target.calls).toEqual([]);
    await tryAgain(bench, dry.workflowId);
    expect(target.calls).toHaveLength(1);
  });

  it('loops in a dry run as in any other, until a step in its body', async () => {
    const bench = await openEngine();
    const document = makeDocument(
      [
        start,
        { id: 'loop', type: 'loop', config: { items: '[1, 2]' } },
        { id: 'tell', type: 'notify', config: { title: 'Item {{item}}' } },
        { id: 'next', type: 'fail' },
        { id: 'end', type: 'fail' },
      ],
      ['start>loop', 'loop:each>tell', 'tell>next', 'loop:done>end'],
    );
    const run = await tryOut(bench, document, { dryRun: true, until: 'tell' });
    expect(run.status).toBe('succeeded');
    const told = run.steps.filter(({ nodeId }) => nodeId === 'tell');
    expect(told.map(({ input }) => input)).toMatchObject([{ title: 'Item 1' }, { title: 'Item 2' }]);
    expect(run.output).toMatchObject({ count: 2, failed: 0 });
  });

  it('sees a captured request as its trigger without becoming one of its runs', async () => {
    const bench = await openEngine();
    const document = makeDocument(
      [
        { id: 'hook', type: 'webhook', config: {} },
        { id: 'a', type: 'set', config: { fields: { n: '{{trigger.data.n}}', q: '{{trigger.query.q}}' } } },
      ],
      ['hook>a'],
    );
    const { requestId } = await deliver(bench, { body: '{"n":7}', url: '/hooks/test?q=x' });
    const run = await tryOut(bench, document, { requestId, inputJson: '{"n":7}' });
    expect(run).toMatchObject({ requestId, output: { n: 7, q: 'x' }, input: { n: 7 } });
    expect(run.steps[0]?.output).toMatchObject({ payload: { n: 7 }, query: { q: 'x' }, method: 'POST' });
    expect(bench.store.read.requests.byId(requestId)?.runs).toEqual([]);
  });

  it('survives a restart in its middle as what it is', async () => {
    const bench = await openEngine();
    const document = makeDocument(
      [start, { id: 'pause', type: 'delay', config: { seconds: 0.4 } }, { id: 'bad', type: 'fail' }],
      ['start>pause', 'pause>bad'],
    );
    const workflowId = await liveWorkflow(bench.store, document);
    const { runId } = await bench.engine.startTestRun({
      workflowId,
      version: 'draft',
      inputJson: null,
      paramsJson: null,
      dryRun: false,
      outputs: { bad: 'pinned' },
    });
    await untilRun(bench.engine, runId, ['waiting']);
    await bench.close();
    const next = await openEngine({ dataDir: bench.dataDir, vault: bench.vault });
    expect(await untilRun(next.engine, runId)).toMatchObject({ status: 'succeeded', output: 'pinned' });
  });

  it('is refused for steps that are not there or do not lead to one another', async () => {
    const bench = await openEngine();
    await expect(tryOut(bench, chain, { fromStep: 'nowhere' })).rejects.toMatchObject({ code: 'invalid' });
    await expect(tryOut(bench, chain, { fromStep: 'c', until: 'a' })).rejects.toMatchObject({
      details: { issues: [{ path: 'until', message: 'No path leads there.' }] },
    });
    await expect(tryOut(bench, chain, { version: 3 })).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('repeating a run with edited data', () => {
  it('replaces the payload, and says so on the new run alone', async () => {
    const bench = await openEngine();
    const run = await runOnce(bench, chain, { n: 5 });
    const { runId } = await bench.engine.retryRun(run.id, { input: { value: { n: 6 }, paramsJson: '{}' } });
    const again = await untilRun(bench.engine, runId);
    expect(again).toMatchObject({ input: { n: 6 }, output: { n: 6, by: 'c' }, retryOf: run.id });
    expect(again.edits).toEqual({ fromStep: null, input: true, outputs: [] });
    expect(again.steps[0]?.output).toEqual({ n: 6 });
    expect(bench.engine.describeRun(run.id)).toMatchObject({ input: { n: 5 }, retryOf: null, edits: null });
  });

  it('keeps headers and query of the request whose payload is edited', async () => {
    const bench = await openEngine();
    const document = makeDocument(
      [
        { id: 'hook', type: 'webhook', config: {} },
        { id: 'a', type: 'set', config: { fields: { n: '{{trigger.data.n}}', q: '{{trigger.query.q}}' } } },
      ],
      ['hook>a'],
    );
    const workflowId = await liveWorkflow(bench.store, document);
    const outcome = await deliver(bench, { body: '{"n":1}', url: '/hooks/t?q=x', starts: { workflowId } });
    const [id = ''] = outcome.kind === 'started' ? outcome.runIds : [];
    await untilRun(bench.engine, id);
    const { runId } = await bench.engine.retryRun(id, { input: { value: { n: 2 }, paramsJson: null } });
    const again = await untilRun(bench.engine, runId);
    expect(again).toMatchObject({ output: { n: 2, q: 'x' }, requestId: outcome.requestId });
    expect(again.steps[0]?.output).toMatchObject({ payload: { n: 2 }, query: { q: 'x' } });
  });

  it('lets the step it begins at see another output of an earlier one', async () => {
    const bench = await openEngine();
    const run = await runOnce(bench, chain, { n: 5 });
    const { runId } = await bench.engine.retryRun(run.id, { fromStep: 'b', outputs: { a: { n: 9 } } });
    const again = await untilRun(bench.engine, runId);
    expect(again).toMatchObject({ output: { n: 9, by: 'c' }, input: { n: 5 } });
    expect(again.edits).toEqual({ fromStep: 'b', input: false, outputs: ['a'] });
    await expect(bench.engine.retryRun(run.id, { fromStep: 'b', outputs: { c: 1 } })).rejects.toMatchObject({
      code: 'invalid',
      details: { issues: [{ path: 'outputs.c' }] },
    });
  });

  it('repeats a test run as a test run', async () => {
    const bench = await openEngine();
    const run = await tryOut(bench, chain, { outputs: { b: { n: 100 } } });
    const { runId } = await bench.engine.retryRun(run.id);
    expect(await untilRun(bench.engine, runId)).toMatchObject({
      output: { n: 100, by: 'c' },
      version: 0,
      test: { pinned: ['b'] },
    });
  });
});
