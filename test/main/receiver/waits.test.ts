import { describe, expect, it } from 'vitest';
import { call, post } from './call.ts';
import { useReceiver, type LiveWorkflow } from './open-receiver.ts';

const bench = useReceiver();
const open = { auth: { scheme: 'none' } };

async function record(): Promise<string> {
  const cuid = `rec_${Math.random().toString(36).slice(2)}`;
  await bench().store.write('insertRecord', {
    cuid,
    entity: 'InventoryModel',
    data: { name: 'Model' },
    at: Date.now(),
  });
  return cuid;
}

const body = (action: string, target: string) => ({ action, target, entity_name: 'InventoryModel' });

/** A start, a pause, and a step that tells what resumed it. */
function paused(
  start: Record<string, unknown>,
  wait: Record<string, unknown>,
  between?: string,
): Promise<LiveWorkflow> {
  return bench().live({
    nodes: [
      { id: 'start', type: 'webhook', config: { ...open, ...start } },
      ...(between === undefined ? [] : [{ id: 'between', type: 'code', config: { code: between } }]),
      { id: 'pause', type: 'webhook', config: { ...open, ...wait, waitWhenReached: true } },
      { id: 'after', type: 'transform', config: { expression: 'steps.pause.output.payload' } },
    ],
    edges:
      between === undefined
        ? ['start>pause', 'pause>after']
        : ['start>between', 'between>pause', 'pause>after'],
  });
}

describe('run_step', () => {
  it('resumes the run of its target that waits, once, and answers with its id', async () => {
    const { paths, endpoints } = await paused({ style: 'validmind' }, { style: 'validmind' });
    const target = await record();
    const started = await post(bench().origin, paths['start'] ?? '', body('run_workflow', target));
    const run = String(started.json['executionId']);
    await bench().untilRun(run, ['waiting']);
    const resumed = await post(bench().origin, paths['pause'] ?? '', {
      ...body('run_step', target),
      note: 'go',
    });
    expect(resumed).toMatchObject({
      status: 200,
      json: { success: true, executionId: run, executionIds: [run] },
    });
    expect(await bench().untilRun(run)).toMatchObject({ status: 'succeeded', output: { note: 'go' } });
    expect(await bench().lastRequest(endpoints['pause']?.id ?? '')).toMatchObject({
      verdict: 'accepted',
      runs: [{ id: run }],
    });
    expect(await post(bench().origin, paths['pause'] ?? '', body('run_step', target))).toMatchObject({
      status: 409,
      json: { error: 'no_waiting_step' },
    });
    expect(await bench().lastRequest(endpoints['pause']?.id ?? '')).toMatchObject({
      verdict: 'rejected',
      triage: 'open',
      reason: 'no_waiting_step',
    });
  });

  it('resumes once when fifty come at once', async () => {
    const { paths } = await paused({ style: 'validmind' }, { style: 'validmind' });
    const target = await record();
    const started = await post(bench().origin, paths['start'] ?? '', body('run_workflow', target));
    await bench().untilRun(String(started.json['executionId']), ['waiting']);
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => post(bench().origin, paths['pause'] ?? '', body('run_step', target))),
    );
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 409)).toHaveLength(49);
  });

  it('resumes the oldest of several, and never a run of another target', async () => {
    const { paths } = await paused({ style: 'validmind' }, { style: 'validmind' });
    const [target, other] = [await record(), await record()];
    const start = async (cuid: string) => {
      const run = String(
        (await post(bench().origin, paths['start'] ?? '', body('run_workflow', cuid))).json['executionId'],
      );
      await bench().untilRun(run, ['waiting']);
      return run;
    };
    const [stranger, oldest, youngest] = [await start(other), await start(target), await start(target)];
    const resume = async () =>
      (await post(bench().origin, paths['pause'] ?? '', body('run_step', target))).json['executionId'];
    expect([await resume(), await resume()]).toEqual([oldest, youngest]);
    expect(bench().engine.describeRun(stranger)?.status).toBe('waiting');
  });

  it('that comes before the run is there is held with 202 and taken once', async () => {
    const slow = 'const until = Date.now() + 700; while (Date.now() < until); return 1;';
    const { paths, endpoints } = await paused({ style: 'validmind' }, { style: 'validmind' }, slow);
    const target = await record();
    const started = await post(bench().origin, paths['start'] ?? '', body('run_workflow', target));
    const early = await post(bench().origin, paths['pause'] ?? '', {
      ...body('run_step', target),
      note: 'early',
    });
    expect(early.status).toBe(202);
    expect(early.json).toEqual({ success: true, status: 'held', requestId: expect.stringMatching(/^req_/) });
    expect(await bench().untilRun(String(started.json['executionId']))).toMatchObject({
      status: 'succeeded',
      output: { note: 'early' },
    });
    expect(await bench().lastRequest(endpoints['pause']?.id ?? '')).toMatchObject({
      verdict: 'held',
      runs: [{ id: started.json['executionId'] }],
    });
  });

  it('is not held where the node says so', async () => {
    const slow = 'const until = Date.now() + 500; while (Date.now() < until); return 1;';
    const { paths } = await paused({ style: 'validmind' }, { style: 'validmind', holdEarlySeconds: 0 }, slow);
    const target = await record();
    await post(bench().origin, paths['start'] ?? '', body('run_workflow', target));
    expect((await post(bench().origin, paths['pause'] ?? '', body('run_step', target))).status).toBe(409);
  });

  it('at a start is 409: nothing could ever take it', async () => {
    const { paths } = await paused({ style: 'validmind' }, { style: 'validmind' });
    expect((await post(bench().origin, paths['start'] ?? '', body('run_step', await record()))).status).toBe(
      409,
    );
  });

  it('answers in the way of its own endpoint', async () => {
    const { paths } = await paused(
      { style: 'validmind' },
      { style: 'validmind', response: { mode: 'lastNode', status: 201 } },
    );
    const target = await record();
    const started = await post(bench().origin, paths['start'] ?? '', body('run_workflow', target));
    await bench().untilRun(String(started.json['executionId']), ['waiting']);
    const resumed = await post(bench().origin, paths['pause'] ?? '', {
      ...body('run_step', target),
      note: 'go',
    });
    expect(resumed).toMatchObject({ status: 201, json: { note: 'go' } });
  });
});

