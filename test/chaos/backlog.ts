/**
 * A great backlog (RELIABILITY K1): runs by the thousand are queued, the host is killed while none of them may begin and
 * again while they are worked off. It has to listen at once, stay small, answer the interface, and work them off in the
 * order they came, each once.
 */
import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import { z } from 'zod';
import { API_TOKEN, startHost, type TestHost } from '../support/host.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';
import { callV1 } from '../support/v1.ts';
import type { TrialReport, TrialSettings } from './trial.ts';

/** SPEC 12: more than this is refused with 503. */
const queueLimit = 100_000;
/** RELIABILITY K1. */
const longestStartMs = 3_000;
const mostMegabytes = 512;
const longestAnswerMs = 200;
const leastPerSecond = 500;
/** Runs under way at once may end in another order: those that are ready, and those in the engine's hand. */
const slack = 1_024;

const statusSchema = z.object({ queueDepth: z.number() });
const workflowSchema = z.object({ id: z.string(), endpoints: z.array(z.object({ url: z.string() })) });
const pageSchema = z.object({
  items: z.array(z.object({ id: z.string(), status: z.string(), startedAt: z.string().nullable() })),
  nextCursor: z.string().nullable(),
});

/** Most memory the process has had, in MB. */
function mostMemory({ pid }: TestHost): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes) / 1_024);
}

async function queueDepth({ receiver }: TestHost): Promise<number> {
  return statusSchema.parse((await callV1(receiver, 'GET', '/v1/status')).body).queueDepth;
}

async function post(pool: Pool, path: string, n: number): Promise<number> {
  const { statusCode, body } = await pool.request({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    body: `{"n":${n}}`,
  });
  await body.dump();
  return statusCode;
}

/** Sends so many deliveries, 64 at a time; answers how many were not accepted. */
async function fill(
  host: TestHost,
  path: string,
  count: number,
  say: (line: string) => void,
): Promise<number> {
  const pool = new Pool(host.receiver, { connections: 64 });
  let next = 0;
  let refused = 0;
  const sender = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      if (next % 20_000 === 0) say(`${next} sent`);
      if ((await post(pool, path, next)) !== 200) refused += 1;
    }
  };
  await Promise.all(Array.from({ length: 64 }, sender));
  await pool.close();
  return refused;
}

/** All runs, the oldest first. */
async function allRuns({ receiver }: TestHost): Promise<z.infer<typeof pageSchema>['items']> {
  const runs: z.infer<typeof pageSchema>['items'] = [];
  let cursor: string | null = null;
  do {
    const after = cursor === null ? '' : `&cursor=${cursor}`;
    const answer = await callV1(receiver, 'GET', `/v1/workflow-runs?limit=500${after}`);
    const page = pageSchema.parse(answer.body);
    runs.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return runs.toReversed();
}

/** Faults of a backlog that was worked off. */
function judgeOrder(runs: z.infer<typeof pageSchema>['items'], count: number): readonly string[] {
  const faults: string[] = [];
  if (runs.length !== count) faults.push(`${runs.length} runs instead of ${count}`);
  const unfinished = runs.filter((run) => run.status !== 'succeeded').length;
  if (unfinished > 0) faults.push(`${unfinished} runs did not succeed`);
  const early = runs.filter((run, index) => {
    const before = runs[index - slack];
    return before !== undefined && (run.startedAt ?? '') < (before.startedAt ?? '');
  });
  if (early.length > 0) faults.push(`${early.length} runs began before ones that came ${slack} earlier`);
  return faults;
}

/** Fills, kills, works off, kills again. */
export async function runBacklog(
  count: number,
  { isLong, program, say }: TrialSettings,
): Promise<TrialReport> {
  const folder = makeTempDir();
  const faults: string[] = [];
  const start = (): Promise<TestHost> => startHost({ folder: folder.path, program });
  const check = (isKept: boolean, fault: string): void => void (isKept || faults.push(fault));
  let host = await start();
  // On a machine that is busy with other tests a host may take longer to start than it takes by itself.
  const longestMs = longestStartMs + (isLong ? 0 : host.startedInMs);
  try {
    const api = (path: string, body?: unknown) => callV1(host.receiver, 'POST', path, body);
    const hook = { id: 'hook', type: 'webhook', name: 'Hook', config: { auth: { scheme: 'none' } } };
    const set = { id: 'set', type: 'set', name: 'Set', config: { fields: { n: '{{trigger.data.n}}' } } };
    const document = { name: 'Backlog', nodes: [hook, set], edges: [{ source: 'hook', target: 'set' }] };
    const workflow = workflowSchema.parse((await api('/v1/workflows?activate=true', document)).body);
    const path = new URL(workflow.endpoints[0]?.url ?? '').pathname;
    await api(`/v1/workflows/${workflow.id}/pause`);
    const refused = await fill(host, path, count, say);
    check(refused === 0, `${refused} deliveries were not accepted`);
    if (count === queueLimit) {
      const over = await fetch(host.receiver + path, { method: 'POST', body: '{}' });
      check(
        over.status === 503 && over.headers.has('retry-after'),
        `one more than the queue holds: ${over.status}`,
      );
      await over.body?.cancel();
    }

    await host.kill9();
    host = await start();
    const heldStartMs = host.startedInMs;
    check(heldStartMs <= longestMs, `listening after ${heldStartMs.toFixed(0)} ms with all held`);
    check((await queueDepth(host)) === count, `the queue is ${await queueDepth(host)} after the start`);

    await api(`/v1/workflows/${workflow.id}/resume`);
    const most = count * 0.9;
    await until('a tenth to be done', async () => (await queueDepth(host)) < most, { deadlineMs: 300_000 });
    const firstMemory = mostMemory(host);
    await host.kill9();
    host = await start();
    const beganAt = performance.now();
    const left = await queueDepth(host);
    check(
      host.startedInMs <= longestMs,
      `listening after ${host.startedInMs.toFixed(0)} ms with ${left} to do`,
    );

    const answersMs: number[] = [];
    await until(
      'all to be done',
      async () => {
        const askedAt = performance.now();
        await callV1(host.receiver, 'GET', '/v1/workflow-runs?limit=50', undefined, API_TOKEN);
        answersMs.push(performance.now() - askedAt);
        return (await queueDepth(host)) === 0;
      },
      { deadlineMs: 600_000, everyMs: 100 },
    );
    const slowMs = answersMs.toSorted((one, other) => one - other)[Math.floor(answersMs.length * 0.95)] ?? 0;
    const rate = Math.round((left * 1_000) / (performance.now() - beganAt));
    const memory = Math.max(firstMemory, mostMemory(host));
    check(memory < mostMegabytes, `${memory} MB of memory`);
    // Figures of speed need a machine of one's own.
    if (isLong) {
      check(rate >= leastPerSecond, `${rate} runs a second`);
      check(slowMs <= longestAnswerMs, `lists took ${slowMs.toFixed(0)} ms while they were worked off`);
    }
    faults.push(...judgeOrder(await allRuns(host), count));
    return {
      figures:
        `${count} queued; listening after ${heldStartMs.toFixed(0)} and ${host.startedInMs.toFixed(0)} ms; ` +
        `${rate} runs/s; ${memory} MB; 95 of 100 lists within ${slowMs.toFixed(0)} ms`,
      faults,
    };
  } finally {
    await host.kill9();
    folder.remove();
  }
}
