/**
 * Thousands of runs that wait, and thousands that pause, over kill -9 and a clock that goes on meanwhile (RELIABILITY H1,
 * H3, J3): all are armed as soon as the host is there, what is overdue happens once and in order, and who resumes a run is
 * never told that it is not there.
 */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { movedClock } from '../contract/support/moved-clock.ts';
import { startHost, type TestHost } from '../support/host.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';
import { callV1 } from '../support/v1.ts';
import { integrityFaults } from './audit.ts';
import { inLanes, type TrialReport, type TrialSettings } from './trial.ts';

const hour = 3_600;
const month = 30 * 24 * hour;
const armedMs = 2_000;
const overdueMs = 5_000;
const resumedAtOnce = 50;

const created = z.object({
  endpoints: z.array(z.object({ nodeId: z.string(), url: z.url() })),
});
const status = z.object({ waitingRuns: z.number() });

/** Lets so many runs wait for a request, and so many for an hour to pass. */
export async function runWaits(
  { waits, timers }: { readonly waits: number; readonly timers: number },
  { program, say }: Pick<TrialSettings, 'program' | 'say'>,
): Promise<TrialReport> {
  using folder = makeTempDir();
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const faults: string[] = [];
  const start = (seconds = 0): Promise<TestHost> =>
    startHost({
      folder: folder.path,
      program,
      options: ['--no-admin', '--port', String(port)],
      env: seconds === 0 ? {} : movedClock(seconds),
      deadlineMs: 60_000,
    });
  const waiting = async (): Promise<number> =>
    status.parse((await callV1(origin, 'GET', '/v1/status')).body).waitingRuns;

  const first = await start();
  const paths = await makeWorkflows(origin);
  await inLanes(numbers(timers), 16, (n) => post(origin + paths.timer, { n }).then(expectStatus(200)));
  await inLanes(numbers(waits), 16, (n) => post(origin + paths.hook, { n }).then(expectStatus(200)));
  const all = waits + timers;
  await until('every run to wait', async () => (await waiting()) === all, {
    deadlineMs: 600_000,
    everyMs: 100,
  });
  const pauses = pausesIn(first.ready.dataDir);
  await first.kill9();
  say(`${waits} wait and ${timers} pause`);

  // At once, and who knocks before it is there is refused by the system or served, never told 404 (H3).
  const knocked: number[] = [];
  let isUp = false;
  const knocking = inLanes(numbers(resumedAtOnce), 8, async (n) => {
    for (;;) {
      const answer = await post(origin + paths.wait, { n }).catch(() => undefined);
      if (answer !== undefined) knocked.push(answer);
      if (answer === 200 || (isUp && answer !== undefined && answer !== 503)) return;
    }
  });
  const second = await start();
  isUp = true;
  const armed = performance.now();
  await knocking;
  const armedIn = performance.now() - armed;
  const odd = knocked.filter((answer) => answer !== 200 && answer !== 503);
  if (odd.length > 0) faults.push(`resumes at the start were answered ${odd.join()}`);
  if (knocked.filter((answer) => answer === 200).length !== resumedAtOnce)
    faults.push('not every resume at the start was taken once');
  const left = await until('the resumed runs to end', async () => {
    const now = await waiting();
    return now === all - resumedAtOnce && now;
  }).catch(() => undefined);
  if (left === undefined) faults.push(`${await waiting()} runs wait, not ${all - resumedAtOnce}`);
  if (armedIn > armedMs)
    faults.push(`${resumedAtOnce} resumes took ${Math.round(armedIn)} ms after the start`);
  await second.kill9();

  // An hour later: every pause is over.
  const third = await start(hour + 60);
  const overdue = performance.now();
  const rest = waits - resumedAtOnce;
  await until('every overdue pause to be over', async () => (await waiting()) === rest, {
    deadlineMs: 120_000,
  });
  const overdueIn = performance.now() - overdue;
  const mostMs = overdueMs * Math.max(1, timers / 1_000);
  if (overdueIn > mostMs) faults.push(`overdue pauses took ${Math.round(overdueIn)} ms`);
  await third.kill9();

  // A month later: the waits are still there.
  const fourth = await start(month);
  const sample = numbers(waits).slice(resumedAtOnce, resumedAtOnce + 200);
  await inLanes(sample, 8, (n) => post(origin + paths.wait, { n }).then(expectStatus(200)));
  await inLanes(sample.slice(0, 10), 8, (n) => post(origin + paths.wait, { n }).then(expectStatus(409)));
  await until('the last resumed runs to end', async () => (await waiting()) === rest - sample.length);
  await fourth.stop();
  faults.push(...orderFaults(fourth.ready.dataDir, pauses), ...integrityFaults(fourth.ready.dataDir));
  const startedIn = Math.round(Math.max(second.startedInMs, third.startedInMs, fourth.startedInMs));
  return {
    figures:
      `${waits} waits and ${timers} pauses: slowest start ${startedIn} ms, the first ${resumedAtOnce} resumes ` +
      `${Math.round(armedIn)} ms later, all overdue pauses over ${Math.round(overdueIn)} ms after the start`,
    faults,
  };
}