describe('validmind', () => {
  it('refuses what it does not know and what is not there', async () => {
    const { paths, endpoints } = await paused({ style: 'validmind' }, { style: 'validmind' });
    const target = await record();
    const send = (value: unknown) => post(bench().origin, paths['start'] ?? '', value);
    expect(await send(body('explode', target))).toMatchObject({
      status: 400,
      json: { success: false, error: 'unknown_action' },
    });
    expect(await send({ action: 'run_workflow', target })).toMatchObject({
      status: 400,
      json: { error: 'missing_parameter', missing: ['entity_name'] },
    });
    expect(await send(body('run_workflow', 'rec_nobody'))).toMatchObject({
      status: 404,
      json: { success: false, error: 'target_not_found' },
    });
    expect(await send({ ...body('run_workflow', target), entity_name: 'Elsewhere' })).toMatchObject({
      status: 404,
      json: { error: 'target_not_found' },
    });
    expect(await post(bench().origin, paths['pause'] ?? '', body('run_step', 'rec_nobody'))).toMatchObject({
      status: 404,
      json: { error: 'target_not_found' },
    });
    expect(
      (await bench().requestsOf(endpoints['start']?.id ?? '')).every(
        (row) => row.runs.length === 0 && row.triage === 'open',
      ),
    ).toBe(true);
  });

  it('starts the workflow where it starts, whichever of its URLs is told run_workflow', async () => {
    const { paths } = await paused({ style: 'validmind' }, { style: 'validmind' });
    const target = await record();
    const started = await post(bench().origin, paths['pause'] ?? '', body('run_workflow', target));
    expect(started.status).toBe(200);
    const run = await bench().untilRun(String(started.json['executionId']), ['waiting']);
    expect(run).toMatchObject({ startNodeId: 'start', target: { entity: 'InventoryModel', cuid: target } });
  });
});

describe('correlation', () => {
  const wait = { correlation: { run: 'trigger.data.order', request: 'trigger.data.ref.order' } };

  it('resumes the run whose value is equal, numbers and texts alike', async () => {
    const { paths } = await paused({}, wait);
    const start = async (order: unknown) => {
      const run = String((await post(bench().origin, paths['start'] ?? '', { order })).json['executionId']);
      await bench().untilRun(run, ['waiting']);
      return run;
    };
    const [one, two] = [await start('A-1'), await start(17)];
    const resume = (order: unknown) => post(bench().origin, paths['pause'] ?? '', { ref: { order } });
    expect((await resume('17')).json['executionId']).toBe(two);
    expect((await resume('A-1')).json['executionId']).toBe(one);
    expect(await bench().untilRun(one)).toMatchObject({
      status: 'succeeded',
      output: { ref: { order: 'A-1' } },
    });
    expect((await resume('A-1')).status).toBe(409);
    expect((await resume(null)).status).toBe(409);
    expect((await resume(undefined)).status).toBe(409);
  });

  it('starts or resumes on one URL', async () => {
    const { paths } = await paused(
      { correlation: { run: 'trigger.data.order', request: 'trigger.data.order' }, onMatch: 'resume' },
      wait,
    );
    const send = (order: string) => post(bench().origin, paths['start'] ?? '', { order });
    const first = await send('B-1');
    const run = String(first.json['executionId']);
    await bench().untilRun(run, ['waiting']);
    expect((await send('B-2')).json['executionId']).not.toBe(run);
    expect((await send('B-1')).json['executionId']).toBe(run);
    expect((await bench().untilRun(run)).status).toBe('succeeded');
    expect((await send('B-1')).json['executionId']).not.toBe(run);
  });

  it('that fails is a failed trigger with 500', async () => {
    const { paths } = await paused(
      {},
      { correlation: { run: 'trigger.data.order', request: '$error("no")' } },
    );
    expect(await post(bench().origin, paths['pause'] ?? '', {})).toMatchObject({
      status: 500,
      json: { error: 'expression_failed' },
    });
  });
});

