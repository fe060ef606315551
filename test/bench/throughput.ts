/** How much is accepted and finished per second, each round beside a bare Koa under the same load. */
import { until } from '../support/until.ts';
import { hasRunIn } from '../support/v1-list.ts';
import { type BenchSettings, type Figure, type Row, median, ms, perSecond } from './figure.ts';
import type { LoadResult } from './load-job.ts';
import { load, residentMb, startHookyard, startKoa } from './subjects.ts';

interface Shape {
  connections: number;
  bodyBytes: number;
  steps: number;
  response?: Record<string, unknown>;
}

interface Round {
  koa: LoadResult;
  ours: LoadResult;
  /** Runs finished per second from the first request to the last finished run. */
  finishedPerSecond: number;
  idleMb: number | undefined;
  loadedMb: number | undefined;
}

/** Koa, then Hookyard, as often as there are rounds: what drifts, drifts for both. */
async function compare(settings: BenchSettings, shape: Shape): Promise<Round[]> {
  const rounds: Round[] = [];
  for (let round = 1; round <= settings.rounds; round += 1) {
    settings.say(`  round ${round} of ${settings.rounds}`);
    const koa = await loadKoa(settings, shape);
    rounds.push({ koa, ...(await loadHookyard(settings, shape)) });
  }
  return rounds;
}

async function loadKoa({ seconds }: BenchSettings, { connections, bodyBytes }: Shape): Promise<LoadResult> {
  await using koa = await startKoa();
  return await load({ url: koa.url, connections, bodyBytes, seconds });
}

async function loadHookyard(settings: BenchSettings, shape: Shape): Promise<Omit<Round, 'koa'>> {
  await using subject = await startHookyard(settings.disk, shape.steps, shape.response);
  const { host, workflow } = subject;
  const idleMb = residentMb(host.pid);
  const beganAt = performance.now();
  const { connections, bodyBytes } = shape;
  const ours = await load({ url: workflow.url, connections, bodyBytes, seconds: settings.seconds });
  const loadedMb = residentMb(host.pid);
  await until('every run to finish', async () => !(await hasRunIn(host.receiver, ['queued', 'running'])), {
    deadlineMs: 900_000,
    everyMs: 100,
  });
  // The warm-up's second and runs are in both, so their quotient is that of the whole time.
  const wholeSeconds = (performance.now() - beganAt) / 1_000;
  const runs = ours.answered * (1 + 1 / settings.seconds);
  return { ours, finishedPerSecond: runs / wholeSeconds, idleMb, loadedMb };
}

function rateRow(
  name: string,
  goal: number,
  rounds: readonly Round[],
  rateOf: (round: Round) => number,
  /** A goal of its own beside the ratio. */
  leastPerSecond = 0,
): Row {
  const ratio = median(rounds.map((round) => rateOf(round) / round.koa.perSecond));
  const rate = median(rounds.map(rateOf));
  return {
    name,
    value: perSecond(rate),
    reference: perSecond(median(rounds.map(({ koa }) => koa.perSecond))),
    ratio: ratio.toFixed(2),
    goal: `≥ ${goal.toFixed(2)}${leastPerSecond === 0 ? '' : `, ≥ ${perSecond(leastPerSecond)}`}`,
    isMet: ratio >= goal && rate >= leastPerSecond,
  };
}

function p99Row(name: string, rounds: readonly Round[], most: number | undefined): Row {
  const ours = median(rounds.map((round) => round.ours.p99Ms));
  const koa = median(rounds.map((round) => round.koa.p99Ms));
  const spike = median(rounds.map((round) => round.ours.maxMs));
  return {
    name,
    value: `${ms(ours)}, worst ${ms(spike)}`,
    reference: ms(koa),
    ratio: (ours / koa).toFixed(2),
    goal: most === undefined ? '' : `≤ ${most}, none over 100 ms`,
    isMet: most === undefined ? undefined : ours <= most * koa && spike <= 100,
  };
}

function memoryRow(name: string, values: readonly (number | undefined)[], goalMb: number, note: string): Row {
  const known = values.filter((value) => value !== undefined);
  const value = median(known);
  return {
    name,
    value: known.length === 0 ? 'not told here' : `${value.toFixed(0)} MB`,
    reference: note,
    ratio: '',
    goal: `≤ ${goalMb} MB`,
    isMet: known.length === 0 ? undefined : value <= goalMb,
  };
}

export const throughputFigures: readonly Figure[] = [
  {
    name: 'accepts-1k',
    measure: async (settings) => {
      const rounds = await compare(settings, { connections: 200, bodyBytes: 1_024, steps: 0 });
      const answered = median(rounds.map(({ ours }) => ours.answered));
      return [
        rateRow('durable accepts, 1 KB, 200 connections', 0.5, rounds, ({ ours }) => ours.perSecond),
        p99Row('  p99 of those', rounds, 4),
        memoryRow(
          'memory idle',
          rounds.map(({ idleMb }) => idleMb),
          130,
          '',
        ),
        memoryRow(
          'memory loaded',
          rounds.map(({ loadedMb }) => loadedMb),
          400,
          `after ${answered} requests`,
        ),
      ];
    },
  },
  {
    name: 'accepts-100k',
    measure: async (settings) => {
      const rounds = await compare(settings, { connections: 50, bodyBytes: 102_400, steps: 0 });
      return [
        rateRow('durable accepts, 100 KB, 50 connections', 0.18, rounds, ({ ours }) => ours.perSecond),
        p99Row('  p99 of those', rounds, undefined),
      ];
    },
  },
  {
    name: 'runs-1',
    measure: async (settings) => {
      const rounds = await compare(settings, { connections: 200, bodyBytes: 1_024, steps: 1 });
      return [
        rateRow('accepted and 1-step run finished', 0.2, rounds, (round) => round.finishedPerSecond, 1_000),
      ];
    },
  },
  {
    name: 'runs-5',
    measure: async (settings) => {
      const rounds = await compare(settings, { connections: 200, bodyBytes: 1_024, steps: 5 });
      return [rateRow('5-step runs finished', 0.06, rounds, (round) => round.finishedPerSecond, 250)];
    },
  },
  {
    name: 'last-node',
    measure: async (settings) => {
      const response = { mode: 'lastNode' };
      const rounds = await compare(settings, { connections: 50, bodyBytes: 1_024, steps: 1, response });
      return [
        rateRow('waiting mode lastNode, 50 connections', 0.15, rounds, ({ ours }) => ours.perSecond),
        p99Row('  p99 of those', rounds, undefined),
      ];
    },
  },
];
