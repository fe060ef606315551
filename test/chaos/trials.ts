/** Every way of trying the promises, in the order in which `npm run chaos` goes through them. */
import { runBacklog } from './backlog.ts';
import { whyNoTrace } from './disk/trace.ts';
import { runFlowKills } from './flow-kills.ts';
import { runKills } from './kills.ts';
import { runMigrations } from './migrations.ts';
import { runOrderly } from './orderly.ts';
import { runParts } from './parts.ts';
import { runPaused } from './paused.ts';
import { runPoints } from './points.ts';
import { runPower } from './power.ts';
import { runRetention } from './retention.ts';
import { runWaits } from './waits.ts';
import type { TrialReport, TrialSettings } from './trial.ts';

export interface Trial {
  /** For `--only`. */
  readonly name: string;
  /** What is tried, with the row of RELIABILITY it belongs to. */
  readonly title: string;
  /** Why it can not be tried here; then it is left out, and said to be. */
  whyNot?(): string | undefined;
  run(settings: TrialSettings): Promise<TrialReport>;
}

export const trials: readonly Trial[] = [
  {
    name: 'kills',
    title:
      'G1 G5 kill -9 under load: what was answered 2xx is stored once, byte for byte, and its run finished',
    run: ({ isLong, program, say }) =>
      runKills(
        isLong
          ? {
              kills: 1_000,
              killsPerFolder: 50,
              lanes: 2,
              promisesPerKill: 1_050,
              longestMs: 600,
              program,
              say,
            }
          : { kills: 60, killsPerFolder: 30, lanes: 2, promisesPerKill: 210, longestMs: 250, program, say },
      ),
  },
  {
    name: 'flows',
    title:
      'G2 G3 kill -9 in the middle of workflows of five steps: each key is sent once and once more for each cut at most, never again where that is forbidden',
    run: ({ isLong, program, say }) => runFlowKills({ kills: isLong ? 200 : 8, program, say }),
  },
  {
    name: 'points',
    title: 'G4 the process ends at every named point: the same holds wherever that is',
    run: (settings) => runPoints(settings.isLong ? 20 : 2, settings),
  },
  {
    name: 'migrations',
    title:
      'I8 kill -9 while an old data folder is brought to the present layout: one layout or the next, never between',
    run: ({ isLong, program }) => runMigrations(isLong ? 500 : 100, program),
  },
  {
    name: 'retention',
    title: 'G4 the process ends while old requests are deleted: nothing is left of what is gone',
    run: ({ isLong, program }) => runRetention(isLong ? 20 : 4, program),
  },
  {
    name: 'power',
    title: 'G7 G8 every promise was synced before it was made: a power cut at any moment takes none of them',
    whyNot: whyNoTrace,
    run: (settings) => runPower(settings.isLong ? 500 : 50, settings),
  },
  {
    name: 'paused',
    title: 'G6 a host that is stopped and goes on doubles no wait, no timer and no call',
    run: ({ isLong, ...settings }) =>
      runPaused(isLong ? { times: 3, stoppedMs: 60_000 } : { times: 1, stoppedMs: 5_000 }, settings),
  },
  {
    name: 'parts',
    title: 'G9 G10 parts of a host end under load: the sandbox, the writer, a request, and the host in order',
    run: ({ isLong, ...settings }) => runParts(isLong ? 20 : 1, settings),
  },
  {
    name: 'orderly',
    title: 'H4 SIGTERM under load answers what is in flight, empties the log, exits 0 and loses nothing',
    run: ({ isLong, ...settings }) => runOrderly(isLong ? 50 : 4, settings),
  },
  {
    name: 'waits',
    title:
      'H1 H3 J3 thousands of waits and pauses over kill -9, an hour and a month: armed at once, once each, in order',
    run: ({ isLong, ...settings }) =>
      runWaits(isLong ? { waits: 100_000, timers: 10_000 } : { waits: 2_000, timers: 500 }, settings),
  },
  {
    name: 'backlog',
    title:
      'K1 a great backlog over kill -9: listening at once, small, worked off in the order it came, each once',
    run: (settings) => runBacklog(settings.isLong ? 100_000 : 3_000, settings),
  },
];