describe('a node in the middle that does not wait', () => {
  it('lets the run pass and is 409 to callers', async () => {
    const workflow = await bench().live({
      nodes: [
        { id: 'start', type: 'webhook', config: open },
        { id: 'middle', type: 'webhook', config: open },
        { id: 'after', type: 'log', config: { text: 'passed' } },
      ],
      edges: ['start>middle', 'middle>after'],
    });
    const started = await post(bench().origin, workflow.paths['start'] ?? '', {});
    expect((await bench().untilRun(String(started.json['executionId']))).status).toBe('succeeded');
    expect(await post(bench().origin, workflow.paths['middle'] ?? '', {})).toMatchObject({
      status: 409,
      json: { error: 'no_waiting_step' },
    });
  });
});

describe('the resume URL of a run', () => {
  async function waiting() {
    const workflow = await paused({}, {});
    const started = await post(bench().origin, workflow.paths['start'] ?? '', {});
    const run = await bench().untilRun(String(started.json['executionId']), ['waiting']);
    return { workflow, run: run.id, url: run.resumeUrl ?? '' };
  }

  it('resumes it once, by POST alone, and is told from URLs nobody was given', async () => {
    const { workflow, run, url } = await waiting();
    expect(url).toMatch(/^\/hooks\/resume\/[A-Za-z0-9_-]{22,}$/);
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']) {
      expect(await call(bench().origin, url, { method })).toMatchObject({
        status: 405,
        headers: { allow: 'POST' },
      });
    }
    for (const bent of [
      url.slice(0, -1),
      `${url}x`,
      `${url}/`,
      url.toUpperCase(),
      '/hooks/resume/',
      '/hooks/resume/1',
      `/hooks/resume/${'a'.repeat(43)}`,
    ]) {
      expect(await post(bench().origin, bent, {}), bent).toMatchObject({
        status: 404,
        json: { success: false, error: 'not_found' },
      });
    }
    expect(bench().engine.describeRun(run)?.status).toBe('waiting');
    const resumed = await post(bench().origin, url, { approved: true });
    expect(resumed).toMatchObject({ status: 200, json: { success: true, executionId: run } });
    expect(await bench().untilRun(run)).toMatchObject({ status: 'succeeded', output: { approved: true } });
    expect(await post(bench().origin, url, { approved: true })).toMatchObject({
      status: 409,
      json: { error: 'no_waiting_step' },
    });
    const rows = await bench().requestsOf(workflow.endpoints['pause']?.id ?? '');
    // Refusals are recorded a little later than they are answered: their place in the list is not told.
    expect(rows.map(({ verdict, reason }) => reason ?? verdict).toSorted()).toEqual([
      'accepted',
      ...Array.from({ length: 5 }, () => 'method_not_allowed'),
      'no_waiting_step',
    ]);
  });

  it('resumes once when fifty come at once, and works while the workflow is off', async () => {
    const { workflow, run, url } = await waiting();
    await bench().store.write('setActive', {
      id: workflow.id,
      version: null,
      enabled: false,
      at: Date.now(),
    });
    const replies = await Promise.all(Array.from({ length: 50 }, () => post(bench().origin, url, {})));
    expect(replies.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([
      200,
      ...Array.from({ length: 49 }, () => 409),
    ]);
    expect((await bench().untilRun(run)).status).toBe('succeeded');
  });

  it('of one run does nothing to another', async () => {
    const [one, two] = [await waiting(), await waiting()];
    expect((await post(bench().origin, one.url, {})).json['executionId']).toBe(one.run);
    expect(bench().engine.describeRun(two.run)?.status).toBe('waiting');
  });

  it('is spent when the run was cancelled', async () => {
    const { run, url } = await waiting();
    await bench().engine.cancelRun(run);
    expect((await post(bench().origin, url, {})).status).toBe(409);
  });
});
