/** Every way of trying the promises, in the order in which `npm run chaos` goes through them. */
import { whyNoTrace } from './disk/trace.ts';
import { runFlowKills } from './flow-kills.ts';
import { runKills } from './kills.ts';
import { runMigrations } from './migrations.ts';
import { runPoints } from './points.ts';
import { runPower } from './power.ts';
import { runRetention } from './retention.ts';
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
    title: 'G1 kill -9 under load: what was answered 2xx is stored once, byte for byte, and its run finished',
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
          : { kills: 100, killsPerFolder: 50, lanes: 2, promisesPerKill: 210, longestMs: 250, program, say },
      ),
  },
  {
    name: 'flows',
    title:
      'G2 G3 kill -9 in the middle of workflows of five steps: each key is sent once and once more for each cut at most, never again where that is forbidden',
    run: ({ isLong, program, say }) => runFlowKills({ kills: isLong ? 200 : 10, program, say }),
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
];
