/** Runs of whose outside effect nobody knows whether it happened are marked, and found by that (RELIABILITY P4). */
import { expect, it } from 'vitest';
import { openHttpTarget } from '../../support/http-target.ts';
import { liveWorkflow, makeDocument, openEngine, runOnce, untilRun } from './open-engine.ts';

const start = { id: 'start', type: 'manual' };

it('a call that must not be repeated and was cut off before its answer marks its run', async () => {
  await using target = await openHttpTarget((_call, response, request) => {
    if (target.calls.length === 2) request.socket.destroy();
    else response.end('{}');
  });
  const bench = await openEngine();
  const { store, engine } = bench;
  const call = { url: target.origin, atMostOnce: true };
  const document = makeDocument([start, { id: 'call', type: 'http', config: call }], ['start>call']);
  const sure = await runOnce(bench, document);
  const doubtful = await runOnce(bench, document);
  expect([sure.status, sure.inDoubt]).toEqual(['succeeded', false]);
  expect([doubtful.status, doubtful.inDoubt]).toEqual(['failed', true]);
  expect(target.calls).toHaveLength(2);
  const found = await store.read.runs.find({ isInDoubt: true, limit: 10 });
  expect(found.items.map((run) => run.id)).toEqual([doubtful.id]);
  const others = await store.read.runs.find({ isInDoubt: false, limit: 10 });
  expect(others.items.map((run) => run.id)).toEqual([sure.id]);

  // One that is refused is in no doubt.
  const workflowId = await liveWorkflow(
    store,
    makeDocument([start, { id: 'fail', type: 'fail', config: { message: 'No' } }], ['start>fail']),
  );
  const { runId } = await engine.startRun({ workflowId, input: null });
  expect(await untilRun(engine, runId)).toMatchObject({ status: 'failed', inDoubt: false });
});