async function makeWorkflows(origin: string): Promise<{ hook: string; wait: string; timer: string }> {
  const open = { style: 'native', auth: { scheme: 'none' } };
  const correlation = { run: 'trigger.data.n', request: 'trigger.data.n' };
  const path = async (slug: string, nodes: object[], edges: [string, string][]) => {
    const { body } = await callV1(origin, 'POST', '/v1/workflows?activate=true', {
      name: slug,
      slug,
      nodes: [{ id: 'hook', type: 'webhook', config: open }, ...nodes],
      edges: edges.map(([source, target]) => ({ source, target })),
    });
    const { endpoints } = created.parse(body);
    return (nodeId: string): string =>
      new URL(endpoints.find((endpoint) => endpoint.nodeId === nodeId)?.url ?? '').pathname;
  };
  const end = { id: 'end', type: 'set', config: { fields: { n: '{{trigger.data.n}}' } } };
  const waits = await path(
    'waits',
    [{ id: 'wait', type: 'webhook', config: { ...open, waitWhenReached: true, correlation } }, end],
    [
      ['hook', 'wait'],
      ['wait', 'end'],
    ],
  );
  const timers = await path(
    'timers',
    [{ id: 'pause', type: 'delay', config: { seconds: hour } }, end],
    [
      ['hook', 'pause'],
      ['pause', 'end'],
    ],
  );
  return { hook: waits('hook'), wait: waits('wait'), timer: timers('hook') };
}

/** When each pause is due, by run. */
function pausesIn(dataDir: string): Map<number, number> {
  const rows = query(dataDir, "SELECT run_seq AS run, due_at AS due FROM steps WHERE node_id = 'pause'");
  const pauses = z.array(z.object({ run: z.number(), due: z.number() })).parse(rows);
  return new Map(pauses.map(({ run, due }) => [run, due]));
}

/** Every pause ended once, in the order in which they were due. */
function orderFaults(dataDir: string, pauses: ReadonlyMap<number, number>): string[] {
  const rows = query(
    dataDir,
    `SELECT e.run_seq AS run FROM steps AS e JOIN steps AS p ON p.run_seq = e.run_seq AND p.node_id = 'pause'
     WHERE e.node_id = 'end' ORDER BY e.seq`,
  );
  const ended = z.array(z.object({ run: z.number() })).parse(rows);
  const dues = ended.map(({ run }) => pauses.get(run) ?? 0);
  const early = dues.filter((due, index) => due < (dues[index - 1] ?? 0)).length;
  return [
    ...(new Set(ended.map(({ run }) => run)).size === pauses.size && ended.length === pauses.size
      ? []
      : [`${pauses.size} pauses were followed by ${ended.length} steps`]),
    ...(early === 0 ? [] : [`${early} of ${pauses.size} pauses ended before one that was due earlier`]),
  ];
}

function query(dataDir: string, sql: string): unknown {
  const db = new Database(join(dataDir, 'hookyard.db'), { readonly: true });
  const rows = db.prepare(sql).all();
  db.close();
  return rows;
}

/** Answers the status. */
async function post(url: string, body: object): Promise<number> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await answer.arrayBuffer();
  return answer.status;
}

function expectStatus(wanted: number): (status: number) => void {
  return (got) => {
    if (got !== wanted) throw new Error(`answered ${got}, not ${wanted}`);
  };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** A port nobody has, so that callers can knock before the host is there. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => void server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => void server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  await pause(0);
  return address.port;
}
