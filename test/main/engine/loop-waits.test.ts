/** Waits inside loops: each round has its own, early deliveries and resume URLs included (SPEC 3, Waits). */
import { describe, expect, it } from 'vitest';
import { hashToken } from '../../../src/main/engine/resume-token.ts';
import type { ResumeWanted } from '../../../src/main/store/types.ts';
import { until } from '../../support/until.ts';
import { deliver, liveWorkflow, makeDocument, openEngine, untilRun, type Bench } from './open-engine.ts';

const holdMs = 60_000;

function byToken(url: string): ResumeWanted {
  const tokenHash = hashToken(url.split('/').at(-1) ?? '');
  return {
    wishes: [{ match: { kind: 'token', tokenHash }, nodes: [], holdMs }],
    insteadOf: [],
    inputJson: null,
    paramsJson: null,
  };
}

/** start → loop → each: tell the URL → nap → wait; so early is known where a round can be resumed. */
const document = (concurrency: number) =>
  makeDocument(
    [
      { id: 'start', type: 'manual' },
      { id: 'before', type: 'transform', config: { expression: 'run.resumeUrl' } },
      { id: 'each', type: 'loop', config: { items: '["a", "b"]', concurrency } },
      { id: 'tell', type: 'transform', config: { expression: 'run.resumeUrl' } },
      { id: 'nap', type: 'delay', config: { seconds: 0.2 } },
      { id: 'wait', type: 'webhook', name: 'Word', config: { waitWhenReached: true } },
      {
        id: 'got',
        type: 'transform',
        config: { expression: '{"item": item, "said": steps.wait.output.payload.said}' },
      },
    ],
    ['start>before', 'before>each', 'each:each>tell', 'tell>nap', 'nap>wait', 'wait>got'],
  );

async function begin(bench: Bench, concurrency: number): Promise<string> {
  const workflowId = await liveWorkflow(bench.store, document(concurrency));
  return (await bench.engine.startRun({ workflowId, input: null })).runId;
}

/** The URLs the rounds have told by now. */
function toldUrls({ engine }: Bench, runId: string, nodeId = 'tell'): readonly string[] {
  const steps = engine.describeRun(runId)?.steps ?? [];
  return steps.flatMap((step) =>
    step.nodeId === nodeId && typeof step.output === 'string' ? [step.output] : [],
  );
}

async function untilTold(bench: Bench, runId: string, count: number): Promise<string> {
  await until(`round ${count} to begin`, () => toldUrls(bench, runId).length === count);
  return toldUrls(bench, runId)[count - 1] ?? '';
}

const said = (word: string): string => JSON.stringify({ said: word });

describe('waits inside a loop', () => {
  it('take a delivery that comes before them, each that of its own round, also over a restart', async () => {
    const first = await openEngine();
    const runId = await begin(first, 1);
    const one = await untilTold(first, runId, 1);
    expect(toldUrls(first, runId, 'before')).toEqual([one]);
    expect(await deliver(first, { body: said('first'), resume: byToken(one) })).toMatchObject({
      kind: 'held',
    });
    const two = await untilTold(first, runId, 2);
    expect(two).not.toBe(one);
    expect((await deliver(first, { resume: byToken(one) })).kind).toBe('no_waiting_step');
    await untilRun(first.engine, runId, ['waiting']);
    await first.close();

    const bench = await openEngine({ dataDir: first.dataDir, vault: first.vault });
    await until('the second wait', () => bench.store.read.runs.waits(runId).length === 1);
    const view = bench.engine.describeRun(runId);
    expect(view).toMatchObject({
      status: 'waiting',
      waitingFor: 'Waits for a request at "Word".',
      resumeUrl: two,
    });
    expect(await deliver(bench, { body: said('second'), resume: byToken(two) })).toMatchObject({
      kind: 'resumed',
      runId,
    });
    const run = await untilRun(bench.engine, runId);
    expect(run.output).toMatchObject({
      results: [
        { item: 'a', said: 'first' },
        { item: 'b', said: 'second' },
      ],
    });
    expect((await deliver(bench, { resume: byToken(two) })).kind).toBe('no_waiting_step');
  });

  it('of rounds under way at once are resumed in any order, each once', async () => {
    const bench = await openEngine();
    const runId = await begin(bench, 2);
    await until('both waits', () => bench.store.read.runs.waits(runId).length === 2);
    const [one = '', two = ''] = toldUrls(bench, runId);
    expect((await deliver(bench, { body: said('B'), resume: byToken(two) })).kind).toBe('resumed');
    expect((await deliver(bench, { body: said('B'), resume: byToken(two) })).kind).toBe('no_waiting_step');
    expect((await deliver(bench, { body: said('A'), resume: byToken(one) })).kind).toBe('resumed');
    const run = await untilRun(bench.engine, runId);
    expect(run.output).toMatchObject({
      results: [
        { item: 'a', said: 'A' },
        { item: 'b', said: 'B' },
      ],
    });
  });
});
