/**
 * All that runs can go through, played over a store that fails somewhere: a record, a call, rounds of a loop, branches
 * that meet, an approval, a wait, a pause, a child run; a run that is cancelled and done again. Who is told of a failure
 * looks whether it was done all the same and otherwise asks again, as people and senders do.
 */
import { hashToken } from '../../../src/main/engine/resume-token.ts';
import { AppError } from '../../../src/shared/errors.ts';
import type { RunView } from '../../../src/shared/contract/views.ts';
import { openHttpTarget, type HttpTarget } from '../../support/http-target.ts';
import { until } from '../../support/until.ts';
import { type Bench, deliver, liveWorkflow, makeDocument, untilRun } from './open-engine.ts';

export interface Scenario extends AsyncDisposable {
  /** Plays it once; answers a sentence for each promise that was broken. */
  play(): Promise<string[]>;
}

const start = { id: 'start', type: 'manual' };
const set = (id: string, fields: Record<string, string>) => ({ id, type: 'set', config: { fields } });
const order = [
  'start',
  'made',
  'call',
  'again',
  'each',
  'left',
  'right',
  'meet',
  'ask',
  'wait',
  'pause',
  'child',
  'end',
];

function wholeDocument(target: HttpTarget, child: string) {
  return makeDocument(
    [
      start,
      { id: 'made', type: 'record.create', config: { entity: 'Made', data: { name: '{{run.id}}' } } },
      {
        id: 'call',
        type: 'http',
        config: { method: 'POST', url: target.origin, body: { run: '{{run.id}}' } },
      },
      {
        id: 'again',
        type: 'http',
        config: {
          method: 'POST',
          url: `${target.origin}/flaky`,
          body: { flaky: '{{run.id}}' },
          retry: { attempts: 3, backoffSeconds: 0.01 },
        },
      },
      { id: 'each', type: 'loop', config: { items: '[1, 2]' } },
      set('round', { at: '{{index}}' }),
      set('left', { is: 'left' }),
      set('right', { is: 'right' }),
      { id: 'meet', type: 'join' },
      { id: 'ask', type: 'approval', config: { title: 'Go on?' } },
      { id: 'wait', type: 'webhook', config: { waitWhenReached: true } },
      { id: 'pause', type: 'delay', config: { seconds: 0.01 } },
      { id: 'child', type: 'workflow', config: { workflow: child, input: { n: 1 } } },
      set('end', { n: '{{trigger.data.n}}', status: '{{steps.call.output.status}}' }),
    ],
    [
      'start>made',
      'made>call',
      'call>again',
      'again>each',
      'each:each>round',
      'each:done>left',
      'each:done>right',
      'left>meet',
      'right>meet',
      'meet>ask',
      'ask>wait',
      'wait>pause',
      'pause>child',
      'child>end',
    ],
  );
}

