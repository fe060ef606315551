/**
 * Waits and shared sources of a real host that is killed without warning (SPEC 3, 9; RELIABILITY D10, H1, H3, P6).
 * By hand with the full number: `HOOKYARD_TEST_WAITS=10000`.
 */
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import {
  endpointSchema,
  requestSummarySchema,
  runSchema,
  statusSchema,
  workflowSchema,
} from '../../../src/shared/contract/views.ts';
import { startHost, type TestHost } from '../../support/host.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';
import { callV1 } from '../../support/v1.ts';
import { listAll } from '../../support/v1-list.ts';

const manyWaits = Number(process.env['HOOKYARD_TEST_WAITS'] ?? 2_000);
const open = { style: 'native', auth: { scheme: 'none' } };
const correlation = { run: 'trigger.data.order', request: 'trigger.data.order' };

/** A port nobody has, so that callers can knock before the host is there. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A host on one port and folder that can be killed and started again. */
async function openHost() {
  const folder = makeTempDir();
  const port = await freePort();
  const start = (): Promise<TestHost> =>
    startHost({ folder: folder.path, options: ['--port', String(port), '--no-admin'] });
  let host = await start();
  onTestFinished(async () => {
    await host.stop();
    folder.remove();
  });
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    kill: () => host.kill9(),
    async start() {
      host = await start();
      return host;
    },
    async v1<Body>(schema: z.ZodType<Body>, method: string, path: string, body?: unknown): Promise<Body> {
      const answer = await callV1(origin, method, `/v1${path}`, body);
      expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
      return schema.parse(answer.body);
    },
    /** Undefined: no complete answer came. */
    async post(path: string, body: unknown, headers: Record<string, string> = {}) {
      try {
        const answer = await fetch(path.startsWith('http') ? path : origin + path, {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json', ...headers },
        });
        const json = z.record(z.string(), z.unknown()).parse(await answer.json());
        return { status: answer.status, json };
      } catch {
        return undefined;
      }
    },
  };
}
type Host = Awaited<ReturnType<typeof openHost>>;

/** Does something for every item, 32 at a time. */
async function forAll<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const rest = [...items];
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
    }),
  );
}

/** hook → ask → wait → end; the wait takes its `timeout` port when its time is over. */
async function waitingWorkflow(host: Host, name: string, wait: Record<string, unknown> = {}) {
  const isTimed = wait['timeoutSeconds'] !== undefined;
  const made = await host.v1(workflowSchema, 'POST', '/workflows?activate=true', {
    name,
    nodes: [
      { id: 'hook', type: 'webhook', config: open },
      { id: 'ask', type: 'set', config: { fields: { url: '{{run.resumeUrl}}' } } },
      { id: 'wait', type: 'webhook', config: { ...open, waitWhenReached: true, correlation, ...wait } },
      { id: 'end', type: 'transform', config: { expression: 'steps.wait.output.payload' } },
      ...(isTimed ? [{ id: 'late', type: 'log', config: { message: 'late' } }] : []),
    ],
    edges: [
      { source: 'hook', target: 'ask' },
      { source: 'ask', target: 'wait' },
      { source: 'wait', target: 'end' },
      ...(isTimed ? [{ source: 'wait', target: 'late', port: 'timeout' }] : []),
    ],
  });
  const pathOf = (nodeId: string): string =>
    new URL(made.endpoints.find((one) => one.nodeId === nodeId)?.url ?? '').pathname;
  return { id: made.id, start: pathOf('hook'), wait: pathOf('wait') };
}

async function startRuns(host: Host, path: string, count: number): Promise<Map<number, string>> {
  const runs = new Map<number, string>();
  await forAll(
    Array.from({ length: count }, (_, order) => order),
    async (order) => {
      const answer = await host.post(path, { order });
      expect(answer?.status).toBe(200);
      runs.set(order, String(answer?.json['executionId']));
    },
  );
  return runs;
}

const untilWaiting = (host: Host, count: number): Promise<unknown> =>
  until(
    `${count} runs to wait`,
    async () => (await host.v1(statusSchema, 'GET', '/status')).waitingRuns === count,
    { deadlineMs: 120_000, everyMs: 50 },
  );

