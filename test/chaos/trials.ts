/** Every way of trying the promises, in the order in which `npm run chaos` goes through them. */
import { runKills } from './kills.ts';
import type { TrialReport, TrialSettings } from './trial.ts';

export interface Trial {
  /** For `--only`. */
  readonly name: string;
  /** What is tried, with the row of RELIABILITY it belongs to. */
  readonly title: string;
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
];