/** Makes the workflows, on a store that does not fail yet. */
export async function openScenario(bench: Bench): Promise<Scenario> {
  const { store, engine } = bench;
  const target = await openHttpTarget((call, response) => {
    // Each run's first call of this kind fails.
    const isFirst = target.calls.filter(({ body }) => body === call.body).length === 1;
    response.statusCode = call.url === '/flaky' && isFirst ? 500 : 200;
    response.end();
  });
  await store.write('insertEntity', {
    name: 'Made',
    fields: [{ name: 'name', type: 'string', required: true, unique: true }],
    at: 1,
  });
  const child = await liveWorkflow(store, makeDocument([start, set('one', { a: 'b' })], ['start>one']));
  const whole = await liveWorkflow(store, wholeDocument(target, child));
  const sleeping = await liveWorkflow(
    store,
    makeDocument([start, { id: 'sleep', type: 'delay', config: { seconds: 3_600 } }], ['start>sleep']),
  );
  let runsBefore = 0;

  /** Asks until it is done, whether or not we are told so. */
  async function insist(act: () => Promise<unknown>, isDone: () => boolean): Promise<void> {
    await until('it to be done', async () => {
      if (isDone()) return true;
      try {
        await act();
        return true;
      } catch (error) {
        if (error instanceof AppError && error.code === 'storage_unavailable') return isDone();
        throw error;
      }
    });
  }

  /** The newest run of a workflow; starts are not told apart otherwise. */
  const newest = (workflowId: string): string | undefined =>
    store.read.runs.list({ workflowId, limit: 1 }).items[0]?.id;

  async function begin(workflowId: string): Promise<string> {
    const before = newest(workflowId);
    const isDone = (): boolean => newest(workflowId) !== before;
    await insist(() => engine.startRun({ workflowId, input: { n: 5 } }), isDone);
    // A start that was done without our being told is not yet known to the engine.
    engine.wake();
    return newest(workflowId) ?? '';
  }

  async function playWhole(faults: string[]): Promise<void> {
    const runId = await begin(whole);
    const waitsAt = (nodeId: string): Promise<RunView> =>
      until(`the run to wait at ${nodeId}`, () => {
        const run = engine.describeRun(runId);
        return run?.steps.some((step) => step.nodeId === nodeId && step.status === 'waiting') === true && run;
      });
    await waitsAt('ask');
    const isPast = (nodeId: string) => (): boolean =>
      engine.describeRun(runId)?.steps.some((step) => step.nodeId === nodeId && step.status !== 'waiting') ===
      true;
    const word = { runId, nodeId: 'ask', approved: true, form: undefined, comment: '', by: 'ada' };
    await insist(() => engine.approve(word), isPast('ask'));
    engine.wake();
    const { resumeUrl } = await waitsAt('wait');
    const tokenHash = hashToken(resumeUrl?.split('/').at(-1) ?? '');
    const resume = {
      wishes: [
        {
          match: { kind: 'token', tokenHash } as const,
          nodes: [{ workflowId: whole, nodeId: 'wait' }],
          holdMs: 0,
        },
      ],
      insteadOf: [],
      inputJson: '{}',
      paramsJson: null,
    };
    await insist(() => deliver(bench, { resume }), isPast('wait'));
    engine.wake();
    const run = await untilRun(engine, runId);
    faults.push(...wholeFaults(run));
    const records = store.read.records.list({ entity: 'Made', limit: 500 }).items;
    const made = records.filter((record) => JSON.stringify(record).includes(runId)).length;
    if (made !== 1) faults.push(`${made} records were made by one run`);
    const sent = (body: object): number =>
      target.calls.filter((call) => call.body === JSON.stringify(body)).length;
    if (sent({ run: runId }) !== 1) faults.push(`one call was sent ${sent({ run: runId })} times`);
    if (sent({ flaky: runId }) !== 2)
      faults.push(`a call that failed once was sent ${sent({ flaky: runId })} times`);
    target.calls.length = 0;
    if (run.children.length !== 1) faults.push(`${run.children.length} child runs were made`);
  }

  async function playCancelled(faults: string[]): Promise<void> {
    const runId = await begin(sleeping);
    const isCancelled = (id: string) => (): boolean => engine.describeRun(id)?.status === 'cancelled';
    await untilRun(engine, runId, ['waiting']);
    await insist(() => engine.cancelRun(runId), isCancelled(runId));
    const before = newest(sleeping);
    await insist(
      () => engine.retryRun(runId),
      () => newest(sleeping) !== before,
    );
    engine.wake();
    const again = newest(sleeping) ?? '';
    await untilRun(engine, again, ['waiting']);
    await insist(() => engine.cancelRun(again), isCancelled(again));
    for (const id of [runId, again]) if (!isCancelled(id)()) faults.push(`${id} was not cancelled`);
  }

  return {
    async play() {
      const faults: string[] = [];
      await playWhole(faults);
      await playCancelled(faults);
      // The whole, its child, the cancelled and its repetition; each once, however often it was asked for.
      const runs = store.read.overview.totals().runs;
      if (runs - runsBefore !== 4) faults.push(`${runs - runsBefore} runs were made, not 4`);
      runsBefore = runs;
      const { queued, running, waiting } = store.read.runs.counts();
      if (queued + running + waiting !== 0) faults.push(`counted as live: ${queued}, ${running}, ${waiting}`);
      return faults;
    },
    [Symbol.asyncDispose]: () => target.close(),
  };
}

/** Every step once, in order, tried once; the rounds of the loop beside them. */
function wholeFaults(run: RunView): string[] {
  const nodes = run.steps.map(({ nodeId }) => nodeId);
  const rounds = nodes.filter((nodeId) => nodeId === 'round').length;
  const others = nodes.filter((nodeId) => nodeId !== 'round');
  const tries = run.steps.filter(({ nodeId, failures }) => failures.length !== (nodeId === 'again' ? 1 : 0));
  return [
    ...(run.status === 'succeeded' ? [] : [`the run is ${run.status}: ${JSON.stringify(run.error)}`]),
    ...(rounds === 2 ? [] : [`the loop went ${rounds} rounds`]),
    ...(others.toSorted().join() === order.toSorted().join() ? [] : [`the run went ${others.join()}`]),
    ...(tries.length === 0
      ? []
      : [`${tries.map(({ nodeId }) => nodeId).join()} have other failures than they should`]),
  ];
}