describe(`${manyWaits} waiting runs over kill -9`, () => {
  it('H1 H3 are armed when the host is ready again, and resumed once each', {
    timeout: 400_000,
  }, async () => {
    const host = await openHost();
    const workflow = await waitingWorkflow(host, 'Many waits');
    const timed = await waitingWorkflow(host, 'Timed waits', { timeoutSeconds: 3 });
    const runs = await startRuns(host, workflow.start, manyWaits);
    await untilWaiting(host, manyWaits);
    const timedRuns = await startRuns(host, timed.start, 50);
    await untilWaiting(host, manyWaits + 50);
    const asked = await host.v1(runSchema, 'GET', `/workflow-runs/${runs.get(0)}`);
    const { resumeUrl } = asked;
    await host.kill();

    // Knocks from before the host is there: refused, or answered as it should be, never 404 (H3).
    const first: number[] = [];
    let isUp = false;
    const knocking = (async () => {
      while (!isUp || first.length === 0) {
        const answer = await host.post(resumeUrl ?? '', { by: 'url' });
        if (answer !== undefined) first.push(answer.status);
      }
    })();
    await host.start();
    isUp = true;
    const readyAt = Date.now();
    await knocking;
    expect(first.every((status) => [200, 202, 409, 503].includes(status))).toBe(true);
    expect(first.filter((status) => status === 200)).toHaveLength(1);

    // The overdue time-outs fire once, by themselves.
    await until(
      'the overdue waits to take their time-out',
      async () => {
        const ended = await listAll(
          host.origin,
          `/v1/workflow-runs?workflow=${timed.id}&status=succeeded`,
          runSchema.pick({ id: true }),
        );
        return ended.length === timedRuns.size;
      },
      { deadlineMs: 30_000 },
    );
    expect(Date.now() - readyAt).toBeLessThan(15_000);

    const answers = new Map<number, string>();
    await forAll([...runs.keys()].slice(0, manyWaits), async (order) => {
      if (order === 0) return;
      const answer = await host.post(workflow.wait, { order, again: true });
      expect(answer?.status).toBe(200);
      answers.set(order, String(answer?.json['executionId']));
    });
    for (const [order, run] of answers) expect(run).toBe(runs.get(order));
    await forAll([1, 2, 3, 4, 5], async (order) => {
      expect((await host.post(workflow.wait, { order }))?.status).toBe(409);
    });
    await until(
      'all runs to end',
      async () => {
        const { waitingRuns, queueDepth } = await host.v1(statusSchema, 'GET', '/status');
        return waitingRuns === 0 && queueDepth === 0;
      },
      { deadlineMs: 120_000 },
    );
    const late = await host.v1(runSchema, 'GET', `/workflow-runs/${timedRuns.get(0)}`);
    expect(late.steps.filter((step) => step.nodeId === 'late')).toHaveLength(1);
  });
});

describe('a delivery whose answer was lost to kill -9', () => {
  it('is known again by its key, and has resumed its run once', { timeout: 120_000 }, async () => {
    const host = await openHost();
    const workflow = await waitingWorkflow(host, 'Lost answers');
    const runs = await startRuns(host, workflow.start, 300);
    await untilWaiting(host, 300);
    const resume = (order: number) =>
      host.post(workflow.wait, { order, go: true }, { 'idempotency-key': `resume-${order}` });
    const acknowledged = new Set<number>();
    const sending = forAll([...runs.keys()], async (order) => {
      if ((await resume(order))?.status === 200) acknowledged.add(order);
    });
    await until('some to be acknowledged', () => acknowledged.size > 60, { everyMs: 1 });
    await host.kill();
    await sending;
    expect(acknowledged.size).toBeLessThan(300);
    await host.start();
    let twins = 0;
    await forAll([...runs.keys()], async (order) => {
      const answer = await resume(order);
      expect(answer).toMatchObject({ status: 200, json: { executionId: runs.get(order) } });
      if (answer?.json['duplicate'] === true) twins += 1;
      // What was acknowledged was kept.
      else expect(acknowledged.has(order)).toBe(false);
    });
    expect(twins).toBeGreaterThanOrEqual(acknowledged.size);
    await untilWaiting(host, 0);
    const accepted = await listAll(host.origin, '/v1/requests?verdict=accepted', requestSummarySchema);
    const resumes = accepted.filter((row) => row.url === workflow.wait);
    expect(resumes).toHaveLength(300);
    expect(new Set(resumes.map((row) => row.runs[0]?.id)).size).toBe(300);
  });
});

describe('a shared source whose host is killed', () => {
  it('D10 started all three workflows with a request, or none', { timeout: 180_000 }, async () => {
    const host = await openHost();
    const source = await host.v1(endpointSchema, 'POST', '/endpoints', {
      name: 'Orders of all',
      ...open,
    });
    for (const name of ['One', 'Two', 'Three']) {
      await host.v1(workflowSchema, 'POST', '/workflows?activate=true', {
        name: `${name} of three`,
        nodes: [
          { id: 'hook', type: 'webhook', config: { endpointId: source.id } },
          { id: 'end', type: 'set', config: { fields: { got: '{{trigger.data.n}}' } } },
        ],
        edges: [{ source: 'hook', target: 'end' }],
      });
    }
    await host.v1(endpointSchema, 'POST', `/endpoints/${source.id}/activate`, {});
    const acknowledged = new Map<string, unknown>();
    for (let round = 0; round < 3; round += 1) {
      const before = acknowledged.size;
      const sending = forAll(
        Array.from({ length: 2_000 }, (_, n) => n),
        async (n) => {
          const answer = await host.post(source.path, { n });
          if (answer?.status === 200)
            acknowledged.set(String(answer.json['requestId']), answer.json['executionIds']);
        },
      );
      await until('some to be acknowledged', () => acknowledged.size > before + 50, { everyMs: 1 });
      await host.kill();
      await sending;
      await host.start();
    }
    const rows = await listAll(host.origin, `/v1/requests?endpoint=${source.id}`, requestSummarySchema);
    const stored = new Map(rows.map((row) => [row.id, row]));
    for (const row of rows) {
      expect(row.verdict).toBe('accepted');
      expect(new Set(row.runs.map((run) => run.workflowId)).size).toBe(3);
      expect(row.runs).toHaveLength(3);
    }
    for (const [id, runs] of acknowledged) {
      expect(stored.get(id)?.runs.map((run) => run.id)).toEqual(runs);
    }
    await until(
      'every run to end',
      async () => {
        const { queueDepth } = await host.v1(statusSchema, 'GET', '/status');
        return queueDepth === 0;
      },
      { deadlineMs: 60_000 },
    );
  });
});
